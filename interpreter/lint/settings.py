"""What a repository has settled for its documents: `[lint]` of callverbs.toml, or `[tool.callverbs.lint]` of pyproject.toml.

The file that holds for a document is the nearest one upward from it. What is wrong in a settings file is a finding like any other,
and the rest of the file holds. Who applies settings is `selection`.
"""

import os
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

import schemas
from interpreter.lint.finding import Finding
from interpreter.lint.linter import as_finding
from interpreter.lint.patterns import Patterns
from interpreter.lint.selection import Layer, unknown
from interpreter.text.place import Steps
from interpreter.text.source import Source
from schemas import Fault

FILE = "callverbs.toml"
PLACES: dict[str, tuple[str, ...]] = {FILE: ("lint",), "pyproject.toml": ("tool", "callverbs", "lint")}
"""Files that may hold settings, and the table in each. In one folder the first one wins."""
UNKNOWN = "CV903"


class SettingsError(Exception):
    """A settings file that cannot be read: which one, where, and why."""


class Override(Layer, frozen=True, kw_only=True):
    """What is different for some files."""

    files: tuple[str, ...]


class Written(Layer, frozen=True, kw_only=True):
    """Settings as they stand in a file."""

    baseline: str = ""
    exclude: tuple[str, ...] = ()
    overrides: tuple[Override, ...] = ()


class Settings:
    """What holds for the files below a folder."""

    def __init__(self, folder: Path, written: Written, source: Source | None = None, findings: Iterable[Finding] = ()) -> None:
        self.folder = folder
        self.source = source
        """The file, if there is one."""
        self.findings = list(findings)
        """What is wrong in it."""
        self._written = written

    @property
    def baseline(self) -> Path | None:
        """Where known findings stand."""
        return self.folder / self._written.baseline if self._written.baseline else None

    @cached_property
    def exclude(self) -> Patterns:
        """Which files are left out."""
        return Patterns(self.folder, self._written.exclude)

    def layers(self, path: Path) -> tuple[Layer, ...]:
        """What holds for a file: the file's settings, and the overrides that name it."""
        return (self._written, *(layer for patterns, layer in self._overrides if patterns.match(path)))

    @cached_property
    def _overrides(self) -> list[tuple[Patterns, Layer]]:
        return [(Patterns(self.folder, one.files), one) for one in self._written.overrides]


class Shelf:
    """The settings of folders, each file read once."""

    def __init__(self, file: Path | None = None) -> None:
        self._folders: dict[Path, Settings] = {}
        self._only = None if file is None else _read(file, PLACES.get(file.name, PLACES[FILE]), required=True)

    def of(self, folder: Path) -> Settings:
        """What holds in a folder: the nearest file upward from it. Raises SettingsError."""
        if self._only:
            return self._only
        return self._near(folder.resolve())

    def _near(self, folder: Path) -> Settings:
        if folder not in self._folders:
            here = next(filter(None, (_read(folder / name, table) for name, table in PLACES.items())), None)
            if here is None:
                here = Settings(folder, Written()) if folder == folder.parent else self._near(folder.parent)
            self._folders[folder] = here
        return self._folders[folder]


def _read(path: Path, table: tuple[str, ...], required: bool = False) -> Settings | None:
    """A settings file; None where there is none, or it says nothing of documents. Raises SettingsError."""
    try:
        content = path.read_bytes()
    except OSError as error:
        if not required and isinstance(error, FileNotFoundError | NotADirectoryError):
            return None
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from None
    if not required and not all(step.encode() in content for step in table):
        return None
    source = Source.read(_shown(path), content)
    if not source.readable:
        flaw = source.flaws[0]
        line, column, *_ = source.between(flaw.start, flaw.end)
        raise SettingsError(f"{source.name}:{line}:{column}: {flaw.message}")
    value: Any = source.value
    for step in table:
        value = value.get(step) if isinstance(value, dict) else None
    if value is None and not required:
        return None
    return _checked(path.parent, {} if value is None else value, table, source)


def _checked(folder: Path, value: Any, table: tuple[str, ...], source: Source) -> Settings:
    """What a file says, as far as it is right, and what is wrong with the rest."""
    faults = [*schemas.faults("components/lint", value), *_unknown(value)]
    findings = sorted((as_finding(source, fault.under(*table)) for fault in faults), key=lambda one: one.order)
    folder = folder.resolve()
    written = msgspec.convert(_anchored(_kept(value, faults), folder), Written)
    return Settings(folder, written, source, findings)


def _unknown(value: Any) -> Iterator[Fault]:
    """Words that should mean rules, and mean none."""
    for path, layer in _layers(value):
        for key in ("select", "ignore"):
            words = layer.get(key)
            for index, word in enumerate(words if isinstance(words, list) else ()):
                if isinstance(word, str) and (why := unknown(word)):
                    yield Fault((*path, key, index), UNKNOWN, why)
        severities = layer.get("severity")
        for word in severities if isinstance(severities, dict) else ():
            if why := unknown(word):
                yield Fault((*path, "severity", word), UNKNOWN, why, at_key=True)


def _layers(value: Any) -> Iterator[tuple[Steps, dict[str, Any]]]:
    """The table and its overrides, as far as they are some."""
    if isinstance(value, dict):
        yield (), value
        overrides = value.get("overrides")
        for index, one in enumerate(overrides if isinstance(overrides, list) else ()):
            if isinstance(one, dict):
                yield ("overrides", index), one


def _kept(value: Any, faults: list[Fault]) -> dict[str, Any]:
    """What of a table has no fault: a property or an override with one counts as not written. An unknown word means nothing anyway."""
    broken = {fault.path[: 2 if fault.path[:1] == ("overrides",) else 1] for fault in faults if fault.code != UNKNOWN}
    if () in broken:
        return {}
    kept = {key: one for key, one in value.items() if (key,) not in broken}
    if "overrides" in kept:
        kept["overrides"] = [one for index, one in enumerate(kept["overrides"]) if ("overrides", index) not in broken]
    return kept


def _anchored(value: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Settings whose replies can be read from anywhere."""
    for _, layer in _layers(value):
        if "replies" in layer:
            layer["replies"] = {hook: str(folder / file) for hook, file in layer["replies"].items()}
    return value


def _shown(path: Path) -> str:
    """A file as people here call it."""
    try:
        return os.path.relpath(path)
    except ValueError:  # on another drive
        return str(path)
