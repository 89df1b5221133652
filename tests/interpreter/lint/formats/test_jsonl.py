"""The findings of the format json, a line each."""

import json

import pytest

from callverbs.interpreter.lint import formats
from callverbs.interpreter.lint.formats import LintResult
from tests.interpreter.lint.formats.cases import CASES


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_same_as_json(case: list[LintResult]) -> None:
    lines = [json.loads(line) for line in formats.render("jsonl", case).split("\n")[:-1]]
    assert lines == json.loads(formats.render("json", case))["findings"]
