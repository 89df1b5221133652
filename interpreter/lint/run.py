"""Lints files and says how it went: what the command line and a CI job call. The exit codes are a contract."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal, TextIO

from msgspec import Struct

from interpreter.lint import formats
from interpreter.lint.baseline import Baseline, BaselineError, write
from interpreter.lint.files import UNNAMED, Found, UsageError, find
from interpreter.lint.formats import Linted
from interpreter.lint.judging import Case, judge_all
from interpreter.lint.linter import INTERNAL
from interpreter.lint.patterns import Patterns
from interpreter.lint.progress import watched
from interpreter.lint.selection import Layer, Terms, terms, unknown
from interpreter.lint.settings import Settings, SettingsError, Shelf

CLEAN, FINDINGS, USAGE, NOTHING, FAILED = range(5)
"""0 no error and no warning; 1 some; 2 wrong usage; 3 nothing to read; 4 a mistake in callverbs itself."""
PLAIN = "text"
"""The format that people read."""


class Asked(Struct, frozen=True, kw_only=True):
    """What is asked for besides files: what a command line can say."""

    layer: Layer = Layer()
    """What wins over every settings file."""
    config: Path | None = None
    """The settings file, if it is not the nearest one."""
    exclude: tuple[str, ...] = ()
    """Patterns of files to leave out, relative to the working folder."""
    baseline: Path | None = None
    write_baseline: Path | None = None
    output: Path | None = None
    """Where the report goes; people read text all the same."""
    exit_zero: bool = False
    """Findings are no reason to fail."""
    mend: Literal["", "safe", "unsafe"] = ""
    """Which fixes to apply before it is told what is left."""
    diff: bool = False
    """Only show what they would change: 1 if there is something, else 0."""
    stdin: BinaryIO | None = None
    """What `-` stands for."""
    stdin_name: str = ""


def run(
    paths: Sequence[str | Path],
    format: str,  # noqa: A002 - as the option is called
    colour: bool,
    out: TextIO,
    *,
    err: TextIO | None = None,
    asked: Asked = Asked(),  # noqa: B008 - it never changes
) -> int:
    """Lint files and folders, write a report to `out`, and return the exit code. Wrong usage is told to `err`, by default stderr."""
    err = err or sys.stderr
    try:
        return _run(paths, format, colour, out, err, asked)
    except (UsageError, SettingsError, BaselineError) as error:
        err.write(f"{error}\n")
        return USAGE


def _run(paths: Sequence[str | Path], name: str, colour: bool, out: TextIO, err: TextIO, asked: Asked) -> int:
    if name not in formats.names():
        raise UsageError(f"there is no format {name}: choose one of {', '.join(formats.names())}")
    if wrong := [why for word in asked.layer.words if (why := unknown(word))]:
        raise UsageError("\n".join(wrong))
    job = Job(asked)
    search = find(paths, job.leaves, job.stdin)
    cases = [Case(found, job.terms(found.path)) for found in search.found]
    linted = [one for one in watched(judge_all(cases), len(cases), err) if one]
    if not linted and not job.complaints:
        if search.left_out and not search.found:
            err.write(f"nothing is left to check: {', '.join(map(str, search.left_out))} is excluded\n")
            return CLEAN
        err.write("there is no document in what was given: no list of verbs in .json, .yaml or .yml\n")
        return NOTHING
    if asked.mend:
        from interpreter.lint import mending  # nobody else pays for it

        repairs = list(mending.repair(linted, job.terms, asked.mend == "unsafe"))
        err.write(mending.told(repairs, done=not asked.diff))
        if asked.diff:
            out.writelines(mending.difference(one) for one in repairs)
            return FINDINGS if any(one.is_new for one in repairs) and not asked.exit_zero else CLEAN
        piped = {str(found.path) for found in search.found if found.content is not None}
        for one in repairs:
            if one.before.source.name in piped:
                out.write(one.after.source.text)
                out = err
            elif one.is_new:
                with _writing(Path(one.before.source.name)):
                    one.write()
        linted = [one.after for one in repairs]
    linted = [*job.complaints, *job.news(linted, err)]
    _tell(linted, name, colour, out, asked.output)
    found = [finding for one in linted for finding in one.findings]
    if any(finding.code == INTERNAL for finding in found):
        return FAILED
    return FINDINGS if any(finding.severity != "info" for finding in found) and not asked.exit_zero else CLEAN


def _tell(linted: Sequence[Linted], name: str, colour: bool, out: TextIO, file: Path | None) -> None:
    """The report to its file, if it has one, and to whoever reads along."""
    if file:
        with _writing(file):
            file.write_text(formats.write(name, linted), encoding="utf-8")
    out.write(formats.write(PLAIN if file else name, linted, colour))


@contextmanager
def _writing(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from None


class Job:
    """What holds for one run: settings by folder, and what the command line says of all."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self._shelf = Shelf(asked.config)
        self._exclude = Patterns(Path(), asked.exclude)
        self._settings: dict[Path, Settings] = {}
        self._terms: dict[tuple[int, ...], Terms] = {}
        self._baselines: dict[Path, Baseline] = {}

    def settings(self, path: Path) -> Settings:
        """What the repository has settled for a file. Raises SettingsError."""
        if path.parent not in self._settings:
            self._settings[path.parent] = self._shelf.of(path.parent)
        return self._settings[path.parent]

    @property
    def complaints(self) -> list[Linted]:
        """What is wrong in the settings files that were met."""
        wrong = {one.source.name: Linted(one.source, one.findings) for one in self._settings.values() if one.source and one.findings}
        return [wrong[name] for name in sorted(wrong)]

    def terms(self, path: Path) -> Terms:
        """What a file is judged on."""
        layers = (*self.settings(path).layers(path), self.asked.layer)
        key = tuple(map(id, layers))  # the layers live as long as this
        if key not in self._terms:
            self._terms[key] = terms(layers)
        return self._terms[key]

    def leaves(self, path: Path, is_folder: bool) -> bool:
        """Whether a file or a folder is excluded."""
        return self._exclude.match(path, is_folder) or self.settings(path).exclude.match(path, is_folder)

    def stdin(self) -> Found:
        """The standard input as a file."""
        return Found(Path(self.asked.stdin_name or UNNAMED), named=True, content=self.asked.stdin.read() if self.asked.stdin else b"")

    def news(self, linted: list[Linted], err: TextIO) -> list[Linted]:
        """What no baseline knows. Raises BaselineError."""
        if path := self.asked.write_baseline:
            with _writing(path):
                err.write(f"{write(path, linted)} findings are known from now on: {path}\n")
        found = []
        for one in linted:
            baseline = self._baseline(Path(one.source.name))
            found.append(baseline.news(one, self.terms(Path(one.source.name)).codes) if baseline else one)
        for baseline in self._baselines.values():
            err.writelines(f"{sentence}\n" for sentence in baseline.stale)
        return found

    def _baseline(self, file: Path) -> Baseline | None:
        path = self.asked.write_baseline or self.asked.baseline or self.settings(file).baseline
        if path and path not in self._baselines:
            self._baselines[path] = Baseline.read(path)
        return self._baselines[path] if path else None
