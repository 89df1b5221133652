"""Webhooks of version 1 of the carrier's API: every name becomes its event, and one of the other version says what to set."""

import json
from typing import Any

import pytest

from callverbs.interpreter.telnyx import v1, webhooks
from callverbs.interpreter.telnyx.webhooks import WebhookError
from callverbs.verbs.language import events

OURS, THEIRS, OTHER = "+14155550199", "+14155550100", "+14155550177"


def webhook(event_type: str, **payload: Any) -> dict[str, Any]:
    return {
        "record_type": "event",
        "id": "event-1",
        "event_type": event_type,
        "created_at": "2026-11-21T10:00:01.000000Z",
        "payload": {
            "call_control_id": "v2:x",
            "call_leg_id": "leg",
            "call_session_id": "session",
            "client_state": "Y3YxOlM6YjE=",
            "connection_id": "77",
            "occurred_at": "2026-11-21T10:00:00.500000Z",
            **payload,
        },
    }


AT = 1795255200.5
ADDRESS: dict[str, Any] = {
    "id": "event-1", "session": "S", "leg": "b1", "occurred_at": AT,
    "call_control_id": "v2:x", "call_leg_id": "leg", "call_session_id": "session",
}  # fmt: skip
EXAMPLES: list[tuple[str, dict[str, Any], type[events.LegEvent], dict[str, Any]]] = [
    ("call_initiated", {"direction": "incoming", "from": THEIRS, "to": OURS, "state": "parked"}, events.LegInitiated,
     {"direction": "inbound", "from_": THEIRS, "to": OURS, "connection_id": "77"}),
    ("call_initiated", {"direction": "outgoing", "from": OURS, "to": OTHER, "state": "bridging"}, events.LegInitiated,
     {"direction": "outbound", "from_": OURS, "to": OTHER, "connection_id": "77"}),
    ("call_answered", {"state": "answered"}, events.LegAnswered, {}),
    ("call_bridged", {}, events.LegBridged, {}),
    ("call_hangup", {"hangup_cause": "user_busy", "hangup_source": "callee", "sip_hangup_cause": "486"}, events.LegHungUp,
     {"cause": "user_busy", "source": "callee", "sip_status": 486}),
    ("speak_started", {}, events.SpeakStarted, {}),
    ("speak_ended", {"status": "call_hangup"}, events.SpeakEnded, {"status": "call_hangup"}),
    ("playback_started", {"media_url": "https://example.com/a.mp3"}, events.PlaybackStarted, {}),
    ("playback_ended", {"status": "file_not_found", "status_detail": "404"}, events.PlaybackEnded,
     {"status": "file_not_found", "detail": "404"}),
    ("gather_ended", {"digits": "12", "status": "valid"}, events.GatherEnded, {"digits": "12", "status": "valid"}),
    ("dtmf", {"digit": "#"}, events.KeyPressed, {"digit": "#"}),
    ("answering_machine_detection_result", {"result": "machine"}, events.MachineDetected, {"result": "machine"}),
    ("amd_greeting_ended", {"result": "beep_detected"}, events.GreetingEnded, {"result": "beep_detected"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "payload", "expected", "fields"), EXAMPLES)
def test_every_webhook_becomes_its_event(
    name: str, payload: dict[str, Any], expected: type[events.LegEvent], fields: dict[str, Any]
) -> None:
    assert v1.read(json.dumps(webhook(name, **payload)).encode()) == expected(**ADDRESS, **fields)


def test_every_type_has_an_example() -> None:
    assert {name for name, *_ in EXAMPLES} == set(v1.EVENT_TYPES)


@pytest.mark.parametrize("name", ["call_recording_saved", "call.initiated", "fork_started"])
def test_other_types_are_ignored(name: str) -> None:
    assert v1.read(json.dumps(webhook(name)).encode()) is None


def test_fields_may_be_missing_or_of_another_type() -> None:
    body = webhook("call_answered", client_state=None, occurred_at=None, unknown={"x": 1})
    found = v1.read(json.dumps(body).encode())
    assert found == events.LegAnswered(
        id="event-1", occurred_at=AT + 0.5, call_control_id="v2:x", call_leg_id="leg", call_session_id="session"
    )
    assert v1.read(b'{"event_type": "call_answered", "id": 5, "payload": null}') == events.LegAnswered(id="5")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "the body is not a webhook: "),
        (b"[]", "the body is not a webhook: "),
        (b'{"event_type": "call_answered", "id": "1", "payload": 5}', "the body is not a webhook: "),
        (b"[" * 100_000, "the body is not a webhook: "),
        (b"{}", "the body is not a webhook: it has no event_type"),
        (b'{"event_type": ["call_answered"], "id": "1"}', "the body is not a webhook: it has no event_type"),
        (b'{"event_type": "call_answered"}', "the body is not a webhook: it has no id, by which a repeated delivery is recognised"),
    ],
)
def test_what_is_not_a_webhook(body: bytes, sentence: str) -> None:
    with pytest.raises(WebhookError) as caught:
        v1.read(body)
    assert str(caught.value).startswith(sentence)


def test_a_webhook_of_the_other_version_is_refused_with_the_setting() -> None:
    v2_webhook = {"data": {"record_type": "event", "id": "1", "event_type": "call.initiated", "payload": {}}, "meta": {"attempt": 1}}
    with pytest.raises(WebhookError) as caught:
        v1.read(json.dumps(v2_webhook).encode())
    assert str(caught.value) == (
        "this is a webhook of API version 2, and version 1 is expected: set the application's webhook API version to 1 at the carrier,"
        " or api = 2 under [carrier] in the settings"
    )
    with pytest.raises(WebhookError) as caught:
        webhooks.read(json.dumps(webhook("call_initiated")).encode())
    assert str(caught.value) == (
        "this is a webhook of API version 1, and version 2 is expected: set the application's webhook API version to 2 at the carrier"
        " (new applications have 1), or api = 1 under [carrier] in the settings"
    )
