"""Validates the payloads of hooks by `schemas/callbacks`: which part a payload belongs to, and whether it fits."""

from collections.abc import Mapping
from typing import Any

from callverbs import schemas
from callverbs.verbs.language.messages import HookRequest

BY_KEY = {
    "conference_sid": "conference_status",
    "defaults": "call",
    "relay_result": "relay",
    "recording_id": "record",
    "rasa_result": "rasa",
    "ask_result": "ask",
    "assistant_result": "assistant",
    "messages": "assistant_event",
    "error": "call_status",
    "dtmf": "dial_dtmf",
    "hold_detail": "hold",
    "dial_sip_status": "dial",
    "transfer_result": "transfer",
    "message_status": "message",
    "queue_position": "wait",
    "queue_result": "enqueue",
    "dequeue_result": "dequeue",
    "refer_status": "sip_refer",
    "result": "sip_request",
    "target": "transfer_event",
    "type": "amd",
    "event": "amd",
    "playback_seconds": "play",
    "status": "play",
    "dial_call_duration": "listen",
    "reason": "gather",
    "speech": "transcription",
}
"""By a key that only it has, the part of a payload; the first one counts."""
BY_EVENT = {"transfer-status": "sip_refer_event", "userMessage": "rasa_event", "botMessage": "rasa_event"}
"""By the event that it is about, the part of a payload."""
BY_TOPIC = {
    "park": "park",
    "call": "call",
    "status": "call_status",
    "confirm": "confirm",
    "amd": "amd",
    "hold": "hold",
    "redirect": "redirect",
    "partial": "gather_partial",
    "transcription": "transcription",
}
"""By the topic of a request, the part of its payload; others depend on the verb."""


def topic(request: HookRequest) -> str:
    """Returns what a request is about: what its reply is handled as, or its kind where no verb handles the reply."""
    return request.reply or request.kind


def part(payload: Mapping[str, Any], topic: str = "") -> str:
    """Returns the name of the part that describes a payload. One without keys of its own has no more than that of a redirect."""
    known = BY_EVENT.get(payload.get("event", "")) or BY_TOPIC.get(topic)
    return known or next((name for key, name in BY_KEY.items() if key in payload), "redirect")


def judge(payload: Mapping[str, Any], topic: str = "") -> str:
    """Returns the name of the part of a payload. Fails unless the payload fits it."""
    __tracebackhide__ = True
    name = part(payload, topic)
    diagnostics = schemas.diagnose(f"callbacks/{name}", payload)
    assert not diagnostics, (name, [f"{diagnostic.pointer}: {diagnostic.message}" for diagnostic in diagnostics], payload)
    return name
