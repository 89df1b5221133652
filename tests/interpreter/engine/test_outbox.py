"""The outbox: what is sent, what waits for silence, which command an end belongs to, and what the carrier owes us."""

from typing import Any

import pytest

from callverbs.interpreter.engine import outbox
from callverbs.interpreter.engine.session import DeferredMedia, Session, Timer
from callverbs.verbs.language import commands
from callverbs.verbs.language.commands import Command
from callverbs.verbs.language.leg import Awaited
from callverbs.verbs.language.messages import HookRequest
from callverbs.verbs.language.spec import Synthesizer
from tests.interpreter.engine.sessions import NOW, WORKER, entry, leg, programs, sent, session

VOICE = Synthesizer()
SPEAK = commands.Speak(leg="a", text="0123456789", voice=VOICE)


def guards(now: Session) -> dict[int, float]:
    """When each guarded command is asked about, in seconds from now on."""
    return {timer.guards: timer.due - NOW for timer in now.timers.values() if timer.name == outbox.GUARD}


# --------------------------------------------------------------------------- adding, sending


def test_an_entry_belongs_to_the_worker_that_saves_it_for_the_time_of_a_lease() -> None:
    now = session()
    turn = programs(now).turn
    made = outbox.add(turn, SPEAK, 3)
    assert (made.n, made.owner, made.made_at, made.worker, made.lease_until) == (101, 3, NOW, WORKER, NOW + 5.0)
    assert turn.new == now.outbox == [made]


@pytest.mark.parametrize(
    ("command", "seconds"),
    [
        (commands.Answer(leg="a"), 30.0),
        (commands.HangUp(leg="a"), 30.0),
        (SPEAK, 2.0 + 30.0),
        (commands.Play(leg="a", url="https://x/a.mp3"), 3600.0 + 30.0),
        (commands.Play(leg="a", url="https://x/a.mp3", rounds=commands.FOREVER), 600.0),
        (commands.Gather(leg="a", timeout=10.0), 20.0 + 30.0),
        (commands.Gather(leg="a", timeout=10.0, inter_digit_timeout=2.0), 12.0 + 30.0),
        (commands.GatherUsingSpeak(leg="a", text="0123456789", voice=VOICE, timeout=5.0), 2.0 + 10.0 + 30.0),
        (commands.GatherUsingAudio(leg="a", url="https://x/a.mp3", timeout=5.0), 600.0 + 10.0 + 30.0),
    ],
    ids=lambda one: type(one).__name__ if isinstance(one, Command) else f"{one:g} s",
)
def test_what_the_carrier_reports_the_end_of_is_guarded(command: Command, seconds: float) -> None:
    now = session(leg(state="ringing"))
    outbox.send(programs(now).turn, command, 3)
    assert guards(now) == {101: seconds}
    (awaited,) = now.legs["a"].awaited
    assert (awaited.n, awaited.owner, awaited.kind) == (101, 3, command.awaits)


@pytest.mark.parametrize("command", [commands.StopMedia(leg="a"), commands.Bridge(leg="a", other="b1")])
def test_what_has_no_end_is_not_guarded(command: Command) -> None:
    now = session(leg(), leg("b1"))
    outbox.send(programs(now).turn, command, 3)
    assert (guards(now), now.legs["a"].awaited) == ({}, [])


def test_nothing_is_sent_to_a_leg_that_is_over_and_only_its_end_to_one_that_is_ending() -> None:
    gone, ending = session(leg(state="gone")), session(leg(ending=True))
    for now in (gone, ending):
        for command in (SPEAK, commands.HangUp(leg="a")):
            outbox.send(programs(now).turn, command, 0)
    assert gone.outbox == []
    assert [type(one.message) for one in ending.outbox] == [commands.HangUp]


def test_a_leg_is_answered_once() -> None:
    now = session(leg(state="ringing", awaited=[Awaited(9, 0, "answer")]))
    outbox.send(programs(now).turn, commands.Answer(leg="a"), 3)
    assert now.outbox == []


# --------------------------------------------------------------------------- silence


def test_the_next_media_waits_for_the_end_of_what_was_stopped() -> None:
    now = session(leg(awaited=[Awaited(9, 3, "speak", 2.0, stopped=True)]))
    turn = programs(now).turn
    outbox.send(turn, SPEAK, 4)
    outbox.send(turn, commands.StopGather(leg="a"), 0)
    assert now.deferred == {"a": [DeferredMedia(SPEAK, 4)]}
    assert [type(one.message) for one in now.outbox] == [commands.StopGather], "what is not heard does not wait"


