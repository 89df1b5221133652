"""Which leg an event is about, who hears it, and what it changes in the leg."""

from typing import Any

import pytest

from callverbs.interpreter.engine import leg_events
from callverbs.interpreter.engine.leg_events import call_status
from callverbs.verbs.dial import Callee, Dial, DialSpec
from callverbs.verbs.gather import Gather
from callverbs.verbs.language import commands
from callverbs.verbs.language.events import GatherEnded, KeyPressed, LegAnswered, LegBridged, LegEvent, LegHungUp, LegInitiated, SpeakEnded
from callverbs.verbs.language.leg import Awaited
from callverbs.verbs.language.target import Target
from callverbs.verbs.parts.bridging import Bridge
from callverbs.verbs.parts.gather_spec import GatherSpec
from callverbs.verbs.say import Say, SaySpec
from tests.interpreter.engine.sessions import NOW, entry, leg, programs, running, sent, session

PHONE = Target(type="phone", number="+14155550101")


def key(digit: str, **fields: object) -> KeyPressed:
    return KeyPressed(at=NOW, leg="a", digit=digit, occurred_at=NOW, **fields)  # type: ignore[arg-type]


def listening() -> Gather:
    return Gather(spec=GatherSpec(max_digits=9), phase="listening")


# --------------------------------------------------------------------------- which leg


def test_a_leg_is_found_by_our_name_and_else_by_the_carriers_id() -> None:
    now = session()
    found = programs(now)
    leg_events.handle(found, LegEvent(leg="a"))
    leg_events.handle(found, LegEvent(call_control_id="cc-a"))
    assert not found.turn.unknown_leg
    leg_events.handle(found, LegEvent(leg="b1", call_control_id="cc-b1"))
    assert found.turn.unknown_leg


@pytest.mark.parametrize(
    ("ids", "known"),
    [
        ({"call_control_id": "cc-a", "call_leg_id": "sid-a"}, True),
        ({"call_control_id": "cc-a"}, True),
        ({"call_leg_id": "sid-a"}, True),
        ({}, True),
        ({"call_control_id": "cc-of-another", "call_leg_id": "sid-of-another"}, False),
        ({"call_control_id": "cc-of-another"}, False),
        ({"call_leg_id": "sid-of-another"}, False),
    ],
)
def test_a_client_state_that_came_with_another_leg_ends_nothing(ids: dict[str, Any], known: bool) -> None:
    """A state can be copied: what an event says of a leg counts if its ids are those of that leg."""
    now = session()
    found = programs(now)
    leg_events.handle(found, LegHungUp(at=NOW, leg="a", **ids))
    assert (now.legs["a"].gone, found.turn.unknown_leg) == (known, not known)


def test_a_leg_without_an_id_is_not_that_of_an_event_without_one() -> None:
    found = programs(session(leg(call_control_id="")))
    leg_events.handle(found, LegEvent())
    assert found.turn.unknown_leg


def test_the_first_ids_bind_a_leg_and_later_ones_change_nothing() -> None:
    now = session(leg(), leg("b1", state="new", call_control_id="", call_leg_id="", reported=False))
    entry(now, 7, commands.Dial(leg="b1", party=commands.Party(to="+14155550101")))
    found = programs(now)
    leg_events.bind(found, now.legs["b1"], "cc-1", "sid-1", "cs")
    leg_events.bind(found, now.legs["b1"], "cc-2", "sid-2", "cs")
    callee = now.legs["b1"]
    assert (callee.call_control_id, callee.call_leg_id, callee.call_session_id, callee.state) == ("cc-1", "sid-1", "cs", "ringing")
    assert found.turn.ids == ["cc-1", "sid-1", "cs"]
    assert now.open_entry(7) is None, "the dial has its result, whoever told of the leg"
    assert sent(found) == ["hook_request /status"], "the application hears of a leg that we have called"


def test_the_callers_leg_is_bound_without_a_report() -> None:
    now = session(leg(state="new", call_control_id=""))
    found = programs(now)
    leg_events.bind(found, now.legs["a"], "cc-1", "sid-1", "cs")
    assert now.legs["a"].state == "ringing"
    assert sent(found) == []


def test_a_leg_that_was_given_up_and_rings_all_the_same_is_hung_up() -> None:
    now = session(leg(), leg("b1", state="gone", call_control_id="", ending=True))
    found = programs(now)
    leg_events.handle(found, LegInitiated(at=NOW, leg="b1", call_control_id="cc-b1", direction="outbound"))
    assert now.legs["b1"].state == "ringing"
    assert "hang_up b1" in sent(found)


