"""Somebody calls us: what comes first, how it is answered and refused, and who hangs up."""

from typing import Any

import pytest

from interpreter.simulator.people import PeopleError, Person
from tests.interpreter.simulator.stage import OURS, THEIRS, Stage


def test_the_first_webhook() -> None:
    stage = Stage(url="https://app.example/webhooks")
    leg = stage.carrier.place(THEIRS, OURS, caller_name="Ann", headers={"X-Ticket": "7"})
    assert stage.told() == []
    stage.run()
    (body,) = stage.webhooks
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
            "caller_id_name": "Ann",
            "custom_headers": [{"name": "X-Ticket", "value": "7"}],
        },
    }


def test_answering() -> None:
    stage = Stage()
    leg = stage.carrier.place(THEIRS, OURS)
    stage.run(2)
    stage.do(leg, "answer", custom_headers=[{"name": "X-A", "value": "1"}])
    stage.do(leg, "answer")
    stage.run(1)
    assert stage.told() == ["initiated", "answered"]
    assert stage.at("answered") == 2.0
    assert stage.last("answered")["state"] == "answered"
    assert stage.last("answered")["custom_headers"] == [{"name": "X-A", "value": "1"}]
    assert (stage.view(leg).state, stage.view(leg).sent) == ("answered", {"answer": {"X-A": "1"}})
    stage.carrier.hangup(leg)
    stage.run(1)
    assert stage.last("hangup")["custom_headers"] == [{"name": "X-A", "value": "1"}]


@pytest.mark.parametrize(
    ("cause", "said", "status"),
    [
        ("CALL_REJECTED", "call_rejected", "603"),
        ("USER_BUSY", "user_busy", "486"),
        ("NOT_FOUND", "not_found", "404"),
        ("TEMPORARILY_UNAVAILABLE", "unspecified", "480"),
    ],
)
def test_rejecting(cause: str, said: str, status: str) -> None:
    stage = Stage()
    leg = stage.carrier.place(THEIRS, OURS)
    stage.do(leg, "reject", cause=cause)
    stage.run()
    assert stage.told() == ["initiated", "hangup"]
    over = stage.last("hangup")
    assert (over["hangup_cause"], over["sip_hangup_cause"], over["hangup_source"]) == (said, status, "callee")


def test_hanging_up() -> None:
    stage = Stage()
    leg = stage.inbound()
    stage.do(leg, "hangup", custom_headers=[{"name": "X-Why", "value": "done"}])
    stage.run()
    over = stage.last("hangup")
    assert (over["hangup_cause"], over["sip_hangup_cause"], over["hangup_source"], over["state"]) == (
        "normal_clearing",
        "200",
        "callee",
        "hangup",
    )
    assert stage.view(leg).sent == {"hangup": {"X-Why": "done"}}
    assert (stage.view(leg).state, stage.view(leg).cause) == ("ended", "normal_clearing")


@pytest.mark.parametrize(("answered", "cause", "status"), [(False, "originator_cancel", "487"), (True, "normal_clearing", "200")])
def test_the_caller_hangs_up(answered: bool, cause: str, status: str) -> None:
    stage = Stage()
    leg = stage.carrier.place(THEIRS, OURS, Person(hangs_up="4s"))
    if answered:
        stage.do(leg, "answer")
    stage.run()
    over = stage.last("hangup")
    assert stage.at("hangup") == 4.0
    assert (over["hangup_cause"], over["sip_hangup_cause"], over["hangup_source"]) == (cause, status, "caller")


def test_a_caller_is_patient_for_ever() -> None:
    stage = Stage()
    stage.carrier.place(THEIRS, OURS)
    stage.run()
    assert stage.told() == ["initiated"]


def test_holding_the_line() -> None:
    stage = Stage()
    leg = stage.inbound({"held": {"after": 3, "lasts": 2}})
    stage.run(10)
    assert stage.told() == ["hold", "unhold"]
    assert stage.at("unhold") == 6.0
    stage.carrier.hold(leg)
    stage.carrier.hold(leg, on=False)
    stage.run(1)
    assert stage.told() == ["hold", "unhold", "hold", "unhold"]


def test_keys_that_nobody_waits_for() -> None:
    stage = Stage()
    leg = stage.inbound()
    stage.carrier.press(leg, "12w#")
    stage.run(5)
    assert stage.told() == ["dtmf.received"] * 3
    assert [body["data"]["payload"]["digit"] for body in stage.webhooks] == ["1", "2", "#"]
    assert stage.at("dtmf.received") == 3.1
    assert stage.view(leg).keys == "12#"


def test_a_person_is_looked_for_by_his_number() -> None:
    stage = Stage(people={THEIRS: {"hangs_up": 2}})
    stage.carrier.place(THEIRS, OURS)
    stage.run()
    assert stage.at("hangup") == 2.0


def test_webhooks_of_one_moment_have_an_order() -> None:
    stage = Stage()
    leg = stage.inbound()
    for _ in range(5):
        stage.carrier.press(leg, "1")
    stage.run(1)
    times = [body["data"]["occurred_at"] for body in stage.webhooks]
    assert len(set(times)) == 5
    assert times == sorted(times)


def test_webhooks_of_a_leg_can_go_elsewhere() -> None:
    stage = Stage(url="https://app.example/all")
    leg = stage.carrier.place(THEIRS, OURS)
    stage.do(leg, "answer", webhook_url="https://app.example/one")
    stage.run(1)
    assert [body["meta"]["delivered_to"] for body in stage.webhooks] == ["https://app.example/all", "https://app.example/one"]


Deed = tuple[str, tuple[Any, ...]]
UNANSWERED: list[Deed] = [
    ("press", ("1",)),
    ("hold", ()),
    ("answer", ()),
    ("busy", ()),
    ("no_answer", ()),
    ("machine", ()),
    ("rejects", ()),
]


@pytest.mark.parametrize(("deed", "with_what"), UNANSWERED)
def test_what_a_caller_cannot_do(deed: str, with_what: tuple[Any, ...]) -> None:
    stage = Stage()
    leg = stage.carrier.place(THEIRS, OURS)
    with pytest.raises(PeopleError):
        getattr(stage.carrier, deed)(leg, *with_what)


@pytest.mark.parametrize(("deed", "with_what"), [*UNANSWERED, ("hangup", ())])
def test_what_nobody_can_do_when_it_is_over(deed: str, with_what: tuple[Any, ...]) -> None:
    stage = Stage()
    leg = stage.inbound()
    stage.do(leg, "hangup")
    with pytest.raises(PeopleError, match="has ended"):
        getattr(stage.carrier, deed)(leg, *with_what)
    with pytest.raises(KeyError):
        getattr(stage.carrier, deed)("v3:nobody", *with_what)
