"""In which state of a call each command is taken, why it is refused, and what its body may hold."""

import base64
from typing import Any

import pytest

from callverbs.interpreter.simulator.commands import COMMAND_HANDLERS
from callverbs.interpreter.telnyx.commands import PATHS, REQUESTS
from callverbs.verbs.language.commands import Query
from tests.interpreter.simulator.harness import OTHER, SPEECH, CarrierHarness, error

STATE = base64.b64encode(b"state").decode()
BODIES: dict[str, dict[str, Any]] = {
    "answer": {},
    "reject": {"cause": "CALL_REJECTED"},
    "hangup": {},
    "speak": SPEECH,
    "playback_start": {"audio_url": "https://example.com/a.mp3"},
    "playback_stop": {},
    "gather": {},
    "gather_stop": {},
    "gather_using_speak": SPEECH,
    "gather_using_audio": {"audio_url": "https://example.com/a.mp3"},
    "record_start": {"format": "mp3", "channels": "single"},
    "record_stop": {},
    "record_pause": {},
    "record_resume": {},
    "transcription_start": {"transcription_engine": "Telnyx", "transcription_engine_config": {"transcription_engine": "Telnyx"}},
    "transcription_stop": {},
    "conversation_relay_start": {"url": "wss://agent.example"},
    "conversation_relay_stop": {},
    "gather_using_ai": {"parameters": {"type": "object"}},
    "ai_assistant_start": {"assistant": {"id": "assistant-1"}},
    "ai_assistant_stop": {},
    "streaming_start": {"stream_url": "wss://bot.example"},
    "streaming_stop": {},
    "bridge": {"call_control_id": "v3:leg-2"},
    "enqueue": {"queue_name": "support"},
    "leave_queue": {},
    "transfer": {"to": OTHER},
    "refer": {"sip_address": "sip:bob@example.com"},
    "send_sip_info": {"body": "Hello", "content_type": "text/plain"},
    "send_dtmf": {"digits": "12w#"},
    "client_state_update": {"client_state": STATE},
    "ai_assistant_join": {"conversation_id": "nowhere", "participant": {"id": "v3:leg-1"}},
    "ai_assistant_add_messages": {"messages": [{"role": "user", "content": "Hi"}]},
    "fork_start": {"rx": "udp:127.0.0.1:9999"},
    "fork_stop": {},
    "siprec_start": {"connector_name": "recorder"},
    "siprec_stop": {},
    "suppression_start": {"direction": "both"},
    "suppression_stop": {},
    "switch_supervisor_role": {"role": "whisper"},
}
REFUSED_WHILE_ANSWERED = {
    "reject": ("10015", ""),
    "leave_queue": ("90035", ""),
    "streaming_stop": ("90048", ""),
    "fork_stop": ("90031", ""),
    "siprec_stop": ("10015", ""),
    "switch_supervisor_role": ("90102", ""),
    "ai_assistant_add_messages": ("10015", ""),
    "ai_assistant_join": ("10015", "/conversation_id"),
}
"""Commands that an answered call refuses, which has no queue, stream, conversation and so on: the code and the pointer."""
CONVERSATIONS = {"conversation_relay_start", "gather_using_ai", "ai_assistant_start"}
AWAKE = {"answer", "reject", "hangup", "transfer", "client_state_update"}
"""Commands that an inbound call takes before it is answered."""


def method(name: str) -> str:
    return COMMAND_HANDLERS[name].method


def test_every_command_has_a_body_here() -> None:
    assert set(BODIES) == set(COMMAND_HANDLERS)


def test_the_carrier_has_every_command_that_we_send() -> None:
    assert {name for kind, (name, _) in REQUESTS.items() if not issubclass(kind, Query) and kind not in PATHS} <= set(COMMAND_HANDLERS)


@pytest.mark.parametrize("name", sorted(COMMAND_HANDLERS))
def test_an_inbound_call_that_is_not_answered(name: str) -> None:
    harness = CarrierHarness()
    leg = harness.carrier.place("+1", "+2")
    harness.outbound()
    response = harness.send(leg, name, method(name), **BODIES[name])
    if name in AWAKE:
        assert response.status == 200
    else:
        assert error(response) == (422, "90034", "")


