"""A Code Quality report."""

import json
import re
from pathlib import PurePosixPath

import pytest

from callverbs.interpreter.lint import formats
from callverbs.interpreter.lint.formats import LintResult
from tests.interpreter.lint.formats.cases import CASES, linted


def prints(text: str, name: str = "a.json") -> list[str]:
    return [one["fingerprint"] for one in json.loads(formats.render("gitlab", [linted(text, name)]))]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_gitlab_asks_for(case: list[LintResult]) -> None:
    report = json.loads(formats.render("gitlab", case))
    assert isinstance(report, list)
    assert len(report) == sum(len(one.findings) for one in case)
    assert len({one["fingerprint"] for one in report}) == len(report)
    for one in report:
        assert isinstance(one["description"], str)
        assert one["check_name"]
        assert one["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert re.fullmatch(r"[0-9a-f]{64}", one["fingerprint"])
        assert one["location"]["lines"]["begin"] >= 1
        assert "\\" not in one["location"]["path"]
        assert not one["location"]["path"].startswith("./")
        assert PurePosixPath(one["location"]["path"]).name


def test_a_fingerprint_outlives_edits_elsewhere() -> None:
    before = prints('[{"verb": "pause", "lenght": 1}]')
    assert prints('[\n\n  {"verb": "say", "text": "Hello"},\n  {"verb": "pause", "lenght": 1}\n]') == before
    assert prints('[{"verb": "pause", "lenght": 1}]', "b.json") != before


def test_a_fingerprint_is_of_what_is_wrong() -> None:
    assert len(set(prints('[{"verb": "pause", "length": 1, "a": 1, "b": 1}]'))) == 2
    first, second = prints('[{"verb": "pause", "length": 1, "a": 1}, {"verb": "pause", "length": 1, "a": 1}]')
    assert first != second
    assert prints('[{"verb": "pause", "length": 1, "a": 1}]') == [first], "the first of two is the one that was there"
