"""We call somebody: what becomes of it, who is told, and what else a dial can ask for."""

import base64
from typing import Any

import pytest

from tests.interpreter.simulator.stage import FILE, FILE_LASTS, LATENCY, OTHER, OURS, THEIRS, Stage, error

RING = {"timeout_secs": 20, "retry_on_timeout": False}


def test_ringing_and_answering() -> None:
    stage = Stage(default={"answers": 4})
    leg = stage.dial(client_state=base64.b64encode(b"b1").decode(), custom_headers=[{"name": "X-A", "value": "1"}])
    stage.run(5)
    assert stage.told(leg) == ["initiated", "answered"]
    begun = stage.last("initiated")
    assert (begun["direction"], begun["state"], begun["from"], begun["to"]) == ("outgoing", "bridging", OURS, OTHER)
    assert begun["custom_headers"] == [{"name": "X-A", "value": "1"}]
    assert {body["data"]["payload"]["client_state"] for body in stage.webhooks} == {"YjE="}
    assert stage.at("answered") == 4.0
    assert stage.view(leg).headers == {"X-A": "1"}


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
def test_nobody_answers(person: object, at: float, cause: str, status: str, source: str) -> None:
    stage = Stage({OTHER: person})
    leg = stage.dial(**RING)
    stage.run()
    assert stage.told(leg) == ["initiated", "hangup"]
    over = stage.last("hangup")
    assert (stage.at("hangup"), over["hangup_cause"], over["sip_hangup_cause"], over["hangup_source"]) == (at, cause, status, source)


def test_other_routes_may_be_tried() -> None:
    stage = Stage(default="no_answer")
    stage.dial(timeout_secs=20)
    stage.run()
    assert (stage.at("hangup"), stage.last("hangup")["hangup_cause"]) == (20.0, "timeout")


def test_half_a_minute_is_rung_unless_it_is_said_otherwise() -> None:
    stage = Stage(default="no_answer")
    stage.dial()
    stage.run()
    assert stage.at("hangup") == 30.0


def test_the_application_gives_up() -> None:
    stage = Stage(default="no_answer")
    leg = stage.dial()
    stage.run(3)
    stage.do(leg, "hangup", reason="answered elsewhere")
    stage.run()
    over = stage.last("hangup")
    assert (over["hangup_cause"], over["sip_hangup_cause"], over["hangup_source"]) == ("originator_cancel", "487", "caller")


