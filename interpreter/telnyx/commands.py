"""Builds the carrier's requests (version 2) from our commands, by one table. A body that breaks a limit is never sent.

The carrier's defaults differ from jambonz's, so parameters that decide behaviour are always sent: timeouts, tries, the key that ends
the input, what a leg does after its bridge. Limits are in `schemas/commands` and `schemas/components/limits`.
"""

import math
import uuid
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from callverbs import schemas
from callverbs.interpreter.engine.command_results import REFUSED_CODE
from callverbs.interpreter.telnyx import client_state, conversations, parties, sounds, transcriptions, voices
from callverbs.interpreter.telnyx.limits import clamp, millis
from callverbs.interpreter.telnyx.meeting_requests import MEETING_PATHS, MEETING_REQUESTS
from callverbs.verbs.language import commands, recording_commands
from callverbs.verbs.language.commands import FOREVER, Command
from callverbs.verbs.language.meeting_commands import EndWithMember
from callverbs.verbs.language.message_commands import SendMessage
from callverbs.verbs.language.state_commands import UpdateClientState
from callverbs.verbs.parts.speech import is_ssml

COMMAND_ID_NAMESPACE = uuid.UUID("6f1d4ab2-8f5e-5c0a-9a35-6a9d4c4f0b11")
"""The namespace of command ids: the same session and entry always get the same id."""
PCMU_HERTZ = 8_000

OWN_STATES = ("client_state", "target_leg_client_state")
"""Parameters with a state of the author's own: of the leg, and of the leg that the command makes."""
IDEMPOTENCY_HEADER = "Idempotency-Key"
"""By this header the carrier recognises a repeated request of its other APIs, which have no command_id (SDK: messages.send)."""
Body = dict[str, Any]


class CarrierRequest(NamedTuple):
    """A request as it is sent, with the carrier's name of the command. `path` begins after the base URL.

    `session` and `leg` say whose request it is; they are not sent.
    """

    name: str
    method: str
    path: str
    body: Body
    session: str = ""
    leg: str = ""
    headers: Mapping[str, str] = {}


class CommandError(Exception):
    """The carrier would refuse the command. `field` is the parameter (`custom_headers.0.value`), `pointer` its JSON Pointer."""

    def __init__(self, field: str, message: str, code: str = "limit") -> None:
        self.field, self.code = field, code
        self.pointer = f"/{field.replace('.', '/')}" if field else ""
        super().__init__(message)


class RequestContext(NamedTuple):
    """What a request needs besides the command: the session, the number of the outbox entry, and the carrier's ids of the legs."""

    session: str
    n: int
    ids: Mapping[str, str]

    @property
    def command_id(self) -> str:
        """The id by which the carrier recognises a repeat."""
        return str(uuid.uuid5(COMMAND_ID_NAMESPACE, f"{self.session}:{self.n}"))

    def client_state(self, leg: str, own: str = "") -> str:
        """Returns the client_state of a leg of this session, with the author's own inside."""
        return client_state.write(self.session, leg, own)


def build_request(command: Command, context: RequestContext) -> CarrierRequest:
    """Returns the request of a command. Raises CommandError with the field that breaks a limit, or that the settings refuse."""
    name, build_body = REQUESTS[type(command)]
    if isinstance(command, commands.Dial | commands.Transfer) and command.party.refusal:
        raise CommandError("to", command.party.refusal, REFUSED_CODE)
    body = build_body(command, context)
    if isinstance(command, commands.Query):
        query = f"?{urlencode(body)}" if body else ""
        return CarrierRequest(name, "GET", _path(command, name, context) + query, {}, context.session, command.leg)
    headers: dict[str, str] = {}
    if isinstance(command, SendMessage):
        headers[IDEMPOTENCY_HEADER] = context.command_id
    elif "command_id" in schemas.load(f"commands/{name}")["properties"]:
        body["command_id"] = context.command_id
    ours = {key: value for key, value in body.items() if value is not None}
    authors = _author_parameters(command, name)
    body = {**authors, **ours, **{key: authors[key] for key in OWN_STATES if key in authors}}
    if diagnostics := schemas.diagnose(f"commands/{name}", body):
        first = diagnostics[0]
        raise CommandError(".".join(map(str, (*first.path, *(first.missing or first.conflicting)[:1]))), first.message)
    body |= _author_states(command, authors, context)
    method = METHODS.get(type(command), "POST")
    return CarrierRequest(name, method, _path(command, name, context), body, context.session, command.leg, headers)


def _path(command: Command, name: str, context: RequestContext) -> str:
    """Returns the path of a command: that of an action on its call, unless PATHS has another."""
    path = PATHS.get(type(command), "/calls/{leg}/actions/{name}")
    leg = context.ids[command.leg] if "{leg}" in path else ""
    parts = {"leg": leg, "name": name, **{field: getattr(command, field, "") for field in ("queue", "call", "conference", "participant")}}
    return path.format(**{part: quote(value, safe="") for part, value in parts.items()})


