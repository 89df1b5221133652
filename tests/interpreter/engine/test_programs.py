"""Programs and the verbs in them: what starts, what an effect does, and what goes with a verb that ends."""

from typing import Any

import pytest

from callverbs.interpreter.engine.effect_handlers import EFFECT_HANDLERS
from callverbs.interpreter.engine.programs import HandlerError, Programs
from callverbs.interpreter.engine.roots import Incoming
from callverbs.interpreter.engine.session import Timer
from callverbs.verbs.dial import Callee, Dial, DialSpec
from callverbs.verbs.gather import Gather
from callverbs.verbs.language import commands, effects
from callverbs.verbs.language.context import VerbContext
from callverbs.verbs.language.events import ProgramEnded
from callverbs.verbs.language.leg import Awaited
from callverbs.verbs.language.messages import HookRequest
from callverbs.verbs.language.spec import Synthesizer
from callverbs.verbs.language.target import Target
from callverbs.verbs.language.verb import RunningVerb
from callverbs.verbs.parts.gather_spec import GatherSpec
from callverbs.verbs.pause import Pause, PauseSpec
from callverbs.verbs.redirect import Redirect, RedirectSpec
from callverbs.verbs.say import Say, SaySpec
from callverbs.verbs.sip_decline import SipDeclineSpec
from callverbs.verbs.tag import TagSpec
from tests.interpreter.engine.sessions import NOW, ROOT, entry, leg, programs, running, sent, session

PHONE = Target(type="phone", number="+14155550101")
HI = SaySpec(text="hi")
SPEAK = commands.Speak(leg="a", text="hi", voice=Synthesizer())


def apply(found: Programs, verb: RunningVerb, effect: Any) -> None:
    """Applies one effect of a verb."""
    EFFECT_HANDLERS[type(effect)](found, verb, effect)


# --------------------------------------------------------------------------- calling


def test_effects_are_applied_in_their_order_and_none_after_the_verb_has_ended() -> None:
    now = session()
    verb = running(now, Pause(spec=PauseSpec(length=1)), program=2, n=3)
    found = programs(now)

    def handler(call: VerbContext) -> None:
        call.command(SPEAK)
        call.note("before")
        call.finish()
        call.note("after")
        call.command(commands.HangUp(leg="a"))

    found.call(verb, handler)
    assert "speak a" in sent(found)
    assert "hang_up a" not in [one for one in sent(found) if one != "hang_up a" or now.programs]
    assert found.turn.notes == ["before"]


def test_what_a_handler_raises_names_its_verb() -> None:
    now = session()
    verb = running(now, Pause(spec=PauseSpec(length=1)), program=2, n=3)

    def handler(call: VerbContext) -> None:
        raise KeyError("x")

    with pytest.raises(HandlerError, match="pause") as raised:
        programs(now).call(verb, handler)
    assert (raised.value.verb, type(raised.value.__cause__)) == (3, KeyError)


def test_a_verb_that_has_raised_is_not_asked_again() -> None:
    now = session(leg(), leg("b1", owner=3))
    verb = running(now, Dial(spec=DialSpec(target=[PHONE]), callees={"b1": Callee(0)}), program=2, n=3)
    found = programs(now, broken=3)
    found.handle(verb, ProgramEnded(leg="a", program=9, result="completed"))
    assert 3 not in now.verbs
    assert sent(found) == ["hang_up b1", "hang_up a"], "whom it had dialled is let go, and nothing is left to run"


# --------------------------------------------------------------------------- starting


def test_an_unanswered_caller_is_answered_before_the_first_verb_that_is_heard() -> None:
    now = session(leg(state="ringing"))
    found = programs(now)
    found.start("a", [TagSpec(data={"x": 1}), HI], ROOT)
    assert sent(found) == ["answer a"]
    assert now.legs["a"].customer_data == {"x": 1}
    (program,) = now.programs.values()
    assert now.verbs[program.running].name == "answer"
    assert len(program.rest) == 1, "the verb that is heard waits for the answer"


def test_a_verb_for_callers_who_are_not_answered_is_skipped_afterwards() -> None:
    now = session()
    found = programs(now)
    found.start("a", [SipDeclineSpec(status=486), HI], ROOT)
    assert sent(found) == ["speak a"]
    assert found.turn.notes == ["sip:decline is skipped: it needs an inbound call that has not been answered"]


def test_a_program_that_has_run_tells_its_owner() -> None:
    now = session()
    found = programs(now)
    found.start("a", [TagSpec(data={})], ROOT)
    assert now.programs == {}
    assert sent(found) == ["hang_up a"], "the root ends the call"