@pytest.mark.parametrize("name", sorted(COMMAND_HANDLERS))
def test_an_outbound_call_that_rings(name: str) -> None:
    harness = CarrierHarness(default="no_answer")
    response = harness.send(harness.dial(), name, method(name), **BODIES[name])
    wanted = {"answer": "90102", "reject": "10015", "hangup": "", "client_state_update": ""}.get(name, "90034")
    assert (error(response)[1] if wanted else str(response.body["data"]["result"])) == (wanted or "ok")


@pytest.mark.parametrize("name", sorted(COMMAND_HANDLERS))
def test_a_call_that_is_answered(name: str) -> None:
    harness = CarrierHarness()
    a, b = harness.inbound(), harness.outbound()
    body = {**BODIES[name], **({"call_control_id": b} if name == "bridge" else {})}
    response = harness.send(a, name, method(name), **body)
    if name in REFUSED_WHILE_ANSWERED:
        assert error(response) == (422, *REFUSED_WHILE_ANSWERED[name])
    else:
        named = {"conversation_id"} if name in CONVERSATIONS else set()
        assert (response.status, set(response.body["data"]), response.body["data"]["result"]) == (200, {"result", *named}, "ok")


@pytest.mark.parametrize("name", sorted(COMMAND_HANDLERS))
def test_a_call_that_is_over(name: str) -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.carrier.hangup(leg)
    assert error(harness.send(leg, name, method(name), **BODIES[name])) == (422, "90018", "")


@pytest.mark.parametrize("name", sorted(COMMAND_HANDLERS))
def test_an_unknown_call(name: str) -> None:
    assert error(CarrierHarness().send("v3:nobody", name, method(name), **BODIES[name])) == (422, "90015", "")


@pytest.mark.parametrize(
    ("verb", "path", "status", "code"),
    [
        ("GET", "/calls", 404, "10005"),
        ("DELETE", "/calls/v3%3Aleg-1", 404, "10005"),
        ("POST", "/calls/v3%3Aleg-1/actions/pay", 501, "not_simulated"),
        ("POST", "/calls/v3%3Aleg-1/actions/dance", 404, "10005"),
        ("GET", "/calls/v3%3Aleg-1/actions/speak", 404, "10005"),
        ("POST", "/calls/v3%3Aleg-1/actions/client_state_update", 404, "10005"),
        ("POST", "/conferences/x/actions/dance", 404, "10005"),
        ("GET", "/phone_numbers", 501, "not_simulated"),
        ("POST", "/", 501, "not_simulated"),
    ],
)
def test_what_the_carrier_has_not(verb: str, path: str, status: int, code: str) -> None:
    harness = CarrierHarness()
    harness.inbound()
    assert error(harness.carrier.request(verb, path, {})) == (status, code, "")


