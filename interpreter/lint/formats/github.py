"""For GitHub Actions: workflow commands, which a run shows beside the lines of a pull request.

Source: "Workflow commands for GitHub Actions", and the runner's `ActionCommand`, which unescapes them.
"""

from collections.abc import Sequence

from interpreter.lint.finding import Finding
from interpreter.lint.formats import Linted
from interpreter.lint.formats._places import repository
from interpreter.lint.formats._visible import visible

COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}
MESSAGE = {"%": "%25", "\r": "%0D", "\n": "%0A"}
LINE_ENDS = "\r\n"
PROPERTY = {**MESSAGE, ":": "%3A", ",": "%2C"}


def write(linted: Sequence[Linted], colour: bool) -> str:
    """A command for each finding; nothing where there is none."""
    return "".join(f"{_command(finding)}\n" for one in linted for finding in one.findings)


def _command(finding: Finding) -> str:
    path = repository(finding.path)
    properties = {"file": path, **_place(finding), "title": f"{finding.code} {finding.name}"}
    written = ",".join(f"{key}={_escaped(str(value), PROPERTY)}" for key, value in properties.items())
    where = f"{path}:{finding.line}:{finding.column}" if finding.line else path  # the log shows the message alone
    return f"::{COMMANDS[finding.severity]} {written}::{_escaped(f'{where}: {finding.code} {finding.message}', MESSAGE)}"


def _place(finding: Finding) -> dict[str, int]:
    """Columns only within one line: with several, GitHub refuses them."""
    if not finding.line:
        return {}
    if finding.line != finding.end_line:
        return {"line": finding.line, "endLine": finding.end_line}
    return {"line": finding.line, "col": finding.column, "endLine": finding.end_line, "endColumn": finding.end_column}


def _escaped(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(one, one) for one in visible(text, LINE_ENDS))
