"""The results of outbox messages: what the carrier has answered to commands, and the application to requests."""

import uuid
from typing import Any, Literal

import pytest

from callverbs.interpreter.engine import command_results, hook_replies
from callverbs.interpreter.engine.programs import Programs
from callverbs.interpreter.engine.session import Session, Timer
from callverbs.verbs.gather import Gather
from callverbs.verbs.language import commands
from callverbs.verbs.language.events import CallRetrieved, CommandAccepted, CommandFailed, HookFailed, HookReplied
from callverbs.verbs.language.leg import Awaited
from callverbs.verbs.language.messages import HookRequest
from callverbs.verbs.language.spec import Synthesizer
from callverbs.verbs.parts.gather_spec import GatherSpec
from callverbs.verbs.pause import Pause, PauseSpec
from callverbs.verbs.redirect import Redirect, RedirectSpec
from callverbs.verbs.say import Say, SaySpec
from tests.interpreter.engine.sessions import NOW, entry, leg, programs, running, sent, session

SPEAK = commands.Speak(leg="a", text="hi", voice=Synthesizer())
DIAL = commands.Dial(leg="b1", party=commands.Party(to="+14155550101"))
ACTION = HookRequest(kind="action", url="https://app.example/menu")


def replied(body: str, content_type: str = "application/json") -> HookReplied:
    return HookReplied(at=NOW, n=9, body=body, content_type=content_type)


def tell(found: Programs, event: HookReplied | HookFailed) -> None:
    if isinstance(event, HookReplied):
        hook_replies.replied(found, event)
    else:
        hook_replies.failed(found, event)


# --------------------------------------------------------------------------- commands


def test_a_dial_that_was_taken_names_its_leg_and_notes_are_recorded() -> None:
    now = session(leg(), leg("b1", state="new", call_control_id=""))
    entry(now, 9, DIAL)
    found = programs(now)
    command_results.accepted(found, CommandAccepted(at=NOW, n=9, call_control_id="cc-1", notes=("another voice speaks",)))
    assert now.legs["b1"].call_control_id == "cc-1"
    assert found.turn.notes == ["another voice speaks"]


def test_a_refusal_is_recorded_with_its_code_and_told_to_the_verb() -> None:
    now = session(leg(awaited=[Awaited(9, 3, "speak"), Awaited(9, 3, "hangup")]))
    entry(now, 9, SPEAK, owner=3)
    running(now, Say(spec=SaySpec(text="hi")), program=2, n=3)
    found = programs(now)
    command_results.failed(found, CommandFailed(at=NOW, n=9, status=422, code="90010", title="Bad", detail="too long", pointer="/payload"))
    (problem,) = found.turn.problems
    assert (problem.whose, problem.text, problem.status, problem.pointer) == ("carrier", "speak a: Bad: too long (90010)", 422, "/payload")
    assert "speak" not in [one.kind for one in now.legs["a"].awaited], "what was refused is not waited for"
    assert Awaited(9, 3, "hangup") in now.legs["a"].awaited, "a hangup that is refused is still expected"
    assert 3 not in now.verbs, "a verb without a handler for it is over"


@pytest.mark.parametrize("code", ["90018", "90015"])
def test_a_command_to_a_call_that_is_over_waits_for_the_hangup(code: str) -> None:
    now = session()
    entry(now, 9, SPEAK, owner=3)
    running(now, Say(spec=SaySpec(text="hi")), program=2, n=3)
    found = programs(now)
    command_results.failed(found, CommandFailed(at=NOW, n=9, status=422, code=code))
    assert (found.turn.problems, 3 in now.verbs) == ([], True)
    assert [(one.name, one.leg, one.due) for one in now.timers.values()] == [("vanished", "a", NOW + 5.0)]


def test_a_bridge_with_a_call_that_is_over_has_failed() -> None:
    now = session(leg(), leg("b1"))
    entry(now, 9, commands.Bridge(leg="a", other="b1"))
    found = programs(now)
    command_results.failed(found, CommandFailed(at=NOW, n=9, status=422, code="90018"))
    assert [one.leg for one in now.timers.values()] == ["a", "b1"]
    assert found.turn.problems


