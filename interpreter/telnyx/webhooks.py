"""Reads the carrier's webhooks (version 2) as events, by one table of event types. It keeps no state.

Real deliveries are looser than the specification: client_state may be null, fields may be missing or of another type.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct

from callverbs.interpreter.telnyx import client_state, conversations, transcriptions
from callverbs.interpreter.telnyx.values import as_count, as_sip_status, as_text
from callverbs.verbs.language.events import (
    GatherEnded,
    GreetingEnded,
    KeyPressed,
    LegAnswered,
    LegBridged,
    LegDequeued,
    LegEnqueued,
    LegEvent,
    LegHeld,
    LegHungUp,
    LegInitiated,
    LegJoinedConference,
    LegLeftConference,
    LegUnheld,
    MachineDetected,
    PlaybackEnded,
    PlaybackStarted,
    RecordingFailed,
    RecordingSaved,
    ReferCompleted,
    ReferFailed,
    ReferStarted,
    SpeakEnded,
    SpeakStarted,
    StreamEnded,
    StreamStarted,
)


class WebhookError(Exception):
    """The body is not a webhook of the expected version. `other_version` is true if it is one of the other version."""

    def __init__(self, message: str, other_version: bool = False) -> None:
        self.other_version = other_version
        super().__init__(message)


class Payload(Struct, rename={"from_": "from"}):
    """Every field that we read of any webhook's payload, of any type: null, a number for a text and a text for a number are no errors."""

    call_control_id: Any = None
    call_leg_id: Any = None
    call_session_id: Any = None
    connection_id: Any = None
    client_state: Any = None
    from_: Any = None
    to: Any = None
    direction: Any = None
    caller_id_name: Any = None
    custom_headers: Any = None
    sip_headers: Any = None
    status: Any = None
    status_detail: Any = None
    digits: Any = None
    digit: Any = None
    transcription_data: Any = None
    result: Any = None
    hangup_cause: Any = None
    hangup_source: Any = None
    sip_hangup_cause: Any = None
    sip_notify_response: Any = None
    failure_reason: Any = None
    handoff_data: Any = None
    conversation_id: Any = None
    queue: Any = None
    conference_id: Any = None
    current_position: Any = None
    channels: Any = None
    reason: Any = None
    recording_id: Any = None
    recording_started_at: Any = None
    recording_ended_at: Any = None
    recording_urls: Any = None
    public_recording_urls: Any = None
    partial_results: Any = None
    message_history: Any = None


class Data(Struct):
    """The event in a webhook."""

    id: Any
    event_type: str
    payload: Payload | None = None
    occurred_at: Any = None


class Envelope(Struct):
    """The body of a webhook of version 2. A body of version 1 has no data."""

    data: Data | None = None
    event_type: Any = None


_DECODER = msgspec.json.Decoder(Envelope)
Fields = dict[str, Any]


def _initiated(payload: Payload) -> Fields:
    return {
        "direction": "inbound" if payload.direction == "incoming" else "outbound",
        "from_": as_text(payload.from_),
        "to": as_text(payload.to),
        "caller_name": as_text(payload.caller_id_name),
        "connection_id": as_text(payload.connection_id),
        "headers": {**_headers(payload.custom_headers), **_headers(payload.sip_headers)},
    }


def _headers(written: object) -> dict[str, str]:
    """Returns SIP headers by name, from a list of objects with `name` and `value`."""
    each = [one for one in written if isinstance(one, dict)] if isinstance(written, list) else []
    return {one["name"]: as_text(one.get("value")) for one in each if isinstance(one.get("name"), str)}


def _hung_up(payload: Payload) -> Fields:
    return {
        "cause": as_text(payload.hangup_cause) or "unspecified",
        "source": as_text(payload.hangup_source) or "unknown",
        "sip_status": as_sip_status(payload.sip_hangup_cause),
    }


def _nothing(payload: Payload) -> Fields:
    return {}


def _status(payload: Payload) -> Fields:
    return {"status": as_text(payload.status) or "completed"}


def _playback(payload: Payload) -> Fields:
    return {"status": as_text(payload.status) or "completed", "detail": as_text(payload.status_detail)}


def _gather(payload: Payload) -> Fields:
    return {"digits": as_text(payload.digits), "status": as_text(payload.status) or "valid"}


def _key(payload: Payload) -> Fields:
    return {"digit": as_text(payload.digit)}


def _greeting(payload: Payload) -> Fields:
    return {"result": as_text(payload.result)}


def _detection(payload: Payload) -> Fields:
    """Premium results become those of standard detection: `human_residence` and `human_business` human, `fax_detected` fax."""
    found = as_text(payload.result) or "not_sure"
    return {"result": found.removesuffix("_residence").removesuffix("_business").removesuffix("_detected")}


def _stream_stopped(payload: Payload) -> Fields:
    return {"status": "stopped"}


def _stream_failed(payload: Payload) -> Fields:
    return {"status": "failed", "detail": as_text(payload.failure_reason)}


def _recording(payload: Payload) -> Fields:
    return {
        "recording_id": as_text(payload.recording_id),
        "urls": _urls(payload.recording_urls),
        "public_urls": _urls(payload.public_recording_urls),
        "channels": as_text(payload.channels),
        "started_at": as_timestamp(payload.recording_started_at),
        "ended_at": as_timestamp(payload.recording_ended_at),
    }


