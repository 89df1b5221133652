"""Our commands as the carrier's requests (version 2): one table, word by word. A body that breaks a limit is never sent.

The carrier's defaults differ from jambonz's, so what decides behaviour is always sent: timeouts, tries, the key that ends
the input, what a leg does after its bridge. Limits are in `schemas/commands` and `schemas/components/limits`.
"""

import math
import uuid
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

import schemas
from interpreter.telnyx import client_state, sounds, voices
from schemas import Fault
from verbs._commands import (
    FOREVER,
    Answer,
    Bridge,
    Command,
    Detection,
    Dial,
    Enquire,
    Gather,
    GatherUsingAudio,
    GatherUsingSpeak,
    HangUp,
    Keys,
    Party,
    Play,
    Refer,
    Reject,
    Speak,
    StopGather,
    StopMedia,
    Transfer,
)
from verbs._spec import Credentials
from verbs._speech import is_ssml

COMMANDS = uuid.UUID("6f1d4ab2-8f5e-5c0a-9a35-6a9d4c4f0b11")
"""Namespace of command ids: the same session and entry always make the same id."""
LIMITS: dict[str, dict[str, Any]] = schemas.load("components/limits")["$defs"]
LONGEST: int = LIMITS["time_limit_secs"]["maximum"]
"""Seconds that a call lasts at the most."""
GREETING = 60_000
"""Milliseconds that a machine's greeting may last; the carrier's default of 5000 cuts long ones."""
LATER = 1_000
"""Milliseconds after the end of the whole analysis at which a silence would count: the carrier would call it a machine's."""

Body = dict[str, Any]


class Request(NamedTuple):
    """A request as it goes over the wire; `path` begins after the base URL."""

    name: str
    method: str
    path: str
    body: Body


class CommandError(Exception):
    """A command that the carrier would refuse: the field (`custom_headers.0.value`), its JSON pointer, and why."""

    def __init__(self, field: str, message: str, code: str = "limit") -> None:
        self.field, self.code = field, code
        self.pointer = f"/{field.replace('.', '/')}" if field else ""
        super().__init__(message)


class Wire(NamedTuple):
    """What a request needs besides the command: whose it is, its number, and the carrier's ids of the session's legs."""

    session: str
    n: int
    ids: Mapping[str, str]

    @property
    def command_id(self) -> str:
        return str(uuid.uuid5(COMMANDS, f"{self.session}:{self.n}"))

    def state(self, leg: str) -> str:
        return client_state.write(self.session, leg)


def request(command: Command, wire: Wire) -> Request:
    """The carrier's request for a command. Raises CommandError with the field that breaks a limit."""
    name, build = TABLE[type(command)]
    body = build(command, wire)
    if isinstance(command, Enquire):
        return Request(name, "GET", f"/calls/{_id(command, wire)}", {})
    body = {key: value for key, value in {**_extra(command, name), **body, "command_id": wire.command_id}.items() if value is not None}
    for fault in schemas.faults(f"commands/{name}", body):
        raise CommandError(_field(fault, name), fault.message)
    return Request(name, "POST", "/calls" if isinstance(command, Dial) else f"/calls/{_id(command, wire)}/actions/{name}", body)


def _field(fault: Fault, name: str) -> str:
    """The field at fault. What is wrong with the body as a whole names it in its sentence: `dial needs from`."""
    known = schemas.load(f"commands/{name}")["properties"]
    return ".".join(map(str, fault.path)) or next((word for word in fault.message.replace(":", " ").split() if word in known), "")


def _id(command: Command, wire: Wire) -> str:
    return quote(wire.ids[command.leg], safe="")


def _extra(command: Command, name: str) -> Body:
    """The author's own parameters, as far as this command has them: a prompt's `carrier` is made for speak or playback_start."""
    known = schemas.load(f"commands/{name}")["properties"]
    return {key: value for key, value in command.carrier.items() if key in known}


def notes(command: Command, wire: Wire) -> tuple[str, ...]:
    """What is not as the author wished, for whoever reads the ladder: a voice that the carrier does not have."""
    wanted = getattr(command, "voice", None)
    why = voices.replaced(wanted) if wanted is not None else ""
    return (why,) if why else ()


# --------------------------------------------------------------------------- bodies


def _empty(command: Command, wire: Wire) -> Body:
    return {}


def _answer(command: Answer, wire: Wire) -> Body:
    return {"client_state": wire.state(command.leg)}


def _reject(command: Reject, wire: Wire) -> Body:
    return {"cause": "USER_BUSY" if command.busy else "CALL_REJECTED"}


def _hang_up(command: HangUp, wire: Wire) -> Body:
    return {"custom_headers": _headers(command.headers)}


def _speech(command: Speak | GatherUsingSpeak) -> Body:
    return {
        "payload": command.text,
        "payload_type": "ssml" if is_ssml(command.text) else "text",
        "voice": voices.voice(command.voice),
        "language": voices.language(command.voice),
    }


def _rounds(rounds: int) -> int | str:
    return "infinity" if rounds == FOREVER else rounds


def _speak(command: Speak, wire: Wire) -> Body:
    return {**_speech(command), "loop": _rounds(command.rounds)}


def _play(command: Play, wire: Wire) -> Body:
    heard = {"playback_content": sounds.content(command.sound)} if command.sound else _file(command)
    return {**heard, "audio_type": _audio_type(command.url), "loop": _rounds(command.rounds)}


