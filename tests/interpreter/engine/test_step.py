"""What the step itself promises: it is pure, an event that comes twice changes nothing, and a verb that raises does not end the call."""

import msgspec
import pytest

from callverbs.interpreter.engine.session import MAX_SEEN_EVENTS, Session
from callverbs.interpreter.engine.step import step
from callverbs.verbs.language.events import (
    CallRetrieved,
    CommandAccepted,
    CommandFailed,
    Event,
    HookFailed,
    HookReplied,
    LeaseExpired,
    LegAnswered,
    SpeakEnded,
    TimerFired,
)
from tests.interpreter.engine.running import PHONES, SAY, running

# --------------------------------------------------------------------------- pure


def test_the_same_event_makes_the_same_outcome() -> None:
    call = running({"verb": "dial", "target": PHONES, "confirmHook": "/c"}, app={"status_hook": "/status"})
    call.on("answered a", "answered b1", {"hook": "/c", "verbs": [SAY]})
    before = call.harness.snapshot
    for event in (SpeakEnded(**call.harness.leg("b1")), LegAnswered(**call.harness.leg("b2")), call.harness.event("timer ring")):
        first, second = (step(before, event, "worker") for _ in range(2))
        assert msgspec.json.encode(first) == msgspec.json.encode(second)
        assert first.snapshot != before


def test_a_step_keeps_nothing_of_the_one_before() -> None:
    """Two calls that take their steps in turn are the same as two that run alone."""
    document = [{"verb": "dial", "target": PHONES}, SAY]
    words = ["answered a", "answered b2", "hung_up b2", "speak_ended a", "hung_up a"]
    alone = running(*document)
    for word in words:
        alone.on(word)
    one, other = running(*document), running(*document)
    for word in words:
        one.on(word)
        other.on(word)
    assert one.harness.snapshot == other.harness.snapshot == alone.harness.snapshot


# --------------------------------------------------------------------------- twice


def test_an_event_that_was_seen_changes_nothing() -> None:
    call = running(SAY)
    event = LegAnswered(**call.harness.leg("a"))
    assert call.take(event) == ["speak a"]
    before = call.harness.snapshot
    outcome = call.harness.take(event)
    assert not outcome.changed
    assert outcome.snapshot == before
    assert outcome.new == ()


def test_the_number_of_events_that_are_remembered_is_limited() -> None:
    call = running(SAY)
    event = LegAnswered(**call.harness.leg("a"))
    call.take(event)
    for number in range(MAX_SEEN_EVENTS - 1):
        call.take(TimerFired(id=f"unknown {number}", at=1000.0, n=999))
    assert not call.harness.take(event).changed
    call.take(TimerFired(id="one more", at=1000.0, n=999))
    assert call.harness.take(event).changed  # and yet it does nothing: the leg is answered
    assert call.harness.take(event).new == ()


@pytest.mark.parametrize(
    "event",
    [
        TimerFired(id="x", at=1.0, n=999),
        CommandAccepted(id="x", at=1.0, n=999),
        CommandFailed(id="x", at=1.0, n=999, status=422),
        CallRetrieved(id="x", at=1.0, n=999, alive=False),
        HookReplied(id="x", at=1.0, n=999),
        HookFailed(id="x", at=1.0, n=999),
        LeaseExpired(id="x", at=1.0, n=999),
    ],
    ids=lambda event: type(event).__name__,
)
def test_a_result_that_no_entry_waits_for(event: Event) -> None:
    call = running(SAY)
    call.on("answered a")
    outcome = call.harness.take(event)
    assert outcome.new == ()
    assert outcome.problems == ()


def test_an_event_of_an_unknown_leg() -> None:
    call = running(SAY)
    assert call.harness.take(LegAnswered(**call.harness.leg("b7"))).unknown_leg
    known = {**call.harness.leg(""), "call_control_id": "cc-a"}
    assert not call.harness.take(LegAnswered(**known)).unknown_leg


# --------------------------------------------------------------------------- guards


def test_a_key_gives_the_collection_more_time() -> None:
    call = running({"verb": "gather", "numDigits": 16, "say": {"text": "Your card, please"}, "actionHook": "/card"})
    call.on("answered a", "accepted gather_using_speak a")
    first = guards(call.harness.session)
    for _ in range(16):
        call.harness.now += 5
        call.on("keys a 4")
    assert guards(call.harness.session)[0] > first[0] + 60


def guards(now: Session) -> list[float]:
    return [timer.due for timer in now.timers.values() if timer.name == "guard"]


def test_a_placed_leg_that_never_gets_an_address_is_given_up() -> None:
    """The caller has gone, the carrier has taken the transfer, and no event of its target has ever come."""
    call = running({"verb": "transfer", "mode": "blind", "target": PHONES[:1]})
    call.on("answered a", "accepted transfer a")
    assert call.on("hung_up a") == ["hang_up b1"]
    assert call.on("timer guard b1") == []
    assert call.harness.session.ended


def test_a_file_has_an_hour() -> None:
    call = running({"verb": "play", "url": "https://x.example/a.mp3"}, SAY)
    call.on("answered a", "accepted play a")
    assert guards(call.harness.session) == [1001.0 + 3600 + 30]
    assert call.on("timer guard a") == ["retrieve_call a"]
    assert call.on({"retrieved": "a", "alive": True}) == ["speak a"]


def test_a_file_that_plays_for_ever_is_asked_for_from_time_to_time() -> None:
    call = running({"verb": "play", "url": "https://x.example/a.mp3", "loop": "forever"}, SAY)
    call.on("answered a", "accepted play a")
    for _ in range(3):
        assert call.on("timer guard a") == ["retrieve_call a"]
        assert call.on({"retrieved": "a", "alive": True}) == []
