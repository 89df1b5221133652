"""SARIF 2.1.0, held to its schema."""

import json
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from jsonschema import Draft4Validator

from callverbs.interpreter.lint import formats
from callverbs.interpreter.lint.formats import LintResult
from callverbs.interpreter.lint.rules import RULES
from tests.interpreter.lint.formats.cases import CASES, found
from tests.readers.packages import needed, sarif_schema

every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


@cache
def validator() -> Draft4Validator:
    return Draft4Validator(sarif_schema(), format_checker=Draft4Validator.FORMAT_CHECKER)


def run(case: list[LintResult]) -> dict[str, Any]:
    log = json.loads(formats.render("sarif", case))
    (one,) = log["runs"]
    return dict(one)


@needed
@every_case
def test_it_is_as_the_schema_wants_it(case: list[LintResult]) -> None:
    assert [error.message for error in validator().iter_errors(json.loads(formats.render("sarif", case)))] == []


@needed
def test_the_schema_refuses_something() -> None:
    log = json.loads(formats.render("sarif", CASES["over lines"]))
    log["runs"][0]["results"][0]["level"] = "info"
    assert list(validator().iter_errors(log))


@every_case
def test_a_result_for_each(case: list[LintResult]) -> None:
    one = run(case)
    rules = one["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(RULES)
    findings = [finding for each in case for finding in each.findings]
    assert len(one["results"]) == len(findings)
    for result, finding in zip(one["results"], findings, strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == finding.code
        assert result["level"] == {"error": "error", "warning": "warning", "info": "note"}[finding.severity]
        physical = result["locations"][0]["physicalLocation"]
        assert ("region" in physical) == bool(finding.line)
    prints = [result["partialFingerprints"]["callverbs/v1"] for result in one["results"]]
    assert len(set(prints)) == len(prints)


def test_every_rule_brings_its_page() -> None:
    for rule in run([])["tool"]["driver"]["rules"]:
        assert rule["shortDescription"]["text"].endswith(".")
        assert "Why: " in rule["help"]["text"]
        assert rule["help"]["markdown"].startswith(f"# {rule['id']} {rule['name']}\n")
        assert rule["helpUri"].endswith(f"/rules/{rule['id']}")


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("flows/menu.json", "flows/menu.json"),
        ("./flows/menu.json", "flows/menu.json"),
        ("grüße/my flow.json", "gr%C3%BC%C3%9Fe/my%20flow.json"),
        ("a:b#c?d%e.json", "a%3Ab%23c%3Fd%25e.json"),
        ("flows\\menu.json", "flows/menu.json"),
        ("C:\\my flows\\menu.json", "file:///C:/my%20flows/menu.json"),
        ("/root/menu.json", "file:///root/menu.json"),
        ("caf\udce9.json", "caf%E9.json"),
    ],
)
def test_paths_are_uris(name: str, uri: str) -> None:
    one = run([found("[]", name)])
    written_uri = one["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert written_uri == one["artifacts"][0]["location"]["uri"] == uri
    assert urlsplit(written_uri).scheme in ("", "file")
    assert "%" not in unquote(written_uri).replace("%e", "")


@pytest.mark.parametrize(
    ("case", "fixed"),
    [
        ("an unsafe fix", '[{"verb": "pause",\n  "length": 1}]'),
        ("a fix behind what is not ASCII", '[{"verb": "say", "text": "ü𐐀", "loop": 2}]'),
    ],
)
def test_a_fix(case: str, fixed: str) -> None:
    (result,) = run(CASES[case])["results"]
    (fix,) = result["fixes"]
    (replacement,) = fix["artifactChanges"][0]["replacements"]
    region, lines = replacement["deletedRegion"], CASES[case][0].source.text.splitlines(keepends=True)
    before = "".join(lines[: region["startLine"] - 1]) + lines[region["startLine"] - 1][: region["startColumn"] - 1]
    behind = lines[region["endLine"] - 1][region["endColumn"] - 1 :] + "".join(lines[region["endLine"] :])
    assert before + replacement["insertedContent"]["text"] + behind == fixed
    assert ("a caller may hear something else" in fix["description"]["text"]) == (case == "an unsafe fix")


def test_a_code_that_has_no_rule_is_reported_all_the_same() -> None:
    (result,) = run([found("[]", code="CV999")])["results"]
    assert result["ruleId"] == "CV999"
    assert "ruleIndex" not in result


def test_columns_count_characters() -> None:
    one = run(CASES["a fix behind what is not ASCII"])
    assert one["columnKind"] == "unicodeCodePoints"
    assert one["results"][0]["locations"][0]["physicalLocation"]["region"]["startColumn"] == 32


def test_a_file_is_named_once() -> None:
    one = run([found("[]"), found("[]", "b.yaml"), found("[]")])
    assert [artifact["location"]["uri"] for artifact in one["artifacts"]] == ["a.json", "b.yaml"]