def _author_parameters(command: Command, name: str) -> Body:
    """Returns the author's own parameters that this command has. A prompt's `carrier` may hold others, of speak or playback_start."""
    known = schemas.load(f"commands/{name}")["properties"]
    return {key: value for key, value in command.carrier.items() if key in known}


def _author_states(command: Command, authors: Body, context: RequestContext) -> Body:
    """Returns the author's own states, inside ours: without ours no webhook would find its call."""
    legs = dict(zip(OWN_STATES, (command.leg, command.created_leg()), strict=True))
    return {key: context.client_state(leg, authors[key]) for key, leg in legs.items() if key in authors}


def notes(command: Command, context: RequestContext) -> tuple[str, ...]:
    """Returns sentences for the ladder about what is not as the author wrote it: a voice or a recognizer that the carrier does not have."""
    if isinstance(command, commands.StartTranscription):
        return transcriptions.notes(command)
    wanted = getattr(command, "voice", None)
    note = voices.replacement_note(wanted) if wanted is not None else ""
    return (note,) if note else ()


# --------------------------------------------------------------------------- bodies


def _empty(command: Command, context: RequestContext) -> Body:
    return {}


def _answer(command: commands.Answer, context: RequestContext) -> Body:
    return {"client_state": context.client_state(command.leg)}


def _reject(command: commands.Reject, context: RequestContext) -> Body:
    return {"cause": "USER_BUSY" if command.busy else "CALL_REJECTED"}


def _hang_up(command: commands.HangUp, context: RequestContext) -> Body:
    return {"custom_headers": parties.headers(command.headers)}


def _start_transcription(command: commands.StartTranscription, context: RequestContext) -> Body:
    return transcriptions.body(command)


def _speech(command: commands.Speak | commands.GatherUsingSpeak) -> Body:
    return {
        "payload": command.text,
        "payload_type": "ssml" if is_ssml(command.text) else "text",
        "voice": voices.carrier_voice(command.voice),
        "language": voices.carrier_language(command.voice),
    }


def _loop_value(rounds: int) -> int | str:
    return "infinity" if rounds == FOREVER else rounds


def _speak(command: commands.Speak, context: RequestContext) -> Body:
    return {**_speech(command), "loop": _loop_value(command.rounds)}


def _play(command: commands.Play, context: RequestContext) -> Body:
    source = _media_source(command)
    if source and command.sound:
        source = {"playback_content": sounds.content(command.sound)}
    audio_type = command.carrier.get("audio_type") or _audio_type(command.url or sounds.file_name(command.sound))
    return {**source, "audio_type": audio_type, "loop": _loop_value(command.rounds)}


def _stop_media(command: commands.StopMedia, context: RequestContext) -> Body:
    return {"overlay": command.overlay or None}


def _media_source(command: commands.Play | commands.GatherUsingAudio) -> Body:
    """Returns the URL of the file to play; nothing where `carrier` has the file itself, or the name under which the carrier stores it."""
    return {} if {"media_name", "playback_content"} & set(command.carrier) else {"audio_url": command.url}


def _audio_type(url: str) -> str | None:
    """Returns the `audio_type` of a WAV file. Without it, the carrier reads every file as MP3 (SPEC playback_start: audio_type)."""
    return "wav" if url.partition("?")[0].lower().endswith(".wav") else None


def _keys(command: commands.GatherKeys) -> Body:
    return {
        "minimum_digits": command.min_digits,
        "maximum_digits": command.max_digits,
        "terminating_digit": command.finish_on,
        "inter_digit_timeout_millis": clamp("inter_digit_timeout_millis", millis(command.wait_after_key)),
    }


def _gather(command: commands.Gather, context: RequestContext) -> Body:
    """Returns the body of a gather, whose `timeout_millis` is the time of the whole request.

    The wait for the first key is `initial_timeout_millis`. The whole has room for the time between keys after each further key.
    """
    whole_seconds = command.timeout + command.inter_digit_timeout * (command.max_digits - 1)
    return {
        **_keys(command),
        "initial_timeout_millis": clamp("initial_timeout_millis", millis(command.timeout)),
        "timeout_millis": clamp("timeout_millis", millis(whole_seconds)),
    }


def _gather_using_speak(command: commands.GatherUsingSpeak, context: RequestContext) -> Body:
    return {**_speech(command), **_keys(command), **_after_prompt(command)}


def _gather_using_audio(command: commands.GatherUsingAudio, context: RequestContext) -> Body:
    return {**_media_source(command), **_keys(command), **_after_prompt(command)}


def _after_prompt(command: commands.GatherKeys) -> Body:
    """Returns the timeout of a gather with a prompt: there, `timeout_millis` runs from the end of the prompt to the first key."""
    return {
        "timeout_millis": clamp("timeout_millis", millis(command.timeout)),
        "maximum_tries": command.carrier.get("maximum_tries", command.tries),
    }


