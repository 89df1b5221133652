"""The contract with programs."""

import json

import pytest

from interpreter.lint import formats
from interpreter.lint.finding import TOLD
from interpreter.lint.formats import Linted
from tests.interpreter.lint.formats.cases import CASES, linted


def test_a_report() -> None:
    case = linted('[\n{"verb": "gather", "actionHook": "/a", "input": ["speech"], "a/b": {}}]')
    told = json.loads(formats.write("json", [case]))
    assert told == {
        "version": 1,
        "findings": [
            {
                "path": "a.json", "code": "CV108", "name": "no-effect", "severity": "warning",
                "message": "speech input is not built yet: what is said is not heard",
                "line": 2, "column": 50, "end_line": 2, "end_column": 58, "pointer": "/0/input/0",
            },
            {
                "path": "a.json", "code": "CV102", "name": "unknown-property", "severity": "error",
                "message": "gather has no property a/b",
                "line": 2, "column": 61, "end_line": 2, "end_column": 66, "pointer": "/0/a~1b",
            },
        ],
        "summary": {"files": 1, "errors": 1, "warnings": 1, "infos": 0},
    }  # fmt: skip
    assert list(told) == ["version", "findings", "summary"]
    assert list(told["findings"][0]) == list(TOLD)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_everything_is_in_it(case: list[Linted]) -> None:
    told = json.loads(formats.write("json", case))
    assert [one["code"] for one in told["findings"]] == [finding.code for one in case for finding in one.findings]
    assert told["summary"]["files"] == len(case)
    assert told["summary"]["errors"] + told["summary"]["warnings"] + told["summary"]["infos"] == len(told["findings"])
