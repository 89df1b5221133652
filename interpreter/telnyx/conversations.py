"""Builds the bodies of requests that start a conversation with an agent. The table of all requests is in `commands`."""

from typing import Any

from callverbs.interpreter.telnyx import voices
from callverbs.interpreter.telnyx.limits import clamp, millis
from callverbs.verbs.language import commands


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