def _file(command: Play | GatherUsingAudio) -> Body:
    """What is to be heard: a file at a URL, or one that the author has stored with the carrier."""
    return {} if "media_name" in command.carrier else {"audio_url": command.url}


def _audio_type(url: str) -> str | None:
    """The carrier takes every file for an MP3, unless it is told otherwise (SPEC playback_start: audio_type)."""
    return "wav" if url.partition("?")[0].lower().endswith(".wav") else None


def _keys(command: Keys) -> Body:
    return {
        "minimum_digits": command.least,
        "maximum_digits": command.most,
        "terminating_digit": command.finish_on,
        "inter_digit_timeout_millis": _within("inter_digit_timeout_millis", _millis(command.wait)),
    }


def _gather(command: Gather, wire: Wire) -> Body:
    """Here the carrier's `timeout_millis` is the whole request, and the wait for the first key is its own.

    A time between keys takes the place of the rest of the time, so the whole has room for it after every key.
    """
    whole = command.timeout + command.between * (command.most - 1)
    return {
        **_keys(command),
        "initial_timeout_millis": _within("initial_timeout_millis", _millis(command.timeout)),
        "timeout_millis": _within("timeout_millis", _millis(whole)),
    }


def _gather_using_speak(command: GatherUsingSpeak, wire: Wire) -> Body:
    return {**_speech(command), **_keys(command), **_after_prompt(command)}


def _gather_using_audio(command: GatherUsingAudio, wire: Wire) -> Body:
    return {**_file(command), **_keys(command), **_after_prompt(command)}


def _after_prompt(command: Keys) -> Body:
    """With a prompt, `timeout_millis` runs from the prompt's end to the first key."""
    return {"timeout_millis": _within("timeout_millis", _millis(command.timeout)), "maximum_tries": 1}


def _party(party: Party) -> Body:
    """What dial and transfer have in common. A ring time that the carrier does not have is kept by a timer of ours."""
    return {
        "to": party.to,
        "from": party.from_ or None,
        "from_display_name": party.from_name or None,
        "timeout_secs": _within("timeout_secs", math.ceil(party.timeout)),
        "time_limit_secs": _within("time_limit_secs", math.ceil(party.time_limit) or LONGEST),
        "custom_headers": _headers(party.headers),
        **_auth(party.auth),
        **_detection(party.detection),
    }


def _auth(auth: Credentials | None) -> Body:
    return {"sip_auth_username": auth.username, "sip_auth_password": auth.password} if auth else {}


def _detection(detection: Detection | None) -> Body:
    if detection is None:
        return {"answering_machine_detection": "disabled"}
    decision = _within("amd_millis", _millis(detection.decision))
    return {
        "answering_machine_detection": "greeting_end",
        "answering_machine_detection_config": {
            "maximum_number_of_words": detection.words,
            "total_analysis_time_millis": decision,
            "initial_silence_millis": _within("amd_millis", decision + LATER),
            "greeting_duration_millis": decision,
            "greeting_silence_duration_millis": _within("amd_millis", _millis(detection.silence)),
            "greeting_total_analysis_time_millis": GREETING,
        },
    }


def _dial(command: Dial, wire: Wire) -> Body:
    return {
        **_party(command.party),
        "connection_id": command.connection,
        "link_to": wire.ids.get(command.link_to),
        "retry_on_timeout": False,
        "media_encryption": {"sdes": "SRTP", "dtls": "DTLS"}.get(command.encryption),
        "client_state": wire.state(command.leg),
    }


def _bridge(command: Bridge, wire: Wire) -> Body:
    return {"call_control_id": wire.ids[command.other], "park_after_unbridge": "self"}


def _transfer(command: Transfer, wire: Wire) -> Body:
    return {
        **_party(command.party),
        "park_after_unbridge": "self",
        "client_state": wire.state(command.leg),
        "target_leg_client_state": wire.state(command.other),
    }


def _refer(command: Refer, wire: Wire) -> Body:
    return {"sip_address": command.to, "custom_headers": _headers(command.headers), **_auth(command.auth)}


def _headers(headers: Mapping[str, str]) -> list[Body] | None:
    return [{"name": name, "value": value} for name, value in headers.items()] or None


def _millis(seconds: float) -> int:
    return round(seconds * 1000)


def _within(limit: str, value: int) -> int:
    """A number as near as the carrier lets it be; what is missing or too much is the business of a timer of ours."""
    return int(min(max(value, LIMITS[limit]["minimum"]), LIMITS[limit]["maximum"]))


TABLE: dict[type[Command], tuple[str, Callable[[Any, Wire], Body]]] = {
    Answer: ("answer", _answer),
    Reject: ("reject", _reject),
    HangUp: ("hangup", _hang_up),
    Speak: ("speak", _speak),
    Play: ("playback_start", _play),
    StopMedia: ("playback_stop", _empty),
    Gather: ("gather", _gather),
    GatherUsingSpeak: ("gather_using_speak", _gather_using_speak),
    GatherUsingAudio: ("gather_using_audio", _gather_using_audio),
    StopGather: ("gather_stop", _empty),
    Dial: ("dial", _dial),
    Bridge: ("bridge", _bridge),
    Transfer: ("transfer", _transfer),
    Refer: ("refer", _refer),
    Enquire: ("retrieve_call", _empty),
}
"""The carrier's name of every command, and what makes its body."""
