"""We place a call: how it ends, which webhooks come, and what else a dial can ask for."""

import base64
from typing import Any

import pytest

from callverbs.interpreter.simulator.account import Account
from tests.interpreter.simulator.harness import FILE, FILE_SECONDS, LATENCY, OTHER, OURS, THEIRS, CarrierHarness, error

RING = {"timeout_secs": 20, "retry_on_timeout": False}


def test_ringing_and_answering() -> None:
    harness = CarrierHarness(default={"answers": 4})
    leg = harness.dial(client_state=base64.b64encode(b"b1").decode(), custom_headers=[{"name": "X-A", "value": "1"}])
    harness.run(5)
    assert harness.event_types(leg) == ["initiated", "answered"]
    begun = harness.last("initiated")
    assert (begun["direction"], begun["state"], begun["from"], begun["to"]) == ("outgoing", "bridging", OURS, OTHER)
    assert begun["custom_headers"] == [{"name": "X-A", "value": "1"}]
    assert {body["data"]["payload"]["client_state"] for body in harness.webhooks} == {"YjE="}
    assert harness.at("answered") == 4.0
    assert harness.view(leg).headers == {"X-A": "1"}


@pytest.mark.parametrize(
    ("person", "at", "cause", "status", "source"),
    [
        ("busy", 0.5, "user_busy", "486", "callee"),
        ("unknown", 0.5, "not_found", "404", "callee"),
        ("rejects", 2.0, "call_rejected", "603", "callee"),
        ({"rejects": 480}, 2.0, "no_answer", "480", "callee"),
        ({"rejects": 600}, 2.0, "user_busy", "600", "callee"),
        ({"rejects": 503}, 2.0, "unspecified", "503", "callee"),
        ("no_answer", 20.0, "no_answer", "487", "unknown"),
        ({"answers": 21}, 20.0, "no_answer", "487", "unknown"),
    ],
)
def test_a_call_that_is_not_answered(person: object, at: float, cause: str, status: str, source: str) -> None:
    harness = CarrierHarness({OTHER: person})
    leg = harness.dial(**RING)
    harness.run()
    assert harness.event_types(leg) == ["initiated", "hangup"]
    over = harness.last("hangup")
    assert (harness.at("hangup"), over["hangup_cause"], over["sip_hangup_cause"], over["hangup_source"]) == (at, cause, status, source)


def test_other_routes_may_be_tried() -> None:
    harness = CarrierHarness(default="no_answer")
    harness.dial(timeout_secs=20)
    harness.run()
    assert (harness.at("hangup"), harness.last("hangup")["hangup_cause"]) == (20.0, "timeout")


def test_the_default_ring_time_is_half_a_minute() -> None:
    harness = CarrierHarness(default="no_answer")
    harness.dial()
    harness.run()
    assert harness.at("hangup") == 30.0


def test_the_application_gives_up() -> None:
    harness = CarrierHarness(default="no_answer")
    leg = harness.dial()
    harness.run(3)
    harness.do(leg, "hangup", reason="answered elsewhere")
    harness.run()
    over = harness.last("hangup")
    assert (over["hangup_cause"], over["sip_hangup_cause"], over["hangup_source"]) == ("originator_cancel", "487", "caller")


@pytest.mark.parametrize(
    ("action", "arguments", "events", "cause"),
    [
        ("answer", (), ["initiated", "answered"], ""),
        ("busy", (), ["initiated", "hangup"], "user_busy"),
        ("no_answer", (), ["initiated", "hangup"], "no_answer"),
        ("rejects", (), ["initiated", "hangup"], "call_rejected"),
        ("rejects", (404,), ["initiated", "hangup"], "not_found"),
        ("hangup", (), ["initiated", "hangup"], "call_rejected"),
        ("machine", (), ["initiated", "answered"], ""),
        ("machine", ({"greeting": "2s", "beep": False},), ["initiated", "answered"], ""),
    ],
)
def test_a_script_decides_what_the_called_do(action: str, arguments: tuple[Any, ...], events: list[str], cause: str) -> None:
    harness = CarrierHarness(default="no_answer")
    leg = harness.dial()
    harness.run(5)
    getattr(harness.carrier, action)(leg, *arguments)
    harness.run(1)
    assert harness.event_types(leg) == events
    assert harness.view(leg).cause == cause


@pytest.mark.parametrize("person", ["rejects", "busy", "answers"])
def test_a_script_is_quicker_than_the_person(person: str) -> None:
    harness = CarrierHarness(default=person)
    leg = harness.dial()
    harness.run(0.1)
    harness.carrier.answer(leg)
    harness.run(20)
    assert harness.event_types(leg) == ["initiated", "answered"]


def test_the_longest_call() -> None:
    harness = CarrierHarness(default={"answers": 1})
    harness.dial(time_limit_secs=30)
    harness.run()
    assert (harness.at("hangup"), harness.last("hangup")["hangup_cause"]) == (31.0, "time_limit")


def test_the_called_hang_up() -> None:
    harness = CarrierHarness(default={"answers": 1, "hangs_up": 5})
    harness.dial()
    harness.run()
    over = harness.last("hangup")
    assert (harness.at("hangup"), over["hangup_cause"], over["hangup_source"]) == (6.0, "normal_clearing", "callee")


