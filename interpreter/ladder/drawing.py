"""Draws lines as a ladder: the carrier on the left, the application on the right, and us between them. For eyes only.

What callers and documents say is drawn as symbols where it would move the cursor of whoever reads it.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from callverbs.interpreter.ladder.line import Line
from callverbs.interpreter.text.visible import visible

SUMMARY_MAX_CHARACTERS = 72

ARROWS = {"webhook": "●──▶", "command": "◀──●", "hook": "●──▶", "reply": "◀──●", "note": ""}
COLOURS = {"webhook": "36", "command": "32", "hook": "35", "reply": "33", "note": "2"}
LEG_CHARACTERS = 4
"""The column of the leg is at least so wide."""


COLUMNS = ("carrier", "callverbs", "application")


def draw(lines: Iterable[Line], colour: bool = False, columns: tuple[str, str, str] = COLUMNS) -> Iterable[str]:
    """Yields the rows of the ladder; in colours for a terminal. `columns` are the names of who takes part, from the left."""
    drawn = list(lines)
    width = max([LEG_CHARACTERS, *(len(line.leg) for line in drawn)])
    yield _paint(f"{'time':>9}  {'leg':<{width}} {columns[0]:<8}{columns[1]:<13}{columns[2]}".rstrip(), "1", colour)
    legs: dict[str, str] = {}
    for line in drawn:
        if line.kind == "webhook" and line.leg:
            legs[_payload(line).get("call_control_id", "")] = line.leg
        yield draw_line(line, width, colour, legs)


def draw_line(line: Line, width: int = LEG_CHARACTERS, colour: bool = False, legs: Mapping[str, str] | None = None) -> str:
    """Returns one row of a ladder whose column of the leg is `width` wide. `legs` are our names of the carrier's calls."""
    return _paint(visible(_row(line, legs or {}, width)), COLOURS[line.kind], colour)


def _row(line: Line, legs: Mapping[str, str], width: int) -> str:
    start = f"{line.at:9.3f}  {line.leg:<{width}} "
    if line.kind == "note":
        return f"{start}{'':9}· {line.text}"
    if line.kind in ("webhook", "command"):
        return f"{start}{ARROWS[line.kind]:<8}{f'{line.name} {summary(line, legs)}'.rstrip()}"
    return f"{start}{'':17}{ARROWS[line.kind]:<6}{f'{line.name} {summary(line, legs)}'.rstrip()}"


def _paint(text: str, colour: str, wanted: bool) -> str:
    return f"\x1b[{colour}m{text}\x1b[0m" if wanted else text


def summary(line: Line, legs: Mapping[str, str] | None = None) -> str:
    """Returns what matters of a line, in a few words. `legs` are our names of the carrier's calls, as far as they are known."""
    if line.kind == "reply":
        return _reply(line)
    if line.kind == "hook":
        return _short(f"{_said(line.body or {})}{_fields(line.body or {}, HOOK_FIELDS)}")
    if line.name == "call.transcription":
        return _short(_recognised(_payload(line).get("transcription_data") or {}))
    if line.kind == "webhook":
        return _short(_fields(_payload(line), WEBHOOK_FIELDS.get(line.name, ())))
    return _command(line, legs or {})


def _command(line: Line, legs: Mapping[str, str]) -> str:
    """Returns what matters of a command; nothing of one whose body is none of its, which the carrier refuses."""
    body = line.body or {}
    try:
        if line.name == "bridge":
            other = body.get("call_control_id", body.get("queue", ""))
            return f"with {legs.get(other, other)}"
        return _short(COMMAND_SUMMARIES.get(line.name, _nothing)(body))
    except (AttributeError, IndexError, KeyError, TypeError):
        return ""


def _payload(line: Line) -> Mapping[str, Any]:
    """Returns the payload of a webhook; version 1 of the carrier has it in the body itself."""
    body: dict[str, Any] = (line.body or {}).get("data", line.body or {})
    payload: dict[str, Any] = body.get("payload", body)
    return payload


WEBHOOK_FIELDS: dict[str, tuple[str, ...]] = {
    "call.initiated": ("from", "to"),
    "call.hangup": ("hangup_cause", "sip_hangup_cause"),
    "call.gather.ended": ("digits", "status"),
    "call.dtmf.received": ("digit",),
    "call.conversation.ended": ("reason",),
    "call.ai_gather.ended": ("status", "result"),
    "call.ai_gather.partial_results": ("partial_results",),
    "call.speak.ended": ("status",),
    "call.playback.ended": ("status",),
    "call.machine.detection.ended": ("result",),
    "call.machine.greeting.ended": ("result",),
    "call.machine.premium.detection.ended": ("result",),
    "call.machine.premium.greeting.ended": ("result",),
    "streaming.failed": ("failure_reason",),
    "call.enqueued": ("queue", "current_position"),
    "call.dequeued": ("queue", "reason", "wait_time_secs"),
    "call.recording.error": ("reason",),
    "call.refer.completed": ("sip_notify_response",),
    "call.refer.failed": ("sip_notify_response",),
    # version 1
    "call_initiated": ("from", "to"),
    "call_hangup": ("hangup_cause", "sip_hangup_cause"),
    "answering_machine_detection_result": ("result",),
    "amd_greeting_ended": ("result",),
}
HOOK_FIELDS = (
    "error", "relay_result", "ask_result", "assistant_result", "rasa_result",
    "digits", "dtmf", "type", "event", "message", "target", "amd_type",
    "dial_call_status", "dial_status", "dial_sip_status",
    "dequeue_result", "queue_result", "queue_position", "queue_size", "queue_time",
    "refer_status", "final_referred_call_status",
    "transfer_result", "transfer_reason", "message_status", "reason", "recording_status", "call_status",
)  # fmt: skip
"""What distinguishes this request comes first; the call status is in all of them."""


