"""For people: each finding with the line that it is about, and how many there are."""

from collections.abc import Iterator, Sequence

from interpreter.lint.finding import Finding
from interpreter.lint.formats import Linted, Summary, summary
from interpreter.lint.formats._paint import headline, paint
from interpreter.lint.formats._visible import visible, width
from interpreter.text.source import Source

TAB = "\t"
LONGEST = 120
"""Characters of a line that are shown around a finding: hooks reply in one line of thousands."""


def write(linted: Sequence[Linted], colour: bool) -> str:
    """All findings, and a count."""
    return "\n".join([*blocks(linted, colour), _count(summary(linted))]) + "\n"


def blocks(linted: Sequence[Linted], colour: bool = False) -> Iterator[str]:
    """Each finding with its line."""
    return (_block(one.source, finding, colour) for one in linted for finding in one.findings)


def _block(source: Source, finding: Finding, colour: bool) -> str:
    lines = [headline(finding, colour, finding.name)]
    line = source.line(finding.line)
    if line.strip():
        until = finding.end_column if finding.end_line == finding.line else len(line) + 1
        shown, blanks, carets = _excerpt(line, finding.column - 1, until - 1)
        lines += [f"    {shown}", f"    {blanks}{paint(carets, 'caret', colour)}"]
    return "\n".join([*lines, ""])


def _excerpt(line: str, start: int, end: int) -> tuple[str, str, str]:
    """The part of a line around a range, and what stands under it: blanks of the same width, and carets."""
    first = max(0, min(start - LONGEST // 3, len(line) - LONGEST))
    last = min(len(line), first + LONGEST)
    before, behind = "…" if first else "", "…" if last < len(line) else ""
    blanks = " " * len(before) + "".join(TAB if one == TAB else " " * width(one) for one in visible(line[first:start], TAB))
    carets = "^" * max(1, width(visible(line[start : min(end, last)])))
    return f"{before}{visible(line[first:last], TAB)}{behind}", blanks, carets


def _count(found: Summary) -> str:
    counts = {"error": found.errors, "warning": found.warnings, "info": found.infos}
    said = ", ".join(_many(n, word) for word, n in counts.items() if n)
    return f"{said or 'nothing found'} in {_many(found.files, 'file')}"


def _many(n: int, word: str) -> str:
    return f"{n} {word}{'' if n == 1 else 's'}"
