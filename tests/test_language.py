"""The table of the language: a property that has an effect is shown by a transcript that fails without it."""

import pytest

from tests.language_page import ALWAYS, Row, difference, fate, parts, rows
from tests.shown import is_sent, shows


def row(part: str, name: str) -> Row:
    return next(one for one in rows(part) if one.name == name)


@pytest.mark.parametrize("part", parts())
def test_every_property_that_has_an_effect_is_shown(part: str) -> None:
    unshown = {one.key for one in rows(part) if "x-unsupported" not in one.schema and not one.transcript}
    assert unshown == {key for key in ALWAYS if key[0] == part}, "write a transcript that fails without the property"


def test_a_transcript_that_only_has_a_property_does_not_show_it() -> None:
    assert shows("gather/speech_settings", ("components/recognizer", "deepgramOptions"))
    assert not shows("gather/speech_recognizer", ("components/recognizer", "deepgramOptions")), "the vendor is another one"


def test_the_carrier_does_what_it_is_sent() -> None:
    assert is_sent("gather/finish_key", ("verbs/gather", "finishOnKey"))
    assert not is_sent("config/barge_in_finish_key", ("verbs/config", "bargeIn.finishOnKey"))
    assert not is_sent("pause/last", ("verbs/pause", "length"))


def test_every_way_is_on_the_page() -> None:
    assert {fate(one)[0] for part in parts() for one in rows(part)} == {"exact", "interpreter", "approximate", "impossible", "ours"}


def test_a_difference_is_found_on_the_page_of_its_verb() -> None:
    assert "counts from the bridge" in difference(row("verbs/dial", "timeLimit"))
    assert "does not count before" in difference(row("components/amd", "timers.noSpeechTimeoutMs"))
    assert not difference(row("verbs/pause", "length"))
