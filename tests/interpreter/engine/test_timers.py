"""Timers that are due: a verb's own, the guards of what the carrier owes us, and what follows from its answer."""

import pytest

from callverbs.interpreter.engine import outbox, timers
from callverbs.interpreter.engine.session import DeferredMedia, Timer
from callverbs.verbs.dial import Callee, Dial, DialSpec
from callverbs.verbs.language import commands
from callverbs.verbs.language.events import Event, TimerFired
from callverbs.verbs.language.leg import Awaited
from callverbs.verbs.language.spec import Synthesizer
from callverbs.verbs.language.target import Target
from callverbs.verbs.pause import Pause, PauseSpec
from callverbs.verbs.play import Play, PlaySpec
from callverbs.verbs.say import Say, SaySpec
from tests.interpreter.engine.sessions import NOW, WORKER, entry, leg, programs, running, sent, session

SPEAK = commands.Speak(leg="a", text="hi", voice=Synthesizer())
FIRED = TimerFired(at=NOW, n=7)
PHONE = Target(type="phone", number="+14155550101")


# --------------------------------------------------------------------------- fired


def test_a_timer_reaches_the_handler_of_its_name() -> None:
    now = session(timers={7: Timer(7, 3, "length", NOW)})
    running(now, Pause(spec=PauseSpec(length=1)), program=2, n=3)
    timers.timer_fired(programs(now), FIRED)
    assert 3 not in now.verbs
    assert now.timers == {} or 7 not in now.timers


def test_a_timer_about_a_leg_reaches_the_handler_with_it() -> None:
    spec = DialSpec(target=[PHONE], on_hold_hook="/hold")
    now = session(leg(), leg("b1", owner=3), timers={7: Timer(7, 3, "speech", NOW, "b1")})
    dial = running(now, Dial(spec=spec, callees={"b1": Callee(0)}), program=2, n=3)
    timers.timer_fired(programs(now), FIRED)
    assert dial.findings["b1"].is_silence  # type: ignore[attr-defined]


@pytest.mark.parametrize("timer", [Timer(7, 8, "length", NOW), Timer(7, 3, "nothing", NOW)], ids=["of a verb that is over", "unknown here"])
def test_a_timer_that_nobody_handles_changes_nothing(timer: Timer) -> None:
    now = session(timers={7: timer})
    running(now, Pause(spec=PauseSpec(length=1)), program=2, n=3)
    found = programs(now)
    timers.timer_fired(found, FIRED)
    timers.timer_fired(found, FIRED)
    assert (3 in now.verbs, sent(found)) == (True, [])


def test_after_the_time_for_silence_deferred_media_is_heard() -> None:
    now = session(leg(awaited=[Awaited(9, 3, "speak", stopped=True)]), timers={7: Timer(7, 0, "stopped_media", NOW, "a")})
    now.deferred = {"a": [DeferredMedia(SPEAK, 3)]}
    found = programs(now)
    timers.timer_fired(found, FIRED)
    assert sent(found) == ["speak a"]


def test_deferred_media_waits_for_a_stop_that_is_still_to_be_sent() -> None:
    """A dead worker had it in hand. The end of what was stopped would be credited to what is heard next."""
    now = session(leg(awaited=[Awaited(9, 3, "speak", stopped=True)]), timers={7: Timer(7, 0, "stopped_media", NOW, "a")})
    now.deferred = {"a": [DeferredMedia(SPEAK, 3)]}
    stop = entry(now, 10, commands.StopMedia(leg="a"))
    entry(now, 11, commands.StopMedia(leg="b1"))
    found = programs(now)
    timers.timer_fired(found, FIRED)
    assert sent(found) == []
    ((n, again),) = now.timers.items()
    assert (again.name, again.due) == ("stopped_media", NOW + outbox.STOPPED_MEDIA_SECONDS)
    stop.answered_at = NOW
    timers.timer_fired(found, TimerFired(at=NOW + 1.0, n=n))
    assert sent(found) == ["speak a"]


@pytest.mark.parametrize("name", ["guard", "vanished"])
def test_a_guard_asks_the_carrier(name: str) -> None:
    now = session(timers={7: Timer(7, 0, name, NOW, "a", 9)})
    found = programs(now)
    timers.timer_fired(found, FIRED)
    assert sent(found) == ["retrieve_call a"]


def test_a_leg_that_has_no_id_after_all_that_time_was_never_created() -> None:
    now = session(leg(), leg("b1", state="new", call_control_id=""), timers={7: Timer(7, 0, "guard", NOW, "b1", 9)})
    timers.timer_fired(programs(now), FIRED)
    assert now.legs["b1"].gone


# --------------------------------------------------------------------------- the carrier's answer


@pytest.mark.parametrize(("ending", "status"), [(True, "no-answer"), (False, "failed")])
def test_a_leg_that_is_over_has_hung_up(ending: bool, status: str) -> None:
    now = session(leg(), leg("b1", state="ringing", answered_at=0.0, ending=ending))
    timers.leg_retrieved(programs(now), now.legs["b1"], alive=False)
    assert (now.legs["b1"].state, now.legs["b1"].call_status) == ("gone", status)


