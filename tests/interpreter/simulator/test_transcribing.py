"""What the carrier recognises of what people say: when, which words, on which leg; and when people speak by themselves."""

from typing import Any

import pytest

from callverbs.interpreter.simulator.people import PersonError, read_person, read_saying
from callverbs.interpreter.simulator.transcribing import FINAL_SECONDS, INTERIM_SECONDS
from tests.interpreter.simulator.harness import OTHER, SPEECH, SPEECH_SECONDS, CarrierHarness, error

TEXT = "I would like to talk to somebody in sales, please"
SPOKEN = len(TEXT) / 14


def google(**settings: Any) -> dict[str, Any]:
    """Returns the body of a transcription."""
    return {"transcription_engine": "Google", "transcription_engine_config": {"transcription_engine": "Google", **settings}}


def said(harness: CarrierHarness, *legs: str) -> list[tuple[str, bool]]:
    """Returns what was recognised, and whether it was final."""
    found = [body["data"]["payload"]["transcription_data"] for body in harness.webhooks_of(*legs)]
    return [(one["transcript"], one["is_final"]) for one in found]


def test_what_is_said_is_recognised_once_it_is_over() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "transcription_start", **google())
    begun = harness.now()
    harness.carrier.say(leg, TEXT)
    harness.run(20)
    assert harness.last("transcription")["transcription_data"] == {"confidence": 0.9, "is_final": True, "transcript": TEXT}
    assert harness.at("transcription") == pytest.approx(begun + SPOKEN + FINAL_SECONDS, abs=0.002)
    assert len(harness.webhooks) == 1
    assert (harness.view(leg).said, harness.view(leg).listening) == ((TEXT,), True)


def test_interim_results_grow() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "transcription_start", **google(interim_results=True))
    harness.carrier.say(leg, TEXT)
    harness.run(20)
    *interim, final = said(harness)
    assert final == (TEXT, True)
    assert len(interim) == int(SPOKEN / INTERIM_SECONDS)
    assert interim[0] == ("I would like", False)
    assert all(TEXT.startswith(words) and not is_final for words, is_final in interim)
    assert [len(words) for words, _ in interim] == sorted(len(words) for words, _ in interim)


def test_who_begins_to_listen_in_the_middle_misses_the_words_before() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.carrier.say(leg, TEXT)
    harness.run(2)
    harness.do(leg, "transcription_start", **google())
    harness.run(20)
    assert said(harness) == [("in sales, please", True)]


def test_what_nobody_listens_to_is_lost() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.carrier.say(leg, TEXT)
    harness.run(5)
    harness.do(leg, "transcription_start", **google(interim_results=True))
    harness.carrier.say(leg, TEXT)
    harness.run(1)
    harness.do(leg, "transcription_stop")
    harness.run(20)
    assert said(harness) == [("I would like", False)]
    assert harness.view(leg).listening is False


def test_a_leg_is_transcribed_once_at_a_time() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "transcription_stop")
    harness.do(leg, "transcription_start", **google())
    assert error(harness.send(leg, "transcription_start", **google())) == (422, "90054", "")
    harness.do(leg, "transcription_stop")
    harness.do(leg, "transcription_start", **google())


@pytest.mark.parametrize(
    ("tracks", "on_a", "on_b"), [("inbound", "Hello", "Yes"), ("outbound", "Yes", "Hello"), ("both", "Hello Yes", "Yes Hello")]
)
def test_the_tracks_of_two_who_talk(tracks: str, on_a: str, on_b: str) -> None:
    harness = CarrierHarness()
    a, b = harness.bridged(park_after_unbridge="self")
    for leg in (a, b):
        engine = {"transcription_engine": "B", "transcription_engine_config": {"transcription_engine": "B"}}
        harness.do(leg, "transcription_start", **engine, transcription_tracks=tracks)
    harness.carrier.say(a, "Hello")
    harness.run(2)
    harness.carrier.say(b, "Yes")
    harness.run(2)
    found = {leg: [body["data"]["payload"]["transcription_data"] for body in harness.webhooks_of(leg)] for leg in (a, b)}
    assert {one["transcript"] for one in found[a]} == set(on_a.split())
    assert {one["transcript"] for one in found[b]} == set(on_b.split())
    own = {"inbound": "Hello", "outbound": "Yes"}
    assert all(one["transcript"] == own[one["transcription_track"]] for one in found[a])


