"""What the step itself promises: it is pure, an event that comes twice changes nothing, and no verb's fault is the end of a call."""

from typing import Any

import msgspec
import pytest

from interpreter import session
from interpreter.session import REMEMBERED, Session
from interpreter.step import step
from tests.verbs import laws
from tests.verbs.stage import Stage, words_of
from verbs._events import (
    CallReported,
    CommandAccepted,
    CommandFailed,
    Event,
    HookFailed,
    HookReplied,
    LeaseEnded,
    LegAnswered,
    SpeakEnded,
    TimerFired,
)

PHONES = [{"type": "phone", "number": "+14155550101"}, {"type": "phone", "number": "+14155550102"}]
SAY = {"verb": "say", "text": "Hello"}
BROKEN = {"verb": "play", "url": []}
"""No document can say so: a verb whose own code raises."""
REDIRECT = {"verb": "redirect", "actionHook": "/next"}


class Talk:
    """A call in words: what is sent because of an event."""

    def __init__(self, document: list[Any], app: dict[str, Any] | None = None, call: dict[str, Any] | None = None) -> None:
        self.stage = Stage(app, call)
        self.stage.take(self.stage.first)
        if call is not None:
            self.on("answered a")
        self.first = self.on({"hook": "/call", "verbs": document})

    def on(self, *events: Any) -> list[str]:
        """What is sent because of events."""
        came: list[str] = []
        for words in events:
            for event in self.stage.events(words):
                came += self.take(event)
            self.stage.now += 1
        return came

    def take(self, event: Event) -> list[str]:
        before = self.stage.session
        outcome = self.stage.take(event)
        laws.hold(self.stage.session, outcome.snapshot)
        assert not [entry for entry in outcome.new if entry.n <= before.last], "something is sent again"
        return [words_of(entry) for entry in outcome.new]

    def break_(self, change: Any) -> None:
        """Change the session behind the engine's back."""
        now = self.stage.session
        change(now)
        self.stage.snapshot = session.dump(now)

    @property
    def faults(self) -> list[str]:
        return [problem.text for problem in self.stage.problems if problem.whose == "callverbs"]


def talk(*document: Any, **more: Any) -> Talk:
    return Talk(list(document), **more)


def orphan(now: Session) -> None:
    """Make the caller the child of a leg that is not there: no hook can be asked about it."""
    now.legs["a"].parent = "nobody"


# --------------------------------------------------------------------------- pure


def test_the_same_event_makes_the_same_outcome() -> None:
    call = talk({"verb": "dial", "target": PHONES, "confirmHook": "/c"}, app={"status_hook": "/status"})
    call.on("answered a", "answered b1", {"hook": "/c", "verbs": [SAY]})
    before = call.stage.snapshot
    for event in (SpeakEnded(**call.stage.leg("b1")), LegAnswered(**call.stage.leg("b2")), call.stage.event("timer ring")):
        first, second = (step(before, event, "worker") for _ in range(2))
        assert msgspec.json.encode(first) == msgspec.json.encode(second)
        assert first.snapshot != before


def test_a_step_keeps_nothing_of_the_one_before() -> None:
    """Two calls, step by step in turn, are as if each were alone."""
    document = [{"verb": "dial", "target": PHONES}, SAY]
    words = ["answered a", "answered b2", "hung_up b2", "speak_ended a", "hung_up a"]
    alone = talk(*document)
    for word in words:
        alone.on(word)
    one, other = talk(*document), talk(*document)
    for word in words:
        one.on(word)
        other.on(word)
    assert one.stage.snapshot == other.stage.snapshot == alone.stage.snapshot


# --------------------------------------------------------------------------- twice


def test_an_event_that_was_seen_changes_nothing() -> None:
    call = talk(SAY)
    event = LegAnswered(**call.stage.leg("a"))
    assert call.take(event) == ["speak a"]
    before = call.stage.snapshot
    outcome = call.stage.take(event)
    assert not outcome.changed
    assert outcome.snapshot == before
    assert outcome.new == ()


def test_so_many_events_are_remembered() -> None:
    call = talk(SAY)
    event = LegAnswered(**call.stage.leg("a"))
    call.take(event)
    for number in range(REMEMBERED - 1):
        call.take(TimerFired(id=f"nobody's {number}", at=1000.0, n=999))
    assert not call.stage.take(event).changed
    call.take(TimerFired(id="one more", at=1000.0, n=999))
    assert call.stage.take(event).changed  # and yet it does nothing: the leg is answered
    assert call.stage.take(event).new == ()


