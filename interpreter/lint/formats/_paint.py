"""What the formats for people have in common: colours, and the line that a finding begins with."""

from interpreter.lint.finding import Finding
from interpreter.lint.formats._visible import visible

COLOURS = {"error": "\x1b[31m", "warning": "\x1b[33m", "info": "\x1b[36m", "path": "\x1b[1m", "caret": "\x1b[32m"}
RESET = "\x1b[0m"


def paint(words: str, kind: str, colour: bool) -> str:
    """Words in the colour of what they are."""
    return f"{COLOURS[kind]}{words}{RESET}" if colour else words


def headline(finding: Finding, colour: bool, name: str = "") -> str:
    """Where, how bad, which rule, and what: in one line."""
    place = f":{finding.line}:{finding.column}" if finding.line else ""
    where = paint(f"{visible(finding.path)}{place}:", "path", colour)
    what = paint(f"{finding.severity} {finding.code}", finding.severity, colour)
    return " ".join(filter(None, (where, what, name, visible(finding.message))))
