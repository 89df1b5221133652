"""What a step tells those who save and send: ids, times, open entries; and whose fault a problem is."""

import pytest

from callverbs.interpreter.engine import command_results, hook_replies, leases, leg_events, timers
from callverbs.interpreter.engine.outcome import Outcome
from callverbs.interpreter.engine.session import LEASE_SECONDS, Problem, Session, Timer, load
from callverbs.interpreter.engine.step import begin, step
from callverbs.verbs.gather import Gather
from callverbs.verbs.language import commands
from callverbs.verbs.language.app import App
from callverbs.verbs.language.events import (
    CommandFailed,
    HookFailed,
    HookReplied,
    KeyPressed,
    LeaseExpired,
    LegAnswered,
    LegHungUp,
    LegInitiated,
)
from callverbs.verbs.language.leg import Awaited
from callverbs.verbs.language.messages import HookRequest
from callverbs.verbs.parts.gather_spec import GatherSpec
from callverbs.verbs.pause import Pause, PauseSpec
from tests.interpreter.engine.running import PHONES
from tests.interpreter.engine.running import running as running_call
from tests.interpreter.engine.sessions import NOW, WORKER, entry, leg, programs, running, sent, session

APP = App(call_hook="/call", base_url="https://app.example", connection_id="1")
FIRST = LegInitiated(
    id="e1",
    at=NOW,
    leg="a",
    call_control_id="cc",
    call_leg_id="sid",
    call_session_id="cs",
    direction="inbound",
    from_="+14155550100",
    to="+14155550199",
    caller_name="Ann",
    headers={"X-Source": "door"},
)
DIAL = '[{"verb": "dial", "answerOnBridge": true, "target": [{"type": "phone", "number": "+14155550101"}]}]'


def begun() -> Outcome:
    return step(begin("S", APP, FIRST), FIRST, WORKER)


def replied(outcome: Outcome, body: str) -> Outcome:
    (asked,) = outcome.new
    return step(outcome.snapshot, HookReplied(id="e2", at=NOW + 1, n=asked.n, body=body, content_type="application/json"), WORKER)


def test_the_first_step_tells_where_the_call_is_found_and_what_is_open() -> None:
    outcome = begun()
    assert outcome.ids == ("cc", "sid", "cs")
    assert outcome.open == tuple(one.n for one in outcome.new)
    assert (outcome.due, outcome.ended, outcome.creates_leg, outcome.changed) == (NOW + LEASE_SECONDS, 0.0, False, True)


def test_a_dial_creates_a_leg_until_it_has_its_result() -> None:
    outcome = replied(begun(), DIAL)
    assert outcome.creates_leg
    (dial,) = [one for one in outcome.new if isinstance(one.message, commands.Dial)]
    refused = step(outcome.snapshot, CommandFailed(id="e3", at=NOW + 2, n=dial.n, status=422, code="10016"), WORKER)
    assert not refused.creates_leg


def test_a_call_that_is_over_has_ended_and_nothing_of_it_is_due() -> None:
    gone = step(begun().snapshot, LegHungUp(id="e2", at=NOW + 3, leg="a", cause="originator_cancel"), WORKER)
    assert gone.ended == 0.0, "the first hook has not answered yet"
    (request,) = load(gone.snapshot).open_entries()
    over = step(gone.snapshot, HookFailed(id="e3", at=NOW + 4, n=request.n, reason="no answer"), WORKER)
    assert (over.ended, over.due, over.open) == (NOW + 4, 0.0, ())


def test_a_session_is_due_at_the_first_of_its_timers_and_leases() -> None:
    now = session(timers={5: Timer(5, 3, "ring", NOW + 9)})
    assert now.due() == NOW + 9
    entry(now, 7, commands.Answer(leg="a"), lease_until=NOW + 4)
    assert now.due() == NOW + 4
    now.timers[6] = Timer(6, 3, "limit", NOW + 2)
    assert now.due() == NOW + 2


def test_the_mark_of_an_event_is_short() -> None:
    now = session()
    now.mark_seen("0ccc7b54-4df3-4bca-a65a-3da1ecc777f0")
    assert [len(mark) for mark in now.seen] == [8], "a thousand events of a call take no more than 16 kB of its snapshot"


