"""The carrier's webhooks (version 2) as events: one table, event type by event type. Nothing here remembers anything.

Real deliveries are looser than the specification: client_state may be null, fields may be missing or strange.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from interpreter.telnyx import client_state
from verbs._events import (
    GatherEnded,
    GreetingEnded,
    KeyPressed,
    LegAnswered,
    LegBridged,
    LegEvent,
    LegHeld,
    LegHungUp,
    LegInitiated,
    LegUnheld,
    MachineDetected,
    PlaybackEnded,
    PlaybackStarted,
    ReferCompleted,
    ReferFailed,
    ReferStarted,
    SpeakEnded,
    SpeakStarted,
)


class WebhookError(Exception):
    """The body is no webhook of version 2."""


class Header(Struct):
    """One SIP header."""

    name: str = ""
    value: Any = ""


class Payload(Struct, rename={"from_": "from"}):
    """Everything that we read of any webhook's payload."""

    call_control_id: str | None = None
    call_leg_id: str | None = None
    call_session_id: str | None = None
    connection_id: Any = None
    client_state: str | None = None
    from_: str | None = None
    to: str | None = None
    direction: str | None = None
    caller_id_name: str | None = None
    custom_headers: list[Header] | None = None
    sip_headers: list[Header] | None = None
    status: str | None = None
    status_detail: str | None = None
    digits: str | None = None
    digit: str | None = None
    result: Any = None
    hangup_cause: str | None = None
    hangup_source: str | None = None
    sip_hangup_cause: Any = None
    sip_notify_response: int | None = None


class Data(Struct):
    """The event itself."""

    id: str
    event_type: str
    payload: Payload = msgspec.field(default_factory=Payload)
    occurred_at: str | None = None


class Envelope(Struct):
    """A webhook's body. A body of version 1 has no data."""

    data: Data | None = None
    event_type: str | None = None


_DECODER = msgspec.json.Decoder(Envelope)
Fields = dict[str, Any]


def _initiated(payload: Payload) -> Fields:
    headers = (payload.custom_headers or []) + (payload.sip_headers or [])
    return {
        "direction": "inbound" if payload.direction == "incoming" else "outbound",
        "from_": payload.from_ or "",
        "to": payload.to or "",
        "caller_name": payload.caller_id_name or "",
        "connection_id": str(payload.connection_id or ""),
        "headers": {header.name: str(header.value) for header in headers},
    }


def _hung_up(payload: Payload) -> Fields:
    sip = str(payload.sip_hangup_cause or "")
    return {
        "cause": payload.hangup_cause or "unspecified",
        "source": payload.hangup_source or "unknown",
        "sip_status": int(sip) if sip.isdigit() else 0,
    }


def _nothing(payload: Payload) -> Fields:
    return {}


def _status(payload: Payload) -> Fields:
    return {"status": payload.status or "completed"}


def _playback(payload: Payload) -> Fields:
    return {"status": payload.status or "completed", "detail": payload.status_detail or ""}


def _gather(payload: Payload) -> Fields:
    return {"digits": payload.digits or "", "status": payload.status or "valid"}


def _key(payload: Payload) -> Fields:
    return {"digit": payload.digit or ""}


def _greeting(payload: Payload) -> Fields:
    return {"result": str(payload.result or "")}


def _finding(payload: Payload) -> Fields:
    """`human_residence` and `human_business` are people, `fax_detected` is a fax."""
    return {"result": str(payload.result or "not_sure").removesuffix("_residence").removesuffix("_business").removesuffix("_detected")}


def _refer(payload: Payload) -> Fields:
    return {"sip_status": payload.sip_notify_response or 0}


EVENTS: dict[str, tuple[type[LegEvent], Callable[[Payload], Fields]]] = {
    "call.initiated": (LegInitiated, _initiated),
    "call.answered": (LegAnswered, _nothing),
    "call.bridged": (LegBridged, _nothing),
    "call.hold": (LegHeld, _nothing),
    "call.unhold": (LegUnheld, _nothing),
    "call.hangup": (LegHungUp, _hung_up),
    "call.speak.started": (SpeakStarted, _nothing),
    "call.speak.ended": (SpeakEnded, _status),
    "call.playback.started": (PlaybackStarted, _nothing),
    "call.playback.ended": (PlaybackEnded, _playback),
    "call.gather.ended": (GatherEnded, _gather),
    "call.dtmf.received": (KeyPressed, _key),
    "call.machine.detection.ended": (MachineDetected, _finding),
    "call.machine.premium.detection.ended": (MachineDetected, _finding),
    "call.machine.greeting.ended": (GreetingEnded, _greeting),
    "call.machine.premium.greeting.ended": (GreetingEnded, _greeting),
    "call.refer.started": (ReferStarted, _refer),
    "call.refer.completed": (ReferCompleted, _refer),
    "call.refer.failed": (ReferFailed, _refer),
}
"""What we have a word for. Other types are counted and forgotten."""

WRONG_VERSION = (
    "this is a webhook of API version 1, and version 2 is expected: set the application's webhook API version to 2 at the"
    " carrier (new applications have 1), or carrier_api = 1 in the settings"
)


def read(body: bytes) -> LegEvent | None:
    """The event of a webhook; None where we have no word for its type. Raises WebhookError."""
    try:
        envelope = _DECODER.decode(body)
    except msgspec.MsgspecError as error:
        raise WebhookError(f"the body is not a webhook: {error}") from None
    data = envelope.data
    if data is None:
        raise WebhookError(WRONG_VERSION if envelope.event_type else "the body is not a webhook: it has no data")
    if data.event_type not in EVENTS:
        return None
    word, fields = EVENTS[data.event_type]
    return event(word, data.id, data.payload, moment(data.occurred_at), fields(data.payload))


def event(word: type[LegEvent], event_id: str, payload: Payload, occurred_at: float, fields: Fields) -> LegEvent:
    """An event with every address that its payload carries."""
    address = client_state.read(payload.client_state)
    return word(
        id=event_id,
        session=address.session,
        leg=address.leg,
        occurred_at=occurred_at,
        call_control_id=payload.call_control_id or "",
        call_leg_id=payload.call_leg_id or "",
        call_session_id=payload.call_session_id or "",
        **fields,
    )


def moment(text: str | None) -> float:
    """The carrier's time as UTC seconds; 0 where it gives none that can be read."""
    try:
        return datetime.fromisoformat(text or "").timestamp()
    except ValueError:
        return 0.0