@pytest.mark.parametrize(
    "event",
    [
        TimerFired(id="x", at=1.0, n=999),
        CommandAccepted(id="x", at=1.0, n=999),
        CommandFailed(id="x", at=1.0, n=999, status=422),
        CallReported(id="x", at=1.0, n=999, alive=False),
        HookReplied(id="x", at=1.0, n=999),
        HookFailed(id="x", at=1.0, n=999),
        LeaseEnded(id="x", at=1.0, n=999),
    ],
    ids=lambda event: type(event).__name__,
)
def test_news_of_what_nobody_has_asked_for(event: Event) -> None:
    call = talk(SAY)
    call.on("answered a")
    outcome = call.stage.take(event)
    assert outcome.new == ()
    assert outcome.problems == ()


def test_a_leg_that_nobody_knows_has_no_home() -> None:
    call = talk(SAY)
    assert call.stage.take(LegAnswered(**call.stage.leg("b7"))).homeless
    known = {**call.stage.leg(""), "call_control_id": "cc-a"}
    assert not call.stage.take(LegAnswered(**known)).homeless


# --------------------------------------------------------------------------- what the carrier owes us


def test_who_types_gets_the_time_for_it() -> None:
    call = talk({"verb": "gather", "numDigits": 16, "say": {"text": "Your card, please"}, "actionHook": "/card"})
    call.on("answered a", "accepted gather_using_speak a")
    first = guards(call.stage.session)
    for _ in range(16):
        call.stage.now += 5
        call.on("keys a 4")
    assert guards(call.stage.session)[0] > first[0] + 60


def guards(now: Session) -> list[float]:
    return [timer.due for timer in now.timers.values() if timer.name == "guard"]


def test_a_placed_leg_that_never_gets_an_address_is_given_up() -> None:
    """The caller has gone, the transfer was taken, and of its target nobody has ever heard."""
    call = talk({"verb": "transfer", "mode": "blind", "target": PHONES[:1]})
    call.on("answered a", "accepted transfer a")
    assert call.on("hung_up a") == ["hang_up b1"]
    assert call.on("timer guard b1") == []
    assert call.stage.session.ended


def test_a_file_has_an_hour() -> None:
    call = talk({"verb": "play", "url": "https://x.example/a.mp3"}, SAY)
    call.on("answered a", "accepted play a")
    assert guards(call.stage.session) == [1001.0 + 3600 + 30]
    assert call.on("timer guard a") == ["enquire a"]
    assert call.on({"reported": "a", "alive": True}) == ["speak a"]


def test_a_file_that_plays_for_ever_is_asked_for_from_time_to_time() -> None:
    call = talk({"verb": "play", "url": "https://x.example/a.mp3", "loop": "forever"}, SAY)
    call.on("answered a", "accepted play a")
    for _ in range(3):
        assert call.on("timer guard a") == ["enquire a"]
        assert call.on({"reported": "a", "alive": True}) == []


# --------------------------------------------------------------------------- a verb's own code raises


def put(*verbs: Any) -> Any:
    """Put verbs that no document could hold at the front of the caller's program."""

    def change(now: Session) -> None:
        (program,) = [one for one in now.programs.values() if one.leg == "a"]
        program.rest = [*[msgspec.Raw(msgspec.json.encode(verb)) for verb in verbs], *program.rest]

    return change


def test_a_verb_that_cannot_start_is_left_out() -> None:
    call = talk({"verb": "answer"}, SAY)
    call.break_(put(BROKEN))
    assert call.on("answered a") == ["speak a"]
    assert call.faults == ["play has failed at LegAnswered: IndexError('list index out of range')"]
    assert call.on("speak_ended a") == ["hang_up a"]


def test_a_fault_is_on_the_record_of_the_call() -> None:
    call = talk({"verb": "answer"}, SAY)
    call.break_(put(BROKEN))
    call.on("answered a")
    (problem,) = call.stage.session.problems
    assert problem.whose == "callverbs"
    assert problem.at == 1001.0


def test_the_second_fault_at_one_event_is_the_end() -> None:
    call = talk({"verb": "answer"}, SAY)
    call.break_(put(BROKEN, BROKEN))
    assert call.on("answered a") == ["hang_up a"]
    assert len(call.faults) == 2
    assert call.stage.session.verbs == {}
    call.on("hung_up a")
    assert call.stage.session.ended


def test_the_end_of_everything_keeps_its_guards() -> None:
    call = talk({"verb": "pause", "length": 1}, REDIRECT, REDIRECT, SAY)
    call.break_(orphan)
    assert call.on("timer length") == ["reject a"]
    assert len(call.faults) == 2
    assert call.on("accepted reject a", "timer guard a") == ["enquire a"]
    call.on({"reported": "a", "alive": False})
    assert call.stage.session.ended


def test_what_a_broken_verb_plays_is_stopped() -> None:
    call = talk({"verb": "play", "url": "https://x.example/a.mp3", "timeoutSecs": 60}, SAY)
    call.on("answered a")

    def change(now: Session) -> None:
        next(verb for verb in now.verbs.values() if verb.name == "play").playlist.index = 7  # type: ignore[attr-defined]

    call.break_(change)
    assert call.on("playback_ended a status=file_not_found") == ["speak a"]
    assert len(call.faults) == 1
    assert call.stage.timers() == {}