def _record_start(command: commands.StartRecording, context: RequestContext) -> Body:
    """Returns the body of a recording. A silence is found by a transcription, which the carrier bills, so none is looked for unasked."""
    return {
        "format": command.format,
        "channels": command.channels,
        "play_beep": command.beep,
        "max_length": clamp("recording_max_length", math.ceil(command.max_length)),
        "timeout_secs": math.ceil(command.silence),
        "trim": "trim-silence" if command.trim else None,
    }


def _dial(command: commands.Dial, context: RequestContext) -> Body:
    return {
        **parties.parameters(command.party, command.carrier),
        "connection_id": command.connection,
        "link_to": context.ids.get(command.link_to),
        "retry_on_timeout": False,
        "media_encryption": {"sdes": "SRTP", "dtls": "DTLS"}.get(command.encryption),
        "client_state": context.client_state(command.leg),
    }


def _bridge(command: commands.Bridge, context: RequestContext) -> Body:
    return {"call_control_id": context.ids[command.other], "park_after_unbridge": "self"}


def _transfer(command: commands.Transfer, context: RequestContext) -> Body:
    return {
        **parties.parameters(command.party, command.carrier),
        "park_after_unbridge": "self",
        "client_state": context.client_state(command.leg),
        "target_leg_client_state": context.client_state(command.other),
    }


def _start_stream(command: commands.StartStream, context: RequestContext) -> Body:
    """Returns the body of a stream. Packets that come back at another rate than PCMU's have to be L16."""
    body: Body = {
        "stream_url": command.url,
        "stream_track": {"inbound": "inbound_track", "both": "both_tracks"}[command.tracks],
        "stream_bidirectional_mode": "rtp" if command.packets else "mp3",
        "custom_parameters": parties.headers(command.parameters),
    }
    if command.packets and command.sampling_rate != PCMU_HERTZ:
        body |= {"stream_bidirectional_codec": "L16", "stream_bidirectional_sampling_rate": command.sampling_rate}
    return body | ({"stream_auth_token": command.token} if command.token else {})


def _refer(command: commands.Refer, context: RequestContext) -> Body:
    return {"sip_address": command.to, "custom_headers": parties.headers(command.headers), **parties.auth(command.auth)}


def _send_dtmf(command: commands.SendDtmf, context: RequestContext) -> Body:
    return {"digits": command.digits, "duration_millis": millis(command.key_seconds)}


def _send_info(command: commands.SendInfo, context: RequestContext) -> Body:
    return {"body": command.body, "content_type": command.content_type}


def _send_message(command: SendMessage, context: RequestContext) -> Body:
    return {"from": command.from_, "to": command.to, "text": command.text or None, "media_urls": command.files or None}


REQUESTS: dict[type[Command], tuple[str, Callable[[Any, RequestContext], Body]]] = {
    commands.Answer: ("answer", _answer),
    commands.Reject: ("reject", _reject),
    commands.HangUp: ("hangup", _hang_up),
    commands.StartTranscription: ("transcription_start", _start_transcription),
    commands.StopTranscription: ("transcription_stop", _empty),
    commands.Speak: ("speak", _speak),
    commands.Play: ("playback_start", _play),
    commands.StopMedia: ("playback_stop", _stop_media),
    commands.Gather: ("gather", _gather),
    commands.GatherUsingSpeak: ("gather_using_speak", _gather_using_speak),
    commands.GatherUsingAudio: ("gather_using_audio", _gather_using_audio),
    commands.StopGather: ("gather_stop", _empty),
    commands.StartRelay: ("conversation_relay_start", conversations.start_relay),
    commands.AskForFields: ("gather_using_ai", conversations.ask_for_fields),
    commands.StartAssistant: ("ai_assistant_start", conversations.start_assistant),
    commands.StopAssistant: ("ai_assistant_stop", _empty),
    commands.StopRelay: ("conversation_relay_stop", _empty),
    commands.StartRecording: ("record_start", _record_start),
    commands.StopRecording: ("record_stop", _empty),
    recording_commands.PauseRecording: ("record_pause", _empty),
    recording_commands.ResumeRecording: ("record_resume", _empty),
    commands.Dial: ("dial", _dial),
    commands.Bridge: ("bridge", _bridge),
    commands.Transfer: ("transfer", _transfer),
    commands.Refer: ("refer", _refer),
    commands.SendInfo: ("send_sip_info", _send_info),
    commands.SendDtmf: ("send_dtmf", _send_dtmf),
    commands.StartStream: ("streaming_start", _start_stream),
    commands.StopStream: ("streaming_stop", _empty),
    UpdateClientState: ("client_state_update", _empty),
    SendMessage: ("send_message", _send_message),
    commands.RetrieveCall: ("retrieve_call", _empty),
    **MEETING_REQUESTS,
}
"""The carrier's name of each command, and the function that returns its body."""

METHODS: dict[type[Command], str] = {EndWithMember: "PATCH", UpdateClientState: "PUT"}
"""The methods of commands that are not posted."""

PATHS: dict[type[Command], str] = {
    commands.Dial: "/calls",
    SendMessage: "/messages",
    commands.RetrieveCall: "/calls/{leg}",
    **MEETING_PATHS,
}
"""The paths of commands that are no actions on a call."""
