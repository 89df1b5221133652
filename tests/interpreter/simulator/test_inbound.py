"""A call comes in: its first webhook, how it is answered and rejected, and who hangs up."""

from typing import Any

import pytest

from callverbs.interpreter.simulator.account import Account
from callverbs.interpreter.simulator.people import Person, PersonError
from tests.interpreter.simulator.harness import OURS, THEIRS, CarrierHarness


def test_the_first_webhook() -> None:
    harness = CarrierHarness(account=Account.of_one("https://app.example/webhooks"))
    leg = harness.carrier.place(THEIRS, OURS, caller_name="Ann", headers={"X-Ticket": "7"})
    assert harness.event_types() == []
    harness.run(1)
    (body,) = harness.webhooks
    assert body["meta"] == {"attempt": 1, "delivered_to": "https://app.example/webhooks"}
    assert body["data"] == {
        "record_type": "event",
        "event_type": "call.initiated",
        "id": "00000002-0000-4000-8000-000000000001",
        "occurred_at": "2023-11-14T22:13:20.000000Z",
        "payload": {
            "call_control_id": leg,
            "call_leg_id": "00000000-0000-4000-8000-000000000001",
            "call_session_id": "00000001-0000-4000-8000-000000000001",
            "connection_id": "1",
            "client_state": None,
            "from": THEIRS,
            "to": OURS,
            "direction": "incoming",
            "state": "parked",
            "start_time": "2023-11-14T22:13:20.000000Z",
            "calling_party_type": "pstn",
            "caller_id_name": "Ann",
            "custom_headers": [{"name": "X-Ticket", "value": "7"}],
        },
    }


def test_answering() -> None:
    harness = CarrierHarness()
    leg = harness.carrier.place(THEIRS, OURS)
    harness.run(2)
    harness.do(leg, "answer", custom_headers=[{"name": "X-A", "value": "1"}])
    harness.do(leg, "answer")
    harness.run(1)
    assert harness.event_types() == ["initiated", "answered"]
    assert harness.at("answered") == 2.0
    assert harness.last("answered")["state"] == "answered"
    assert harness.last("answered")["custom_headers"] == [{"name": "X-A", "value": "1"}]
    assert (harness.view(leg).state, harness.view(leg).sent) == ("answered", {"answer": {"X-A": "1"}})
    harness.carrier.hangup(leg)
    harness.run(1)
    assert harness.last("hangup")["custom_headers"] == [{"name": "X-A", "value": "1"}]


@pytest.mark.parametrize(
    ("cause", "reported", "status"),
    [
        ("CALL_REJECTED", "call_rejected", "603"),
        ("USER_BUSY", "user_busy", "486"),
        ("NOT_FOUND", "not_found", "404"),
        ("TEMPORARILY_UNAVAILABLE", "unspecified", "480"),
    ],
)
def test_rejecting(cause: str, reported: str, status: str) -> None:
    harness = CarrierHarness()
    leg = harness.carrier.place(THEIRS, OURS)
    harness.do(leg, "reject", cause=cause)
    harness.run()
    assert harness.event_types() == ["initiated", "hangup"]
    over = harness.last("hangup")
    assert (over["hangup_cause"], over["sip_hangup_cause"], over["hangup_source"]) == (reported, status, "callee")


def test_hanging_up() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "hangup", custom_headers=[{"name": "X-Why", "value": "done"}])
    harness.run()
    over = harness.last("hangup")
    assert (over["hangup_cause"], over["sip_hangup_cause"], over["hangup_source"], over["state"]) == (
        "normal_clearing",
        "200",
        "callee",
        "hangup",
    )
    assert harness.view(leg).sent == {"hangup": {"X-Why": "done"}}
    assert (harness.view(leg).state, harness.view(leg).cause) == ("ended", "normal_clearing")


@pytest.mark.parametrize(("answered", "cause", "status"), [(False, "originator_cancel", "487"), (True, "normal_clearing", "200")])
def test_the_caller_hangs_up(answered: bool, cause: str, status: str) -> None:
    harness = CarrierHarness()
    leg = harness.carrier.place(THEIRS, OURS, Person(hangs_up="4s"))
    if answered:
        harness.do(leg, "answer")
    harness.run()
    over = harness.last("hangup")
    assert harness.at("hangup") == 4.0
    assert (over["hangup_cause"], over["sip_hangup_cause"], over["hangup_source"]) == (cause, status, "caller")


