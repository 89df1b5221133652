"""For people: each finding with the line that it is about, and how many there are."""

from collections.abc import Iterator, Sequence

from callverbs.interpreter.lint.finding import Finding
from callverbs.interpreter.lint.formats import LintResult, Summary, summarize
from callverbs.interpreter.lint.formats._colours import coloured, headline
from callverbs.interpreter.text.source import Source
from callverbs.interpreter.text.visible import visible, width

TAB = "\t"
EXCERPT_MAX_CHARACTERS = 120
"""Characters of a line that are shown around a finding: hooks reply in one line of thousands."""


def render(results: Sequence[LintResult], colour: bool) -> str:
    """Returns all findings, and how many there are."""
    return "\n".join([*format_findings(results, colour), _summary_line(summarize(results))]) + "\n"


def format_findings(results: Sequence[LintResult], colour: bool = False) -> Iterator[str]:
    """Yields each finding with its line."""
    return (_format_finding(result.source, finding, colour) for result in results for finding in result.findings)


def _format_finding(source: Source, finding: Finding, colour: bool) -> str:
    lines = [headline(finding, colour, finding.name)]
    line = source.line(finding.line)
    if line.strip():
        end_column = finding.end_column if finding.end_line == finding.line else len(line) + 1
        excerpt, blanks, carets = _excerpt(line, finding.column - 1, end_column - 1)
        lines += [f"    {excerpt}", f"    {blanks}{coloured(carets, 'caret', colour)}"]
    return "\n".join([*lines, ""])


def _excerpt(line: str, start: int, end: int) -> tuple[str, str, str]:
    """Returns the part of a line around a range, and the two parts of the line under it: blanks of the same width, and carets."""
    first = max(0, min(start - EXCERPT_MAX_CHARACTERS // 3, len(line) - EXCERPT_MAX_CHARACTERS))
    last = min(len(line), first + EXCERPT_MAX_CHARACTERS)
    before, behind = "…" if first else "", "…" if last < len(line) else ""
    blanks = " " * len(before) + "".join(TAB if one == TAB else " " * width(one) for one in visible(line[first:start], TAB))
    carets = "^" * max(1, width(visible(line[start : min(end, last)])))
    return f"{before}{visible(line[first:last], TAB)}{behind}", blanks, carets


def _summary_line(summary: Summary) -> str:
    counts = {"error": summary.errors, "warning": summary.warnings, "info": summary.infos}
    numbers = ", ".join(_counted(n, word) for word, n in counts.items() if n)
    return f"{numbers or 'nothing found'} in {_counted(summary.files, 'file')}"


def _counted(n: int, word: str) -> str:
    return f"{n} {word}{'' if n == 1 else 's'}"
