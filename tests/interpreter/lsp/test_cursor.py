"""Where a cursor stands in a text that is half written, what could stand there, and what the word there means."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter.lsp.cursor import LARGEST, Spot, spot
from interpreter.lsp.words import meaning, possible
from interpreter.text.source import JSON, YAML
from verbs import REGISTRY

VERBS = set(REGISTRY)
SAY = {"id", "text", "loop", "synthesizer"}
TARGET = {"type", "number", "sipUri", "name"}


def here(text: str) -> Spot | None:
    """The spot of a cursor, which is written as ¦."""
    return spot(text.replace("¦", ""), JSON if text[0] in "[{" else YAML, text.index("¦"))


def offered(text: str) -> set[Any]:
    found = here(text)
    return {word.text for word in possible(found) if not word.idle} if found else set()


def said(text: str) -> str:
    found = here(text)
    return meaning(found) if found else ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- ¦", VERBS),
        ("- verb: ¦", VERBS),
        ("- verb: s¦", VERBS),
        ("- verb:¦", VERBS),
        ("- verb: say\n  ¦", SAY),
        ("- verb: say\n  te¦\n- verb: hangup\n", SAY),
        ("- verb: say\n  text: a\n  ¦\n  loop: 2\n", SAY - {"text", "loop"}),
        ("- say:\n    ¦", SAY),
        ("- say:\n    text: a\n    lo¦\n- hangup: {}\n", SAY - {"text"}),
        ("- verb: dial\n  target:\n  - type: ¦\n    number: '+1'\n", {"phone", "sip", "user"}),
        ("- verb: dial\n  target:\n  - type: 'ph¦'\n", {"phone", "sip", "user"}),
        ("- verb: dial\n  target:\n  - type: phone\n    n¦\n", TARGET - {"type"}),
        ("- verb: dial\n  target: [{type: ¦}]\n", {"phone", "sip", "user"}),
        ("- verb: dial\n  target: [{¦\n", TARGET),
        ("- verb: gather\n  input: [¦]\n", {"digits", "speech"}),
        ("- verb: gather\n  input:\n  - ¦\n", {"digits", "speech"}),
        ("- verb: gather\n  dtmfBargein: ¦\n  timeout: 3\n", {True, False}),
        ("- verb: gather\n  say:\n    ¦\n", SAY),
        ("- verb: : broken\n- verb: say\n  ¦\n", SAY),
        ("- verb: say\n  text: [\n- verb: say\n  ¦\n", SAY),
        ("- verb: say\n  text: a¦ b\n", set()),
        ("- verb: nobody\n  ¦\n", set()),
        ('[¦]', VERBS),
        ('[{"verb": "¦"}]', VERBS),
        ('[{"verb": ¦}]', VERBS),
        ('[{"verb": "s¦', VERBS),
        ('[{¦}]', VERBS | {"verb"}),
        ('[{"¦": {"text": "a"}}]', {"verb"}),
        ('[{"verb": "say", ¦}]', SAY),
        ('[{"verb": "say" ¦}]', SAY),
        ('[{"verb": "say",\n "text": "a"\n ¦}, {"verb": "hangup"}]', SAY - {"text"}),
        ('[{"verb": "say", "lo¦": 2, "text": "a"}]', SAY - {"text"}),
        ('[{"verb": "dial", "target": [{"ty¦', TARGET),
        ('[{"verb": "dial", "target": [{"type": "¦', {"phone", "sip", "user"}),
        ('[{"verb": "gather", "say": {"¦"}}]', SAY),
        ('[{"verb": "say", "text": "a¦"}]', set()),
        ('{"verb": "say", ¦}', set()),
    ],
)  # fmt: skip
def test_what_can_stand_here(text: str, words: set[str]) -> None:
    found = offered(text)
    properties = next((some for some in (SAY, TARGET) if words and words <= some), found)
    assert found & properties == words


def test_what_is_needed_comes_first_and_what_has_no_effect_is_marked() -> None:
    found = here("- verb: dial\n  target:\n  - ¦")
    assert found
    words = {word.text: word for word in possible(found)}
    assert words["type"].needed
    assert not words["number"].needed
    assert words["tenant"].idle
    assert "A name of your own" in next(word.about for word in possible(here("- verb: say\n  i¦") or found) if word.text == "id")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- verb: s¦ay\n  text: a\n", "### say"),
        ("- sa¦y:\n    text: a\n", "### say"),
        ("- verb: say\n  lo¦op: 2\n", "**say.loop**"),
        ("- verb: say\n  loop: ¦2\n", "**say.loop**"),
        ("- say: {ear¦lyMedia: true}\n", "No effect here: the carrier plays nothing before the answer"),
        ("- verb: dial\n  target:\n  - typ¦e: phone\n", "**dial.target.type**: `phone` or `sip` or `user`"),
        ("- verb: gather\n  input: [dig¦its]\n", "**gather.input**"),
        ("- verb: gather\n  time¦out: 3\n", "Default: `15`"),
        ("- verb: say\n  no¦thing: 1\n", ""),
        ("- verb: nob¦ody\n", ""),
        ('[{"verb": "sip:dec¦line"}]', "### sip:decline"),
        ('[{"verb": "say", "te¦xt": "a", oops}]', "**say.text**"),
    ],
)
def test_what_a_word_means(text: str, words: str) -> None:
    assert words in said(text)
    assert bool(words) == bool(said(text))


def test_the_page_of_a_verb_has_no_links_that_lead_nowhere() -> None:
    for name in REGISTRY:
        about = said(f"- verb: {name}¦")
        assert about.startswith(f"### {name}\n\n")
        assert "](" not in about
        assert "## Properties" not in about


def test_a_text_of_many_megabytes_is_not_looked_into() -> None:
    assert spot("- " + " " * LARGEST, YAML, 2) is None


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("- [{\"':,}]\nverbsaytx0😀#&*|"), max_size=40), st.data())
def test_no_text_is_too_strange(text: str, data: st.DataObject) -> None:
    for language in (JSON, YAML):
        found = spot(text, language, data.draw(st.integers(0, len(text))))
        if found:
            list(possible(found))
            meaning(found)