def test_the_targets_of_a_broken_dial_are_let_go() -> None:
    call = talk({"verb": "dial", "target": PHONES}, SAY, app={"ringback": "ringback"})
    assert call.on("answered a") == ["play a", "dial b1", "dial b2"]

    def change(now: Session) -> None:
        dial = next(verb for verb in now.verbs.values() if verb.name == "dial")
        dial.callees["b1"].target = 7  # type: ignore[attr-defined]

    call.break_(change)
    assert call.on("answered b1") == ["hang_up b1", "hang_up b2", "stop_media a"]
    assert call.on("playback_ended a status=cancelled") == ["speak a"]
    assert call.stage.timers() == {}
    assert call.on("hung_up b1", "hung_up b2") == []


def test_a_broken_screening_fails_and_its_target_is_let_go() -> None:
    call = talk({"verb": "dial", "target": PHONES[:1], "confirmHook": "/c"}, SAY)
    call.on("answered a", "answered b1", {"hook": "/c", "verbs": [{"verb": "pause", "length": 1}]})

    def change(now: Session) -> None:
        next(one for one in now.programs.values() if one.leg == "b1").rest = [msgspec.Raw(msgspec.json.encode(BROKEN))]

    call.break_(change)
    assert call.on("timer length") == ["hang_up b1"]
    assert call.on("hung_up b1") == ["speak a"]


def test_a_broken_prompt_is_over_and_the_keys_are_collected() -> None:
    files = ["https://x.example/a.mp3", "https://x.example/b.mp3"]
    call = talk({"verb": "gather", "numDigits": 1, "play": {"url": files}, "actionHook": "/m"})
    call.on("answered a")

    def change(now: Session) -> None:
        play = next(verb for verb in now.verbs.values() if verb.name == "play")
        play.playlist.index = 7  # type: ignore[attr-defined]

    call.break_(change)
    assert call.on("playback_ended a status=file_not_found") == ["gather_using_audio a"]
    assert len(call.faults) == 1


def test_a_fault_while_being_interrupted() -> None:
    """Its targets are let go all the same, and the call ends."""
    call = talk({"verb": "dial", "target": PHONES[:1]}, SAY)
    call.on("answered a")

    def change(now: Session) -> None:
        dial = next(verb for verb in now.verbs.values() if verb.name == "dial")
        dial.callees["b9"] = dial.callees["b1"]  # type: ignore[attr-defined]

    call.break_(change)
    assert call.on("hung_up a") == ["hang_up b1"]
    assert len(call.faults) == 1
    call.on("hung_up b1")
    assert call.stage.session.ended


def test_a_wish_that_cannot_be_granted_is_its_verb_s_fault() -> None:
    call = talk({"verb": "gather", "numDigits": 1, "actionHook": "/m"}, SAY)
    call.on("answered a")
    call.break_(orphan)
    assert call.on("gather_ended a digits=1") == ["speak a"]
    assert call.faults == ["gather has failed at GatherEnded: KeyError('nobody')"]


def test_a_root_that_fails_at_once_ends_the_call() -> None:
    stage = Stage()
    now = stage.session
    orphan(now)
    stage.snapshot = session.dump(now)
    outcome = stage.take(stage.first)
    assert [words_of(entry) for entry in outcome.new] == ["reject a"]
    assert stage.session.verbs == {}
    stage.take(stage.event("hung_up a"))
    assert stage.session.ended


def test_a_root_that_fails_later_ends_the_call() -> None:
    stage = Stage(call={})
    stage.take(stage.first)
    now = stage.session
    orphan(now)
    stage.snapshot = session.dump(now)
    outcome = stage.take(stage.event("answered a"))
    assert [words_of(entry) for entry in outcome.new] == ["hang_up a"]


def test_after_a_fault_the_event_is_not_forgotten() -> None:
    """Handled again without the broken verb, it is the others' too, and its id is known."""
    call = talk({"verb": "answer"}, SAY)
    call.break_(put(BROKEN))
    event = LegAnswered(**call.stage.leg("a"))
    assert call.take(event) == ["speak a"]
    assert not call.stage.take(event).changed


def test_a_caller_who_is_rejected_before_the_application_knew_of_the_call_stands_as_failed() -> None:
    stage = Stage({"status_hook": "/status"})
    stage.take(stage.first)
    stage.take(stage.event({"hook": "/call", "fails": "timed out"}))
    outcome = stage.take(stage.event("hung_up a"))
    leg = stage.session.legs["a"]
    assert (leg.call_status, leg.sip_status, leg.sip_reason) == ("failed", 603, "Decline")
    assert not outcome.new  # and nobody is told of a call that the application has refused
