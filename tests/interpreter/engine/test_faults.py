"""A verb whose own code raises is left out: the call goes on with the next verb, or ends in order."""

from typing import Any

import msgspec

from callverbs.interpreter.engine import session
from callverbs.interpreter.engine.session import Session
from callverbs.verbs.language.events import (
    LegAnswered,
)
from tests.interpreter.engine.running import BROKEN, PHONES, REDIRECT, SAY, orphan, running
from tests.verbs.harness import CallHarness, words_of

# --------------------------------------------------------------------------- a verb's own code raises


def put(*verbs: Any) -> Any:
    """Puts verbs that no document could hold at the front of the caller's program."""

    def change(now: Session) -> None:
        (program,) = [one for one in now.programs.values() if one.leg == "a"]
        program.rest = [*[msgspec.Raw(msgspec.json.encode(verb)) for verb in verbs], *program.rest]

    return change


def test_a_verb_that_cannot_start_is_left_out() -> None:
    call = running({"verb": "answer"}, SAY)
    call.break_(put(BROKEN))
    assert call.on("answered a") == ["speak a"]
    assert call.faults == ["play has failed at LegAnswered: IndexError('list index out of range')"]
    assert call.on("speak_ended a") == ["hang_up a"]


def test_a_fault_is_a_problem_of_the_call() -> None:
    call = running({"verb": "answer"}, SAY)
    call.break_(put(BROKEN))
    call.on("answered a")
    (problem,) = call.harness.session.problems
    assert problem.whose == "callverbs"
    assert problem.at == 1001.0


def test_the_second_fault_at_one_event_ends_the_call() -> None:
    call = running({"verb": "answer"}, SAY)
    call.break_(put(BROKEN, BROKEN))
    assert call.on("answered a") == ["hang_up a"]
    assert len(call.faults) == 2
    assert call.harness.session.verbs == {}
    call.on("hung_up a")
    assert call.harness.session.ended


def test_the_guards_outlive_the_verbs() -> None:
    call = running({"verb": "pause", "length": 1}, REDIRECT, REDIRECT, SAY)
    call.break_(orphan)
    assert call.on("timer length") == ["reject a"]
    assert len(call.faults) == 2
    assert call.on("accepted reject a", "timer guard a") == ["retrieve_call a"]
    call.on({"retrieved": "a", "alive": False})
    assert call.harness.session.ended


def test_what_a_broken_verb_plays_is_stopped() -> None:
    call = running({"verb": "play", "url": "https://x.example/a.mp3", "timeoutSecs": 60}, SAY)
    call.on("answered a")

    def change(now: Session) -> None:
        next(verb for verb in now.verbs.values() if verb.name == "play").playlist.index = 7  # type: ignore[attr-defined]

    call.break_(change)
    assert call.on("playback_ended a status=file_not_found") == ["speak a"]
    assert len(call.faults) == 1
    assert call.harness.timers() == {}


def test_the_targets_of_a_broken_dial_are_hung_up() -> None:
    call = running({"verb": "dial", "target": PHONES}, SAY, app={"ringback": "ringback"})
    assert call.on("answered a") == ["play a", "dial b1", "dial b2"]

    def change(now: Session) -> None:
        dial = next(verb for verb in now.verbs.values() if verb.name == "dial")
        dial.callees["b1"].target = 7  # type: ignore[attr-defined]

    call.break_(change)
    assert call.on("answered b1") == ["hang_up b1", "hang_up b2", "stop_media a"]
    assert call.on("playback_ended a status=cancelled") == ["speak a"]
    assert call.harness.timers() == {}
    assert call.on("hung_up b1", "hung_up b2") == []


def test_a_broken_screening_fails_and_its_target_is_hung_up() -> None:
    call = running({"verb": "dial", "target": PHONES[:1], "confirmHook": "/c"}, SAY)
    call.on("answered a", "answered b1", {"hook": "/c", "verbs": [{"verb": "pause", "length": 1}]})

    def change(now: Session) -> None:
        next(one for one in now.programs.values() if one.leg == "b1").rest = [msgspec.Raw(msgspec.json.encode(BROKEN))]

    call.break_(change)
    assert call.on("timer length") == ["hang_up b1"]
    assert call.on("hung_up b1") == ["speak a"]


def test_a_broken_prompt_is_over_and_the_keys_are_collected() -> None:
    files = ["https://x.example/a.mp3", "https://x.example/b.mp3"]
    call = running({"verb": "gather", "numDigits": 1, "play": {"url": files}, "actionHook": "/m"})
    call.on("answered a")

    def change(now: Session) -> None:
        play = next(verb for verb in now.verbs.values() if verb.name == "play")
        play.playlist.index = 7  # type: ignore[attr-defined]

    call.break_(change)
    assert call.on("playback_ended a status=file_not_found") == ["gather_using_audio a"]
    assert len(call.faults) == 1


def test_a_fault_while_being_interrupted() -> None:
    """Its targets are hung up all the same, and the call ends."""
    call = running({"verb": "dial", "target": PHONES[:1]}, SAY)
    call.on("answered a")

    def change(now: Session) -> None:
        dial = next(verb for verb in now.verbs.values() if verb.name == "dial")
        dial.callees["b9"] = dial.callees["b1"]  # type: ignore[attr-defined]

    call.break_(change)
    assert call.on("hung_up a") == ["hang_up b1"]
    assert len(call.faults) == 1
    call.on("hung_up b1")
    assert call.harness.session.ended


def test_an_effect_that_cannot_be_applied_is_its_verb_s_fault() -> None:
    call = running({"verb": "gather", "numDigits": 1, "actionHook": "/m"}, SAY)
    call.on("answered a")
    call.break_(orphan)
    assert call.on("gather_ended a digits=1") == ["speak a"]
    assert call.faults == ["gather has failed at GatherEnded: KeyError('nobody')"]


def test_a_root_that_fails_at_once_ends_the_call() -> None:
    harness = CallHarness()
    now = harness.session
    orphan(now)
    harness.snapshot = session.dump(now)
    outcome = harness.take(harness.first)
    assert [words_of(entry) for entry in outcome.new] == ["reject a"]
    assert harness.session.verbs == {}
    harness.take(harness.event("hung_up a"))
    assert harness.session.ended


def test_a_root_that_fails_later_ends_the_call() -> None:
    harness = CallHarness(call={})
    harness.take(harness.first)
    now = harness.session
    orphan(now)
    harness.snapshot = session.dump(now)
    outcome = harness.take(harness.event("answered a"))
    assert [words_of(entry) for entry in outcome.new] == ["hang_up a"]


def test_after_a_fault_the_event_is_not_forgotten() -> None:
    """It is handled again without the broken verb: the other verbs hear it, and its id is known."""
    call = running({"verb": "answer"}, SAY)
    call.break_(put(BROKEN))
    event = LegAnswered(**call.harness.leg("a"))
    assert call.take(event) == ["speak a"]
    assert not call.harness.take(event).changed


def test_the_status_of_a_caller_who_is_rejected_before_the_application_knew_of_the_call() -> None:
    harness = CallHarness({"status_hook": "/status"})
    harness.take(harness.first)
    harness.take(harness.event({"hook": "/call", "fails": "timed out"}))
    outcome = harness.take(harness.event("hung_up a"))
    leg = harness.session.legs["a"]
    assert (leg.call_status, leg.sip_status, leg.sip_reason) == ("failed", 603, "Decline")
    assert not outcome.new  # the status hook does not hear of a call that the application has refused
