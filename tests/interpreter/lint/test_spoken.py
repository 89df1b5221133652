"""Markup is read in bounded time and memory, and what can be mended is mended without changing another word."""

import time

import pytest

from interpreter.lint.linter import lint
from interpreter.lint.rules import _markup as markup
from interpreter.text.source import Source
from schemas import Fix

BOMB = "".join(f'<!ENTITY {name} "{f"&{below};" * 10}">' for below, name in zip("abcdefghi", "bcdefghij", strict=True))
LAUGHS = f'<!DOCTYPE speak [<!ENTITY a "ha">{BOMB}]><speak>&j;</speak>'


def fixes(text: str) -> list[Fix | None]:
    return [one.fix for one in lint(Source("a.yaml", text, [])) if one.code == "CV503"]


@pytest.mark.parametrize("text", [LAUGHS, '<!DOCTYPE speak SYSTEM "file:///etc/passwd"><speak/>'])
def test_a_document_type_is_refused(text: str) -> None:
    assert "document type" in markup.read(text).fault


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<speak>" + "<s>" * 10_000, "nested more than 50 deep"),
        ("<speak>" + "<s/>" * 1_000_000, ""),
        ("<speak>" + "<s>" * 49 + "</s>" * 49 + "</speak>", ""),
        ("<speak>\ud83d</speak>", "surrogates not allowed"),
        ("<speak>\x00</speak>", "a character stands here"),
        ("<speak " + "a" * 100_000, "a tag is not closed"),
        ("<speak>" + "&" * 100_000, "a character stands here"),
    ],
)
def test_what_is_wrong_with_markup(text: str, why: str) -> None:
    begun = time.perf_counter()
    fault = markup.read(text).fault
    assert why in fault
    assert bool(why) == bool(fault)
    assert time.perf_counter() - begun < 1


def test_words_know_where_they_stand() -> None:
    assert markup.read("<speak>a<sub alias='c'>b</sub></speak>").words == (("a", ("speak",)), ("b", ("speak", "sub")))


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("<speak>Fish & chips &amp; &#38; &nbsp;&copy; A&B</speak>", "<speak>Fish &amp; chips &amp; &#38; \xa0© A&amp;B</speak>"),
        ("<speak>A & B <break></speak>", None),
        ("<speak>&unknown;</speak>", None),
        ("<speak>fine</speak>", None),
        ("<speak>&lt;</speak><speak/>", None),
    ],
)
def test_entities_are_mended(text: str, better: str | None) -> None:
    assert markup.mended(text) == better


def test_markup_without_speak_gets_it() -> None:
    assert fixes("- say: {text: One <break time='1s'/> two}") == [Fix("replace", "<speak>One <break time='1s'/> two</speak>")]
    assert fixes("- say: {text: '<?xml version=\"1.0\"?> <speak>One</speak>'}") == [Fix("replace", "<speak>One</speak>")]
    assert fixes("- say: {text: One <break time='1s'> & two}") == [None]
    assert fixes("- say: {text: Both <speak>of</speak> it}") == [None]