def test_other_events_of_a_leg_that_was_given_up_change_nothing() -> None:
    now = session(leg(), leg("b1", state="gone", call_status="failed", call_control_id=""))
    found = programs(now)
    leg_events.handle(found, LegBridged(at=NOW, leg="b1", call_control_id="cc-b1"))
    assert now.legs["b1"].gone
    assert sent(found) == []


# --------------------------------------------------------------------------- who hears it


def test_the_innermost_verb_on_the_leg_hears_an_event() -> None:
    now = session()
    outer = running(now, listening(), program=2, n=3)
    inner = running(now, listening(), program=4, n=5, owner=3)
    leg_events.handle(programs(now), key("1"))
    assert ([one.digit for one in inner.keys], outer.keys) == (["1"], [])  # type: ignore[attr-defined]


def test_a_verb_without_a_handler_leaves_the_event_to_the_one_around_it() -> None:
    now = session()
    outer = running(now, listening(), program=2, n=3)
    running(now, Say(spec=SaySpec(text="hi")), program=4, n=5, owner=3)
    leg_events.handle(programs(now), key("1"))
    assert [one.digit for one in outer.keys] == ["1"]  # type: ignore[attr-defined]


def test_a_program_without_a_running_verb_is_its_owners() -> None:
    now = session()
    outer = running(now, listening(), program=2, n=3)
    running(now, Say(spec=SaySpec(text="hi")), program=4, n=5, owner=3)
    now.programs[4].running = 0
    leg_events.handle(programs(now), key("1"))
    assert [one.digit for one in outer.keys] == ["1"]  # type: ignore[attr-defined]


def test_a_leg_without_a_program_is_that_of_whoever_placed_it() -> None:
    now = session(leg(), leg("b1", owner=3))
    dial = running(
        now,
        Dial(spec=DialSpec(target=[PHONE]), callees={"b1": Callee(0)}, winner="b1", talking=True, bridge=Bridge(attempts=1)),
        program=2,
        n=3,
    )
    leg_events.handle(programs(now), LegBridged(at=NOW, leg="b1", occurred_at=NOW))
    assert dial.bridge.connected  # type: ignore[attr-defined]


def test_an_event_that_comes_late_or_twice_is_heard_once() -> None:
    now = session()
    gather = running(now, Gather(spec=GatherSpec(), digits=""), program=2, n=3)
    assert isinstance(gather, Gather)
    for at in (NOW, NOW, NOW - 1):
        leg_events.handle(programs(now), LegBridged(at=NOW, leg="a", occurred_at=at))
    assert now.legs["a"].last_events == {"leg_bridged": NOW}


# --------------------------------------------------------------------------- media


def test_media_that_has_ended_goes_to_the_verb_that_asked_for_it() -> None:
    now = session(leg(awaited=[Awaited(9, 3, "speak", 2.0)]))
    running(now, Say(spec=SaySpec(text=["one", "two"])), program=2, n=3)
    found = programs(now)
    leg_events.handle(found, SpeakEnded(at=NOW, leg="a", occurred_at=NOW))
    assert sent(found) == ["speak a"]


@pytest.mark.parametrize(
    ("awaited", "status"),
    [
        (Awaited(9, 3, "speak", 2.0, stopped=True), "completed"),
        (Awaited(9, 8, "speak", 2.0), "completed"),
        (Awaited(9, 3, "speak", 2.0), "call_hangup"),
    ],
    ids=["stopped by us", "of a verb that is over", "ended by the hangup that follows"],
)
def test_media_that_nobody_waits_for_any_longer_is_not_heard(awaited: Awaited, status: str) -> None:
    now = session(leg(awaited=[awaited]))
    running(now, Say(spec=SaySpec(text=["one", "two"])), program=2, n=3)
    found = programs(now)
    leg_events.handle(found, SpeakEnded(at=NOW, leg="a", occurred_at=NOW, status=status))
    assert "speak a" not in sent(found)


def test_the_end_of_a_stopped_collection_is_not_credited_to_the_next_one() -> None:
    now = session(leg(awaited=[Awaited(9, 3, "gather", 15.0)]))
    running(now, Gather(spec=GatherSpec()), program=2, n=3)
    leg_events.handle(programs(now), GatherEnded(at=NOW, leg="a", occurred_at=NOW, status="cancelled"))
    assert [one.n for one in now.legs["a"].awaited] == [9]


