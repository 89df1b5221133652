"""Which rules count: words become codes, layers become terms."""

from typing import Any

import pytest

from interpreter.lint.rules import RULES
from interpreter.lint.selection import Layer, codes, terms, unknown, wish

FAMILY = {code for code in RULES if code.startswith("CV3")}
USUAL = {code for code, rule in RULES.items() if rule.profile != "strict"}
MINIMAL = {code for code, rule in RULES.items() if rule.profile == "minimal"}


def chosen(*layers: Layer) -> set[str]:
    return set(terms(layers).codes)


def test_words() -> None:
    assert codes("CV302") == codes("too-many-targets") == ("CV302",)
    assert set(codes("CV3")) == FAMILY
    assert set(codes("CV")) == set(codes("strict")) == set(RULES)
    assert set(codes("recommended")) == USUAL
    assert set() < MINIMAL < USUAL < set(RULES)
    assert (RULES["CV302"].profile, RULES["CV401"].profile, RULES["CV902"].profile) == ("minimal", "recommended", "strict")
    assert codes("CV8") == codes("cv302") == codes("too-many") == codes("") == ()


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
def test_words_that_mean_nothing(word: str, complaint: str | None) -> None:
    assert unknown(word) == complaint


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ([], USUAL),
        ([Layer()], USUAL),
        ([Layer(profile="strict")], set(RULES)),
        ([Layer(profile="minimal")], MINIMAL),
        ([Layer(select=("CV3",))], FAMILY),
        ([Layer(select=("too-many-targets", "CV401"))], {"CV302", "CV401"}),
        ([Layer(profile="recommended", select=("CV902",))], USUAL | {"CV902"}),
        ([Layer(select=("recommended", "CV902"))], USUAL | {"CV902"}),
        ([Layer(select=())], set()),
        ([Layer(ignore=("CV3",))], USUAL - FAMILY),
        ([Layer(select=("CV3",), ignore=("CV302",))], FAMILY - {"CV302"}),
        ([Layer(select=("CV302",), ignore=("CV3",))], {"CV302"}),
        ([Layer(select=("CV302",), ignore=("CV302",))], set()),
        ([Layer(select=("recommended", "CV3", "CV302"), ignore=("CV30",))], {*USUAL, *FAMILY} - {*codes("CV30")} | {"CV302"}),
        ([Layer(ignore=("CV302",)), Layer(select=("CV302",))], {"CV302"}),
        ([Layer(select=("CV3",)), Layer(ignore=("CV302",))], FAMILY - {"CV302"}),
        ([Layer(profile="strict", ignore=("CV3",)), Layer(profile="strict")], set(RULES)),
        ([Layer(ignore=("CV302",)), Layer(ignore=("CV401",))], USUAL - {"CV302", "CV401"}),
    ],
)
def test_what_counts(layers: list[Layer], expected: set[str]) -> None:
    assert chosen(*layers) == expected


def test_severities() -> None:
    first = Layer(severity={"CV302": "info", "CV3": "warning", "strict": "error", "too-few": "info"})
    found = terms([first, Layer(severity={"duplicate-target": "info"})]).severities
    assert (found["CV302"], found["CV301"], found["CV303"], found["CV401"]) == ("info", "warning", "info", "error")
    assert terms([first, Layer(severity={"CV": "warning"})]).severities["CV302"] == "warning"
    assert terms([]).severities == {}


def test_the_surroundings() -> None:
    told: dict[str, Any] = {"dialect": "cognigy", "api": 1, "base_url": "", "numbers": ("+14155550199",), "replies": {"/a": "b"}}
    found = terms([Layer(**told), Layer(base_url="https://example.com", address="/a")]).surroundings
    assert (found.dialect, found.api, found.base_url, found.numbers) == ("cognigy", 1, "https://example.com", ("+14155550199",))
    assert (found.replies, found.address) == ({"/a": "b"}, "/a")
    assert terms([Layer(base_url="https://example.com"), Layer(base_url="")]).surroundings.base_url == ""
    assert terms([]).surroundings.base_url is None


@pytest.mark.parametrize("text", ["CV302", "CV302=", "CV302=warn", "=", "CV302:info"])
def test_what_is_no_severity(text: str) -> None:
    with pytest.raises(ValueError, match="write a rule and what it is, as in CV302=warning: one of error, warning, info"):
        wish(text)


def test_a_severity() -> None:
    assert wish("CV302=warning") == ("CV302", "warning")