@pytest.mark.parametrize(
    ("name", "body", "code", "pointer"),
    [
        ("answer", {"client_state": "not base64"}, "90017", "/client_state"),
        ("answer", {"client_state": 5}, "10026", "/client_state"),
        ("answer", {"colour": "red"}, "10015", "/colour"),
        ("hangup", {"custom_headers": [{"name": "X-A"}]}, "10004", "/custom_headers/0/value"),
        ("speak", {"payload": "Hello"}, "10004", "/voice"),
        ("speak", {}, "10004", "/payload"),
        ("speak", {**SPEECH, "payload": "x" * 3001}, "90010", "/payload"),
        ("speak", {**SPEECH, "payload": ""}, "90010", "/payload"),
        ("speak", {**SPEECH, "loop": 101}, "90009", "/loop"),
        ("speak", {**SPEECH, "loop": "for ever"}, "90009", "/loop"),
        ("speak", {**SPEECH, "stop": "now"}, "90016", "/stop"),
        ("speak", {**SPEECH, "payload_type": "html"}, "90011", "/payload_type"),
        ("playback_start", {"audio_url": "ftp://example.com/a.mp3"}, "10015", "/audio_url"),
        ("playback_start", {}, "10004", "/audio_url"),
        ("playback_start", {"playback_content": "!!!"}, "10015", "/playback_content"),
        ("playback_start", {"playback_content": "SUQz"[:3]}, "10015", "/playback_content"),
        ("playback_start", {"playback_content": "SU\nQz"}, "10015", "/playback_content"),
        ("gather", {"minimum_digits": 5, "maximum_digits": 2}, "90022", "/minimum_digits"),
        ("gather_using_speak", {**SPEECH, "minimum_digits": 5, "maximum_digits": 2}, "90022", "/minimum_digits"),
        (
            "gather_using_audio",
            {"audio_url": "https://example.com/a.mp3", "minimum_digits": 3, "maximum_digits": 2},
            "90022",
            "/minimum_digits",
        ),
        ("gather_using_audio", {}, "10004", "/audio_url"),
        ("gather", {"maximum_digits": 129}, "90023", "/maximum_digits"),
        ("gather", {"maximum_digits": "4"}, "10026", "/maximum_digits"),
        ("gather", {"inter_digit_timeout_millis": 0}, "90026", "/inter_digit_timeout_millis"),
        ("gather", {"valid_digits": "12x"}, "90008", "/valid_digits"),
        ("gather_using_speak", {**SPEECH, "invalid_payload": "x" * 3001}, "90010", "/invalid_payload"),
        ("bridge", {}, "10004", "/call_control_id"),
        ("bridge", {"call_control_id": "v3:nobody"}, "90015", "/call_control_id"),
        ("bridge", {"call_control_id": "v3:leg-1"}, "10015", "/call_control_id"),
        ("bridge", {"call_control_id": "v3:leg-2", "park_after_unbridge": True}, "10032", "/park_after_unbridge"),
        ("transfer", {}, "10004", "/to"),
        ("transfer", {"to": "Bob"}, "10016", "/to"),
        ("transfer", {"to": OTHER, "from": "555"}, "10016", "/from"),
        ("transfer", {"to": OTHER, "target_leg_client_state": "?"}, "90017", "/target_leg_client_state"),
        ("transfer", {"to": OTHER, "timeout_secs": 4}, "90028", "/timeout_secs"),
        ("transfer", {"to": OTHER, "time_limit_secs": 29}, "90029", "/time_limit_secs"),
        ("refer", {"sip_address": "+14155550100"}, "10015", "/sip_address"),
        ("send_dtmf", {}, "10004", "/digits"),
        ("send_dtmf", {"digits": "1x"}, "90014", "/digits"),
        ("send_dtmf", {"digits": "1", "duration_millis": 99}, "90027", "/duration_millis"),
        ("send_dtmf", {"digits": "1", "duration_millis": True}, "10026", "/duration_millis"),
        ("send_dtmf", {"digits": "1", "loud": True}, "10015", "/loud"),
        ("client_state_update", {}, "10004", "/client_state"),
        ("client_state_update", {"client_state": "?"}, "90017", "/client_state"),
    ],
)
def test_bodies(name: str, body: dict[str, Any], code: str, pointer: str) -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    assert error(harness.send(leg, name, method(name), **body)) == (422, code, pointer)


def test_a_body_has_to_be_an_object() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    assert error(harness.carrier.request("POST", f"/calls/{leg}/actions/hangup", ["now"])) == (422, "10015", "")
    assert harness.carrier.request("POST", f"/calls/{leg}/actions/hangup").status == 200


# --------------------------------------------------------------------------- command_id


def test_a_command_that_comes_again_does_nothing() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    for _ in range(3):
        harness.do(leg, "speak", **SPEECH, command_id="one")
    harness.run(10)
    assert harness.event_types() == ["speak.started", "speak.ended"]
    harness.do(leg, "speak", **SPEECH, command_id="two")
    harness.run(10)
    assert harness.event_types() == ["speak.started", "speak.ended"] * 2


def test_it_is_a_new_command_after_a_minute() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "speak", **SPEECH, command_id="one")
    harness.run(59.9)
    harness.do(leg, "speak", **SPEECH, command_id="one")
    assert harness.event_types().count("speak.started") == 1
    harness.run(0.1)
    harness.do(leg, "speak", **SPEECH, command_id="one")
    harness.run(1)
    assert harness.event_types().count("speak.started") == 2


def test_each_leg_has_its_own_command_ids() -> None:
    harness = CarrierHarness()
    for leg in (harness.inbound(), harness.outbound()):
        harness.do(leg, "speak", **SPEECH, command_id="one")
    harness.run(1)
    assert harness.event_types().count("speak.started") == 2


def test_a_refused_command_does_not_use_up_its_id() -> None:
    harness = CarrierHarness()
    leg = harness.carrier.place("+1", "+2")
    assert error(harness.send(leg, "speak", **SPEECH, command_id="one"))[1] == "90034"
    harness.do(leg, "answer", command_id="two")
    harness.do(leg, "speak", **SPEECH, command_id="one")
    harness.run(1)
    assert "speak.started" in harness.event_types()