def test_the_first_hook_has_the_headers_of_the_caller() -> None:
    (asked,) = begun().new
    assert isinstance(asked.message, HookRequest)
    assert asked.message.payload["sip"]["headers"]["X-Source"] == "door"


# --------------------------------------------------------------------------- problems


def problems(now: Session) -> list[tuple[str, str, int]]:
    return [(one.whose, one.url, one.status) for one in now.problems]


@pytest.mark.parametrize(
    ("kind", "body", "content_type", "text"),
    [
        ("action", "[]", "text/html", "the reply is text/html, not application/json: no verb of it is run"),
        ("action", '{"verb": "say"}', "application/json", "the reply is not a list of verbs: nothing is replaced"),
        ("action", " [", "text/plain", "the reply is text/plain, not application/json: no verb of it is run"),
        ("call", "[]", "application/json", "the first hook has given no verbs, so there is nothing to run"),
        ("action", '[\n"x', "application/json", "the reply is not JSON: "),
    ],
)
def test_a_reply_that_cannot_be_used_is_the_applications_fault(kind: str, body: str, content_type: str, text: str) -> None:
    now = session()
    entry(now, 9, HookRequest(kind=kind, url="https://app.example/x"))  # type: ignore[arg-type]
    hook_replies.replied(programs(now), HookReplied(at=NOW, n=9, body=body, content_type=content_type, status=200))
    assert problems(now) == [("application", "https://app.example/x", 200)]
    assert now.problems[0].text.startswith(text)
    if "JSON: " in text:
        assert now.problems[0].line == 2


def test_a_confirm_hook_has_to_reply_with_a_list() -> None:
    now = session()
    entry(now, 9, HookRequest(kind="verb", url="/x", allowed="screening"))
    hook_replies.replied(programs(now), HookReplied(at=NOW, n=9, body='{"verb": "say"}', content_type="application/json", status=200))
    assert now.problems == [Problem(NOW, "application", "the reply to a confirmHook is not a list of verbs", "/x", 200, line=1, column=1)]


def test_a_hook_that_fails_is_the_applications_fault() -> None:
    now = session()
    entry(now, 9, HookRequest(kind="notify", url="/x"))
    hook_replies.failed(programs(now), HookFailed(at=NOW, n=9, reason="it is closed", status=503))
    assert now.problems == [Problem(NOW, "application", "it is closed", "/x", 503)]


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (CommandFailed(at=NOW, n=9, status=422, title="Bad"), "answer a: Bad"),
        (CommandFailed(at=NOW, n=9, status=0), "answer a: no answer"),
        (CommandFailed(at=NOW, n=9, status=500), "answer a: the carrier has answered 500"),
        (CommandFailed(at=NOW, n=9, status=302), "answer a: the carrier has answered 302"),
        (CommandFailed(at=NOW, n=9, status=422, code="10015", detail="why"), "answer a: the carrier has answered 422: why (10015)"),
    ],
)
def test_a_refusal_is_told_in_the_carriers_words(event: CommandFailed, text: str) -> None:
    now = session()
    entry(now, 9, commands.Answer(leg="a"))
    command_results.failed(programs(now), event)
    assert [(one.whose, one.text, one.url, one.pointer) for one in now.problems] == [("carrier", text, "", "")]


def test_a_call_that_may_have_been_placed_is_told_so() -> None:
    now = session(leg(), leg("b1", state="new", call_control_id=""))
    entry(now, 9, commands.Dial(leg="b1", party=commands.Party(to="+14155550101")), lease_until=NOW - 1, made_at=NOW - 100)
    leases.lease_expired(programs(now), LeaseExpired(at=NOW, n=9))
    assert [one.text for one in now.problems] == ["dial b1: nobody knows whether the call was placed"]
    assert now.legs["b1"].ended_at == NOW


# --------------------------------------------------------------------------- what the carrier never reported


def test_an_answer_that_was_never_reported_happened_now() -> None:
    now = session(leg(state="ringing", answered_at=0.0, awaited=[Awaited(7, 0, "answer")]))
    timers.leg_retrieved(programs(now), now.legs["a"], alive=True)
    assert (now.legs["a"].answered, now.legs["a"].answered_at) == (True, NOW)