def test_a_reject_that_is_refused_becomes_a_hangup() -> None:
    now = session(leg(state="ringing", ending=True))
    entry(now, 9, commands.Reject(leg="a"))
    found = programs(now)
    command_results.failed(found, CommandFailed(at=NOW, n=9, status=422, code="10015"))
    assert sent(found) == ["hang_up a"]


def test_a_leg_whose_dial_is_refused_is_gone_and_that_is_reported() -> None:
    now = session(leg(), leg("b1", state="new", call_control_id=""), timers={5: Timer(5, 3, "speech", NOW, "b1")})
    entry(now, 9, DIAL)
    found = programs(now)
    command_results.failed(found, CommandFailed(at=NOW, n=9, status=422, code="10016"))
    callee = now.legs["b1"]
    assert (callee.state, callee.ended_at, callee.call_status, callee.sip_status, now.timers) == ("gone", NOW, "failed", 503, {})
    assert sent(found) == ["hook_request /status", "hook_request /status"]
    payloads = [entry.message.payload for entry in now.outbox if isinstance(entry.message, HookRequest)]
    assert [one["call_status"] for one in payloads] == ["trying", "failed"]
    assert {one["call_sid"] for one in payloads} == {one["call_id"] for one in payloads} == {command_results.own_sid("S", "b1")}
    assert uuid.UUID(callee.call_leg_id).version == 8
    assert command_results.own_sid("S", "b1") != command_results.own_sid("S", "b2") != command_results.own_sid("T", "b2")


def test_a_result_that_comes_twice_changes_nothing() -> None:
    now = session()
    entry(now, 9, SPEAK, answered_at=NOW - 1)
    found = programs(now)
    command_results.failed(found, CommandFailed(at=NOW, n=9, status=422, code="10015"))
    command_results.retrieved(found, CallRetrieved(at=NOW, n=9, alive=False))
    assert (found.turn.problems, now.legs["a"].gone) == ([], False)


@pytest.mark.parametrize(
    ("status", "code", "awaited", "gone"),
    [
        (404, "10005", [], True),
        (422, "90018", [], True),
        (422, "90015", [], True),
        (500, "", [], False),
        (0, "", [], False),
        (0, "version", [], False),
        (0, "version", [Awaited(8, 0, "hangup")], True),
    ],
)
def test_a_leg_that_cannot_be_asked_for_is_over_or_lives_on(status: int, code: str, awaited: list[Awaited], gone: bool) -> None:
    now = session(leg(awaited=awaited))
    entry(now, 9, commands.RetrieveCall(leg="a"))
    command_results.failed(programs(now), CommandFailed(at=NOW, n=9, status=status, code=code))
    assert now.legs["a"].gone == gone


@pytest.mark.parametrize(("code", "sent_again"), [("", False), ("version", True)])
def test_what_is_in_doubt_stays_so_where_the_carrier_says_nothing(code: str, sent_again: bool) -> None:
    now = session()
    doubtful = entry(now, 8, commands.StopMedia(leg="a"), lease_until=0.0, made_at=NOW - 60)
    entry(now, 9, commands.RetrieveCall(leg="a"))
    found = programs(now)
    command_results.failed(found, CommandFailed(at=NOW, n=9, status=500 if not code else 0, code=code))
    assert (sent(found) == ["stop_media a"]) == sent_again
    assert doubtful.lease_until == NOW + 5.0


# --------------------------------------------------------------------------- requests


def waiting(**fields: Any) -> tuple[Session, Programs]:
    """Returns a session whose program waits for the reply to an actionHook, and its programs."""
    now = session()
    running(now, Pause(spec=PauseSpec(length=1)), program=2, n=3)
    del now.verbs[3]
    now.programs[2].running, now.programs[2].asking = 0, 9
    for name, value in fields.items():
        setattr(now.programs[2], name, value)
    entry(now, 9, ACTION)
    return now, programs(now)