@pytest.mark.parametrize(("fields", "programs_left"), [({"state": "gone"}, 0), ({"ending": True}, 1)])
def test_nothing_runs_on_a_leg_that_is_over_or_ending(fields: dict[str, Any], programs_left: int) -> None:
    now = session(leg(**fields))
    found = programs(now)
    found.start("a", [HI], ROOT)
    assert sent(found) == []
    assert len(now.programs) == programs_left


def test_verbs_that_are_over_at_once_do_not_run_in_each_others_frames() -> None:
    now = session()
    found = programs(now)
    found.start("a", [TagSpec(data={"n": n}) for n in range(2000)], ROOT)
    assert now.legs["a"].customer_data == {"n": 1999}


# --------------------------------------------------------------------------- effects


def test_ending_its_own_leg_leaves_what_the_verb_runs_there_to_the_end_of_the_leg() -> None:
    now = session(leg(awaited=[Awaited(9, 5, "speak")]))
    gather = running(now, Gather(spec=GatherSpec(), phase="prompting"), program=2, n=3)
    running(now, Say(spec=HI), program=4, n=5, owner=3)
    found = programs(now)
    apply(found, gather, effects.EndLeg("a", {}, {}, busy=False))
    assert sent(found) == ["hang_up a"]
    assert set(now.programs) == {2, 4}
    assert set(now.verbs) == {ROOT, 3, 5}


def test_ending_another_leg_interrupts_what_the_verb_runs_there() -> None:
    now = session(leg(), leg("b1", owner=3))
    dial = running(now, Dial(spec=DialSpec(target=[PHONE]), callees={"b1": Callee(0)}), program=2, n=3)
    running(now, Say(spec=HI), program=4, n=5, owner=3, on="b1")
    apply(programs(now), dial, effects.EndLeg("b1", {"X-A": "1"}, {}, busy=False))
    assert set(now.programs) == {2}
    (made,) = now.outbox
    assert made.message == commands.HangUp(leg="b1", headers={"X-A": "1"})


@pytest.mark.parametrize(
    ("fields", "busy", "expected"),
    [
        ({"state": "ringing"}, False, commands.Reject(leg="a")),
        ({"state": "ringing"}, True, commands.Reject(leg="a", busy=True)),
        ({"state": "new"}, False, commands.Reject(leg="a")),
        ({"state": "ringing", "awaited": [Awaited(9, 3, "answer")]}, True, commands.HangUp(leg="a")),
        ({"state": "answered"}, True, commands.HangUp(leg="a")),
    ],
)
def test_a_leg_ends_in_the_way_that_fits_its_state(fields: dict[str, Any], busy: bool, expected: commands.Command) -> None:
    now = session(leg(**fields))
    found = programs(now)
    found.hang_up(now.legs["a"], busy=busy)
    found.hang_up(now.legs["a"])
    assert [one.message for one in found.turn.new] == [expected], "and only once"


def test_a_finished_verb_asks_its_hook_and_its_program_waits_for_the_reply() -> None:
    now = session()
    verb = running(now, Gather(spec=GatherSpec(id="menu", action_hook="/menu")), program=2, n=3)
    found = programs(now)
    apply(found, verb, effects.Finish({"digits": "1"}))
    (made,) = found.turn.new
    assert isinstance(made.message, HookRequest)
    assert (made.message.kind, made.owner, now.programs[2].asking) == ("action", 0, made.n)
    assert (made.message.payload["digits"], made.message.payload["verb_id"]) == ("1", "menu")


def test_verbs_replace_the_rest_of_a_program_and_none_let_it_run() -> None:
    for verbs, expected in (((SaySpec(text="new"),), "new"), ((), "old")):
        now = session()
        verb = running(now, Pause(spec=PauseSpec(length=1)), program=2, n=3)
        found = programs(now)
        found.resume(now.programs[2], ())
        now.programs[2].rest = found_rest(SaySpec(text="old"))
        apply(found, verb, effects.ReplaceRest(verbs))
        (made,) = [one.message for one in found.turn.new]
        assert isinstance(made, commands.Speak)
        assert made.text == expected


def found_rest(*specs: Any) -> Any:
    """Returns verbs as a program keeps them."""
    import msgspec

    return [msgspec.Raw(msgspec.json.encode(one)) for one in specs]


def test_a_program_that_ends_runs_nothing_more_and_is_stranded() -> None:
    now = session(verbs={ROOT: Incoming(n=ROOT)})
    verb = running(now, Redirect(spec=RedirectSpec(action_hook="/x")), program=2, n=3)
    now.programs[2].rest = found_rest(HI)
    found = programs(now)
    apply(found, verb, effects.EndProgram())
    assert now.programs == {}
    assert sent(found) == ["hang_up a"]


