"""The table of the language: a property that has an effect is shown by a transcript, and what a page says differs is there."""

import pytest

from callverbs.verbs import REGISTRY
from tests.language_page import differing, fate, rows

UNSHOWN = {
    ("listen", "channel"): "it is of a stream within dial",
}
"""Properties without a transcript, and why."""


@pytest.mark.parametrize("verb", REGISTRY)
def test_every_property_that_has_an_effect_is_shown(verb: str) -> None:
    unshown = {row.name for row in rows(verb) if not row.unsupported and not row.transcripts}
    assert unshown == {name for of, name in UNSHOWN if of == verb}, "write a transcript that has the property"


def test_every_fate_is_told() -> None:
    told = {fate(verb, row).partition("]")[0].partition(":")[0] for verb in REGISTRY for row in rows(verb)}
    assert told == {"as in jambonz", "[differs", "no effect", "ours"}


def test_a_difference_is_found_on_the_page_of_its_verb() -> None:
    assert {"timeLimit", "dialMusic", "onHoldHook"} <= differing("dial")
    assert differing("pause") == set()
