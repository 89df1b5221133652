"""The contract with programs."""

import json

import pytest

from callverbs.interpreter.lint import formats
from callverbs.interpreter.lint.finding import REPORT_FIELDS
from callverbs.interpreter.lint.formats import LintResult
from tests.interpreter.lint.formats.cases import CASES, linted


def test_a_report() -> None:
    case = linted('[\n{"verb": "say", "text": "Hello", "disableTtsCache": true, "a/b": {}}]')
    report = json.loads(formats.render("json", [case]))
    assert report == {
        "version": 1,
        "findings": [
            {
                "path": "a.json", "code": "CV108", "name": "no-effect", "severity": "warning",
                "message": "disableTtsCache: the carrier decides what it caches; the property is ignored",
                "line": 2, "column": 34, "end_line": 2, "end_column": 51, "pointer": "/0/disableTtsCache",
            },
            {
                "path": "a.json", "code": "CV102", "name": "unknown-property", "severity": "error",
                "message": "say has no property a/b",
                "line": 2, "column": 59, "end_line": 2, "end_column": 64, "pointer": "/0/a~1b",
            },
        ],
        "summary": {"files": 1, "errors": 1, "warnings": 1, "infos": 0},
    }  # fmt: skip
    assert list(report) == ["version", "findings", "summary"]
    assert list(report["findings"][0]) == list(REPORT_FIELDS)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_everything_is_in_it(case: list[LintResult]) -> None:
    report = json.loads(formats.render("json", case))
    assert [one["code"] for one in report["findings"]] == [finding.code for one in case for finding in one.findings]
    assert report["summary"]["files"] == len(case)
    assert report["summary"]["errors"] + report["summary"]["warnings"] + report["summary"]["infos"] == len(report["findings"])