def test_a_hangup_that_comes_again_is_taken() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "hangup", command_id="one")
    harness.do(leg, "hangup", command_id="one")
    assert error(harness.send(leg, "hangup", command_id="two"))[1] == "90018"
    harness.run(1)
    assert harness.event_types() == ["hangup"]


def test_a_dial_that_comes_again_is_answered_with_the_first_call() -> None:
    harness = CarrierHarness()
    first = harness.try_dial(command_id="one")
    assert harness.try_dial(command_id="one") == first
    assert harness.try_dial(command_id="two").body != first.body
    assert len(harness.carrier.legs()) == 2


def test_a_refused_dial_does_not_use_up_its_id() -> None:
    harness = CarrierHarness()
    assert harness.try_dial(command_id="one", timeout_secs=1).status == 422
    assert harness.try_dial(command_id="one").status == 200


# --------------------------------------------------------------------------- client_state


def test_the_state_of_a_leg_comes_back_with_every_webhook_until_it_is_changed() -> None:
    harness = CarrierHarness()
    one, two, three = (base64.b64encode(text).decode() for text in (b"one", b"two", b"three"))
    leg = harness.carrier.place("+1", "+2")
    harness.run(1)
    harness.do(leg, "answer", client_state=one)
    harness.run(1)
    harness.do(leg, "speak", **SPEECH)
    harness.run(5)
    harness.do(leg, "speak", **SPEECH, client_state=two)
    harness.run(0.5)
    assert harness.send(leg, "bridge", call_control_id="v3:nobody", client_state=one).status == 422
    harness.do(leg, "client_state_update", client_state=three)
    harness.do(leg, "hangup")
    harness.run(1)
    came = [
        (body["data"]["event_type"].removeprefix("call."), body["data"]["payload"]["client_state"]) for body in harness.webhooks_of(leg)
    ]
    assert came == [
        ("initiated", None),
        ("answered", one),
        ("speak.started", one),
        ("speak.ended", one),
        ("speak.started", two),
        ("speak.ended", three),
        ("hangup", three),
    ]


# --------------------------------------------------------------------------- GET


def test_a_status_request() -> None:
    harness = CarrierHarness()
    leg = harness.carrier.place("+1", "+2")

    def report() -> dict[str, Any]:
        response = harness.carrier.request("GET", f"/calls/{leg.replace(':', '%3A')}")
        assert response.status == 200
        found: dict[str, Any] = response.body["data"]
        return found

    assert report()["is_alive"]
    assert "call_duration" not in report()
    harness.run(1)
    harness.do(leg, "answer", client_state=STATE)
    harness.run(7)
    harness.do(leg, "hangup")
    over = report()
    assert (over["is_alive"], over["call_duration"], over["record_type"], over["client_state"]) == (False, 7, "call", STATE)
    assert over["start_time"] < over["end_time"]
    harness.run(600)
    assert not report()["is_alive"]
    harness.run(0.1)
    assert error(harness.carrier.request("GET", f"/calls/{leg}")) == (404, "10005", "")
    assert error(harness.send(leg, "hangup")) == (422, "90018", "")
    harness.carrier.place("+1", "+2")
    assert [one.id for one in harness.carrier.legs()] == ["v3:leg-2"]


def test_a_status_request_for_an_unknown_call() -> None:
    assert error(CarrierHarness().carrier.request("GET", "/calls/v3:nobody")) == (404, "10005", "")


# --------------------------------------------------------------------------- parameters that there are not


def test_unknown_parameters_live_where_the_carrier_is_not_strict() -> None:
    warnings: list[str] = []
    harness = CarrierHarness(warn=warnings.append)
    leg = harness.inbound()
    harness.do(leg, "speak", **SPEECH, clientState="aGk=", command_id="1")
    harness.do(leg, "transcription_start", language="en", transcription_engine_config={"transcription_engine": "Google", "hello": 1})
    assert [text.partition(" (at")[0] for text in warnings] == [
        "speak has no property clientState; did you mean client_state?",
        "transcription_start has no property language",
        "transcription_engine_config has no property hello",
    ]
    assert error(harness.send(leg, "speak", **SPEECH, clientState="aGk=", loop=0)) == (422, "90009", "/loop")
    assert harness.view(leg).listening
