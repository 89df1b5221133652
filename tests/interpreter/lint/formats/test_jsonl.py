"""The findings of the format json, a line each."""

import json

import pytest

from interpreter.lint import formats
from interpreter.lint.formats import Linted
from tests.interpreter.lint.formats.cases import CASES


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_same_as_json(case: list[Linted]) -> None:
    lines = [json.loads(line) for line in formats.write("jsonl", case).split("\n")[:-1]]
    assert lines == json.loads(formats.write("json", case))["findings"]
