"""The ways in which findings are told, one module each, found by existing: every module here without a leading underscore is one.

A module has one function, `write`: what was found becomes a text. It judges nothing, and is imported only when its name is asked for.
"""

import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from interpreter.lint.finding import SEVERITIES, Finding
from interpreter.text.source import Source

HALVES = re.compile("[\ud800-\udfff]")
"""Halves of surrogate pairs; Python keeps bytes of a file's name that are not UTF-8 as such."""


class Linted(NamedTuple):
    """A source, and what was found in it."""

    source: Source
    findings: Sequence[Finding]


class Summary(msgspec.Struct, frozen=True):
    """How much there was of what."""

    files: int
    errors: int
    warnings: int
    infos: int


def names() -> list[str]:
    """Every format, in the order of the alphabet."""
    found = (module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    return sorted(name for name in found if not name.startswith("_"))


def write(name: str, linted: Sequence[Linted], colour: bool = False) -> str:
    """What was found, in one of the formats; colours are only for those that people read. KeyError where there is no such format."""
    if name not in names():
        raise KeyError(name)
    wanted = [Linted(one.source, [_encodable(finding) for finding in one.findings]) for one in linted]
    written: str = importlib.import_module(f"{__name__}.{name}").write(wanted, colour)
    return written


def summary(linted: Sequence[Linted]) -> Summary:
    """Count what was found."""
    counts = Counter(finding.severity for one in linted for finding in one.findings)
    return Summary(len(linted), *(counts[severity] for severity in SEVERITIES))


def _encodable(finding: Finding) -> Finding:
    """A finding that UTF-8 can hold: a file's name may be any bytes, and a broken text may have half of an emoji."""
    parts = {key: getattr(finding, key) for key in ("path", "message", "pointer")}
    if all(map(str.isascii, parts.values())):
        return finding
    return msgspec.structs.replace(finding, **{key: HALVES.sub("\ufffd", part) for key, part in parts.items()})
