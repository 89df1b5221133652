"""Which rules count: selectors become codes, layers become the configuration of a run."""

from typing import Any

import pytest

from callverbs.interpreter.lint.rules import RULES
from callverbs.interpreter.lint.selection import Layer, codes_of, explain_unknown, parse_severity, rule_config

FAMILY = {code for code in RULES if code.startswith("CV3")}
DEFAULT_PROFILE = {code for code, rule in RULES.items() if rule.profile != "strict"}
MINIMAL = {code for code, rule in RULES.items() if rule.profile == "minimal"}


def chosen(*layers: Layer) -> set[str]:
    return set(rule_config(layers).codes)


def test_selectors() -> None:
    assert codes_of("CV302") == codes_of("too-many-targets") == ("CV302",)
    assert set(codes_of("CV3")) == FAMILY
    assert set(codes_of("CV")) == set(codes_of("strict")) == set(RULES)
    assert set(codes_of("recommended")) == DEFAULT_PROFILE
    assert set() < MINIMAL < DEFAULT_PROFILE < set(RULES)
    assert (RULES["CV302"].profile, RULES["CV401"].profile, RULES["CV902"].profile) == ("minimal", "recommended", "strict")
    assert codes_of("CV8") == codes_of("cv302") == codes_of("too-many") == codes_of("") == ()


@pytest.mark.parametrize(
    ("word", "complaint"),
    [
        ("CV302", None),
        ("strict", None),
        ("minimal", None),
        ("CV3o2", "there is no rule CV3o2; did you mean CV302?"),
        ("cv302", "there is no rule cv302; did you mean CV302?"),
        ("CV999", "there is no rule CV999: `callverbs rules` lists them"),
        ("to-many-targets", "there is no rule to-many-targets; did you mean too-many-targets?"),
        ("strickt", "there is no rule strickt; did you mean strict?"),
        ("xyzzy", "there is no rule xyzzy: `callverbs rules` lists them"),
    ],
)
def test_unknown_selectors(word: str, complaint: str | None) -> None:
    assert explain_unknown(word) == complaint


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ([], DEFAULT_PROFILE),
        ([Layer()], DEFAULT_PROFILE),
        ([Layer(profile="strict")], set(RULES)),
        ([Layer(profile="minimal")], MINIMAL),
        ([Layer(select=("CV3",))], FAMILY),
        ([Layer(select=("too-many-targets", "CV401"))], {"CV302", "CV401"}),
        ([Layer(profile="recommended", select=("CV902",))], DEFAULT_PROFILE | {"CV902"}),
        ([Layer(select=("recommended", "CV902"))], DEFAULT_PROFILE | {"CV902"}),
        ([Layer(select=())], set()),
        ([Layer(ignore=("CV3",))], DEFAULT_PROFILE - FAMILY),
        ([Layer(select=("CV3",), ignore=("CV302",))], FAMILY - {"CV302"}),
        ([Layer(select=("CV302",), ignore=("CV3",))], {"CV302"}),
        ([Layer(select=("CV302",), ignore=("CV302",))], set()),
        ([Layer(select=("recommended", "CV3", "CV302"), ignore=("CV30",))], {*DEFAULT_PROFILE, *FAMILY} - {*codes_of("CV30")} | {"CV302"}),
        ([Layer(ignore=("CV302",)), Layer(select=("CV302",))], {"CV302"}),
        ([Layer(select=("CV3",)), Layer(ignore=("CV302",))], FAMILY - {"CV302"}),
        ([Layer(profile="strict", ignore=("CV3",)), Layer(profile="strict")], set(RULES)),
        ([Layer(ignore=("CV302",)), Layer(ignore=("CV401",))], DEFAULT_PROFILE - {"CV302", "CV401"}),
    ],
)
def test_enabled_codes(layers: list[Layer], expected: set[str]) -> None:
    assert chosen(*layers) == expected


def test_severities() -> None:
    first = Layer(severity={"CV302": "info", "CV3": "warning", "strict": "error", "too-few": "info"})
    found = rule_config([first, Layer(severity={"duplicate-target": "info"})]).severities
    assert (found["CV302"], found["CV301"], found["CV303"], found["CV401"]) == ("info", "warning", "info", "error")
    assert rule_config([first, Layer(severity={"CV": "warning"})]).severities["CV302"] == "warning"
    assert rule_config([]).severities == {}


def test_the_context() -> None:
    fields: dict[str, Any] = {"dialect": "cognigy", "api": 1, "base_url": "", "numbers": ("+14155550199",), "replies": {"/a": "b"}}
    found = rule_config([Layer(**fields), Layer(base_url="https://example.com", address="/a")]).context
    assert (found.dialect, found.api, found.base_url, found.numbers) == ("cognigy", 1, "https://example.com", ("+14155550199",))
    assert (found.replies, found.address) == ({"/a": "b"}, "/a")
    assert rule_config([Layer(base_url="https://example.com"), Layer(base_url="")]).context.base_url == ""
    assert rule_config([]).context.base_url is None


@pytest.mark.parametrize("text", ["CV302", "CV302=", "CV302=warn", "=", "CV302:info"])
def test_what_is_no_severity(text: str) -> None:
    with pytest.raises(ValueError, match="write a rule and its severity, as in CV302=warning: one of error, warning, info"):
        parse_severity(text)


def test_a_severity() -> None:
    assert parse_severity("CV302=warning") == ("CV302", "warning")
