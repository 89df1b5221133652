"""What the formats for people share: colours, and the first line of a finding."""

from callverbs.interpreter.lint.finding import Finding
from callverbs.interpreter.text.visible import visible

COLOURS = {"error": "\x1b[31m", "warning": "\x1b[33m", "info": "\x1b[36m", "path": "\x1b[1m", "caret": "\x1b[32m"}
"""ANSI escape sequences by severity, and by part of a report."""
RESET = "\x1b[0m"


def coloured(text: str, kind: str, colour: bool) -> str:
    """Returns a text in the colour of its kind, a key of COLOURS; unchanged without `colour`."""
    return f"{COLOURS[kind]}{text}{RESET}" if colour else text


def headline(finding: Finding, colour: bool, name: str = "") -> str:
    """Returns position, severity, code and message in one line."""
    position = f":{finding.line}:{finding.column}" if finding.line else ""
    location = coloured(f"{visible(finding.path)}{position}:", "path", colour)
    rule = coloured(f"{finding.severity} {finding.code}", finding.severity, colour)
    return " ".join(filter(None, (location, rule, name, visible(finding.message))))
