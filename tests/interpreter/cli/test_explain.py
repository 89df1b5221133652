"""`callverbs explain` and `callverbs rules`."""

import json

import pytest

from callverbs.interpreter.lint.rule_page import to_markdown
from callverbs.interpreter.lint.rules import RULES
from tests.interpreter.cli.terminal import Terminal

# --------------------------------------------------------------------------- explain


@pytest.mark.parametrize("word", ["CV302", "cv302", "too-many-targets", "Too-Many-Targets"])
def test_a_rule_by_its_code_or_its_name(callverbs: Terminal, word: str) -> None:
    result = callverbs("explain", word)
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("CV302 too-many-targets  error, ")
    for part in ("\nWhy: jambonz", "\nBad:\n\n    - verb: transfer\n      mode: blind\n", "\nGood:\n\n    - verb: transfer\n"):
        assert part in result.out
    assert "flow.yaml:4:11: error CV302 too-many-targets" in result.out
    assert result.out.rstrip().endswith("/rules/CV302")


def test_the_page_of_a_verb(callverbs: Terminal) -> None:
    result = callverbs("explain", "gather")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("# gather\n\nCollects keys")
    assert "| `numDigits` |" in result.out
    assert "<!--" not in result.out
    assert callverbs("explain", "room", "Conference").out.count("# conference\n") == 1
    assert [one["name"] for one in json.loads(callverbs("explain", "sip:decline", "--format", "json").out)["verbs"]] == ["sip:decline"]
    assert callverbs("explain", "say", "CV501", "--format", "markdown").out.count("\n# CV501 no-text") == 1


def test_several_rules_each_once(callverbs: Terminal) -> None:
    result = callverbs("explain", "CV30", "CV302", "no-text")
    heads = [line.split()[0] for line in result.out.splitlines() if line.startswith("CV")]
    assert heads == [code for code in RULES if code.startswith("CV30")] + ["CV501"]


@pytest.mark.parametrize(
    ("words", "errors"),
    [
        (["CV999"], ["there is no rule CV999: `callverbs rules` lists them"]),
        (["gathr"], ["there is no rule and no verb gathr; did you mean gather?"]),
        (["too-many-target"], ["there is no rule too-many-target; did you mean too-many-targets?"]),
        (
            ["CV302", "unreadabel", "x"],
            ["there is no rule unreadabel; did you mean unreadable?", "there is no rule x: `callverbs rules` lists them"],
        ),
    ],
)
def test_what_is_no_rule(callverbs: Terminal, words: list[str], errors: list[str]) -> None:
    result = callverbs("explain", *words)
    assert (result.code, result.out) == (2, "")
    assert result.err.splitlines() == errors


def test_no_rule_at_all(callverbs: Terminal) -> None:
    assert callverbs("explain").code == 2


def test_markdown_is_the_page(callverbs: Terminal) -> None:
    assert callverbs("explain", "CV302", "--format", "markdown").out == to_markdown(RULES["CV302"])
    both = callverbs("explain", "CV302", "CV501", "--format", "markdown").out
    assert both == f"{to_markdown(RULES['CV302'])}\n{to_markdown(RULES['CV501'])}"


def test_json(callverbs: Terminal) -> None:
    report = json.loads(callverbs("explain", "CV102", "CV900", "--format", "json").out)
    assert report["version"] == 1
    unknown, internal = report["rules"]
    assert list(unknown) == ["code", "name", "severity", "profile", "fix", "summary", "what", "why", "bad", "good", "url"]
    assert (unknown["code"], unknown["fix"], internal["fix"]) == ("CV102", "safe", None)
    assert unknown["what"][0].startswith(unknown["summary"])
    assert json.loads(unknown["good"])


@pytest.mark.parametrize("code", RULES)
def test_every_rule_can_be_explained(callverbs: Terminal, code: str) -> None:
    result = callverbs("explain", code)
    assert result.code == 0
    assert "Why: " in result.out
    assert "\nGood:\n" in result.out


def test_colours_on_a_terminal(callverbs: Terminal) -> None:
    callverbs.use_terminal()
    assert callverbs("explain", "CV302").out.startswith("\x1b[1mCV302 too-many-targets\x1b[0m  \x1b[31merror\x1b[0m")
    callverbs.use_terminal(NO_COLOR="1")
    assert "\x1b" not in callverbs("explain", "CV302").out


# --------------------------------------------------------------------------- rules


def test_every_rule_is_in_the_table(callverbs: Terminal) -> None:
    result = callverbs("rules")
    head, *rows = result.out.splitlines()
    assert (result.code, head.split()) == (0, ["code", "name", "severity", "profile", "fix"])
    assert [row.split()[:4] for row in rows] == [[rule.code, rule.name, rule.severity, rule.profile] for rule in RULES.values()]
    assert {tuple(row.split()[4:]) for row in rows} == {(), ("safe",), ("unsafe",)}
    assert len({row.index(rule.severity, 30) for row, rule in zip(rows, RULES.values(), strict=True)}) == 1


def test_the_table_as_json(callverbs: Terminal) -> None:
    report = json.loads(callverbs("rules", "--format", "json").out)
    assert report["version"] == 1
    assert [one["code"] for one in report["rules"]] == list(RULES)
    assert list(report["rules"][0]) == ["code", "name", "severity", "profile", "fix", "summary", "url"]
    assert {one["fix"] for one in report["rules"]} == {None, "safe", "unsafe"}


def test_the_table_has_colours_on_a_terminal(callverbs: Terminal) -> None:
    callverbs.use_terminal()
    assert "\x1b[33mwarning " in callverbs("rules").out