def test_the_whole_calls_program_is_replaced() -> None:
    now = session()
    entry(now, 90, HookRequest(kind="call", url="/call"), owner=ROOT)
    verb = running(now, Redirect(spec=RedirectSpec(action_hook="/x")), program=2, n=3)
    found = programs(now)
    apply(found, verb, effects.ReplaceRoot((HI,)))
    assert 3 not in now.verbs
    assert now.outbox[0].owner == 0, "the reply of the first hook comes too late"
    assert sent(found) == ["speak a"]


@pytest.mark.parametrize("fields", [{"state": "gone"}, {"ending": True}])
def test_nothing_replaces_the_program_of_a_caller_who_is_going(fields: dict[str, Any]) -> None:
    now = session(leg(**fields))
    verb = running(now, Redirect(spec=RedirectSpec(action_hook="/x")), program=2, n=3)
    found = programs(now)
    apply(found, verb, effects.ReplaceRoot((HI,)))
    assert 3 in now.verbs
    assert sent(found) == []


def test_hooks_move_as_far_as_it_is_said() -> None:
    now = session()
    verb = running(now, Pause(spec=PauseSpec(length=1)), program=2, n=3)
    apply(programs(now), verb, effects.MoveHooks("https://new.example", None))
    apply(programs(now), verb, effects.MoveHooks(None, "/new-status"))
    assert (now.base_url, now.status_hook) == ("https://new.example", "/new-status")


def test_a_request_to_a_hook_belongs_to_its_verb_and_a_notification_to_nobody() -> None:
    now = session()
    verb = running(now, Pause(spec=PauseSpec(length=1)), program=2, n=3)
    found = programs(now)
    apply(found, verb, effects.AskHook("/x", "verb", "a", reply="confirm", about="b1", allowed="screening", ordering_key="k"))
    apply(found, verb, effects.AskHook("/y", "notify", "a", extra={"dtmf": "1"}))
    asked, told = found.turn.new
    assert (asked.owner, told.owner) == (3, 0)
    assert isinstance(asked.message, HookRequest)
    assert isinstance(told.message, HookRequest)
    assert (asked.message.reply, asked.message.about, asked.message.allowed, asked.ordering_keys) == ("confirm", "b1", "screening", ("k",))
    assert told.message.payload["dtmf"] == "1"


# --------------------------------------------------------------------------- ending


def test_what_is_a_verbs_own_goes_with_it() -> None:
    now = session(leg(awaited=[Awaited(9, 5, "speak")]))
    gather = running(now, Gather(spec=GatherSpec(), phase="prompting"), program=2, n=3)
    running(now, Say(spec=HI), program=4, n=5, owner=3)
    now.timers = {7: Timer(7, 3, "time", NOW + 1), 8: Timer(8, 0, "guard", NOW + 30, "a", 9)}
    found = programs(now)
    program = found.remove_verb(gather)
    assert program is now.programs[2]
    assert program.running == 0
    assert set(now.verbs) == {ROOT}
    assert [timer.name for timer in now.timers.values()] == ["guard", "stopped_media"]
    assert sent(found) == ["stop_media a"]


def test_a_verb_that_was_replaced_leaves_the_program_to_its_successor() -> None:
    now = session()
    verb = running(now, Pause(spec=PauseSpec(length=1)), program=2, n=3)
    now.programs[2].running = 99
    assert programs(now).remove_verb(verb) is now.programs[2]
    assert now.programs[2].running == 99


def test_a_program_is_interrupted_from_the_leaf_up() -> None:
    now = session()
    running(now, Gather(spec=GatherSpec(action_hook="/menu"), phase="prompting"), program=2, n=3)
    running(now, Say(spec=HI), program=4, n=5, owner=3)
    found = programs(now)
    found.interrupt(now.programs[2])
    assert (now.programs, set(now.verbs)) == ({}, {ROOT})
    assert sent(found) == [], "its hook is not asked"


def test_a_broken_verb_of_a_nested_program_fails_that_program_only() -> None:
    now = session(leg(), leg("b1", owner=3))
    running(now, Dial(spec=DialSpec(target=[PHONE]), callees={"b1": Callee(0)}), program=2, n=3)
    nested = running(now, Say(spec=HI), program=4, n=5, owner=3, on="b1")
    found = programs(now)
    found.remove_broken(nested)
    assert (set(now.programs), sent(found)) == ({2}, ["hang_up b1"])


def test_a_verb_that_gives_up_asks_its_hook_as_ever() -> None:
    now = session()
    verb = running(now, Gather(spec=GatherSpec(action_hook="/menu")), program=2, n=3)
    found = programs(now)
    found.finish(verb)
    assert sent(found) == ["hook_request /menu"]