def test_something_else_is_recognised() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "transcription_start", **google(interim_results=True))
    harness.carrier.say(leg, {"text": TEXT, "recognized": "I would like to talk to sails", "confidence": 0.25})
    harness.run(20)
    assert harness.last("transcription")["transcription_data"]["confidence"] == 0.25
    assert said(harness) == [("I would like to talk to sails", False), ("I would like to talk to sails", True)][-len(harness.webhooks) :]
    assert harness.view(leg).said == (TEXT,)


def test_people_speak_when_it_is_silent_and_somebody_listens() -> None:
    harness = CarrierHarness()
    leg = harness.inbound({"says": ["one", "", {"text": "three", "confidence": 1}]})
    times = []
    for _ in range(4):
        harness.do(leg, "transcription_start", **google())
        harness.do(leg, "speak", **SPEECH)
        begun = harness.now()
        harness.run(10)
        harness.do(leg, "transcription_stop")
        times += [harness.at("transcription") - begun] if "transcription" in harness.event_types() else []
    assert harness.view(leg).said == ("one", "three")
    assert times[0] == pytest.approx(SPEECH_SECONDS + 1 + 3 / 14 + FINAL_SECONDS, abs=0.002)


def test_a_second_prompt_is_heard_first() -> None:
    harness = CarrierHarness()
    leg = harness.inbound({"says": "one"})
    harness.do(leg, "transcription_start", **google())
    harness.do(leg, "speak", **SPEECH)
    harness.run(SPEECH_SECONDS + 0.5)
    harness.do(leg, "speak", **SPEECH)
    harness.run(SPEECH_SECONDS + 0.5)
    assert harness.view(leg).said == ()
    harness.run(2)
    assert harness.view(leg).said == ("one",)


def test_without_anything_to_say_people_press_keys() -> None:
    harness = CarrierHarness()
    leg = harness.inbound({"presses": "12"})
    harness.do(leg, "transcription_start", **google())
    harness.run(5)
    assert harness.view(leg).keys == "12"


def test_who_has_answered_a_phrase_has_had_the_turn() -> None:
    harness = CarrierHarness()
    leg = harness.inbound({"hears": [{"pattern": "hello", "say": ["first", {"text": "second"}]}], "says": "unasked"})
    for _ in range(3):
        harness.do(leg, "transcription_start", **google())
        harness.do(leg, "speak", **SPEECH)
        harness.run(10)
        harness.do(leg, "transcription_stop")
    assert harness.view(leg).said == ("first", "second", "unasked")


def test_one_thing_is_said_after_the_other() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "transcription_start", **google())
    harness.carrier.say(leg, TEXT)
    harness.carrier.say(leg, "Hello")
    harness.run(1)
    assert harness.view(leg).said == (TEXT,)
    harness.run(20)
    assert said(harness) == [(TEXT, True), ("Hello", True)]


def test_a_hangup_ends_it() -> None:
    harness = CarrierHarness()
    leg = harness.inbound({"says": "one"})
    harness.do(leg, "transcription_start", **google())
    harness.carrier.say(leg, TEXT)
    harness.carrier.hangup(leg)
    harness.run(20)
    assert harness.event_types() == ["hangup"]


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("", "say what"),
        (" ", "say what"),
        (5, "what somebody says must be"),
        ({"text": "a", "confidence": 2}, "confidence is a number from 0 to 1, not 2"),
        ({"text": "x" * 3001}, "3000 characters at once at the most"),
        ({"words": "a"}, "words"),
    ],
)
def test_what_cannot_be_said(written: object, words: str) -> None:
    with pytest.raises(PersonError, match=words):
        read_saying(written)


def test_a_person_on_an_outgoing_leg_speaks_too() -> None:
    harness = CarrierHarness({OTHER: read_person({"says": "Good morning"})})
    leg = harness.outbound()
    harness.do(leg, "transcription_start", **google())
    harness.run(5)
    assert said(harness) == [("Good morning", True)]