def test_of_a_leg_that_is_known_to_be_over_nothing_is_learnt() -> None:
    now = session(leg(state="gone", ended_at=NOW - 5))
    timers.leg_retrieved(programs(now), now.legs["a"], alive=False)
    assert now.legs["a"].ended_at == NOW - 5


def test_what_is_not_overdue_is_left_alone() -> None:
    now = session(leg(awaited=[Awaited(9, 3, "speak", 2.0)]), timers={7: Timer(7, 0, "guard", NOW + 1, "a", 9)})
    running(now, Say(spec=SaySpec(text="hi")), program=2, n=3)
    timers.leg_retrieved(programs(now), now.legs["a"], alive=True)
    assert [one.n for one in now.legs["a"].awaited] == [9]


def test_an_answer_whose_webhook_was_lost_counts_as_through() -> None:
    now = session(leg(state="ringing", answered_at=0.0, awaited=[Awaited(9, 0, "answer")]))
    timers.leg_retrieved(programs(now), now.legs["a"], alive=True)
    assert now.legs["a"].answered


def test_a_hangup_that_is_refused_is_asked_for_less_and_less_often() -> None:
    """And not any longer when the carrier has ended the leg itself: nobody asks for ever."""
    now = session(leg(ending=True, started_at=NOW, awaited=[Awaited(9, 0, "hangup")]))
    at, sent_at = NOW, []
    while not now.legs["a"].gone:
        found = programs(now, Event(at=at))
        timers.leg_retrieved(found, now.legs["a"], alive=True)
        now.outbox = []  # the carrier has refused it, again
        if not now.legs["a"].gone:
            sent_at.append(at - NOW)
            (guard,) = now.timers.values()
            at, now.timers = guard.due, {}
    assert sent_at[:6] == [0, 60, 180, 420, 900, 1500]
    assert (len(sent_at), at - NOW) == (28, 15300)
    assert [problem.text for problem in now.problems] == [
        "the end of a was never reported; no call of the carrier lasts so long, so it is over"
    ]


def test_a_hangup_that_did_not_happen_is_sent_again() -> None:
    now = session(leg(ending=True, awaited=[Awaited(9, 0, "hangup")]))
    found = programs(now)
    timers.leg_retrieved(found, now.legs["a"], alive=True)
    assert sent(found) == ["hang_up a"]
    assert [one.n for one in now.legs["a"].awaited] == [101]


def test_an_end_that_was_lost_is_told_to_its_verb() -> None:
    now = session(leg(awaited=[Awaited(9, 3, "speak", 2.0)]))
    running(now, Say(spec=SaySpec(text=["one", "two"])), program=2, n=3)
    found = programs(now)
    timers.leg_retrieved(found, now.legs["a"], alive=True)
    assert sent(found) == ["speak a"], "the second text follows"
    assert found.turn.problems[0].text == "the end of speak on a was never reported"


def test_what_may_last_for_ever_is_guarded_anew() -> None:
    now = session(leg(awaited=[Awaited(9, 3, "playback")]))
    running(now, Play(spec=PlaySpec(url="https://x/a.mp3", loop="forever")), program=2, n=3)
    timers.leg_retrieved(programs(now), now.legs["a"], alive=True)
    assert [(one.guards, one.due) for one in now.timers.values()] == [(9, NOW + 600.0)]


def test_what_may_never_have_arrived_is_guarded_anew() -> None:
    now = session(leg(awaited=[Awaited(9, 3, "speak", 2.0)]))
    entry(now, 9, SPEAK)
    timers.leg_retrieved(programs(now), now.legs["a"], alive=True)
    assert [(one.guards, one.due) for one in now.timers.values()] == [(9, NOW + 32.0)]


def test_what_is_in_doubt_is_sent_anew_if_nobody_could_hear_it_twice() -> None:
    now = session(leg(awaited=[Awaited(9, 3, "speak", 2.0)]))
    heard = entry(now, 9, SPEAK, lease_until=0.0)
    unheard = entry(now, 10, commands.StopMedia(leg="a"), lease_until=0.0, made_at=NOW - 60)
    entry(now, 11, commands.StopMedia(leg="a"), worker="another")
    found = programs(now)
    timers.leg_retrieved(found, now.legs["a"], alive=True)
    assert found.turn.new == [unheard]
    assert (unheard.made_at, unheard.worker, unheard.lease_until) == (NOW, WORKER, NOW + 5.0)
    assert heard.answered_at == NOW


def test_an_overdue_command_that_went_with_another_one_is_not_handled_twice() -> None:
    now = session(leg(awaited=[Awaited(8, 3, "speak", 2.0), Awaited(9, 3, "speak", 2.0, stopped=True)]))
    running(now, Say(spec=SaySpec(text="hi")), program=2, n=3)
    found = programs(now)
    timers.leg_retrieved(found, now.legs["a"], alive=True)
    assert len(found.turn.problems) <= 2
