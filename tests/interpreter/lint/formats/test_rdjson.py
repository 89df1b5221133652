"""reviewdog's format, read as its description (proto/rdf/reviewdog.proto) says."""

import json
from typing import Any

import pytest

from callverbs.interpreter.lint import formats
from callverbs.interpreter.lint.formats import LintResult
from tests.interpreter.lint.formats.cases import CASES, linted


def diagnostics_of(case: list[LintResult]) -> list[dict[str, Any]]:
    report = json.loads(formats.render("rdjson", case))
    assert report["source"]["name"] == "callverbs"
    diagnostics: list[dict[str, Any]] = report["diagnostics"]
    return diagnostics


def offset(text: bytes, position: dict[str, int]) -> int:
    """Returns where a position is in the bytes of a text."""
    lines = text.splitlines(keepends=True)
    return sum(map(len, lines[: position["line"] - 1])) + position["column"] - 1


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_diagnostic_for_each(case: list[LintResult]) -> None:
    diagnostics = diagnostics_of(case)
    found = [finding for one in case for finding in one.findings]
    assert [one["code"]["value"] for one in diagnostics] == [finding.code for finding in found]
    for one, finding in zip(diagnostics, found, strict=True):
        assert one["severity"] in ("ERROR", "WARNING", "INFO")
        assert one["code"]["url"].endswith(f"/rules/{finding.code}")
        assert ("range" in one["location"]) == bool(finding.line)
        assert "\\" not in one["location"]["path"]
        for text_range in (one["location"].get("range"), *(each["range"] for each in one.get("suggestions", ()))):
            assert not text_range or all(number >= 1 for position in text_range.values() for number in position.values())


def test_columns_are_bytes() -> None:
    text = "- {verb: say, text: Grüße 𐐀 本, txt: 1}\n"
    (one,) = [one for one in diagnostics_of([linted(text, "a.yaml")]) if one["code"]["value"] == "CV102"]
    start, end = one["location"]["range"]["start"], one["location"]["range"]["end"]
    assert text.encode()[offset(text.encode(), start) : offset(text.encode(), end)] == b"txt"


@pytest.mark.parametrize(
    ("case", "fixed"),
    [
        ("an unsafe fix", '[{"verb": "pause",\n  "length": 1}]'),
        ("a fix behind what is not ASCII", '[{"verb": "say", "text": "ü𐐀", "loop": 2}]'),
    ],
)
def test_a_suggestion_is_the_fix(case: str, fixed: str) -> None:
    (one,) = diagnostics_of(CASES[case])
    (suggestion,) = one["suggestions"]
    text = CASES[case][0].source.text.encode()
    start, end = (offset(text, suggestion["range"][name]) for name in ("start", "end"))
    assert (text[:start] + suggestion["text"].encode() + text[end:]).decode() == fixed


def test_no_suggestion_where_there_is_no_fix() -> None:
    assert "suggestions" not in diagnostics_of(CASES["a fix that cannot be done"])[0]
    assert "suggestions" not in diagnostics_of(CASES["over lines"])[0]
