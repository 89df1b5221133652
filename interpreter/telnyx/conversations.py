"""Conversations with agents: the bodies of requests that start one, and what the webhooks of one say.

The table of all requests is in `commands`, that of all webhooks in `webhooks`.
"""

from collections.abc import Callable
from typing import Any, Protocol

from callverbs.interpreter.telnyx import voices
from callverbs.interpreter.telnyx.limits import clamp, millis
from callverbs.interpreter.telnyx.values import as_text
from callverbs.verbs.language import commands
from callverbs.verbs.language.events import ConversationEnded, FieldsGathered, FieldsUpdated, LegEvent, MessagesUpdated

MESSAGES_MAX, MESSAGE_MAX_CHARACTERS = 100, 2_000
"""What is kept of a conversation: the last messages, and the beginning of each."""
STATUSES_BY_REASON = {"customer_disconnect": "disconnected", "hangup": "call_hangup", "error": "failed", "fail": "failed"}
"""Status of a conversation's end by what its reason contains; any other reason is an end in order."""
Fields = dict[str, Any]


def start_relay(command: commands.StartRelay, context: object) -> dict[str, Any]:
    """Returns the body of a relay. Its `language` is also the one that is recognised, and may be any tag (SPEC: a string).

    The carrier knows the scheme of a URL in small letters only (SPEC: ^wss?://).
    """
    scheme, _, rest = command.socket.partition(":")
    return {
        "url": f"{scheme.lower()}:{rest}",
        "voice": voices.carrier_voice(command.voice),
        "language": command.voice.language,
        "greeting": command.greeting or None,
        "interruptible": command.interruptible,
        "interruptible_greeting": command.greeting_interruptible,
        "dtmf_detection": command.dtmf,
        "custom_parameters": command.parameters or None,
    }


def ask_for_fields(command: commands.AskForFields, context: object) -> dict[str, Any]:
    """Returns the body of a gather_using_ai. Partial results are always wanted: a party that hangs up has said something before."""
    assistant = {"instructions": command.instructions, "model": command.model}
    return {
        "parameters": command.schema,
        "voice": voices.carrier_voice(command.voice),
        "language": voices.recognised_language(command.voice.language),
        "greeting": command.greeting or None,
        "gather_ended_speech": command.closing or None,
        "assistant": {key: value for key, value in assistant.items() if value} or None,
        "interruption_settings": {"enable": command.interruptions},
        "user_response_timeout_ms": clamp("timeout_millis", millis(command.timeout)),
        "send_partial_results": True,
    }


def start_assistant(command: commands.StartAssistant, context: object) -> dict[str, Any]:
    """Returns the body of ai_assistant_start. What it leaves out is as the assistant is stored at the carrier."""
    assistant = {
        "id": command.assistant,
        "instructions": command.instructions,
        "model": command.model,
        "llm_api_key_ref": command.api_key_ref,
        "external_llm": command.external_llm,
        "fallback_config": command.fallback,
        "mcp_servers": command.mcp_servers,
        "dynamic_variables": command.variables,
    }
    return {
        "assistant": {key: value for key, value in assistant.items() if value}
        | ({} if command.tools is None else {"tools": command.tools}),
        "greeting": command.greeting or None,
        "message_history": command.history or None,
        "interruption_settings": None if command.interruptions is None else {"enable": command.interruptions},
        "send_message_history_updates": command.tells_messages or None,
    }


class Conversed(Protocol):
    """The payload of a webhook of a conversation."""

    conversation_id: Any
    reason: Any
    handoff_data: Any
    partial_results: Any
    result: Any
    status: Any
    message_history: Any


def _ended(payload: Conversed) -> Fields:
    """Reads the end of a conversation. Of its reasons SPEC names `customer_disconnect` alone; the others are our interpretation.

    SPEC has no `handoff_data`: the carrier's guide of the relay says that an agent may hand over something, not where it arrives.
    """
    reason = as_text(payload.reason)
    status = next((status for mark, status in STATUSES_BY_REASON.items() if mark in reason.lower()), "completed")
    return {
        "conversation": as_text(payload.conversation_id),
        "reason": reason,
        "status": status,
        "handoff": as_text(payload.handoff_data),
    }


def _not_started(payload: Conversed) -> Fields:
    return {"conversation": as_text(payload.conversation_id), "reason": as_text(payload.reason), "status": "failed"}


def _values(payload: Conversed) -> Fields:
    return {"values": _object(payload.partial_results)}


def _gathered(payload: Conversed) -> Fields:
    return {"valid": payload.status == "valid", "values": _object(payload.result), "messages": _messages(payload.message_history)}


def _updated(payload: Conversed) -> Fields:
    return {"messages": _messages(payload.message_history)}


def _messages(written: object) -> list[dict[str, str]]:
    listed = written if isinstance(written, list) else []
    return [
        {"role": as_text(one.get("role")), "content": as_text(one.get("content"))[:MESSAGE_MAX_CHARACTERS]}
        for one in listed[-MESSAGES_MAX:]
        if isinstance(one, dict)
    ]


def _object(value: object) -> dict[str, Any]:
    """Returns an object as it is, and nothing for everything else."""
    return value if isinstance(value, dict) else {}


EVENTS: dict[str, tuple[type[LegEvent], Callable[[Conversed], Fields]]] = {
    "call.conversation.ended": (ConversationEnded, _ended),
    "call.conversation.start_failed": (ConversationEnded, _not_started),
    "call.ai_gather.partial_results": (FieldsUpdated, _values),
    "call.ai_gather.message_history_updated": (MessagesUpdated, _updated),
    "call.ai_gather.ended": (FieldsGathered, _gathered),
}
"""The events of webhooks, and what reads their fields."""