def test_keys_whose_end_was_never_reported_are_lost_and_that_is_the_carriers_fault() -> None:
    now = session(leg(awaited=[Awaited(7, 3, "gather", 9.0)]))
    gather = running(now, Gather(spec=GatherSpec(max_digits=9, action_hook="/keys"), phase="listening"), program=2, n=3)
    leg_events.handle(programs(now), KeyPressed(at=NOW, leg="a", digit="1", occurred_at=NOW))
    now.timers.clear()
    found = programs(now)
    timers.leg_retrieved(found, now.legs["a"], alive=True)
    assert now.problems == [Problem(NOW, "carrier", "the end of gather on a was never reported")]
    assert gather.n not in now.verbs, "the verb does not wait any longer"
    assert sent(found) == ["hook_request /keys"]


def test_a_leg_that_is_no_longer_there_ends_now() -> None:
    now = session(leg(), leg("b1", owner=1, answered_at=0.0, state="ringing"))
    timers.leg_retrieved(programs(now), now.legs["b1"], alive=False)
    assert (now.legs["b1"].ended_at, now.legs["b1"].call_status, now.legs["b1"].sip_status) == (NOW, "failed", 500)


def test_a_leg_that_we_were_ending_is_not_answered() -> None:
    now = session(leg(), leg("b1", owner=1, answered_at=0.0, state="ringing", ending=True))
    timers.leg_retrieved(programs(now), now.legs["b1"], alive=False)
    assert (now.legs["b1"].call_status, now.legs["b1"].sip_status) == ("no-answer", 487)


# --------------------------------------------------------------------------- which leg


def test_a_verb_hears_our_name_of_a_leg_that_the_carrier_has_lost() -> None:
    call = running_call({"verb": "dial", "target": PHONES})
    call.on("answered a", "initiated b2")
    assert "bridge a" in call.take(LegAnswered(**{**call.harness.leg("b2"), "leg": ""}))


def test_ids_that_lead_to_a_call_are_collected() -> None:
    now = session(leg(state="new", call_control_id=""), leg("b1", state="new", call_control_id=""))
    found = programs(now)
    leg_events.bind(found, now.legs["a"], "cc-1", "", "cs")
    leg_events.bind(found, now.legs["b1"], "cc-2", "sid-2", "cs")
    assert found.turn.ids == ["cc-1", "cs", "cc-2", "sid-2", "cs"]


@pytest.mark.parametrize(("sip_status", "status"), [(486, "busy"), (600, "busy"), (487, "no-answer"), (400, "failed"), (503, "failed")])
def test_the_sip_status_of_the_carrier_decides_where_the_cause_does_not(sip_status: int, status: str) -> None:
    now = session(leg(), leg("b1", owner=1, answered_at=0.0, state="ringing"))
    leg_events.handle(programs(now), LegHungUp(at=NOW, leg="b1", cause="call_rejected", sip_status=sip_status))
    assert (now.legs["b1"].call_status, now.legs["b1"].sip_status) == (status, sip_status)


def test_a_stray_leg_can_be_hung_up_because_it_has_an_address() -> None:
    now = session(leg(), leg("b1", state="gone", call_control_id="", call_leg_id="", call_status="failed"))
    leg_events.handle(programs(now), LegInitiated(at=NOW, leg="b1", call_control_id="cc-b1", direction="outbound"))
    assert now.legs["b1"].call_control_id == "cc-b1"


def test_a_program_is_interrupted_where_it_runs() -> None:
    now = session(leg(), leg("b1", owner=3))
    running(now, Pause(spec=PauseSpec(length=9)), program=2, n=3)
    running(now, Pause(spec=PauseSpec(length=9)), program=4, n=5, owner=3, on="b1")
    running(now, Pause(spec=PauseSpec(length=9)), program=6, n=7, owner=5, on="b1")
    leg_events.handle(programs(now), LegHungUp(at=NOW, leg="b1", cause="normal_clearing"))
    assert (sorted(now.verbs), sorted(now.programs)) == ([1, 3], [2])
