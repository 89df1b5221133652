"""Findings that were there when somebody began to lint: a file holds them, and they are told no more until what they are about changes.

A finding is known by its file, its code, its pointer without the indexes, and a hash of the value that it is about: other lines
and other verbs may come before it. What keeps a document from being read is never known.
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

from interpreter.lint.finding import Finding
from interpreter.lint.formats import Linted
from interpreter.lint.linter import INTERNAL

VERSION = 1
NAME = "verb"
"""The property that holds the name of a verb."""


class BaselineError(Exception):
    """A baseline that cannot be read: which file, and why."""


class Known(Struct, frozen=True, forbid_unknown_fields=True):
    """One finding of a file."""

    code: str
    pointer: str
    hash: str

    @property
    def shape(self) -> tuple[str, str, str]:
        """What has to be the same."""
        return self.code, "/".join("*" if part.isdecimal() else part for part in self.pointer.split("/")), self.hash


class Written(Struct, frozen=True, forbid_unknown_fields=True):
    """What the file holds."""

    version: int
    findings: dict[str, list[Known]]


class Baseline:
    """What is known, by file."""

    def __init__(self, path: Path, files: dict[str, list[Known]]) -> None:
        self.path = path
        self._files = files
        self._stale: list[tuple[str, Known]] = []
        self._asked: set[str] = set()

    @classmethod
    def read(cls, path: Path) -> "Baseline":
        """A file that `write` has written. Raises BaselineError."""
        try:
            written = msgspec.json.decode(path.read_bytes(), type=Written)
        except OSError as error:
            raise BaselineError(f"the baseline {path} cannot be read: {error.strerror}") from None
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise BaselineError(f"{path} is not a baseline that --write-baseline has written: {error}") from None
        if written.version != VERSION:
            raise BaselineError(f"the baseline {path} has version {written.version}, and this is version {VERSION}: write it again")
        return cls(path, written.findings)

    def news(self, linted: Linted, wanted: AbstractSet[str]) -> Linted:
        """A document with the findings that are not known. `wanted` are the codes that count: others cannot be found."""
        name = _name(linted.source.name, self.path)
        self._asked.add(name)
        left = Counter(one.shape for one in self._files.get(name, ()))
        kept = []
        for finding in linted.findings:
            one = _known(linted, finding)
            if one and left[one.shape]:
                left[one.shape] -= 1
            else:
                kept.append(finding)
        for one in self._files.get(name, ()):
            if left[one.shape] and one.code in wanted:
                left[one.shape] -= 1
                self._stale.append((name, one))
        return linted._replace(findings=kept)

    @property
    def stale(self) -> list[str]:
        """What is known, and no longer there: of the files that were asked for, and of those that are gone. One sentence each."""
        folder = self.path.parent
        gone = [name for name in self._files if name not in self._asked and not (folder / name).exists()]
        stale = [*self._stale, *((name, one) for name in gone for one in self._files[name])]
        return [f"{name}: {one.code} at {one.pointer or '/'} is in the baseline, and no longer found" for name, one in stale]


def write(path: Path, linted: Iterable[Linted]) -> int:
    """Write what is found as known, and say how much that is. Raises OSError."""
    files: dict[str, list[Known]] = {}
    for one in linted:
        if found := [known for known in (_known(one, finding) for finding in one.findings) if known]:
            files[_name(one.source.name, path)] = found
    written = Written(VERSION, dict(sorted(files.items())))
    path.write_bytes(msgspec.json.format(msgspec.json.encode(written), indent=2) + b"\n")
    return sum(map(len, files.values()))


def _name(file: str, baseline: Path) -> str:
    """A file as the baseline calls it: relative to its own folder, on every system alike."""
    return os.path.relpath(file, baseline.parent).replace(os.sep, "/")


def _known(linted: Linted, finding: Finding) -> Known | None:
    """A finding as the file holds it; None for what has to be told every time."""
    if not isinstance(linted.source.value, list) or finding.code == INTERNAL:
        return None
    value: Any = linted.source.value
    for step in finding.steps[:-1] if finding.steps[-1:] == (NAME,) else finding.steps:  # of a verb that is at fault, all of it
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            break
    return Known(finding.code, finding.pointer, _hash(value))


def _hash(value: Any) -> str:
    """The same for the same value, in JSON or YAML, whatever the order of its properties."""
    import hashlib  # OpenSSL comes with it: only where there is a baseline

    text = json.dumps(value, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