@pytest.mark.parametrize(
    ("body", "content_type", "problem"),
    [
        ("", "application/json", ""),
        ("null", "application/json", ""),
        ("{}", "application/json", ""),
        ("[]", "application/json", ""),
        ("OK", "text/plain", ""),
        ('{"verb": "say"}', "application/json", "the reply is not a list of verbs: nothing is replaced"),
        ("[]", "text/html", "the reply is text/html, not application/json: no verb of it is run"),
        ("{}", "", "the reply is of no content type, not application/json: no verb of it is run"),
        ("{", "application/json", "the reply is not JSON: "),
        ("[" * 2000, "application/json", "the reply is "),
        ('[{"verb": "sey"}]', "application/json", "/0/verb: there is no verb sey; did you mean say?"),
    ],
)
def test_a_reply_without_verbs_lets_the_next_verb_run(body: str, content_type: str, problem: str) -> None:
    now, found = waiting()
    hook_replies.replied(found, replied(body, content_type))
    texts = [one.text for one in found.turn.problems]
    assert len(texts) == bool(problem)
    assert all(text.startswith(problem) for text in texts)
    assert now.programs == {}, "there is no next verb"


def test_verbs_of_a_reply_replace_the_rest() -> None:
    _, found = waiting()
    hook_replies.replied(found, replied('[{"verb": "say", "text": "hi"}]', "Application/JSON; charset=utf-8"))
    assert sent(found) == ["speak a"]


def test_verbs_that_may_not_run_to_a_callee_who_is_screened_are_refused() -> None:
    _, found = waiting(screening=True)
    hook_replies.replied(found, replied('[{"verb": "say", "text": "hi"}, {"verb": "redirect", "actionHook": "/x"}]'))
    (problem,) = found.turn.problems
    assert (problem.text, problem.pointer) == ("redirect cannot be run to a callee who is being screened", "/1")
    assert (problem.line, problem.column) == (1, 33)


def test_a_reply_that_is_no_document_is_recorded_with_its_position() -> None:
    _, found = waiting()
    hook_replies.replied(found, replied('[\n  {"verb": "say", "txt": "hi"}\n]'))
    (problem,) = found.turn.problems
    assert (problem.whose, problem.url, problem.pointer, problem.line, problem.column) == ("application", ACTION.url, "/0/txt", 2, 26)


@pytest.mark.parametrize("event", [HookFailed(at=NOW, n=9, reason="no answer within 10 s"), replied("{")])
def test_a_failed_action_hook_is_told_to_the_status_hook_and_strands_the_program(event: HookFailed | HookReplied) -> None:
    _, found = waiting()
    tell(found, event)
    told = found.turn.new[0].message
    assert isinstance(told, HookRequest)
    assert told.payload["error"] == "invalid actionHook response"
    assert told.ordering_keys() == ("status",)


def test_a_verb_hears_the_reply_to_its_own_request() -> None:
    for event, expected in ((replied('[{"verb": "say", "text": "hi"}]'), "speak a"), (HookFailed(at=NOW, n=9, reason="x"), "hang_up a")):
        now = session()
        running(now, Redirect(spec=RedirectSpec(action_hook="/x")), program=2, n=3)
        entry(now, 9, HookRequest(kind="verb", url="/x", reply="redirect", about="a"), owner=3)
        found = programs(now)
        tell(found, event)
        assert expected in sent(found)


@pytest.mark.parametrize("kind", ["status", "notify"])
def test_nobody_reads_the_reply_to_a_notification(kind: Literal["status", "notify"]) -> None:
    now = session()
    entry(now, 9, HookRequest(kind=kind, url="/x"))
    found = programs(now)
    hook_replies.replied(found, replied("{"))
    assert found.turn.problems == []
    assert now.open_entry(9) is None


def test_the_reply_to_a_verb_that_is_over_changes_nothing() -> None:
    now = session()
    running(now, Gather(spec=GatherSpec()), program=2, n=3)
    entry(now, 9, HookRequest(kind="verb", url="/x", reply="redirect", about="a"), owner=8)
    found = programs(now)
    hook_replies.replied(found, replied('[{"verb": "say", "text": "hi"}]'))
    assert sent(found) == []


def test_a_first_hook_without_verbs_is_a_problem() -> None:
    now = session(leg(state="ringing", answered_at=0.0))
    entry(now, 9, HookRequest(kind="call", url="/call", reply="call", about="a"), owner=1)
    found = programs(now)
    hook_replies.replied(found, replied("[]"))
    assert found.turn.problems[0].text == "the first hook has given no verbs, so there is nothing to run"
    assert sent(found) == ["reject a"]