def test_everything_of_a_verb_is_stopped_with_one_command_for_each_kind() -> None:
    now = session(leg(awaited=[Awaited(7, 3, "speak"), Awaited(8, 3, "playback"), Awaited(9, 3, "gather"), Awaited(10, 4, "speak")]))
    now.deferred = {"a": [DeferredMedia(SPEAK, 3), DeferredMedia(SPEAK, 4)]}
    found = programs(now)
    outbox.stop_media(found.turn, now.legs["a"], 3)
    assert sent(found) == ["stop_media a", "stop_gather a"]
    assert [one.stopped for one in now.legs["a"].awaited] == [True, True, True, False]
    assert [item.owner for item in now.deferred["a"]] == [4]
    assert [(timer.name, timer.leg, timer.due) for timer in now.timers.values()] == [("stopped_media", "a", NOW + 1.0)]


@pytest.mark.parametrize("fields", [{"ending": True}, {"awaited": []}, {"awaited": [Awaited(9, 3, "speak", stopped=True)]}])
def test_there_is_nothing_to_stop(fields: dict[str, Any]) -> None:
    now = session(leg(**{"awaited": [Awaited(9, 3, "speak")], **fields}))
    found = programs(now)
    outbox.stop_media(found.turn, now.legs["a"], 3)
    assert (sent(found), now.timers) == ([], {})


def test_deferred_media_is_heard_when_the_stopped_one_has_ended() -> None:
    now = session(leg(awaited=[Awaited(9, 3, "speak", stopped=True), Awaited(10, 3, "playback", stopped=True)]))
    now.deferred = {"a": [DeferredMedia(SPEAK, 4)]}
    found = programs(now)
    assert outbox.credit(found.turn, now.legs["a"], ("speak",), NOW, "cancelled") == Awaited(9, 3, "speak", stopped=True)
    assert sent(found) == [], "one of the two is still heard"
    outbox.credit(found.turn, now.legs["a"], ("playback",), NOW, "cancelled")
    assert sent(found) == ["speak a"]
    assert now.deferred == {}


def test_deferred_media_is_heard_when_the_time_for_silence_is_over() -> None:
    now = session(leg(awaited=[Awaited(9, 3, "speak", stopped=True), Awaited(10, 4, "answer")]))
    now.deferred = {"a": [DeferredMedia(SPEAK, 4)]}
    now.timers = {5: Timer(5, 0, "guard", NOW + 9, "a", 9), 6: Timer(6, 0, "guard", NOW + 9, "a", 10)}
    found = programs(now)
    outbox.release_deferred(found.turn, now.legs["a"])
    assert sent(found) == ["speak a"]
    assert [one.n for one in now.legs["a"].awaited] == [10, 101]
    assert 5 not in now.timers


# --------------------------------------------------------------------------- ends


def test_an_end_is_credited_to_the_oldest_command_of_its_kind() -> None:
    now = session(leg(awaited=[Awaited(7, 3, "playback"), Awaited(8, 3, "speak"), Awaited(9, 3, "speak")]))
    entry(now, 8, SPEAK)
    found = programs(now)
    assert outbox.credit(found.turn, now.legs["a"], ("speak",), NOW, "completed") == Awaited(8, 3, "speak")
    assert now.open_entry(8) is None, "whoever has ended was taken"
    assert [one.n for one in now.legs["a"].awaited] == [7, 9]


def test_a_repeated_end_is_credited_to_nobody() -> None:
    now = session(leg(awaited=[Awaited(8, 3, "speak"), Awaited(9, 3, "speak")]))
    turn = programs(now).turn
    assert outbox.credit(turn, now.legs["a"], ("speak",), NOW, "completed")
    for at in (NOW, NOW - 1):
        assert outbox.credit(turn, now.legs["a"], ("speak",), at, "completed") is None
    assert outbox.credit(turn, now.legs["a"], ("gather",), NOW, "valid") is None, "there is no such command"
    assert outbox.credit(turn, now.legs["a"], ("speak",), 0.0, "completed"), "without a time nobody can tell"


def test_a_cancelled_collection_is_one_that_we_have_stopped() -> None:
    now = session(leg(awaited=[Awaited(9, 3, "gather", stopped=True)]))
    assert outbox.credit(programs(now).turn, now.legs["a"], ("gather",), NOW, "cancelled")


# --------------------------------------------------------------------------- results


def test_an_entry_has_its_result_once() -> None:
    now = session()
    made = entry(now, 9, SPEAK)
    turn = programs(now).turn
    assert outbox.mark_answered(turn, 9) is made
    assert made.answered_at == NOW
    assert outbox.mark_answered(turn, 9) is None
    assert outbox.mark_answered(turn, 8) is None


def test_entries_with_a_result_are_removed_by_the_next_event() -> None:
    now = session()
    entry(now, 8, SPEAK, answered_at=NOW)
    kept = entry(now, 9, SPEAK)
    outbox.remove_answered(programs(now).turn)
    assert now.outbox == [kept]