def _urls(written: object) -> dict[str, str]:
    """Returns the URLs of a recording by its format. A format that was not asked for is null."""
    each = written if isinstance(written, dict) else {}
    return {name: each[name] for name in ("mp3", "wav") if isinstance(each.get(name), str) and each[name]}


def _recording_error(payload: Payload) -> Fields:
    return {"detail": as_text(payload.reason)}


def _refer(payload: Payload) -> Fields:
    return {"sip_status": as_sip_status(payload.sip_notify_response)}


def _enqueued(payload: Payload) -> Fields:
    return {"queue": as_text(payload.queue), "position": as_count(payload.current_position) or 1}


def _conference(payload: Payload) -> Fields:
    return {"conference": as_text(payload.conference_id)}


def _dequeued(payload: Payload) -> Fields:
    return {"queue": as_text(payload.queue), "reason": as_text(payload.reason)}


EVENTS: dict[str, tuple[type[LegEvent], Callable[[Payload], Fields]]] = {
    "call.initiated": (LegInitiated, _initiated),
    "call.answered": (LegAnswered, _nothing),
    "call.bridged": (LegBridged, _nothing),
    "call.hold": (LegHeld, _nothing),
    "call.unhold": (LegUnheld, _nothing),
    "call.hangup": (LegHungUp, _hung_up),
    "call.transcription": transcriptions.EVENT,
    "call.speak.started": (SpeakStarted, _nothing),
    "call.speak.ended": (SpeakEnded, _status),
    "call.playback.started": (PlaybackStarted, _nothing),
    "call.playback.ended": (PlaybackEnded, _playback),
    "call.gather.ended": (GatherEnded, _gather),
    **conversations.EVENTS,
    "call.dtmf.received": (KeyPressed, _key),
    "call.machine.detection.ended": (MachineDetected, _detection),
    "call.machine.premium.detection.ended": (MachineDetected, _detection),
    "call.machine.greeting.ended": (GreetingEnded, _greeting),
    "call.machine.premium.greeting.ended": (GreetingEnded, _greeting),
    "streaming.started": (StreamStarted, _nothing),
    "streaming.stopped": (StreamEnded, _stream_stopped),
    "streaming.failed": (StreamEnded, _stream_failed),
    "call.enqueued": (LegEnqueued, _enqueued),
    "call.dequeued": (LegDequeued, _dequeued),
    "call.recording.saved": (RecordingSaved, _recording),
    "call.recording.error": (RecordingFailed, _recording_error),
    "conference.participant.joined": (LegJoinedConference, _conference),
    "conference.participant.left": (LegLeftConference, _conference),
    "call.refer.started": (ReferStarted, _refer),
    "call.refer.completed": (ReferCompleted, _refer),
    "call.refer.failed": (ReferFailed, _refer),
}
"""The event of each type that callverbs uses, and what reads its fields. Other types are ignored."""

CONFERENCE_EVENTS = "conference."
"""What types of webhooks begin with whose client_state is that of the conference's creator (SPEC: POST /conferences)."""

WRONG_VERSION_MESSAGE = (
    "this is a webhook of API version 1, and version 2 is expected: set the application's webhook API version to 2 at the"
    " carrier (new applications have 1), or api = 1 under [carrier] in the settings"
)


def read(body: bytes) -> LegEvent | None:
    """Returns the event of a webhook; None where its type is not one of EVENTS. Raises WebhookError."""
    try:
        envelope = _DECODER.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise WebhookError(f"the body is not a webhook: {error}") from None
    data = envelope.data
    if data is None:
        if envelope.event_type:
            raise WebhookError(WRONG_VERSION_MESSAGE, other_version=True)
        raise WebhookError("the body is not a webhook: it has no data")
    if data.event_type not in EVENTS:
        return None
    if not as_text(data.id):
        raise WebhookError("the body is not a webhook: it has no id, by which a repeated delivery is recognised")
    event_class, read_fields = EVENTS[data.event_type]
    payload = data.payload or Payload()
    if data.event_type.startswith(CONFERENCE_EVENTS):
        payload.client_state = None
    return build_event(event_class, as_text(data.id), payload, as_timestamp(data.occurred_at), read_fields(payload))


def build_event(event_class: type[LegEvent], event_id: str, payload: Payload, occurred_at: float, fields: Fields) -> LegEvent:
    """Returns an event with the session, the leg and the carrier's ids in its payload."""
    address = client_state.read(as_text(payload.client_state))
    return event_class(
        id=event_id,
        session=address.session,
        leg=address.leg,
        occurred_at=occurred_at,
        call_control_id=as_text(payload.call_control_id),
        call_leg_id=as_text(payload.call_leg_id),
        call_session_id=as_text(payload.call_session_id),
        **fields,
    )


def as_timestamp(written: object) -> float:
    """Returns the carrier's time as UTC seconds; 0 where it cannot be read."""
    try:
        found = datetime.fromisoformat(as_text(written))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (OverflowError, ValueError):
        return 0.0
