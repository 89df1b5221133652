"""Version 1 of the carrier's API: the bodies of version 2 with older names of parameters, and its payloads in another envelope.

It has four commands (answer, dial, hangup, transfer), whose parameters are in `schemas/commands/v1`. Every other command is refused
before it is sent, with the reason. Sources: the carrier's pages of version 1 for dial and transfer. There are none for answer and
hangup, which are sent with the parameters that every command has: client_state and command_id.
"""

import base64
import math
from typing import Any

import msgspec
from msgspec import Struct

from callverbs import schemas
from callverbs.interpreter.telnyx import commands, webhooks
from callverbs.interpreter.telnyx.client import ApiVersion
from callverbs.interpreter.telnyx.commands import CarrierRequest, CommandError, RequestContext
from callverbs.interpreter.telnyx.values import as_text
from callverbs.interpreter.telnyx.webhooks import Payload, WebhookError, as_timestamp, build_event
from callverbs.schemas import versions
from callverbs.verbs.language.commands import Command
from callverbs.verbs.language.events import LegEvent

API_VERSION = 1
RENAMED_PARAMETERS = {"timeout_secs": "timeout", "time_limit_secs": "time_limit"}
"""Parameters by their name in version 2, and their name in version 1."""


# --------------------------------------------------------------------------- commands


def authorization(api_key: str) -> str:
    """Returns the header of Basic auth for a `key:secret` (the carrier's page on sending commands)."""
    return f"Basic {base64.b64encode(api_key.encode()).decode()}"


def build_request(command: Command, context: RequestContext) -> CarrierRequest:
    """Returns the request of a command. Raises CommandError where version 1 has no such command, or lacks a parameter that it needs."""
    name, _ = commands.REQUESTS[type(command)]
    support = versions.command_support(API_VERSION, name)
    if support is None:
        raise CommandError("", versions.missing_command(API_VERSION, name), "version")
    v2_request = commands.build_request(command, context)
    for parameter, reason in support.get("needed", {}).items():
        if parameter in v2_request.body:
            raise CommandError(parameter, reason, "version")
    properties = _properties(support)
    renamed = {RENAMED_PARAMETERS.get(key, key): value for key, value in v2_request.body.items()}
    body = {key: value for key, value in renamed.items() if key in properties}
    if "timeout" in body:
        body["timeout"] = min(body["timeout"], properties["timeout"]["maximum"])
    v1_name = support["name"]
    if diagnostics := schemas.diagnose(f"commands/v1/{v1_name}", body):
        raise CommandError(".".join(map(str, diagnostics[0].path)), diagnostics[0].message)
    return v2_request._replace(name=v1_name, path=v2_request.path.replace(f"/actions/{name}", f"/actions/{v1_name}"), body=body)


def notes(command: Command, context: RequestContext) -> tuple[str, ...]:
    """Returns sentences for the ladder about what a command that can be sent lacks in version 1."""
    name, _ = commands.REQUESTS[type(command)]
    support = versions.command_support(API_VERSION, name) or {}
    properties = _properties(support)
    v2_body = commands.build_request(command, context).body
    missing = [key for key in v2_body if RENAMED_PARAMETERS.get(key, key) not in properties]
    sentences = [support.get("left_out", {}).get(key, f"{versions.missing_parameter(API_VERSION, key)}: it is left out") for key in missing]
    max_ring_seconds = properties.get("timeout", {}).get("maximum", math.inf)
    if v2_body.get("timeout_secs", 0) > max_ring_seconds:
        sentences.append(f"it rings {max_ring_seconds} s at the most, the limit of version 1 of the carrier's API")
    return tuple(f"{name} {command.leg}: {sentence}" for sentence in sentences if sentence)


def _properties(support: dict[str, Any]) -> dict[str, Any]:
    """Returns the schemas of a command's parameters. It has no others."""
    properties: dict[str, Any] = schemas.load(f"commands/v1/{support['name']}")["properties"]
    return properties


V1 = ApiVersion(authorization, build_request, notes)


# --------------------------------------------------------------------------- webhooks

EVENT_TYPES = {
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
"""Event types of version 1, and those of version 2 that mean the same. Other types are ignored."""

WRONG_VERSION_MESSAGE = (
    "this is a webhook of API version 2, and version 1 is expected: set the application's webhook API version to 1 at the"
    " carrier, or api = 2 under [carrier] in the settings"
)


class DatedPayload(Payload):
    """A payload of version 1, which holds the time of the event."""

    occurred_at: Any = None


class V1Envelope(Struct):
    """The body of a webhook of version 1. A body of version 2 has these fields under `data`."""

    id: Any = None
    event_type: Any = None
    created_at: Any = None
    payload: DatedPayload | None = None
    data: Any = None


_DECODER = msgspec.json.Decoder(V1Envelope)


def read(body: bytes) -> LegEvent | None:
    """Returns the event of a webhook; None where its type is not one of EVENT_TYPES. Raises WebhookError."""
    try:
        envelope = _DECODER.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise WebhookError(f"the body is not a webhook: {error}") from None
    if isinstance(envelope.data, dict):
        raise WebhookError(WRONG_VERSION_MESSAGE, other_version=True)
    if not as_text(envelope.event_type):
        raise WebhookError("the body is not a webhook: it has no event_type")
    if envelope.event_type not in EVENT_TYPES:
        return None
    if not as_text(envelope.id):
        raise WebhookError("the body is not a webhook: it has no id, by which a repeated delivery is recognised")
    event_class, read_fields = webhooks.EVENTS[EVENT_TYPES[envelope.event_type]]
    payload = envelope.payload or DatedPayload()
    occurred_at = as_timestamp(payload.occurred_at) or as_timestamp(envelope.created_at)
    return build_event(event_class, as_text(envelope.id), payload, occurred_at, read_fields(payload))
