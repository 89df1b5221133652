"""A webhook becomes its event, even where fields are missing or of another type. Any other body is refused with a sentence."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callverbs.interpreter.telnyx import client_state, webhooks
from callverbs.interpreter.telnyx.webhooks import EVENTS, WebhookError
from callverbs.verbs.language import events
from callverbs.verbs.language.events import (
    ConversationEnded,
    Event,
    FieldsGathered,
    FieldsUpdated,
    GatherEnded,
    KeyPressed,
    LegAnswered,
    LegEvent,
    LegHungUp,
    LegInitiated,
    MessagesUpdated,
    PlaybackEnded,
    ReferFailed,
)
from callverbs.verbs.language.registry import event_from_json
from tests.interpreter.simulator.harness import FILE, OTHER, OURS, SPEECH, THEIRS, CarrierHarness

AT = "2026-11-21T10:00:00.250000Z"
SECONDS = 1_795_255_200.25
IDS = {
    "call_control_id": "v3:MdI91X4lWFEs7IgbBEOT9M4AigoY08M0WWZFISt1Yw2axZ_IiE4pqg",
    "call_leg_id": "428c31b6-7af4-4bcb-b7f5-5013ef9657c1",
    "call_session_id": "428c31b6-abf3-3bc1-b7f4-5013ef9657c1",
}
COMMON = {**IDS, "connection_id": "7267xxxxxxxxxxxxxx", "client_state": client_state.write("S", "b1"), "from": OURS, "to": OTHER}
ADDRESS: dict[str, Any] = {"id": "0ccc7b54-4df3-4bca-a65a-3da1ecc777f0", "occurred_at": SECONDS, "session": "S", "leg": "b1", **IDS}


def raw(event_type: str, **changed: Any) -> bytes:
    """Returns a webhook as it arrives; a field that is changed to ... is left out."""
    payload = {key: value for key, value in {**COMMON, **changed}.items() if value is not ...}
    event = {"record_type": "event", "event_type": event_type, "id": ADDRESS["id"], "occurred_at": AT, "payload": payload}
    return json.dumps({"data": event, "meta": {"attempt": 1, "delivered_to": "https://us.example/webhooks"}}, ensure_ascii=False).encode()


NOT_OURS = {"session": "", "leg": ""}
"""The client_state of a conference's webhook is its creator's, and says nothing of the leg."""
ROWS: list[tuple[str, dict[str, Any], type[LegEvent], dict[str, Any]]] = [
    (
        "call.initiated",
        {
            "direction": "incoming",
            "state": "parked",
            "from": THEIRS,
            "to": OURS,
            "caller_id_name": "Ann",
            "calling_party_type": "pstn",
            "connection_codecs": "PCMU,PCMA",
            "custom_headers": [{"name": "X-Account", "value": "5"}],
            "sip_headers": [{"name": "User-to-User", "value": "abc"}],
            "start_time": AT,
            "tags": ["vip"],
        },
        LegInitiated,
        {
            "direction": "inbound",
            "from_": THEIRS,
            "to": OURS,
            "caller_name": "Ann",
            "connection_id": "7267xxxxxxxxxxxxxx",
            "headers": {"X-Account": "5", "User-to-User": "abc"},
        },
    ),
    (
        "call.initiated",
        {"direction": "outgoing", "state": "bridging", "custom_headers": None, "sip_headers": None, "caller_id_name": None},
        LegInitiated,
        {"direction": "outbound", "from_": OURS, "to": OTHER, "connection_id": "7267xxxxxxxxxxxxxx"},
    ),
    (
        "call.conversation.ended",
        {"conversation_id": "c", "duration_sec": 4, "reason": "customer_disconnect", "calling_party_type": "pstn"},
        ConversationEnded,
        {"conversation": "c", "status": "disconnected", "reason": "customer_disconnect"},
    ),
    ("call.conversation.ended", {"reason": None}, ConversationEnded, {"status": "completed"}),
    ("call.conversation.ended", {"reason": "tts_error"}, ConversationEnded, {"status": "failed", "reason": "tts_error"}),
    ("call.conversation.ended", {"reason": "user_hangup"}, ConversationEnded, {"status": "call_hangup", "reason": "user_hangup"}),
    ("call.conversation.ended", {"handoff_data": '{"a":1}'}, ConversationEnded, {"handoff": '{"a":1}'}),
    (
        "call.ai_gather.partial_results",
        {"partial_results": {"age": 29}, "message_history": []},
        FieldsUpdated,
        {"values": {"age": 29}},
    ),
    (
        "call.ai_gather.message_history_updated",
        {"message_history": [{"role": "user", "content": "29"}, "what"]},
        MessagesUpdated,
        {"messages": [{"role": "user", "content": "29"}]},
    ),
    (
        "call.ai_gather.ended",
        {"status": "valid", "result": {"age": 29}, "message_history": [{"role": "user", "content": "29"}, "what"]},
        FieldsGathered,
        {"valid": True, "values": {"age": 29}, "messages": [{"role": "user", "content": "29"}]},
    ),
    ("call.ai_gather.ended", {"status": "invalid", "result": None, "message_history": None}, FieldsGathered, {"valid": False}),
    (
        "call.conversation.start_failed",
        {"assistant_id": "x", "reason": "service_error"},
        ConversationEnded,
        {"status": "failed", "reason": "service_error"},
    ),
    ("call.answered", {"state": "answered", "start_time": AT, "custom_headers": []}, LegAnswered, {}),
    ("call.answered", {"codec": "PCMU", "sampling_rate": 8000}, LegAnswered, {}),
    ("call.bridged", {}, events.LegBridged, {}),
    ("call.hold", {}, events.LegHeld, {}),
    ("call.unhold", {}, events.LegUnheld, {}),
    (
        "call.hangup",
        {
            "state": "hangup",
            "hangup_cause": "user_busy",
            "hangup_source": "callee",
            "sip_hangup_cause": "486",
            "call_quality_stats": {"inbound": {"mos": "4.50"}, "outbound": None},
            "end_time": AT,
        },
        LegHungUp,
        {"cause": "user_busy", "source": "callee", "sip_status": 486},
    ),
    (
        "call.hangup",
        {"hangup_cause": "normal_clearing", "hangup_source": "caller", "sip_hangup_cause": "unspecified"},
        LegHungUp,
        {"cause": "normal_clearing", "source": "caller", "sip_status": 0},
    ),
    ("call.hangup", {"hangup_cause": "no_answer", "sip_hangup_cause": 487}, LegHungUp, {"cause": "no_answer", "sip_status": 487}),
    ("call.hangup", {"hangup_cause": None, "hangup_source": None, "sip_hangup_cause": None}, LegHungUp, {}),
    ("call.hangup", {"hangup_cause": "brand_new", "sip_hangup_cause": "2"}, LegHungUp, {"cause": "brand_new", "sip_status": 0}),
    ("call.speak.started", {"speak_id": "x"}, events.SpeakStarted, {}),
    ("call.speak.ended", {"status": "completed"}, events.SpeakEnded, {"status": "completed"}),
    ("call.speak.ended", {"status": "call_hangup"}, events.SpeakEnded, {"status": "call_hangup"}),
    ("call.speak.ended", {}, events.SpeakEnded, {"status": "completed"}),
    ("call.playback.started", {"media_url": FILE, "media_name": None, "overlay": False}, events.PlaybackStarted, {}),
    (
        "call.playback.ended",
        {"media_url": FILE, "status": "file_not_found", "status_detail": "404"},
        PlaybackEnded,
        {"status": "file_not_found", "detail": "404"},
    ),
    ("call.playback.ended", {"status": "completed", "status_detail": None}, PlaybackEnded, {"status": "completed"}),
    ("call.gather.ended", {"digits": "12#", "status": "valid"}, GatherEnded, {"digits": "12#", "status": "valid"}),
    ("call.gather.ended", {"digits": 123, "status": "valid"}, GatherEnded, {"digits": "123", "status": "valid"}),
    ("call.gather.ended", {"digits": None, "status": "timeout"}, GatherEnded, {"status": "timeout"}),
    ("call.dtmf.received", {"digit": "*"}, KeyPressed, {"digit": "*"}),
    ("call.dtmf.received", {"digit": 5}, KeyPressed, {"digit": "5"}),
    (
        "call.transcription",
        {"transcription_data": {"transcript": "hello", "confidence": 1, "is_final": False, "transcription_track": "inbound"}},
        events.SpeechTranscribed,
        {"transcript": "hello", "confidence": 1.0, "is_final": False, "track": "inbound"},
    ),
    ("call.transcription", {"transcription_data": {"transcript": 5, "confidence": "high"}}, events.SpeechTranscribed, {"transcript": ""}),
    ("call.transcription", {"transcription_data": {"confidence": True, "is_final": None}}, events.SpeechTranscribed, {}),
    ("call.transcription", {"transcription_data": "hello"}, events.SpeechTranscribed, {}),
    ("call.machine.detection.ended", {"result": "machine"}, events.MachineDetected, {"result": "machine"}),
    ("call.machine.detection.ended", {"result": None}, events.MachineDetected, {"result": "not_sure"}),
    ("call.machine.premium.detection.ended", {"result": "human_residence"}, events.MachineDetected, {"result": "human"}),
    ("call.machine.premium.detection.ended", {"result": "human_business"}, events.MachineDetected, {"result": "human"}),
    ("call.machine.premium.detection.ended", {"result": "fax_detected"}, events.MachineDetected, {"result": "fax"}),
    ("call.machine.premium.detection.ended", {"result": "silence"}, events.MachineDetected, {"result": "silence"}),
    ("call.machine.greeting.ended", {"result": "beep_detected"}, events.GreetingEnded, {"result": "beep_detected"}),
    ("call.machine.premium.greeting.ended", {"result": "no_beep_detected"}, events.GreetingEnded, {"result": "no_beep_detected"}),
    ("streaming.started", {"stream_url": "wss://bot.example/audio"}, events.StreamStarted, {}),
    ("streaming.stopped", {"stream_url": "wss://bot.example/audio"}, events.StreamEnded, {"status": "stopped"}),
    (
        "streaming.failed",
        {
            "failure_reason": "connection_failed",
            "stream_id": "1edb94f9-7ef0-4150-b502-e0ebadfd9491",
            "stream_params": {"stream_url": "wss://bot.example/audio", "track": "inbound_track"},
            "stream_type": "websocket",
        },
        events.StreamEnded,
        {"status": "failed", "detail": "connection_failed"},
    ),
    (
        "call.recording.saved",
        {
            "call_control_id": ...,
            "channels": "dual",
            "recording_started_at": AT,
            "recording_ended_at": "2026-11-21T10:00:07.750000Z",
            "recording_urls": {"mp3": "https://r.example/1.mp3", "wav": None},
            "public_recording_urls": {"wav": "https://p.example/1.wav", "mp3": 5},
        },
        events.RecordingSaved,
        {
            "call_control_id": "",
            "channels": "dual",
            "started_at": SECONDS,
            "ended_at": SECONDS + 7.5,
            "urls": {"mp3": "https://r.example/1.mp3"},
            "public_urls": {"wav": "https://p.example/1.wav"},
        },
    ),
    ("call.recording.saved", {"recording_id": "r-1", "recording_urls": None}, events.RecordingSaved, {"recording_id": "r-1"}),
    ("call.recording.saved", {"recording_urls": [], "recording_started_at": "soon"}, events.RecordingSaved, {}),
    ("call.recording.error", {"reason": "Internal server error"}, events.RecordingFailed, {"detail": "Internal server error"}),
    ("call.enqueued", {"queue": "support", "current_position": 2}, events.LegEnqueued, {"queue": "support", "position": 2}),
    ("call.dequeued", {"queue": "support", "reason": "leave"}, events.LegDequeued, {"queue": "support", "reason": "leave"}),
    ("call.refer.started", {"sip_notify_response": 100}, events.ReferStarted, {"sip_status": 100}),
    ("call.refer.completed", {"sip_notify_response": "200"}, events.ReferCompleted, {"sip_status": 200}),
    ("call.refer.failed", {"sip_notify_response": 603}, ReferFailed, {"sip_status": 603}),
    ("call.refer.failed", {}, ReferFailed, {}),
    ("call.enqueued", {"queue": "support", "current_position": 3}, events.LegEnqueued, {"queue": "support", "position": 3}),
    ("call.dequeued", {"queue": "support", "reason": "leave"}, events.LegDequeued, {"queue": "support", "reason": "leave"}),
    ("conference.participant.joined", {"conference_id": "c"}, events.LegJoinedConference, {"conference": "c", **NOT_OURS}),
    ("conference.participant.left", {"conference_id": "c"}, events.LegLeftConference, {"conference": "c", **NOT_OURS}),
]


@pytest.mark.parametrize(("event_type", "payload", "expected", "fields"), ROWS)
def test_each_type_becomes_its_event(event_type: str, payload: dict[str, Any], expected: type[LegEvent], fields: dict[str, Any]) -> None:
    assert webhooks.read(raw(event_type, **payload)) == expected(**{**ADDRESS, **fields})


def test_every_row_has_an_example() -> None:
    assert {row[0] for row in ROWS} == set(EVENTS)
    leg_events = {one for one in vars(events).values() if isinstance(one, type) and issubclass(one, LegEvent) and one is not LegEvent}
    assert {event_class for event_class, _ in EVENTS.values()} == leg_events


@pytest.mark.parametrize(("event_type", "payload", "expected", "fields"), ROWS)
def test_no_field_is_required(event_type: str, payload: dict[str, Any], expected: type[LegEvent], fields: dict[str, Any]) -> None:
    bare = {"data": {"event_type": event_type, "id": "1"}}
    for body in (bare, {"data": {**bare["data"], "payload": None}}, {"data": {**bare["data"], "payload": {}}}):
        event = webhooks.read(json.dumps(body).encode())
        assert isinstance(event, expected)
        assert (event.id, event.session, event.leg, event.call_control_id, event.occurred_at) == ("1", "", "", "", 0.0)
    wrong_types = {key: [1, {"x": None}] for key in {**COMMON, **payload}}
    assert isinstance(webhooks.read(raw(event_type, **wrong_types)), expected)


@pytest.mark.parametrize("state", [None, ..., "", "not ours", 5, {}, client_state.write("S", "b1") + "="])
def test_a_leg_without_our_state_is_found_by_its_id(state: Any) -> None:
    event = webhooks.read(raw("call.answered", client_state=state))
    assert event == LegAnswered(**{**ADDRESS, "session": "", "leg": ""})


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        (AT, SECONDS),
        ("2026-11-21T10:00:00.250Z", SECONDS),
        ("2026-11-21T12:00:00.250+02:00", SECONDS),
        ("2026-11-21T10:00:00.25", SECONDS),
        ("2026-11-21", SECONDS - 36_000.25),
        (None, 0.0),
        ("", 0.0),
        ("soon", 0.0),
        (1_795_255_200, 0.0),
        ({}, 0.0),
        ("0001-01-01T00:00:00+14:00", -62_135_647_200.0),
    ],
)
def test_the_carrier_s_time(written: Any, seconds: float) -> None:
    body = json.loads(raw("call.answered"))
    body["data"]["occurred_at"] = written
    event = webhooks.read(json.dumps(body).encode())
    assert event
    assert event.occurred_at == seconds


@pytest.mark.parametrize(
    "event_type",
    [
        "call.cost",
        "call.recording.transcription.saved",
        "conference.created",
        "conference.ended",
        "call.sip_info.received",
        "siprec.started",
        "",
    ],
)
def test_other_types_are_ignored(event_type: str) -> None:
    assert webhooks.read(raw(event_type)) is None


def test_a_webhook_of_version_1_is_recognised() -> None:
    webhook = {
        "record_type": "event",
        "id": "x",
        "event_type": "call_initiated",
        "created_at": AT,
        "payload": {**COMMON, "occurred_at": AT},
    }
    with pytest.raises(WebhookError, match="API version 1, and version 2 is expected: set the application's webhook API version to 2"):
        webhooks.read(json.dumps(webhook).encode())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"garbage",
        b"null",
        b"[]",
        b"5",
        b"{}",
        b'{"data":null}',
        b'{"data":[]}',
        b'{"data":{}}',
        b'{"data":{"id":"1"}}',
        b'{"data":{"event_type":"call.answered"}}',
        b'{"data":{"id":null,"event_type":"call.answered"}}',
        b'{"data":{"id":"","event_type":"call.answered"}}',
        b'{"data":{"id":"1","event_type":5}}',
        b'{"data":{"id":"1","event_type":"call.answered","payload":[]}}',
        b'{"data":{"id":"\xff","event_type":"call.answered"}}',
        b'{"data":{"id":"\\ud800","event_type":"call.answered"}}',
        b"[" * 100_000,
        b'{"data":{"id":"1","event_type":"call.answered","payload":{"x":' + b"[" * 100_000,
        raw("call.answered")[:-1],
        "{}".encode("utf-16"),
    ],
)
def test_what_is_not_a_webhook(body: bytes) -> None:
    with pytest.raises(WebhookError, match="is not a webhook"):
        webhooks.read(body)


ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.from_regex(r"\d{1,5}", fullmatch=True),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "value", "x"]), inner, max_size=2),
    max_leaves=6,
)
PAYLOADS = st.dictionaries(st.sampled_from([{"from_": "from"}.get(name, name) for name in webhooks.Payload.__struct_fields__]), ANY_JSON)
DATA = st.fixed_dictionaries(
    {"event_type": st.sampled_from(sorted(EVENTS))}, optional={"id": ANY_JSON, "occurred_at": ANY_JSON, "payload": PAYLOADS | ANY_JSON}
)
BODIES = st.one_of(st.fixed_dictionaries({"data": DATA | ANY_JSON}), ANY_JSON).map(lambda body: json.dumps(body).encode())


@given(BODIES | st.binary() | BODIES.flatmap(lambda body: st.integers(0, len(body)).map(lambda end: body[:end])))
def test_any_body_gives_an_event_or_a_webhook_error(body: bytes) -> None:
    try:
        event = webhooks.read(body)
    except WebhookError:
        return
    assert event is None or event_from_json(msgspec.json.encode(event)) == event


# --------------------------------------------------------------------------- webhooks of the simulated carrier


def dial_and_bridge(harness: CarrierHarness) -> None:
    a = harness.inbound()
    b = harness.dial(link_to=a, client_state=client_state.write("S", "b1"), answering_machine_detection="greeting_end")
    harness.run(30)
    harness.do(a, "bridge", call_control_id=b, park_after_unbridge="self")
    harness.run(1)
    harness.carrier.hold(b)
    harness.carrier.hold(b, on=False)
    harness.carrier.press(b, "*2")
    harness.run()


def play_and_refer(harness: CarrierHarness) -> None:
    a = harness.inbound()
    harness.do(a, "speak", **SPEECH)
    harness.do(a, "playback_start", audio_url=FILE)
    harness.run(20)
    harness.do(a, "gather", maximum_digits=2)
    harness.carrier.press(a, "12")
    harness.run(5)
    harness.do(a, "refer", sip_address="sip:jane@x.example")
    harness.run()


@pytest.mark.parametrize("run_call", [dial_and_bridge, play_and_refer])
def test_the_simulated_carrier_s_webhooks(run_call: Callable[[CarrierHarness], None]) -> None:
    harness = CarrierHarness({OTHER: {"machine": {"answers": 1, "greeting": 3}}})
    run_call(harness)
    types = set()
    for body in harness.webhooks:
        payload = body["data"]["payload"]
        event: Event | None = webhooks.read(msgspec.json.encode(body))
        assert isinstance(event, EVENTS[body["data"]["event_type"]][0])
        assert event.id == body["data"]["id"]
        assert event.occurred_at == pytest.approx(webhooks.as_timestamp(body["data"]["occurred_at"]))
        assert [event.call_control_id, event.call_leg_id, event.call_session_id] == [payload[key] for key in IDS]
        assert (event.session, event.leg) == (("S", "b1") if payload["client_state"] else ("", ""))
        types.add(type(event))
    assert len(types) >= 5