def test_a_key_gives_the_collection_its_time_anew() -> None:
    now = session(leg(awaited=[Awaited(9, 3, "gather", 15.0), Awaited(10, 3, "speak", 2.0)]))
    running(now, Gather(spec=GatherSpec()), program=2, n=3)
    leg_events.handle(programs(now), key("1"))
    assert [(timer.guards, timer.due) for timer in now.timers.values()] == [(9, NOW + 15.0 + 30.0)]


# --------------------------------------------------------------------------- answered, hung up


def test_an_answer_that_we_have_given_up_is_not_heard() -> None:
    now = session(leg(), leg("b1", state="ringing", answered_at=0.0, ending=True, owner=3))
    running(now, Dial(spec=DialSpec(target=[PHONE]), callees={"b1": Callee(0)}), program=2, n=3)
    found = programs(now)
    leg_events.handle(found, LegAnswered(at=NOW, leg="b1"))
    assert now.legs["b1"].answered
    assert "bridge a" not in sent(found)


@pytest.mark.parametrize(
    ("cause", "sip_status", "status"),
    [
        ("user_busy", 0, ("busy", 486)),
        ("no_answer", 0, ("no-answer", 487)),
        ("timeout", 0, ("no-answer", 487)),
        ("originator_cancel", 0, ("no-answer", 487)),
        ("call_rejected", 0, ("failed", 603)),
        ("not_found", 0, ("failed", 404)),
        ("unspecified", 0, ("failed", 500)),
        ("unspecified", 404, ("failed", 404)),
        ("unspecified", 399, ("failed", 500)),
        ("unspecified", 600, ("busy", 600)),
        ("normal_clearing", 487, ("no-answer", 487)),
    ],
)
def test_the_end_of_a_leg_that_was_not_answered(cause: str, sip_status: int, status: tuple[str, int]) -> None:
    now = session(leg(), leg("b1", state="ringing", answered_at=0.0))
    leg_events.handle(programs(now), LegHungUp(at=NOW, leg="b1", cause=cause, sip_status=sip_status))
    callee = now.legs["b1"]
    assert (callee.call_status, callee.sip_status) == status
    assert (callee.state, callee.ended_at) == ("gone", NOW)


@pytest.mark.parametrize(("ending", "status"), [(True, ("failed", 603)), (False, ("no-answer", 487))])
def test_the_end_of_a_caller_who_was_not_answered(ending: bool, status: tuple[str, int]) -> None:
    now = session(leg(state="ringing", answered_at=0.0, ending=ending))
    leg_events.handle(programs(now), LegHungUp(at=NOW, leg="a", cause="normal_clearing", sip_status=486))
    assert (now.legs["a"].call_status, now.legs["a"].sip_status) == status


def test_the_end_of_a_leg_that_was_answered_is_completed() -> None:
    now = session()
    leg_events.handle(programs(now), LegHungUp(at=NOW, leg="a", cause="user_busy", sip_status=486))
    assert (now.legs["a"].call_status, now.legs["a"].sip_status) == ("completed", 200)


def test_declined_is_busy_for_a_call_of_the_operator_only() -> None:
    assert call_status(leg(parent=""), 603) == "busy"
    assert call_status(leg("b1"), 603) == "failed"


def test_the_programs_of_a_leg_end_from_the_leaf_up_and_its_owner_hears_it_last() -> None:
    now = session()
    running(now, Gather(spec=GatherSpec(action_hook="/menu"), phase="prompting"), program=2, n=3)
    running(now, Say(spec=SaySpec(text="hi")), program=4, n=5, owner=3)
    leg_events.handle(programs(now), LegHungUp(at=NOW, leg="a"))
    assert now.programs == {}
    assert now.verbs == {}, "the root is over, too: the caller has gone"


def test_a_program_on_another_leg_is_not_ended() -> None:
    now = session(leg(), leg("b1", owner=3))
    running(now, Dial(spec=DialSpec(target=[PHONE]), callees={"b1": Callee(0)}), program=2, n=3)
    running(now, Say(spec=SaySpec(text="hi")), program=4, n=5, owner=3, on="b1")
    leg_events.handle(programs(now), LegHungUp(at=NOW, leg="b1"))
    assert 4 not in now.programs
    assert now.legs["a"].answered
