"""What requests to hooks carry, where they go, and what the roots of a call ask and say."""

from typing import Any

import pytest

from callverbs.interpreter.engine import hook_payload
from callverbs.interpreter.engine.outcome import Turn
from callverbs.verbs.language import commands
from callverbs.verbs.language.events import Event
from callverbs.verbs.language.messages import HookRequest
from callverbs.verbs.language.spec import Credentials, Hook, HookSpec
from callverbs.verbs.parts.calling import LIMIT_MARGIN_SECONDS
from tests.interpreter.engine.running import PHONES, SAY, running
from tests.interpreter.engine.sessions import NOW, WORKER, session
from tests.verbs.harness import CallHarness, words_of

APOLOGY = {"apology": "Sorry."}


def turn(**fields: Any) -> Turn:
    return Turn(session(**fields), Event(at=NOW), WORKER)


def request(hook: Hook = "/x", kind: Any = "action", **fields: Any) -> HookRequest:
    now = turn(**fields)
    return hook_payload.request(now, hook, kind, now.session.legs["a"], {})


# --------------------------------------------------------------------------- payloads


def test_every_hook_can_be_traced_to_its_call() -> None:
    assert request().payload["trace_id"] == "S"


def test_the_first_hook_alone_has_the_defaults_of_speech() -> None:
    defaults = request(kind="call").payload["defaults"]
    assert defaults["recognizer"] == {"vendor": "default", "language": "en-US"}
    assert "defaults" not in request(kind="action").payload


def test_a_request_that_no_verb_waits_for_names_no_handler() -> None:
    found = request()
    assert (found.reply, found.about, found.allowed, found.ordering_key) == ("", "", "", "")


@pytest.mark.parametrize(
    ("hook", "auth"),
    [
        (HookSpec(url="/x", username="joe"), Credentials(username="joe", password="")),
        (HookSpec(url="/x", username="joe", password="p"), Credentials(username="joe", password="p")),
        (HookSpec(url="/x", basic_auth=Credentials(username="ann", password="q")), Credentials(username="ann", password="q")),
        ("/x", None),
    ],
)
def test_the_credentials_of_a_hook(hook: Hook, auth: Credentials | None) -> None:
    assert request(hook).auth == auth


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/x", "https://app.example/x"),
        ("//x", "https://app.example/x"),
        ("XX", "https://app.example/XX"),
        ("http://[", "http://["),
    ],
)
def test_where_a_hook_is(url: str, expected: str) -> None:
    assert hook_payload.resolve(url, "https://app.example/call") == expected


@pytest.mark.parametrize("reported", [True, False])
def test_a_call_status_may_have_a_reason_of_its_own(reported: bool) -> None:
    now = turn()
    caller = now.session.legs["a"]
    caller.reported = reported
    hook_payload.set_status(now, caller, "failed", 480, "Out to lunch")
    assert (caller.call_status, caller.sip_status, caller.sip_reason) == ("failed", 480, "Out to lunch")
    assert len(now.new) == reported
    assert all(entry.owner == 0 for entry in now.new)


def test_a_request_that_waits_for_an_earlier_one_is_brought_up_to_date_when_its_leg_ends() -> None:
    amd = {"actionHook": "/amd"}
    call = running({"verb": "dial", "target": PHONES[:1], "amd": amd}, app={"status_hook": "/status"})
    call.on("answered a", "answered b1", "bridged b1")
    assert call.on("machine_detected b1 result=human") == ["ask /amd", "ask /amd"]
    call.on("hung_up a cause=normal_clearing")
    waiting = [one.message for one in call.harness.session.open_entries() if isinstance(one.message, HookRequest)]
    amds = [one.payload for one in waiting if one.reply == "amd"]
    assert [(one["type"], one["call_status"]) for one in amds] == [("amd_human_detected", "in-progress"), ("amd_stopped", "completed")]
    assert amds[1]["call_termination_by"] == "caller"
    statuses = [one.payload["call_status"] for one in waiting if one.kind == "status" and one.payload["call_sid"] == "sid-a"]
    assert statuses == ["trying", "in-progress", "completed"], "what the status hook is told stays as it was"


# --------------------------------------------------------------------------- roots


def test_a_number_that_no_application_answers_for() -> None:
    harness = CallHarness({"call_hook": ""})
    outcome = harness.take(harness.first)
    assert harness.notes == ["no application of the settings answers for +14155550199"]
    assert [words_of(entry) for entry in outcome.new] == ["reject a"]


def test_the_apology_is_spoken_once() -> None:
    call = running(SAY, {"verb": "redirect", "actionHook": "/next"}, app=APOLOGY)
    call.on("answered a")
    assert call.on("speak_ended a") == ["ask /next"]
    assert call.on({"hook": "/next", "fails": "it is closed"}) == ["speak a"]
    assert call.on("speak_ended a") == ["hang_up a"]


def test_a_placed_call_whose_first_hook_gives_no_verbs_hears_the_apology() -> None:
    call = running(app=APOLOGY, call={"to": {"type": "phone", "number": "+14155550101"}})
    assert call.first == ["speak a"]


def test_a_call_is_placed_with_its_time_limit_and_the_carriers_parameters() -> None:
    harness = CallHarness(call={"to": {"type": "phone", "number": "+14155550101"}, "timeLimit": 90, "carrier": {"privacy": "id"}})
    (dial,) = harness.take(harness.first).new
    assert isinstance(dial.message, commands.Dial)
    assert (dial.message.party.time_limit, dial.message.carrier) == (60 + 90 + LIMIT_MARGIN_SECONDS, {"privacy": "id"})


def test_a_hangup_has_the_authors_headers_and_parameters() -> None:
    call = running(SAY, {"verb": "hangup", "headers": {"X-Why": "done"}, "carrier": {"reason": "busy elsewhere"}})
    call.on("answered a", "speak_ended a")
    (hang_up,) = [one.message for one in call.harness.session.outbox if isinstance(one.message, commands.HangUp)]
    assert (hang_up.headers, hang_up.carrier) == ({"X-Why": "done"}, {"reason": "busy elsewhere"})


def test_an_action_hook_names_the_verb_where_the_author_has_named_it() -> None:
    for extra, expected in (({"id": "menu"}, "menu"), ({}, None)):
        call = running({"verb": "play", "url": "https://x.example/a.mp3", "actionHook": "/played", **extra})
        call.on("answered a", "playback_ended a")
        (asked,) = [one.message for one in call.harness.session.open_entries() if isinstance(one.message, HookRequest)]
        assert asked.payload.get("verb_id") == expected
