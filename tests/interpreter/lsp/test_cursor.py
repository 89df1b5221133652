"""The cursor in a half-written text: completions, and descriptions of the word under it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callverbs.interpreter.lsp.completion import completions
from callverbs.interpreter.lsp.cursor import TEXT_MAX_CHARACTERS, Cursor, find_cursor
from callverbs.interpreter.lsp.descriptions import describe_word
from callverbs.interpreter.text.source import JSON, YAML
from callverbs.verbs import REGISTRY, SYNONYMS

VERBS = {*REGISTRY, *SYNONYMS}
SAY = {"id", "text", "loop", "synthesizer"}
TARGET = {"type", "number", "sipUri", "name"}


def cursor_in(text: str) -> Cursor | None:
    """Returns the cursor of a text, in which it is written as ¦."""
    return find_cursor(text.replace("¦", ""), JSON if text[0] in "[{" else YAML, text.index("¦"))


def offered(text: str) -> set[Any]:
    """Returns the completions at the cursor of a text that have an effect."""
    cursor = cursor_in(text)
    return {one.value for one in completions(cursor) if not one.has_no_effect} if cursor else set()


def hovered(text: str) -> str:
    """Returns the description of the word under the cursor of a text."""
    cursor = cursor_in(text)
    return describe_word(cursor) if cursor else ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- ¦", VERBS),
        ("¦", VERBS),
        ("s¦", VERBS),
        ("-¦", VERBS),
        ("# a flow\n\ns¦\n", VERBS),
        ("- verb: say\n  text: a\nh¦\n", VERBS),
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
def test_completions(text: str, expected: set[str]) -> None:
    found = offered(text)
    properties = next((some for some in (SAY, TARGET) if expected and expected <= some), found)
    assert found & properties == expected


def test_required_properties_and_those_without_effect() -> None:
    cursor = cursor_in("- verb: dial\n  target:\n  - ¦")
    assert cursor
    found = {one.value: one for one in completions(cursor)}
    assert found["type"].is_required
    assert not found["number"].is_required
    assert found["tenant"].has_no_effect
    in_say = cursor_in("- verb: say\n  i¦")
    assert in_say
    assert "A name of your own" in next(one.description for one in completions(in_say) if one.value == "id")


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
def test_descriptions(text: str, words: str) -> None:
    assert words in hovered(text)
    assert bool(words) == bool(hovered(text))


def test_the_page_of_a_verb_has_no_links_in_an_editor() -> None:
    for name in REGISTRY:
        description = hovered(f"- verb: {name}¦")
        assert description.startswith(f"### {name}\n\n")
        assert "](" not in description
        assert "## Properties" not in description


def test_a_text_of_many_megabytes_is_not_parsed() -> None:
    assert find_cursor("- " + " " * TEXT_MAX_CHARACTERS, YAML, 2) is None


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("- [{\"':,}]\nverbsaytx0😀#&*|"), max_size=40), st.data())
def test_any_text_may_have_a_cursor(text: str, data: st.DataObject) -> None:
    for language in (JSON, YAML):
        cursor = find_cursor(text, language, data.draw(st.integers(0, len(text))))
        if cursor:
            list(completions(cursor))
            describe_word(cursor)


@pytest.mark.parametrize(
    ("text", "language", "around"),
    [
        ("s", YAML, ("- ", "")),
        ("- s", YAML, ("", "")),
        ("- verb: hangup\ns", YAML, ("- ", "")),
        ("- verb: say\n  t", YAML, ("", "")),
        ("s", JSON, ("[", "]")),
        ("", JSON, ("[", "]")),
        ("[s", JSON, ("", "")),
    ],
)
def test_what_is_missing_around_a_word(text: str, language: str, around: tuple[str, str]) -> None:
    cursor = find_cursor(text, language, len(text))
    assert cursor is not None
    assert cursor.around == around