def test_the_command_that_creates_a_leg_has_its_result_when_the_leg_is_there() -> None:
    now = session(leg(), leg("b1"), leg("b2"))
    for n, name in ((7, "b1"), (8, "b2")):
        entry(now, n, commands.Dial(leg=name, party=commands.Party(to="+14155550101")))
    entry(now, 9, commands.Transfer(leg="a", other="b1", party=commands.Party(to="+14155550101")))
    outbox.mark_created(programs(now).turn, now.legs["b1"])
    assert [one.n for one in now.open_entries()] == [8]


def test_an_entry_that_is_sent_again_belongs_to_whoever_sends_it() -> None:
    now = session()
    made = entry(now, 9, SPEAK, worker="dead", made_at=NOW - 60, lease_until=NOW - 55)
    found = programs(now)
    outbox.send_again(found.turn, made)
    assert (made.worker, made.lease_until, made.made_at) == (WORKER, NOW + 5.0, NOW - 60)
    outbox.send_anew(found.turn, made)
    assert made.made_at == NOW
    assert found.turn.new == [made, made]


# --------------------------------------------------------------------------- asking the carrier


def test_a_leg_is_asked_for_by_one_request_at_a_time() -> None:
    now = session(leg(), leg("b1"))
    found = programs(now)
    for name in ("a", "a", "b1"):
        outbox.retrieve_call(found.turn, now.legs[name])
    assert sent(found) == ["retrieve_call a", "retrieve_call b1"]
    outbox.mark_answered(found.turn, found.turn.new[0].n)
    outbox.retrieve_call(found.turn, now.legs["a"])
    assert sent(found)[2:] == ["retrieve_call a"]


def test_a_guard_that_starts_again_replaces_the_one_that_runs() -> None:
    now = session(leg(awaited=[Awaited(8, 3, "speak", 2.0), Awaited(9, 3, "speak", 3.0)]))
    turn = programs(now).turn
    for awaited in (*now.legs["a"].awaited, now.legs["a"].awaited[0]):
        outbox.start_guard(turn, now.legs["a"], awaited)
    assert guards(now) == {8: 32.0, 9: 33.0}


# --------------------------------------------------------------------------- ends of verbs and legs


def test_what_a_verb_has_asked_for_is_nobodys_when_it_is_over() -> None:
    now = session(leg(awaited=[Awaited(9, 3, "speak")]), leg("b1", state="gone", awaited=[Awaited(10, 3, "speak")]))
    asked, other = entry(now, 7, HookRequest(kind="action", url="/x"), owner=3), entry(now, 8, SPEAK, owner=4)
    now.timers = {5: Timer(5, 3, "ring", NOW), 6: Timer(6, 4, "ring", NOW)}
    found = programs(now)
    outbox.disown(found.turn, 3)
    assert (asked.owner, other.owner) == (0, 4)
    assert [timer.owner for timer in now.timers.values()] == [4, 0], "its timer is gone, and silence is waited for"
    assert sent(found) == ["stop_media a"]


def test_everything_of_a_leg_goes_with_it_but_requests_to_hooks() -> None:
    now = session(leg(awaited=[Awaited(9, 3, "speak")]), leg("b1"))
    entry(now, 7, SPEAK)
    entry(now, 8, commands.Bridge(leg="b1", other="a"))
    entry(now, 9, HookRequest(kind="status", url="/s", ordering_key="a"))
    entry(now, 10, commands.StopMedia(leg="b1"))
    now.deferred = {"a": [DeferredMedia(SPEAK, 3)], "b1": []}
    now.timers = {5: Timer(5, 3, "hold", NOW, "a"), 6: Timer(6, 3, "ring", NOW)}
    outbox.remove_leg(programs(now).turn, now.legs["a"])
    assert [one.n for one in now.outbox] == [9, 10]
    assert (now.legs["a"].awaited, list(now.deferred), list(now.timers)) == ([], ["b1"], [6])


# --------------------------------------------------------------------------- timers


def test_a_timer_of_the_same_verb_name_and_leg_starts_again() -> None:
    now = session()
    turn = programs(now).turn
    for owner, name, where in ((3, "ring", ""), (3, "hold", "a"), (3, "hold", "b1"), (4, "ring", ""), (3, "hold", "a")):
        outbox.start_timer(turn, owner, name, 2.0, where)
    assert [(one.owner, one.name, one.leg) for one in now.timers.values()] == [
        (3, "ring", ""),
        (3, "hold", "b1"),
        (4, "ring", ""),
        (3, "hold", "a"),
    ]
    outbox.stop_timer(turn, 3, "hold", "b1")
    outbox.stop_timer(turn, 3, "hold")
    assert [(one.name, one.leg) for one in now.timers.values()] == [("ring", ""), ("ring", ""), ("hold", "a")]
    assert {one.due for one in now.timers.values()} == {NOW + 2.0}