def test_holding_the_line() -> None:
    harness = CarrierHarness()
    leg = harness.inbound({"held": {"after": 3, "lasts": 2}})
    harness.run(10)
    assert harness.event_types() == ["hold", "unhold"]
    assert harness.at("unhold") == 6.0
    harness.carrier.hold(leg)
    harness.carrier.hold(leg, on=False)
    harness.run(1)
    assert harness.event_types() == ["hold", "unhold", "hold", "unhold"]


def test_keys_outside_of_a_gather() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.carrier.press(leg, "12w#")
    harness.run(5)
    assert harness.event_types() == ["dtmf.received"] * 3
    assert [body["data"]["payload"]["digit"] for body in harness.webhooks] == ["1", "2", "#"]
    assert harness.at("dtmf.received") == 3.1
    assert harness.view(leg).keys == "12#"


def test_a_person_is_found_by_the_number() -> None:
    harness = CarrierHarness(people={THEIRS: {"hangs_up": 2}})
    harness.carrier.place(THEIRS, OURS)
    harness.run()
    assert harness.at("hangup") == 2.0


def test_webhooks_of_one_moment_have_an_order() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    for _ in range(5):
        harness.carrier.press(leg, "1")
    harness.run(1)
    times = [body["data"]["occurred_at"] for body in harness.webhooks]
    assert len(set(times)) == 5
    assert times == sorted(times)


def test_webhooks_of_a_leg_can_go_elsewhere() -> None:
    harness = CarrierHarness(account=Account.of_one("https://app.example/all"))
    leg = harness.carrier.place(THEIRS, OURS)
    harness.do(leg, "answer", webhook_url="https://app.example/one")
    harness.run(1)
    assert [body["meta"]["delivered_to"] for body in harness.webhooks] == ["https://app.example/all", "https://app.example/one"]


Action = tuple[str, tuple[Any, ...]]
UNANSWERED: list[Action] = [
    ("press", ("1",)),
    ("hold", ()),
    ("answer", ()),
    ("busy", ()),
    ("no_answer", ()),
    ("machine", ()),
    ("rejects", ()),
]


@pytest.mark.parametrize(("action", "arguments"), UNANSWERED)
def test_what_a_caller_cannot_do(action: str, arguments: tuple[Any, ...]) -> None:
    harness = CarrierHarness()
    leg = harness.carrier.place(THEIRS, OURS)
    with pytest.raises(PersonError):
        getattr(harness.carrier, action)(leg, *arguments)


@pytest.mark.parametrize(("action", "arguments"), [*UNANSWERED, ("hangup", ())])
def test_what_no_party_can_do_when_the_call_is_over(action: str, arguments: tuple[Any, ...]) -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "hangup")
    with pytest.raises(PersonError, match="has ended"):
        getattr(harness.carrier, action)(leg, *arguments)
    with pytest.raises(KeyError):
        getattr(harness.carrier, action)("v3:nobody", *arguments)


def test_a_caller_whom_nobody_answers_gives_up() -> None:
    harness = CarrierHarness()
    leg = harness.carrier.place(THEIRS, OURS)
    harness.run(179)
    assert harness.view(leg).state == "ringing"
    harness.run(2)
    assert harness.last("hangup")["hangup_cause"] == "originator_cancel"
    answered = harness.inbound()
    harness.run(1_000)
    assert harness.view(answered).state == "answered"


@pytest.mark.parametrize(("caller", "called"), [("", OURS), (THEIRS, ""), (THEIRS, "a b"), ("x" * 256, OURS)])
def test_who_has_no_address_cannot_call(caller: str, called: str) -> None:
    with pytest.raises(PersonError, match="is a number like"):
        CarrierHarness().carrier.place(caller, called)


def test_what_only_the_live_carrier_says() -> None:
    harness = CarrierHarness()
    for caller, kind in ((THEIRS, "pstn"), ("sip:ann@example.com", "sip"), ("SIPS:ann@example.com", "sip"), ("anonymous", "pstn")):
        leg = harness.carrier.place(caller, OURS)
        harness.run(1)
        assert harness.last("initiated")["calling_party_type"] == kind
    harness.do(leg, "hangup")
    harness.run(1)
    assert harness.last("hangup")["end_time"] > harness.last("hangup")["start_time"]