def _fields(body: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return " ".join(f"{name}={_value(body[name])}" for name in names if body.get(name) not in (None, ""))


def _value(value: Any) -> str:
    """Returns a value as text, and an object as JSON."""
    return msgspec.json.encode(value).decode() if isinstance(value, dict) else str(value)


def _recognised(data: Mapping[str, Any]) -> str:
    sure = f" {data['confidence']:g}" if data.get("confidence") is not None else ""
    return f"{_quoted(str(data.get('transcript', '')))}{sure if data.get('is_final', True) else ' …'}"


def _said(body: Mapping[str, Any]) -> str:
    """Returns what the `speech` of a hook's payload says; dots where that is not final."""
    speech = body.get("speech")
    if not speech:
        return ""
    more = "" if speech["is_final"] else " …"
    channel = f"{speech['channel_tag']}: " if speech["channel_tag"] > 1 else ""
    return f"{channel}{_quoted(speech['alternatives'][0]['transcript'])}{more} "


def _engine(body: Mapping[str, Any]) -> str:
    settings = body.get("transcription_engine_config", {})
    return " ".join([body.get("transcription_engine", ""), settings.get("language", "")]).strip()


def _nothing(body: Mapping[str, Any]) -> str:
    return ""


def _spoken(body: Mapping[str, Any]) -> str:
    return _quoted(body["payload"]) + _times(body)


def _times(body: Mapping[str, Any]) -> str:
    return "" if body.get("loop", 1) == 1 else f" ×{body['loop']}"


def _quoted(text: str) -> str:
    flat = re.sub(r"\s+", " ", text)
    return f'"{flat}"'


def _played(body: Mapping[str, Any]) -> str:
    what = body.get("audio_url") or body.get("media_name") or "(our own tone)"
    return f"{what}{_times(body)}"


def _keys(body: Mapping[str, Any]) -> str:
    least, most = body.get("minimum_digits", 1), body.get("maximum_digits", 128)
    digits = f"{most} key{'s' if most > 1 else ''}" if least == most else f"{least}..{most} keys"
    end = f" until {body['terminating_digit']}" if body.get("terminating_digit") else ""
    return f"{digits}{end} {body.get('timeout_millis', 60_000) / 1000:g} s"


def _called(body: Mapping[str, Any]) -> str:
    detection = "" if body.get("answering_machine_detection", "disabled") == "disabled" else " amd"
    return f"{body['to']} from {body.get('from', '')} {body.get('timeout_secs', body.get('timeout', 30))} s{detection}"


def _recorded(body: Mapping[str, Any]) -> str:
    limits = [("up to", body.get("max_length", 0)), ("silence", body.get("timeout_secs", 0))]
    return " ".join([body["format"], *(f"{what} {seconds} s" for what, seconds in limits if seconds)])


COMMAND_SUMMARIES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "reject": lambda body: str(body["cause"]),
    "speak": _spoken,
    "playback_start": _played,
    "gather_using_ai": lambda body: ", ".join(body["parameters"]["properties"]),
    "ai_assistant_start": lambda body: str(body["assistant"]["id"]),
    "conversation_relay_start": lambda body: str(body["url"]),
    "gather": _keys,
    "gather_using_speak": lambda body: f"{_keys(body)} {_quoted(body['payload'])}",
    "gather_using_audio": lambda body: f"{_keys(body)} {body['audio_url']}",
    "record_start": _recorded,
    "transcription_start": _engine,
    "dial": _called,
    "transfer": _called,
    "create_conference": lambda body: str(body["name"]),
    "enqueue": lambda body: str(body["queue_name"]),
    "refer": lambda body: str(body["sip_address"]),
    "send_message": lambda body: f"{body['to']} from {body['from']} {_quoted(body.get('text', ''))}",
    "send_sip_info": lambda body: f"{body['content_type']} {_quoted(body['body'].strip())}",
    "send_dtmf": lambda body: str(body["digits"]),
    "streaming_start": lambda body: str(body["stream_url"]),
}


def _reply(line: Line) -> str:
    if not line.status:
        return _short(line.text)
    return _short(f"{line.status} {_answer(line.body)}".rstrip())


def _answer(body: Any) -> str:
    if body is None:
        return ""
    if isinstance(body, list):
        return _verbs(body)
    return _quoted(body) if isinstance(body, str) else msgspec.json.encode(body).decode()


def _verbs(document: list[Any]) -> str:
    names = [verb.get("verb") or next(iter(verb), "") for verb in document if isinstance(verb, dict)]
    return f"[{', '.join(map(str, names))}]"


def _short(text: str) -> str:
    return text if len(text) <= SUMMARY_MAX_CHARACTERS else text[: SUMMARY_MAX_CHARACTERS - 1] + "…"
