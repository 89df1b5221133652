"""For GitHub Actions: workflow commands, which a run shows beside the lines of a pull request.

Source: "Workflow commands for GitHub Actions", and the runner's `ActionCommand`, which unescapes them.
"""

from collections.abc import Sequence

from callverbs.interpreter.lint.finding import Finding
from callverbs.interpreter.lint.formats import LintResult
from callverbs.interpreter.lint.formats._locations import repository_path
from callverbs.interpreter.text.visible import visible

COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}
"""The workflow command of each severity."""
MESSAGE_ESCAPES = {"%": "%25", "\r": "%0D", "\n": "%0A"}
PROPERTY_ESCAPES = {**MESSAGE_ESCAPES, ":": "%3A", ",": "%2C"}
LINE_BREAKS = "\r\n"


def render(results: Sequence[LintResult], colour: bool) -> str:
    """Returns a command for each finding; "" where there is none."""
    return "".join(f"{_command(finding)}\n" for result in results for finding in result.findings)


def _command(finding: Finding) -> str:
    path = repository_path(finding.path)
    properties = {"file": path, **_range(finding), "title": f"{finding.code} {finding.name}"}
    parameters = ",".join(f"{key}={_escaped(str(value), PROPERTY_ESCAPES)}" for key, value in properties.items())
    location = f"{path}:{finding.line}:{finding.column}" if finding.line else path  # the log shows the message alone
    return f"::{COMMANDS[finding.severity]} {parameters}::{_escaped(f'{location}: {finding.code} {finding.message}', MESSAGE_ESCAPES)}"


def _range(finding: Finding) -> dict[str, int]:
    """Returns lines, and columns only within one line: with several, GitHub refuses them."""
    if not finding.line:
        return {}
    if finding.line != finding.end_line:
        return {"line": finding.line, "endLine": finding.end_line}
    return {"line": finding.line, "col": finding.column, "endLine": finding.end_line, "endColumn": finding.end_column}


def _escaped(text: str, escapes: dict[str, str]) -> str:
    return "".join(escapes.get(one, one) for one in visible(text, LINE_BREAKS))
