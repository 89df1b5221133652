"""Baselines: findings that a file lists are not reported until the value that they are about changes.

A finding is identified by its file, its code, its pointer without the indexes, and a hash of the value that it is about: other lines
and other verbs may come before it. An unreadable document has no entry, so that it is always reported.
"""

import json
import os
from collections import Counter
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from callverbs.interpreter.lint.document import VERB_NAME_KEY
from callverbs.interpreter.lint.finding import Finding
from callverbs.interpreter.lint.formats import LintResult
from callverbs.interpreter.lint.rule_codes import INTERNAL_ERROR

VERSION = 1
"""The version of the file format."""


class BaselineError(Exception):
    """A baseline that cannot be read: which file, and why."""


class Entry(Struct, frozen=True, forbid_unknown_fields=True):
    """One finding of a baseline."""

    code: str
    pointer: str
    hash: str

    @property
    def identity(self) -> tuple[str, str, str]:
        """Equal for the same finding at another index."""
        return self.code, "/".join("*" if part.isdecimal() else part for part in self.pointer.split("/")), self.hash


class BaselineFile(Struct, frozen=True, forbid_unknown_fields=True):
    """The content of a baseline."""

    version: int
    findings: dict[str, list[Entry]]


class Baseline:
    """The entries of a baseline by file; those that match no finding are stale."""

    def __init__(self, path: Path, entries: dict[str, list[Entry]]) -> None:
        self.path = path
        self._entries = entries
        self._unmatched: list[tuple[str, Entry]] = []
        self._linted: set[str] = set()

    @classmethod
    def read(cls, path: Path) -> "Baseline":
        """Reads a file that `write` has written. Raises BaselineError."""
        try:
            content = msgspec.json.decode(path.read_bytes(), type=BaselineFile)
        except OSError as error:
            raise BaselineError(f"the baseline {path} cannot be read: {error.strerror}") from None
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise BaselineError(f"{path} is not a baseline that --write-baseline has written: {error}") from None
        if content.version != VERSION:
            raise BaselineError(f"the baseline {path} has version {content.version}, and this is version {VERSION}: write it again")
        return cls(path, content.findings)

    def remove_known(self, result: LintResult, enabled: AbstractSet[str]) -> LintResult:
        """Removes the findings that the baseline lists, and notes the entries of enabled codes that match none."""
        name = _relative_name(result.source.name, self.path)
        self._linted.add(name)
        entries = self._entries.get(name, ())
        left = Counter(entry.identity for entry in entries)
        kept = []
        for finding in result.findings:
            found = _entry(result, finding)
            if found and left[found.identity]:
                left[found.identity] -= 1
            else:
                kept.append(finding)
        for entry in entries:
            if left[entry.identity] and entry.code in enabled:
                left[entry.identity] -= 1
                self._unmatched.append((name, entry))
        return result._replace(findings=kept)

    @property
    def stale(self) -> list[str]:
        """A sentence for each entry that matches no finding any more: of the linted files, and of those that no longer exist."""
        folder = self.path.parent
        gone = [name for name in self._entries if name not in self._linted and not (folder / name).exists()]
        stale = [*self._unmatched, *((name, entry) for name in gone for entry in self._entries[name])]
        return [f"{name}: {entry.code} at {entry.pointer or '/'} is in the baseline, and no longer found" for name, entry in stale]


def write(path: Path, results: Iterable[LintResult]) -> int:
    """Writes all findings as a baseline, and returns how many there are. Raises OSError."""
    entries: dict[str, list[Entry]] = {}
    for result in results:
        if found := [entry for entry in (_entry(result, finding) for finding in result.findings) if entry]:
            entries[_relative_name(result.source.name, path)] = found
    content = BaselineFile(VERSION, dict(sorted(entries.items())))
    path.write_bytes(msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n")
    return sum(map(len, entries.values()))


def _relative_name(file: str, baseline: Path) -> str:
    """Returns the name of a file in the baseline: relative to the baseline's folder, with slashes on every system."""
    return os.path.relpath(file, baseline.parent).replace(os.sep, "/")


def _entry(result: LintResult, finding: Finding) -> Entry | None:
    """Returns a finding as an entry; None for one that is always reported."""
    if not isinstance(result.source.value, list) or finding.code == INTERNAL_ERROR:
        return None
    is_verb_name = finding.value_path[-1:] == (VERB_NAME_KEY,)  # then it is about the whole verb
    value: Any = result.source.value
    for step in finding.value_path[:-1] if is_verb_name else finding.value_path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            break
    return Entry(finding.code, finding.pointer, _hash(value))


def _hash(value: Any) -> str:
    """Returns a hash that is the same for JSON and YAML, and for any order of properties."""
    import hashlib  # OpenSSL comes with it: only where there is a baseline

    text = json.dumps(value, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