@pytest.mark.parametrize(
    ("deed", "with_what", "told", "cause"),
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
def test_a_script_says_what_the_called_do(deed: str, with_what: tuple[Any, ...], told: list[str], cause: str) -> None:
    stage = Stage(default="no_answer")
    leg = stage.dial()
    stage.run(5)
    getattr(stage.carrier, deed)(leg, *with_what)
    stage.run(1)
    assert stage.told(leg) == told
    assert stage.view(leg).cause == cause


@pytest.mark.parametrize("person", ["rejects", "busy", "answers"])
def test_a_script_is_quicker_than_the_person(person: str) -> None:
    stage = Stage(default=person)
    leg = stage.dial()
    stage.run(0.1)
    stage.carrier.answer(leg)
    stage.run(20)
    assert stage.told(leg) == ["initiated", "answered"]


def test_the_longest_call() -> None:
    stage = Stage(default={"answers": 1})
    stage.dial(time_limit_secs=30)
    stage.run()
    assert (stage.at("hangup"), stage.last("hangup")["hangup_cause"]) == (31.0, "time_limit")


def test_the_called_hang_up() -> None:
    stage = Stage(default={"answers": 1, "hangs_up": 5})
    stage.dial()
    stage.run()
    over = stage.last("hangup")
    assert (stage.at("hangup"), over["hangup_cause"], over["hangup_source"]) == (6.0, "normal_clearing", "callee")


def test_a_session_is_shared_by_legs_that_are_linked() -> None:
    stage = Stage(people={"b1": {"answers": 1}, "b2": {"answers": 2}})
    a = stage.inbound()
    legs = [stage.dial(f"+1415555010{n}", link_to=a) for n in (1, 2)]
    stranger = stage.dial()
    stage.run(2.5)
    assert [stage.view(leg).label for leg in (a, *legs, stranger)] == ["a", "b1", "b2", "a"]
    assert len({stage.view(leg).session_id for leg in (a, *legs)}) == 1
    assert stage.view(stranger).session_id != stage.view(a).session_id
    assert [stage.view(leg).answered_at for leg in legs] == [stage.view(legs[0]).started_at + n for n in (1, 2)]


@pytest.mark.parametrize(("link", "code"), [("v3:nobody", "90015"), ("v3:leg-1", "90018")])
def test_nobody_to_link_to(link: str, code: str) -> None:
    stage = Stage()
    stage.carrier.hangup(stage.inbound())
    assert error(stage.dials(link_to=link)) == (422, code, "/link_to")


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
    found = error(Stage().dials(**body))
    assert found[:2] == (422, code)
    assert pointer is None or found[2] == pointer


def test_every_connection_may_be_ours() -> None:
    stage = Stage(connection_id=None)
    stage.dial(connection_id="1684641123236054244")
    stage.run(1)
    assert stage.last("initiated")["connection_id"] == "1684641123236054244"
    stage.do(stage.inbound(), "transfer", to=OTHER)
    stage.run(1)
    assert stage.last("initiated")["connection_id"] == "1"


def test_of_several_destinations_the_first_one_rings() -> None:
    stage = Stage()
    response = stage.dials(to=[OTHER, THEIRS])
    assert response.status == 200
    assert [leg.to for leg in stage.carrier.legs()] == [OTHER]


def test_keys_that_are_sent_at_the_answer() -> None:
    stage = Stage(default={"answers": 1})
    legs = [stage.outbound(f"{OTHER},200"), stage.outbound(f"{OTHER},200", send_digits_on_answer="w7"), stage.outbound()]
    stage.do(legs[2], "send_dtmf", digits="5")
    assert [[(one.kind, one.what) for one in stage.view(leg).heard] for leg in legs] == [
        [("keys", "200")],
        [("keys", "w7")],
        [("keys", "5")],
    ]
    assert stage.view(legs[0]).to == OTHER


def test_a_file_for_the_called() -> None:
    stage = Stage(default={"answers": 1})
    leg = stage.dial(audio_url=FILE)
    stage.run(10)
    assert stage.told(leg) == ["initiated", "answered", "playback.started", "playback.ended"]
    assert stage.at("playback.ended") == 1 + FILE_LASTS


def test_the_caller_s_number_goes_along() -> None:
    stage = Stage()
    leg = stage.dial(link_to=stage.inbound(), bridge_intent=True)
    assert stage.view(leg).from_ == THEIRS


def test_bridged_at_the_answer() -> None:
    stage = Stage(default={"answers": 1})
    a = stage.inbound()
    b = stage.dial(link_to=a, bridge_on_answer=True, park_after_unbridge="self")
    stage.run(2)
    assert stage.told() == ["initiated", "answered", "bridged", "bridged"]
    assert (stage.view(a).peer, stage.view(b).peer) == (b, a)
    stage.carrier.hangup(a)
    assert stage.view(b).state == "answered"


def test_bridged_after_the_file() -> None:
    stage = Stage(default={"answers": 1})
    a = stage.inbound()
    stage.dial(link_to=a, bridge_on_answer=True, audio_url=FILE)
    stage.run(10)
    assert stage.told() == ["initiated", "answered", "playback.started", "playback.ended", "bridged", "bridged"]


def test_a_caller_who_was_not_answered_is_not_bridged() -> None:
    stage = Stage(default={"answers": 1})
    a = stage.carrier.place(THEIRS, OURS)
    b = stage.dial(link_to=a, bridge_on_answer=True)
    stage.run(5)
    assert (stage.view(a).state, stage.view(b).state) == ("ringing", "answered")


@pytest.mark.parametrize("prevent", [True, False])
def test_two_answer(prevent: bool) -> None:
    stage = Stage(people={"b1": {"answers": 1, "talks": None}, "b2": {"answers": 2}})
    a = stage.inbound()
    body = {"link_to": a, "bridge_on_answer": True, "prevent_double_bridge": prevent}
    first, second = stage.dial(**body), stage.dial(**body)
    stage.run(2 + LATENCY)
    over, talks = (second, first) if prevent else (first, second)
    assert stage.view(over).cause == "normal_clearing"
    assert stage.view(a).peer == talks
