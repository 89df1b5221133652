"""The settings of the linter in files: `[lint]` of callverbs.toml, or `[tool.callverbs.lint]` of pyproject.toml.

The nearest file upward from a document applies to it. What is wrong in a settings file is a finding like any other, and the rest of
the file applies. `selection` combines the settings.
"""

import os
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from callverbs import schemas
from callverbs.interpreter.lint.finding import Finding
from callverbs.interpreter.lint.linter import as_finding
from callverbs.interpreter.lint.patterns import Patterns
from callverbs.interpreter.lint.rule_codes import UNKNOWN_CODE
from callverbs.interpreter.lint.selection import Layer, explain_unknown
from callverbs.interpreter.text.source import Source
from callverbs.schemas import Diagnostic, ValuePath

SETTINGS_FILE = "callverbs.toml"
TABLES: dict[str, tuple[str, ...]] = {SETTINGS_FILE: ("lint",), "pyproject.toml": ("tool", "callverbs", "lint")}
"""Files that may hold settings, and the table in each. In one folder the first one applies."""

APPLICATIONS = "applications"
"""The table of callverbs.toml with the applications of a server: their trunks are what targets may name."""


class SettingsError(Exception):
    """A settings file that cannot be read: which one, where, and why."""


class Override(Layer, frozen=True, kw_only=True):
    """Settings for some files only."""

    files: tuple[str, ...]


class SettingsTable(Layer, frozen=True, kw_only=True):
    """The table of a settings file."""

    baseline: str = ""
    exclude: tuple[str, ...] = ()
    overrides: tuple[Override, ...] = ()


class Settings:
    """The settings of the files below a folder."""

    def __init__(self, folder: Path, table: SettingsTable, source: Source | None = None, findings: Iterable[Finding] = ()) -> None:
        self.folder = folder
        self.source = source
        """The settings file, if there is one."""
        self.findings = list(findings)
        """What is wrong in the settings file."""
        self._table = table

    @property
    def baseline(self) -> Path | None:
        """The file of the baseline."""
        return self.folder / self._table.baseline if self._table.baseline else None

    @cached_property
    def exclude(self) -> Patterns:
        """The patterns of excluded files."""
        return Patterns(self.folder, self._table.exclude)

    def layers(self, path: Path) -> tuple[Layer, ...]:
        """Returns the layers of a file: the table, and the overrides whose patterns match the file."""
        return (self._table, *(layer for patterns, layer in self._overrides if patterns.match(path)))

    @cached_property
    def _overrides(self) -> list[tuple[Patterns, Layer]]:
        return [(Patterns(self.folder, one.files), one) for one in self._table.overrides]


class SettingsCache:
    """The settings of folders. Each file is read once; `file` replaces all others."""

    def __init__(self, file: Path | None = None) -> None:
        self._folders: dict[Path, Settings] = {}
        self._only = None if file is None else _read(file, TABLES.get(file.name, TABLES[SETTINGS_FILE]), required=True)

    def settings_for(self, folder: Path) -> Settings:
        """Returns the settings of a folder: of the nearest file upward from it. Raises SettingsError."""
        if self._only:
            return self._only
        return self._nearest(folder.resolve())

    def _nearest(self, folder: Path) -> Settings:
        if folder not in self._folders:
            settings = next(filter(None, (_read(folder / name, table) for name, table in TABLES.items())), None)
            if settings is None:
                settings = Settings(folder, SettingsTable()) if folder == folder.parent else self._nearest(folder.parent)
            self._folders[folder] = settings
        return self._folders[folder]


