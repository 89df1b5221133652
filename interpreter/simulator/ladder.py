"""A call as it went: one line for every webhook, command, hook and reply, with its time. For eyes, and as JSON for programs.

Lines are plain values; this file draws them and knows nothing of how they came about.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

Kind = Literal["webhook", "command", "hook", "reply", "note"]

WIDEST = 72
"""Characters of a summary."""


class Line(Struct, omit_defaults=True):
    """One thing that happened. `at` is in seconds since the call began; `body` is what went over the wire."""

    at: float
    kind: Kind
    leg: str
    name: str
    method: str = ""
    path: str = ""
    url: str = ""
    status: int = 0
    body: Any = None
    text: str = ""


def to_json(line: Line) -> str:
    """A line as one JSON object, with what went over the wire in full."""
    return msgspec.json.encode({"at": line.at, "kind": line.kind, "leg": line.leg, "name": line.name, **msgspec.to_builtins(line)}).decode()


# --------------------------------------------------------------------------- for eyes

ARROWS = {"webhook": "●──▶", "command": "◀──●", "hook": "●──▶", "reply": "◀──●", "note": ""}
COLOURS = {"webhook": "36", "command": "32", "hook": "35", "reply": "33", "note": "2"}
HEAD = f"{'time':>9}  {'leg':<4} {'carrier':<8}{'callverbs':<13}{'application'}"


def draw(lines: Iterable[Line], colour: bool = False) -> Iterable[str]:
    """The ladder: the carrier on the left, the application on the right, and us between them."""
    yield _paint(HEAD, "1", colour)
    for line in lines:
        yield _paint(_row(line), COLOURS[line.kind], colour)


def _row(line: Line) -> str:
    start = f"{line.at:9.3f}  {line.leg:<4} "
    if line.kind == "note":
        return f"{start}{'':9}· {line.text}"
    if line.kind in ("webhook", "command"):
        return f"{start}{ARROWS[line.kind]:<8}{f'{line.name} {summary(line)}'.rstrip()}"
    return f"{start}{'':17}{ARROWS[line.kind]:<6}{f'{line.name} {summary(line)}'.rstrip()}"


def _paint(text: str, colour: str, wanted: bool) -> str:
    return f"\x1b[{colour}m{text}\x1b[0m" if wanted else text


def summary(line: Line) -> str:
    """What matters of a line, in a few words."""
    if line.kind == "reply":
        return _reply(line)
    if line.kind == "hook":
        return _short(_fields(line.body or {}, HOOK_FIELDS))
    body = line.body or {}
    if line.kind == "webhook":
        body = body.get("data", body).get("payload", body)
        return _short(_fields(body, WEBHOOK_FIELDS.get(line.name, ())))
    return _short(COMMANDS.get(line.name, _nothing)(body))


WEBHOOK_FIELDS: dict[str, tuple[str, ...]] = {
    "call.initiated": ("from", "to"),
    "call.hangup": ("hangup_cause", "sip_hangup_cause"),
    "call.gather.ended": ("digits", "status"),
    "call.dtmf.received": ("digit",),
    "call.speak.ended": ("status",),
    "call.playback.ended": ("status",),
    "call.machine.detection.ended": ("result",),
    "call.machine.greeting.ended": ("result",),
    "call.machine.premium.detection.ended": ("result",),
    "call.machine.premium.greeting.ended": ("result",),
    "call.refer.completed": ("sip_notify_response",),
    "call.refer.failed": ("sip_notify_response",),
}
HOOK_FIELDS = (
    "call_status", "digits", "reason", "dtmf", "type", "event", "amd_type",
    "dial_call_status", "dial_status", "dial_sip_status", "transfer_result", "transfer_reason", "error",
)  # fmt: skip


def _fields(body: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return " ".join(f"{name}={body[name]}" for name in names if body.get(name) not in (None, ""))


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
    digits = f"{body['minimum_digits']}..{body['maximum_digits']} keys"
    end = f" until {body['terminating_digit']}" if body.get("terminating_digit") else ""
    return f"{digits}{end} {body['timeout_millis'] / 1000:g} s"


def _called(body: Mapping[str, Any]) -> str:
    detection = "" if body.get("answering_machine_detection") == "disabled" else " amd"
    return f"{body['to']} from {body.get('from', '')} {body['timeout_secs']} s{detection}"


COMMANDS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "reject": lambda body: str(body["cause"]),
    "speak": _spoken,
    "playback_start": _played,
    "gather": _keys,
    "gather_using_speak": lambda body: f"{_quoted(body['payload'])} {_keys(body)}",
    "gather_using_audio": lambda body: f"{body['audio_url']} {_keys(body)}",
    "dial": _called,
    "transfer": _called,
    "refer": lambda body: str(body["sip_address"]),
    "bridge": lambda body: f"with {body['call_control_id']}",
}


def _reply(line: Line) -> str:
    if not line.status:
        return _short(line.text)
    shown = _verbs(line.body) if isinstance(line.body, list) else _quoted(str(line.body)) if line.body else ""
    return _short(f"{line.status} {shown}".rstrip())


def _verbs(document: list[Any]) -> str:
    names = [verb.get("verb") or next(iter(verb), "") for verb in document if isinstance(verb, dict)]
    return f"[{', '.join(map(str, names))}]"


def _short(text: str) -> str:
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"


def place(url: str, base_url: str) -> str:
    """A hook's URL for the eye: the path alone where it is the application's own origin."""
    parts, base = urlsplit(url), urlsplit(base_url)
    if parts.scheme == "file":
        return parts.path.rpartition("/")[2]
    own = (parts.scheme, parts.netloc) == (base.scheme, base.netloc)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "") if own else url
