"""One line for each finding, whatever is in it."""

import re

import pytest

from callverbs.interpreter.lint import formats
from callverbs.interpreter.lint.formats import LintResult
from tests.interpreter.lint.formats.cases import CASES, linted

LINE = re.compile(r".+?(:[0-9]+:[0-9]+)?: (error|warning|info) CV[0-9]{3} .+")


def test_one_line() -> None:
    assert formats.render("concise", [linted('[\n{"verb": "pause"}]', "b.json")]) == "b.json:2:1: error CV103 pause needs length\n"


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_line_for_each(case: list[LintResult]) -> None:
    lines = formats.render("concise", case).splitlines()
    assert len(lines) == sum(len(one.findings) for one in case)
    assert all(LINE.fullmatch(line) for line in lines)
