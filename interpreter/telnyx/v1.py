"""Version 1 of the carrier's API as a dialect of version 2: the same bodies under older names, the same payloads in another envelope.

It knows four commands (answer, dial, hangup, transfer) by their closed tables in `schemas/commands/v1`; whatever else is wished
for is refused before it is sent, with the reason. Sources: the carrier's pages of version 1 for dial and transfer; for answer and
hangup there are none, so they are sent what every command has: client_state and command_id.
"""

import base64
import math
from typing import Any

import msgspec
from msgspec import Struct

import schemas
from interpreter.telnyx import commands
from interpreter.telnyx.client import Dialect
from interpreter.telnyx.commands import CommandError, Request, Wire
from interpreter.telnyx.webhooks import EVENTS as SECOND
from interpreter.telnyx.webhooks import Payload, WebhookError, event, moment, text
from schemas import versions
from verbs._commands import Command
from verbs._events import LegEvent

API = 1
NAMES = {"timeout_secs": "timeout", "time_limit_secs": "time_limit"}
"""Parameters of version 2, and what they were called before."""


# --------------------------------------------------------------------------- commands


def authorization(api_key: str) -> str:
    """Basic auth of a `key:secret` (the carrier's page on sending commands)."""
    return f"Basic {base64.b64encode(api_key.encode()).decode()}"


def request(command: Command, wire: Wire) -> Request:
    """The carrier's request for a command. Raises CommandError where version 1 has no such command, or no word for what it needs."""
    name, _ = commands.TABLE[type(command)]
    known = versions.command(API, name)
    if known is None:
        raise CommandError("", f"callverbs has no {name} in version 1 of the carrier's API: set api = 2", "version")
    second = commands.request(command, wire)
    for parameter, reason in known.get("needed", {}).items():
        if parameter in second.body:
            raise CommandError(parameter, reason, "version")
    properties = _properties(known)
    body = {NAMES.get(key, key): value for key, value in second.body.items() if NAMES.get(key, key) in properties}
    if "timeout" in body:
        body["timeout"] = min(body["timeout"], properties["timeout"]["maximum"])
    for fault in schemas.faults(f"commands/v1/{known['name']}", body):
        raise CommandError(".".join(map(str, fault.path)), fault.message)
    return Request(known["name"], second.method, second.path.replace(f"/actions/{name}", f"/actions/{known['name']}"), body)


def notes(command: Command, wire: Wire) -> tuple[str, ...]:
    """What a command that can be sent lacks in version 1, for whoever reads the ladder."""
    name, _ = commands.TABLE[type(command)]
    known = versions.command(API, name) or {}
    properties = _properties(known)
    second = commands.request(command, wire).body
    missing = [key for key in second if NAMES.get(key, key) not in properties]
    said = [known.get("left_out", {}).get(key, f"{versions.absent(API, key)}: it is left out") for key in missing]
    longest = properties.get("timeout", {}).get("maximum", math.inf)
    if second.get("timeout_secs", 0) > longest:
        said.append(f"it rings {longest} s at the most, the limit of version 1 of the carrier's API")
    return tuple(f"{name} {command.leg}: {sentence}" for sentence in said if sentence)


def _properties(known: dict[str, Any]) -> dict[str, Any]:
    """The closed table of a command's parameters."""
    properties: dict[str, Any] = schemas.load(f"commands/v1/{known['name']}")["properties"]
    return properties


DIALECT = Dialect(authorization, request, notes)


# --------------------------------------------------------------------------- webhooks

EVENTS = {
    "call_initiated": "call.initiated",
    "call_answered": "call.answered",
    "call_bridged": "call.bridged",
    "call_hangup": "call.hangup",
    "speak_started": "call.speak.started",
    "speak_ended": "call.speak.ended",
    "playback_started": "call.playback.started",
    "playback_ended": "call.playback.ended",
    "gather_ended": "call.gather.ended",
    "dtmf": "call.dtmf.received",
    "answering_machine_detection_result": "call.machine.detection.ended",
    "amd_greeting_ended": "call.machine.greeting.ended",
}
"""Event types of version 1, and those of version 2 that mean the same. Other types are counted and forgotten."""

WRONG_VERSION = (
    "this is a webhook of API version 2, and version 1 is expected: set the application's webhook API version to 1 at the"
    " carrier, or api = 2 under [carrier] in the settings"
)


class Dated(Payload):
    """A payload, which in version 1 says when it happened."""

    occurred_at: Any = None


class Envelope(Struct):
    """A webhook's body. A body of version 2 has all of it under `data`."""

    id: Any = None
    event_type: Any = None
    created_at: Any = None
    payload: Dated | None = None
    data: Any = None


_DECODER = msgspec.json.Decoder(Envelope)


def read(body: bytes) -> LegEvent | None:
    """The event of a webhook; None where we have no word for its type. Raises WebhookError."""
    try:
        envelope = _DECODER.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise WebhookError(f"the body is not a webhook: {error}") from None
    if isinstance(envelope.data, dict):
        raise WebhookError(WRONG_VERSION)
    if not text(envelope.event_type):
        raise WebhookError("the body is not a webhook: it has no event_type")
    if envelope.event_type not in EVENTS:
        return None
    if not text(envelope.id):
        raise WebhookError("the body is not a webhook: it has no id, and nobody could tell that it comes twice")
    word, fields = SECOND[EVENTS[envelope.event_type]]
    payload = envelope.payload or Dated()
    return event(word, text(envelope.id), payload, moment(payload.occurred_at) or moment(envelope.created_at), fields(payload))
