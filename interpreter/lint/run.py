"""Lints files and reports the findings: the function behind the command line and CI jobs. The exit codes are a contract."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal, TextIO

from msgspec import Struct

from callverbs.interpreter.lint import baseline, formats
from callverbs.interpreter.lint.baseline import Baseline, BaselineError
from callverbs.interpreter.lint.batch import LintCase, lint_files
from callverbs.interpreter.lint.files import STDIN_NAME, FoundFile, UsageError, find
from callverbs.interpreter.lint.formats import LintResult
from callverbs.interpreter.lint.patterns import Patterns
from callverbs.interpreter.lint.progress import report_progress
from callverbs.interpreter.lint.rule_codes import INTERNAL_ERROR
from callverbs.interpreter.lint.selection import Layer, RuleConfig, explain_unknown, rule_config
from callverbs.interpreter.lint.settings import Settings, SettingsCache, SettingsError

EXIT_CLEAN, EXIT_FINDINGS, EXIT_USAGE, EXIT_NO_DOCUMENT, EXIT_INTERNAL_ERROR = range(5)
"""0 no error and no warning; 1 some; 2 wrong usage; 3 no document; 4 a bug in callverbs itself."""
TEXT_FORMAT = "text"
"""The format for people."""


class LintOptions(Struct, frozen=True, kw_only=True):
    """The options of a run besides its paths, as a command line gives them."""

    layer: Layer = Layer()
    """The last layer, which wins over every settings file."""
    config: Path | None = None
    """The settings file, if it is not the nearest one."""
    exclude: tuple[str, ...] = ()
    """Patterns of files to leave out, relative to the working folder."""
    baseline: Path | None = None
    write_baseline: Path | None = None
    output: Path | None = None
    """The file of the report; text is printed as well."""
    exit_zero: bool = False
    """Whether findings leave the exit code 0."""
    fix: Literal["", "safe", "unsafe"] = ""
    """Which fixes to apply before the report."""
    diff: bool = False
    """Whether to print what the fixes would change, instead of applying them; the exit code is 1 if there is something, else 0."""
    verbose: bool = False
    """Whether to list the files that are skipped; without it they are counted."""
    stdin: BinaryIO | None = None
    """The file that `-` stands for."""
    stdin_name: str = ""


def run(
    paths: Sequence[str | Path],
    format: str,  # noqa: A002 - as the option is called
    colour: bool,
    out: TextIO,
    *,
    err: TextIO | None = None,
    options: LintOptions = LintOptions(),  # noqa: B008 - it never changes
) -> int:
    """Lints files and folders, writes a report to `out`, and returns the exit code. Usage errors go to `err`, by default stderr."""
    errors: TextIO = sys.stderr if err is None else err
    try:
        return _run(paths, format, colour, out, errors, options)
    except (UsageError, SettingsError, BaselineError) as error:
        errors.write(f"{error}\n")
        return EXIT_USAGE


def _run(paths: Sequence[str | Path], format_name: str, colour: bool, out: TextIO, err: TextIO, options: LintOptions) -> int:
    if format_name not in formats.names():
        raise UsageError(f"there is no format {format_name}: choose one of {', '.join(formats.names())}")
    if reasons := [reason for selector in options.layer.selectors() if (reason := explain_unknown(selector))]:
        raise UsageError("\n".join(reasons))
    lint_run = LintRun(options)
    search = find(paths, lint_run.excludes, lint_run.read_stdin)
    cases = [LintCase(file, lint_run.config_for(file.path)) for file in search.files]
    linted = list(report_progress(lint_files(cases), len(cases), err))
    results = [result for result in linted if result]
    no_flows = [case.file.path for case, result in zip(cases, linted, strict=True) if not result and not lint_run.writes(case.file.path)]
    _report_skipped(no_flows, search.left_out, options.verbose, err)
    if not results and not lint_run.settings_results:
        if search.excluded and not search.files:
            err.write(f"nothing is left to check: {', '.join(map(str, search.excluded))} is excluded\n")
            return EXIT_CLEAN
        err.write("there is no document in what was given: no list of verbs in .json, .yaml or .yml\n")
        return EXIT_NO_DOCUMENT
    if options.fix:
        from callverbs.interpreter.lint import apply_fixes  # only where something is fixed

        fixed_files = list(apply_fixes.fix_files(results, lint_run.config_for, options.fix == "unsafe"))
        err.write(apply_fixes.summarize(fixed_files, applied=not options.diff))
        if options.diff:
            out.writelines(apply_fixes.diff(file) for file in fixed_files)
            return EXIT_FINDINGS if any(file.is_changed for file in fixed_files) and not options.exit_zero else EXIT_CLEAN
        piped = {str(file.path) for file in search.files if file.content is not None}
        for file in fixed_files:
            if file.before.source.name in piped:
                out.write(file.after.source.text)
                out = err
            elif file.is_changed:
                with _raising_usage_error(Path(file.before.source.name)):
                    file.write()
        results = [file.after for file in fixed_files]
    results = [*lint_run.settings_results, *lint_run.apply_baselines(results, err)]
    _report(results, format_name, colour, out, options.output)
    found = [finding for result in results for finding in result.findings]
    if any(finding.code == INTERNAL_ERROR for finding in found):
        return EXIT_INTERNAL_ERROR
    return EXIT_FINDINGS if any(finding.severity != "info" for finding in found) and not options.exit_zero else EXIT_CLEAN


def _report_skipped(no_flows: Sequence[Path], left_out: Sequence[Path], verbose: bool, err: TextIO) -> None:
    """Writes how many files of the folders were skipped; with `verbose`, which."""
    reasons = {"no flow": no_flows, "ignored by git or excluded": left_out}
    if verbose:
        err.writelines(f"skipped {path}: {reason}\n" for reason, paths in reasons.items() for path in paths)
    elif counts := [f"{len(paths)} {reason}" for reason, paths in reasons.items() if paths]:
        err.write(f"skipped {sum(map(len, reasons.values()))} (-v lists them): {', '.join(counts)}\n")


def _report(results: Sequence[LintResult], format_name: str, colour: bool, out: TextIO, file: Path | None) -> None:
    """Writes the report to its file and text to `out`; without a file, the report to `out`."""
    if file:
        with _raising_usage_error(file):
            file.write_text(formats.render(format_name, results), encoding="utf-8")
    out.write(formats.render(TEXT_FORMAT if file else format_name, results, colour))


@contextmanager
def _raising_usage_error(file: Path) -> Iterator[None]:
    """Raises UsageError where a file cannot be written."""
    try:
        yield
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from None


class LintRun:
    """The settings, configurations and baselines of one run, each read once."""

    def __init__(self, options: LintOptions) -> None:
        self.options = options
        self._cache = SettingsCache(options.config)
        self._exclude = Patterns(Path(), options.exclude)
        self._settings: dict[Path, Settings] = {}
        self._configs: dict[tuple[int, ...], RuleConfig] = {}
        self._baselines: dict[Path, Baseline] = {}

    def settings_for(self, path: Path) -> Settings:
        """Returns the settings of a file. Raises SettingsError."""
        if path.parent not in self._settings:
            self._settings[path.parent] = self._cache.settings_for(path.parent)
        return self._settings[path.parent]

    @property
    def settings_results(self) -> list[LintResult]:
        """The results of the settings files read so far that have findings."""
        results = {one.source.name: LintResult(one.source, one.findings) for one in self._settings.values() if one.source and one.findings}
        return [results[name] for name in sorted(results)]

    def config_for(self, path: Path) -> RuleConfig:
        """Returns the configuration of a file. Raises SettingsError."""
        layers = (*self.settings_for(path).layers(path), self.options.layer)
        key = tuple(map(id, layers))  # the layers live as long as this
        if key not in self._configs:
            self._configs[key] = rule_config(layers)
        return self._configs[key]

    def excludes(self, path: Path, is_folder: bool) -> bool:
        """Returns whether a file or a folder is excluded."""
        return self._exclude.match(path, is_folder) or self.settings_for(path).exclude.match(path, is_folder)

    def writes(self, path: Path) -> bool:
        """Returns whether a file is a report or a baseline of this run."""
        own = (self.options.output, self.options.write_baseline, self.options.baseline, self.settings_for(path).baseline)
        return any(one and one.resolve() == path.resolve() for one in own)

    def read_stdin(self) -> FoundFile:
        """Reads the standard input as a file."""
        content = self.options.stdin.read() if self.options.stdin else b""
        return FoundFile(Path(self.options.stdin_name or STDIN_NAME), is_named=True, content=content)

    def apply_baselines(self, results: list[LintResult], err: TextIO) -> list[LintResult]:
        """Returns the results without the findings of baselines; writes a baseline first, if that is asked for. Raises BaselineError.

        Entries that match no finding any more are reported to `err`.
        """
        if path := self.options.write_baseline:
            with _raising_usage_error(path):
                err.write(f"{baseline.write(path, results)} findings are in the baseline now: {path}\n")
        kept = []
        for result in results:
            path = Path(result.source.name)
            own = self._baseline_for(path)
            kept.append(own.remove_known(result, self.config_for(path).codes) if own else result)
        for own in self._baselines.values():
            err.writelines(f"{sentence}\n" for sentence in own.stale)
        return kept

    def _baseline_for(self, file: Path) -> Baseline | None:
        path = self.options.write_baseline or self.options.baseline or self.settings_for(file).baseline
        if path and path not in self._baselines:
            self._baselines[path] = Baseline.read(path)
        return self._baselines[path] if path else None