def _read(path: Path, table: tuple[str, ...], required: bool = False) -> Settings | None:
    """Reads a settings file; returns None where there is none, or it has no such table. Raises SettingsError."""
    try:
        content = path.read_bytes()
    except OSError as error:
        if not required and isinstance(error, FileNotFoundError | NotADirectoryError):
            return None
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from None
    has_trunks = path.name == SETTINGS_FILE and APPLICATIONS.encode() in content
    if not required and not has_trunks and not all(step.encode() in content for step in table):
        return None
    source = Source.read(_display_path(path), content)
    if not source.readable:
        diagnostic = source.diagnostics[0]
        line, column, *_ = source.span_of(diagnostic)
        raise SettingsError(f"{source.name}:{line}:{column}: {diagnostic.message}")
    value: Any = source.value
    for step in table:
        value = value.get(step) if isinstance(value, dict) else None
    trunks = _trunks(source.value) if has_trunks else None
    if value is None and trunks is None and not required:
        return None
    return _settings(path.parent, {} if value is None else value, table, source, trunks)


def _trunks(settings: Any) -> tuple[str, ...] | None:
    """Returns the trunks of all applications of the settings of a server; None where there is no application."""
    applications = settings.get(APPLICATIONS) if isinstance(settings, dict) else None
    if not isinstance(applications, dict) or not applications:
        return None
    tables = [one.get("trunks") for one in applications.values() if isinstance(one, dict)]
    return tuple(name for table in tables if isinstance(table, dict) for name in table)


def _settings(folder: Path, value: Any, table: tuple[str, ...], source: Source, trunks: tuple[str, ...] | None) -> Settings:
    """Returns the settings of a table without its faulty parts, and the findings of those."""
    diagnostics = [*schemas.diagnose("components/lint", value), *_unknown_selectors(value)]
    findings = sorted((as_finding(source, diagnostic.under(*table)) for diagnostic in diagnostics), key=lambda one: one.sort_key)
    folder = folder.resolve()
    valid = msgspec.convert(_with_absolute_replies(_valid_parts(value, diagnostics), folder), SettingsTable)
    if trunks is not None:
        valid = msgspec.structs.replace(valid, trunks=trunks)
    return Settings(folder, valid, source, findings)


def _unknown_selectors(value: Any) -> Iterator[Diagnostic]:
    """Yields a diagnostic for every selector that stands for no rule."""
    for path, layer in _layers(value):
        for key in ("select", "ignore"):
            selectors = layer.get(key)
            for index, selector in enumerate(selectors if isinstance(selectors, list) else ()):
                if isinstance(selector, str) and (reason := explain_unknown(selector)):
                    yield Diagnostic((*path, key, index), UNKNOWN_CODE, reason)
        severities = layer.get("severity")
        for selector in severities if isinstance(severities, dict) else ():
            if reason := explain_unknown(selector):
                yield Diagnostic((*path, "severity", selector), UNKNOWN_CODE, reason, at_key=True)


def _layers(value: Any) -> Iterator[tuple[ValuePath, dict[str, Any]]]:
    """Yields the table and its overrides with their paths, without those that are no objects."""
    if isinstance(value, dict):
        yield (), value
        overrides = value.get("overrides")
        for index, one in enumerate(overrides if isinstance(overrides, list) else ()):
            if isinstance(one, dict):
                yield ("overrides", index), one


def _valid_parts(value: Any, diagnostics: list[Diagnostic]) -> dict[str, Any]:
    """Returns a table without the properties and overrides that have a diagnostic. An unknown selector selects nothing, and stays."""
    faulty = {
        diagnostic.path[: 2 if diagnostic.path[:1] == ("overrides",) else 1]
        for diagnostic in diagnostics
        if diagnostic.code != UNKNOWN_CODE
    }
    if () in faulty:
        return {}
    valid = {key: one for key, one in value.items() if (key,) not in faulty}
    if "overrides" in valid:
        valid["overrides"] = [one for index, one in enumerate(valid["overrides"]) if ("overrides", index) not in faulty]
    return valid


def _with_absolute_replies(value: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Returns a table whose replies have absolute paths, so that they can be read from any working folder."""
    for _, layer in _layers(value):
        if "replies" in layer:
            layer["replies"] = {hook: str(folder / file) for hook, file in layer["replies"].items()}
    return value


def _display_path(path: Path) -> str:
    """Returns a path relative to the working folder."""
    try:
        return os.path.relpath(path)
    except ValueError:  # on another drive
        return str(path)
