"""The carrier's webhooks (version 2) as events: one table, event type by event type. Nothing here remembers anything.

Real deliveries are looser than the specification: client_state may be null, fields may be missing or strange.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
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


class Payload(Struct, rename={"from_": "from"}):
    """Everything that we read of any webhook's payload, as it came: null, a number for a text and a text for a number are no faults."""

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
    result: Any = None
    hangup_cause: Any = None
    hangup_source: Any = None
    sip_hangup_cause: Any = None
    sip_notify_response: Any = None


class Data(Struct):
    """The event itself."""

    id: Any
    event_type: str
    payload: Payload | None = None
    occurred_at: Any = None


class Envelope(Struct):
    """A webhook's body. A body of version 1 has no data."""

    data: Data | None = None
    event_type: Any = None


_DECODER = msgspec.json.Decoder(Envelope)
Fields = dict[str, Any]
SIP_STATUS = re.compile(r"[1-6][0-9][0-9]")


def text(value: object) -> str:
    """A text; a number as its digits; nothing for null and everything else."""
    return value if isinstance(value, str) else str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def sip_status(value: object) -> int:
    """A SIP status, 100 to 699, written as a number or a text; 0 for `unspecified` and everything else."""
    found = text(value)
    return int(found) if SIP_STATUS.fullmatch(found) else 0


def _initiated(payload: Payload) -> Fields:
    return {
        "direction": "inbound" if payload.direction == "incoming" else "outbound",
        "from_": text(payload.from_),
        "to": text(payload.to),
        "caller_name": text(payload.caller_id_name),
        "connection_id": text(payload.connection_id),
        "headers": {**_headers(payload.custom_headers), **_headers(payload.sip_headers)},
    }


def _headers(written: object) -> dict[str, str]:
    """SIP headers by their names, of a list of `name` and `value`."""
    each = [one for one in written if isinstance(one, dict)] if isinstance(written, list) else []
    return {one["name"]: text(one.get("value")) for one in each if isinstance(one.get("name"), str)}


def _hung_up(payload: Payload) -> Fields:
    return {
        "cause": text(payload.hangup_cause) or "unspecified",
        "source": text(payload.hangup_source) or "unknown",
        "sip_status": sip_status(payload.sip_hangup_cause),
    }


def _nothing(payload: Payload) -> Fields:
    return {}


def _status(payload: Payload) -> Fields:
    return {"status": text(payload.status) or "completed"}


def _playback(payload: Payload) -> Fields:
    return {"status": text(payload.status) or "completed", "detail": text(payload.status_detail)}


def _gather(payload: Payload) -> Fields:
    return {"digits": text(payload.digits), "status": text(payload.status) or "valid"}


def _key(payload: Payload) -> Fields:
    return {"digit": text(payload.digit)}


def _greeting(payload: Payload) -> Fields:
    return {"result": text(payload.result)}


def _finding(payload: Payload) -> Fields:
    """`human_residence` and `human_business` are people, `fax_detected` is a fax."""
    found = text(payload.result) or "not_sure"
    return {"result": found.removesuffix("_residence").removesuffix("_business").removesuffix("_detected")}


def _refer(payload: Payload) -> Fields:
    return {"sip_status": sip_status(payload.sip_notify_response)}


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
    " carrier (new applications have 1), or api = 1 under [carrier] in the settings"
)


def read(body: bytes) -> LegEvent | None:
    """The event of a webhook; None where we have no word for its type. Raises WebhookError."""
    try:
        envelope = _DECODER.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise WebhookError(f"the body is not a webhook: {error}") from None
    data = envelope.data
    if data is None:
        raise WebhookError(WRONG_VERSION if envelope.event_type else "the body is not a webhook: it has no data")
    if data.event_type not in EVENTS:
        return None
    if not text(data.id):
        raise WebhookError("the body is not a webhook: it has no id, and nobody could tell that it comes twice")
    word, fields = EVENTS[data.event_type]
    payload = data.payload or Payload()
    return event(word, text(data.id), payload, moment(data.occurred_at), fields(payload))


def event(word: type[LegEvent], event_id: str, payload: Payload, occurred_at: float, fields: Fields) -> LegEvent:
    """An event with every address that its payload carries."""
    address = client_state.read(text(payload.client_state))
    return word(
        id=event_id,
        session=address.session,
        leg=address.leg,
        occurred_at=occurred_at,
        call_control_id=text(payload.call_control_id),
        call_leg_id=text(payload.call_leg_id),
        call_session_id=text(payload.call_session_id),
        **fields,
    )


def moment(written: object) -> float:
    """The carrier's time as UTC seconds; 0 where it gives none that can be read."""
    try:
        found = datetime.fromisoformat(text(written))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (OverflowError, ValueError):
        return 0.0
