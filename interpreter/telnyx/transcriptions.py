"""Transcriptions: a recognizer becomes an engine of the carrier with its settings, and a webhook what the party has said."""

from typing import Any, Protocol

import msgspec

from callverbs.schemas import recognizers
from callverbs.verbs.language.commands import StartTranscription
from callverbs.verbs.language.events import SpeechTranscribed


def body(command: StartTranscription) -> dict[str, Any]:
    """Returns the parameters of transcription_start. What the party says is the inbound track of its leg."""
    found = _found(command)
    return {"transcription_engine": found.engine, "transcription_engine_config": found.settings, "transcription_tracks": "inbound"}


def notes(command: StartTranscription) -> tuple[str, ...]:
    """Returns sentences about what of the recognizer is lost."""
    return tuple(f"recognizer.{one.property}: {one.reason}" for one in _found(command).losses)


class Transcribed(Protocol):
    """The payload of a webhook of a transcription."""

    transcription_data: Any


def fields(payload: Transcribed) -> dict[str, Any]:
    """Returns what was said. A result that does not say whether it is final is: engines without interim results need not say it."""
    data = payload.transcription_data if isinstance(payload.transcription_data, dict) else {}
    transcript, confidence, track = (data.get(name) for name in ("transcript", "confidence", "transcription_track"))
    return {
        "transcript": transcript if isinstance(transcript, str) else "",
        "confidence": float(confidence) if isinstance(confidence, int | float) and not isinstance(confidence, bool) else None,
        "is_final": data.get("is_final") is not False,
        "track": track if isinstance(track, str) else "",
    }


def _found(command: StartTranscription) -> recognizers.Transcription:
    return recognizers.transcription(msgspec.to_builtins(command.recognizer), command.interim)


EVENT = (SpeechTranscribed, fields)
"""The event of a webhook, and what reads its fields."""
