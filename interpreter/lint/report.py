"""Prints findings: as text for people, as JSON for machines. It judges nothing; how many of what there are, it counts.

The JSON is a contract: its `version` changes when a field changes its meaning or goes.
"""

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec

from interpreter.lint.finding import SEVERITIES, Finding
from interpreter.text.source import Source

VERSION = 1
LONGEST = 120
"""Characters of a line that are shown around a finding: hooks reply in one line of thousands."""
COLOURS = {"error": "\x1b[31m", "warning": "\x1b[33m", "info": "\x1b[36m", "path": "\x1b[1m", "caret": "\x1b[32m"}
RESET = "\x1b[0m"


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


class Report(msgspec.Struct, frozen=True):
    """What the JSON format holds."""

    version: int
    findings: list[dict[str, Any]]
    summary: Summary


def summary(linted: Sequence[Linted]) -> Summary:
    """Count what was found."""
    counts = Counter(finding.severity for one in linted for finding in one.findings)
    return Summary(len(linted), *(counts[severity] for severity in SEVERITIES))


def json(linted: Sequence[Linted], colour: bool = False) -> str:
    """All findings as one JSON object."""
    report = Report(VERSION, [finding.told() for one in linted for finding in one.findings], summary(linted))
    return msgspec.json.format(msgspec.json.encode(report), indent=2).decode() + "\n"


def text(linted: Sequence[Linted], colour: bool = False) -> str:
    """All findings, each with the line that it is about, and a count."""
    blocks = [_block(one.source, finding, colour) for one in linted for finding in one.findings]
    return "\n".join([*blocks, _count(summary(linted))]) + "\n"


FORMATS: dict[str, Callable[[Sequence[Linted], bool], str]] = {"text": text, "json": json}


def _block(source: Source, finding: Finding, colour: bool) -> str:
    where = _paint(f"{finding.path}:{finding.line}:{finding.column}:", "path", colour)
    what = _paint(f"{finding.severity} {finding.code}", finding.severity, colour)
    line = source.line(finding.line)
    lines = [f"{where} {what} {finding.name} {finding.message}"]
    if line.strip():
        until = finding.end_column if finding.end_line == finding.line else len(line) + 1
        shown, under = _excerpt(line, finding.column - 1, until - 1)
        lines += [f"    {shown}", f"    {under[0]}{_paint(under[1], 'caret', colour)}"]
    return "\n".join([*lines, ""])


def _excerpt(line: str, start: int, end: int) -> tuple[str, tuple[str, str]]:
    """The part of a line around a range, and what stands under it: blanks of the same width, and carets."""
    first = max(0, min(start - LONGEST // 3, len(line) - LONGEST))
    last = min(len(line), first + LONGEST)
    before, behind = "…" if first else "", "…" if last < len(line) else ""
    blanks = " " * len(before) + "".join("\t" if one == "\t" else " " * _width(one) for one in line[first:start])
    carets = "^" * max(1, sum(_width(one) for one in line[start : min(end, last)]))
    return f"{before}{line[first:last]}{behind}", (blanks, carets)


def _width(character: str) -> int:
    """Columns of a terminal: an emoji has two, an accent none."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _paint(words: str, kind: str, colour: bool) -> str:
    return f"{COLOURS[kind]}{words}{RESET}" if colour else words


def _count(found: Summary) -> str:
    counts = {"error": found.errors, "warning": found.warnings, "info": found.infos}
    said = ", ".join(_many(n, word) for word, n in counts.items() if n)
    return f"{said or 'nothing found'} in {_many(found.files, 'file')}"


def _many(n: int, word: str) -> str:
    return f"{n} {word}{'' if n == 1 else 's'}"
