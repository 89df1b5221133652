"""SSML is parsed in bounded time and memory, and what can be fixed is fixed without changing another word."""

import time

import pytest

from callverbs.interpreter.lint.facts import ssml
from callverbs.interpreter.lint.linter import lint
from callverbs.interpreter.text.source import Source
from callverbs.schemas import Fix

ENTITIES = "".join(f'<!ENTITY {name} "{f"&{below};" * 10}">' for below, name in zip("abcdefghi", "bcdefghij", strict=True))
ENTITY_BOMB = f'<!DOCTYPE speak [<!ENTITY a "ha">{ENTITIES}]><speak>&j;</speak>'


def ssml_fixes(text: str) -> list[Fix | None]:
    return [one.fix for one in lint(Source("a.yaml", text, [])) if one.code == "CV503"]


@pytest.mark.parametrize("text", [ENTITY_BOMB, '<!DOCTYPE speak SYSTEM "file:///etc/passwd"><speak/>'])
def test_a_document_type_is_refused(text: str) -> None:
    assert "document type" in ssml.parse(text).problem


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<speak>" + "<s>" * 10_000, "nested more than 50 deep"),
        ("<speak>" + "<s/>" * 1_000_000, ""),
        ("<speak>" + "<s>" * 49 + "</s>" * 49 + "</speak>", ""),
        ("<speak>\ud83d</speak>", "surrogates not allowed"),
        ("<speak>\x00</speak>", "there is a character"),
        ("<speak " + "a" * 100_000, "a tag is not closed"),
        ("<speak>" + "&" * 100_000, "there is a character"),
    ],
)
def test_problems_of_ssml(text: str, expected: str) -> None:
    started = time.perf_counter()
    problem = ssml.parse(text).problem
    assert expected in problem
    assert bool(expected) == bool(problem)
    assert time.perf_counter() - started < 1


def test_text_has_its_elements() -> None:
    assert ssml.parse("<speak>a<sub alias='c'>b</sub></speak>").runs == (("a", ("speak",)), ("b", ("speak", "sub")))


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("<speak>Fish & chips &amp; &#38; &nbsp;&copy; A&B</speak>", "<speak>Fish &amp; chips &amp; &#38; \xa0© A&amp;B</speak>"),
        ("<speak>A & B <break></speak>", None),
        ("<speak>&unknown;</speak>", None),
        ("<speak>fine</speak>", None),
        ("<speak>&lt;</speak><speak/>", None),
    ],
)
def test_entities_are_fixed(text: str, fixed: str | None) -> None:
    assert ssml.fix_entities(text) == fixed


def test_ssml_without_speak_gets_it() -> None:
    assert ssml_fixes("- say: {text: One <break time='1s'/> two}") == [Fix("replace", "<speak>One <break time='1s'/> two</speak>")]
    assert ssml_fixes("- say: {text: '<?xml version=\"1.0\"?> <speak>One</speak>'}") == [Fix("replace", "<speak>One</speak>")]
    assert ssml_fixes("- say: {text: One <break time='1s'> & two}") == [None]
    assert ssml_fixes("- say: {text: Both <speak>of</speak> it}") == [None]