def test_a_session_is_shared_by_legs_that_are_linked() -> None:
    harness = CarrierHarness(people={"b1": {"answers": 1}, "b2": {"answers": 2}})
    a = harness.inbound()
    legs = [harness.dial(f"+1415555010{n}", link_to=a) for n in (1, 2)]
    unlinked = harness.dial()
    harness.run(2.5)
    assert [harness.view(leg).label for leg in (a, *legs, unlinked)] == ["a", "b1", "b2", "a"]
    assert len({harness.view(leg).session_id for leg in (a, *legs)}) == 1
    assert harness.view(unlinked).session_id != harness.view(a).session_id
    assert [harness.view(leg).answered_at for leg in legs] == [harness.view(legs[0]).started_at + n for n in (1, 2)]


@pytest.mark.parametrize(("link", "code"), [("v3:nobody", "90015"), ("v3:leg-1", "90018")])
def test_a_leg_that_cannot_be_linked_to(link: str, code: str) -> None:
    harness = CarrierHarness()
    harness.carrier.hangup(harness.inbound())
    assert error(harness.try_dial(link_to=link)) == (422, code, "/link_to")


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"connection_id": "2"}, "10015", "/connection_id"),
        ({"from_": "Bob"}, "10016", "/from"),
        ({"to": "Bob"}, "10016", "/to"),
        ({"timeout_secs": 4}, "90028", "/timeout_secs"),
        ({"timeout_secs": 601}, "90028", "/timeout_secs"),
        ({"time_limit_secs": 14_401}, "90029", "/time_limit_secs"),
        ({"bridge_on_answer": True}, "10004", "/link_to"),
        ({"park_after_unbridge": "self"}, "10004", "/link_to"),
        ({"client_state": "%"}, "90017", "/client_state"),
        ({"answering_machine_detection": "on"}, "10032", "/answering_machine_detection"),
        ({"answering_machine_detection_config": {"total_analysis_time_millis": -1}}, "10033", None),
        ({"audio_url": FILE, "media_name": "a"}, "10015", ""),
    ],
)
def test_bodies(body: dict[str, Any], code: str, pointer: str | None) -> None:
    found = error(CarrierHarness().try_dial(**body))
    assert found[:2] == (422, code)
    assert pointer is None or found[2] == pointer


def test_every_connection_may_be_ours() -> None:
    harness = CarrierHarness(account=Account.of_one(""))
    harness.dial(connection_id="1684641123236054244")
    harness.run(1)
    assert harness.last("initiated")["connection_id"] == "1684641123236054244"
    harness.do(harness.inbound(), "transfer", to=OTHER)
    harness.run(1)
    assert harness.last("initiated")["connection_id"] == "1"


def test_of_several_destinations_the_first_one_rings() -> None:
    harness = CarrierHarness()
    response = harness.try_dial(to=[OTHER, THEIRS])
    assert response.status == 200
    assert [leg.to for leg in harness.carrier.legs()] == [OTHER]


def test_keys_that_are_sent_at_the_answer() -> None:
    harness = CarrierHarness(default={"answers": 1})
    legs = [harness.outbound(f"{OTHER},200"), harness.outbound(f"{OTHER},200", send_digits_on_answer="w7"), harness.outbound()]
    harness.do(legs[2], "send_dtmf", digits="5")
    assert [[(one.kind, one.what) for one in harness.view(leg).heard] for leg in legs] == [
        [("keys", "200")],
        [("keys", "w7")],
        [("keys", "5")],
    ]
    assert harness.view(legs[0]).to == OTHER


def test_a_file_for_the_called() -> None:
    harness = CarrierHarness(default={"answers": 1})
    leg = harness.dial(audio_url=FILE)
    harness.run(10)
    assert harness.event_types(leg) == ["initiated", "answered", "playback.started", "playback.ended"]
    assert harness.at("playback.ended") == 1 + FILE_SECONDS


def test_the_caller_s_number_goes_along() -> None:
    harness = CarrierHarness()
    leg = harness.dial(link_to=harness.inbound(), bridge_intent=True)
    assert harness.view(leg).from_ == THEIRS


def test_bridged_at_the_answer() -> None:
    harness = CarrierHarness(default={"answers": 1})
    a = harness.inbound()
    b = harness.dial(link_to=a, bridge_on_answer=True, park_after_unbridge="self")
    harness.run(2)
    assert harness.event_types() == ["initiated", "answered", "bridged", "bridged"]
    assert (harness.view(a).peer, harness.view(b).peer) == (b, a)
    harness.carrier.hangup(a)
    assert harness.view(b).state == "answered"


def test_bridged_after_the_file() -> None:
    harness = CarrierHarness(default={"answers": 1})
    a = harness.inbound()
    harness.dial(link_to=a, bridge_on_answer=True, audio_url=FILE)
    harness.run(10)
    assert harness.event_types() == ["initiated", "answered", "playback.started", "playback.ended", "bridged", "bridged"]


@pytest.mark.parametrize("prevent", [True, False])
def test_two_answer(prevent: bool) -> None:
    harness = CarrierHarness(people={"b1": {"answers": 1, "talks": None}, "b2": {"answers": 2}})
    a = harness.inbound()
    body = {"link_to": a, "bridge_on_answer": True, "prevent_double_bridge": prevent}
    first, second = harness.dial(**body), harness.dial(**body)
    harness.run(2 + LATENCY)
    over, talks = (second, first) if prevent else (first, second)
    assert harness.view(over).cause == "normal_clearing"
    assert harness.view(a).peer == talks
