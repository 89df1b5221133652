"""Workflow commands, as the runner reads them."""

import re

import pytest

from callverbs.interpreter.lint import formats
from callverbs.interpreter.lint.formats import LintResult
from callverbs.interpreter.text.visible import visible
from tests.interpreter.lint.formats.cases import CASES, found

COMMAND = re.compile(r"::(\w+) (.*?)::(.*)")
ESCAPES = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}


def read(line: str) -> tuple[str, dict[str, str], str]:
    """Reads a command as actions/runner does: splits first, unescapes then, the percent sign last."""
    command = COMMAND.fullmatch(line)
    assert command
    properties = dict(one.split("=", 1) for one in command[2].split(","))
    return command[1], {key: unescaped(value) for key, value in properties.items()}, unescaped(command[3])


def unescaped(text: str) -> str:
    for escape, character in ESCAPES.items():
        text = text.replace(escape, character)
    return text


def test_a_command() -> None:
    (line,) = formats.render(
        "github", [found("[]", "a,b.json", message="50% of\nit: bad", line=3, column=4, end_line=3, end_column=7)]
    ).splitlines()
    assert line == (
        "::error file=a%2Cb.json,line=3,col=4,endLine=3,endColumn=7,title=CV102 unknown-property::a,b.json:3:4: CV102 50%25 of%0Ait: bad"
    )


def test_columns_only_within_a_line() -> None:
    (line,) = formats.render("github", CASES["over lines"]).splitlines()
    assert read(line)[1] == {"file": "a.json", "line": "1", "endLine": "2", "title": "CV103 missing-property"}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_command_for_each(case: list[LintResult]) -> None:
    commands = [read(line) for line in formats.render("github", case).split("\n")[:-1]]
    found = [finding for one in case for finding in one.findings]
    assert len(commands) == len(found)
    for (name, properties, message), finding in zip(commands, found, strict=True):
        assert name == {"error": "error", "warning": "warning", "info": "notice"}[finding.severity]
        assert properties["title"] == f"{finding.code} {finding.name}"
        assert "\\" not in properties["file"]
        assert ("line" in properties) == bool(finding.line)
        assert visible(finding.message, "\r\n") in message
