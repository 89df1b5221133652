"""Conferences of the simulated carrier: who is in, who is let in, and what becomes of the others when somebody leaves."""

from typing import Any

import pytest

from callverbs.interpreter.simulator.refusals import ApiResponse
from tests.interpreter.simulator.harness import CarrierHarness, error

OK = ApiResponse(200, {"data": {"result": "ok"}})


def request(harness: CarrierHarness, path: str, method: str = "POST", **body: Any) -> ApiResponse:
    return harness.carrier.request(method, f"/conferences{path}", body)


def made(harness: CarrierHarness, leg: str, **body: Any) -> str:
    """Returns a conference that a leg has made."""
    response = request(harness, "", call_control_id=leg, name="team", **body)
    assert response.status == 200, response
    conference: str = response.body["data"]["id"]
    return conference


def caller(harness: CarrierHarness) -> str:
    return harness.inbound({"talks": None})


def types(harness: CarrierHarness, *legs: str) -> list[str]:
    return [one.removeprefix("conference.participant.") for one in harness.event_types(*legs)]


def participants(harness: CarrierHarness, conference: str) -> list[Any]:
    return list(request(harness, f"/{conference}/participants", "GET").body["data"])


def test_one_makes_it_and_another_joins() -> None:
    harness = CarrierHarness()
    a, b = caller(harness), caller(harness)
    conference = made(harness, a)
    assert request(harness, f"/{conference}/actions/join", call_control_id=b, mute=True) == OK
    harness.run(1)
    assert types(harness) == ["conference.created", "joined", "joined"]
    assert types(harness, b) == ["joined"]
    assert [(one["call_control_id"], one["muted"]) for one in participants(harness, conference)] == [(a, False), (b, True)]


def test_webhooks_carry_the_state_of_whoever_made_it() -> None:
    harness = CarrierHarness()
    a, b = caller(harness), caller(harness)
    conference = made(harness, a, client_state="bWFrZXI=")
    request(harness, f"/{conference}/actions/join", call_control_id=b, client_state="am9pbmVy")
    harness.carrier.hangup(b)
    harness.run(1)
    states = [(one["data"]["event_type"], one["data"]["payload"]["client_state"]) for one in harness.webhooks_of(b)]
    assert states == [
        ("conference.participant.joined", "bWFrZXI="),
        ("call.hangup", "am9pbmVy"),
        ("conference.participant.left", "bWFrZXI="),
    ]


def test_a_name_is_used_once_at_a_time() -> None:
    harness = CarrierHarness()
    a, b = caller(harness), caller(harness)
    made(harness, a)
    assert error(request(harness, "", call_control_id=b, name="team")) == (422, "90033", "/name")
    harness.carrier.hangup(a)
    made(harness, b)
    listed = request(harness, "?filter[name]=team&filter[status]=in_progress", "GET").body["data"]
    assert [one["status"] for one in listed] == ["in_progress"]
    assert len(request(harness, "", "GET").body["data"]) == 2


def test_it_is_over_when_all_have_left() -> None:
    harness = CarrierHarness()
    a = caller(harness)
    conference = made(harness, a)
    assert request(harness, f"/{conference}/actions/leave", call_control_id=a) == OK
    harness.run(1)
    assert types(harness)[-2:] == ["left", "conference.ended"]
    assert harness.webhooks[-1]["data"]["payload"]["reason"] == "all_left"
    assert harness.view(a).state == "answered"
    over = request(harness, f"/{conference}", "GET").body["data"]
    assert (over["status"], over["end_reason"]) == ("completed", "all_left")
    assert error(request(harness, f"/{conference}/actions/join", call_control_id=a)) == (422, "90019", "")


@pytest.mark.parametrize("how", ["join", "update", "end"])
def test_the_others_are_hung_up(how: str) -> None:
    harness = CarrierHarness()
    a, b = caller(harness), caller(harness)
    conference = made(harness, a)
    request(harness, f"/{conference}/actions/join", call_control_id=b, end_conference_on_exit=how == "join")
    if how == "update":
        (member,) = [one["id"] for one in participants(harness, conference) if one["call_control_id"] == b]
        changed = request(harness, f"/{conference}/participants/{member}", "PATCH", end_conference_on_exit=True)
        assert changed.body["data"]["end_conference_on_exit"] is True
    if how == "end":
        assert request(harness, f"/{conference}/actions/end") == OK
    else:
        harness.carrier.hangup(b)
    harness.run(1)
    assert types(harness, a)[-2:] == ["conference.ended", "hangup"]
    assert harness.view(a).state == harness.view(b).state == "ended"
    assert [one["data"]["payload"]["reason"] for one in harness.webhooks if one["data"]["event_type"] == "conference.ended"] == [
        "host_left"
    ]


def test_nobody_is_hung_up_where_it_ends_softly() -> None:
    harness = CarrierHarness()
    a, b = caller(harness), caller(harness)
    conference = made(harness, a)
    request(harness, f"/{conference}/actions/join", call_control_id=b, soft_end_conference_on_exit=True)
    assert [one["soft_end_conference_on_exit"] for one in participants(harness, conference)] == [False, True]
    harness.carrier.hangup(b)
    harness.run(1)
    assert types(harness, a)[-2:] == ["left", "conference.ended"]
    assert harness.view(a).state == "answered"


def test_who_is_not_let_in() -> None:
    harness = CarrierHarness()
    legs = [caller(harness) for _ in range(3)]
    conference = made(harness, legs[0], max_participants=2)
    join = f"/{conference}/actions/join"
    assert error(request(harness, join, call_control_id=legs[0])) == (422, "90044", "")
    assert request(harness, join, call_control_id=legs[1]) == OK
    assert error(request(harness, join, call_control_id=legs[2])) == (422, "90032", "")
    assert error(request(harness, "/nowhere/actions/join", call_control_id=legs[2])) == (422, "90058", "")
    assert error(request(harness, join, call_control_id=harness.carrier.place("+1", "+2"))) == (422, "90034", "/call_control_id")
    assert error(request(harness, f"/{conference}/actions/leave", call_control_id=legs[2])) == (422, "10015", "/call_control_id")
    assert error(request(harness, "", call_control_id=legs[2])) == (422, "10004", "/name")
    assert error(request(harness, f"/{conference}/actions/dance")) == (404, "10005", "")
    assert error(request(harness, f"/{conference}/participants/x", "PATCH")) == (404, "10005", "")


def test_muting() -> None:
    harness = CarrierHarness()
    a, b = caller(harness), caller(harness)
    conference = made(harness, a)
    request(harness, f"/{conference}/actions/join", call_control_id=b)
    assert request(harness, f"/{conference}/actions/mute", call_control_ids=[b]) == OK
    assert [one["muted"] for one in participants(harness, conference)] == [False, True]
    assert request(harness, f"/{conference}/actions/unmute") == OK
    assert [one["muted"] for one in participants(harness, conference)] == [False, False]


@pytest.mark.parametrize("how", ["bridge", "enqueue"])
def test_a_leg_that_goes_elsewhere_leaves(how: str) -> None:
    harness = CarrierHarness()
    a, b = caller(harness), caller(harness)
    conference = made(harness, a)
    harness.do(a, how, **({"call_control_id": b} if how == "bridge" else {"queue_name": "support"}))
    assert participants(harness, conference) == []
