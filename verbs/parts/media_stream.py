"""Streams: the part of a verb that lets the carrier stream a leg's audio to a WebSocket of the customer's."""

import base64
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from callverbs.schemas import Diagnostic
from callverbs.verbs.language import commands
from callverbs.verbs.language.app import App
from callverbs.verbs.language.context import VerbContext
from callverbs.verbs.language.events import StreamEnded, StreamStarted
from callverbs.verbs.language.spec import Credentials, Hook, Spec
from callverbs.verbs.language.word import Word
from callverbs.verbs.parts.transcribing import TranscribeSpec

CONNECT_SECONDS = 15.0
"""For the carrier to report that it has connected, or could not; after that nobody listens to the party any longer."""
CALLEE_CHANNEL = 2
"""Within a dial: the callee's audio (jambonz dial.js)."""
NO_REASON = "the carrier gives no reason"
SOCKET_SCHEMES = {"http": "ws", "https": "wss"}
"""The scheme of a WebSocket on the application's own origin."""


class BidirectionalAudio(Word, rename="camel"):
    """What the WebSocket sends back, as written: packets (`streaming`), whose rate is in Hz, or whole files."""

    enabled: bool = True
    streaming: bool = False
    sample_rate: int = 8000


class ListenSpec(Spec):
    """A listen as written, alone or within a dial. `max_length` is in seconds."""

    url: str
    action_hook: Hook | None = None
    ws_auth: Credentials | None = None
    mix_type: Literal["mono", "stereo", "mixed"] = "mono"
    metadata: dict[str, Any] = {}
    finish_on_key: str | None = None
    max_length: float | None = None
    play_beep: bool = False
    bidirectional_audio: BidirectionalAudio = BidirectionalAudio()
    disable_bidirectional_audio: bool = False
    pass_dtmf: bool = False
    """The carrier always does."""
    channel: float | None = None
    transcribe: TranscribeSpec | None = None
    carrier: dict[str, Any] = {}

    @property
    def sends_packets(self) -> bool:
        """Whether packets that the WebSocket sends back are played."""
        back = self.bidirectional_audio
        return back.streaming and back.enabled and not self.disable_bidirectional_audio


def start_stream(spec: ListenSpec, app: App, leg: str) -> commands.StartStream:
    """Returns the command that starts a stream."""
    return commands.StartStream(
        leg=leg,
        url=socket_url(spec.url, app.base_url),
        tracks="inbound" if spec.mix_type == "mono" else "both",
        parameters={name: _text(value) for name, value in spec.metadata.items()},
        token=_basic(spec.ws_auth) if spec.ws_auth else "",
        packets=spec.sends_packets,
        sampling_rate=spec.bidirectional_audio.sample_rate,
        carrier=spec.carrier,
    )


def socket_url(url: str, base_url: str) -> str:
    """Returns the URL of a WebSocket: a path is on the application's own origin. Without an origin it stays a path."""
    origin = urlsplit(base_url)
    if not url.startswith("/") or not origin.netloc:
        return url
    return f"{SOCKET_SCHEMES.get(origin.scheme, origin.scheme)}://{origin.netloc}{url}"


def stream_result(reason: str, began: float, now: float, **more: str) -> dict[str, Any]:
    """Returns what the hook is told about a stream that is over. `began` is 0 where it never began."""
    return {"reason": reason, "dial_call_duration": round(now - began) if began else 0, **more}


def without_effect(body: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """Yields what has no effect of the stream of a conversation, as its dial has it."""
    if "listen" in body and "stream" in body:
        yield Diagnostic(("stream",), "CV109", "stream is another name of listen, which is written too: write one of them", at_key=True)
    for name in ("listen", "stream"):
        if isinstance(body.get(name), dict) and body[name].get("playBeep"):
            yield Diagnostic(
                (name, "playBeep"), "CV109", "nobody hears a beep while two are talking: play it with confirmHook", at_key=True
            )


def _text(value: object) -> str:
    """Returns a value as text, which is all that the carrier passes on: JSON, unless it is text already."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _basic(auth: Credentials) -> str:
    """Returns credentials as the header of Basic auth has them (RFC 7617)."""
    return "Basic " + base64.b64encode(f"{auth.username}:{auth.password}".encode()).decode()


class Streaming(Struct, omit_defaults=True):
    """The stream of a conversation: the leg whose audio it is, empty for none, and when it began, in UTC seconds."""

    leg: str = ""
    began: float = 0.0


class StreamedConversation:
    """The handlers of a verb that connects two parties, and whose spec has a `conversation_stream`.

    Whatever becomes of the stream, the two go on talking. The hook is told once how it ended; nobody reads the reply (jambonz dial.js).
    """

    __slots__ = ()

    if TYPE_CHECKING:  # fields of the verb, which msgspec would read here too
        spec: Any
        streaming: Streaming

    def start_stream(self, call: VerbContext, callee: str) -> None:
        """Starts the stream of two who are connected: the caller's audio, or that of the callee (channel 2)."""
        spec: ListenSpec | None = self.spec.conversation_stream
        if spec is not None:
            self.streaming.leg = callee if spec.channel == CALLEE_CHANNEL else call.leg.name
            call.command(start_stream(spec, call.app, self.streaming.leg))

    def on_stream_started(self, call: VerbContext, event: StreamStarted) -> None:
        stream, limit = self.streaming, self.spec.conversation_stream and self.spec.conversation_stream.max_length
        if stream.leg != event.leg or stream.began:
            return
        stream.began = call.at
        if limit:
            call.start_timer(self.on_stream_timer, limit)

    def on_stream_ended(self, call: VerbContext, event: StreamEnded) -> None:
        if event.status == "failed":
            self.stream_failed(call, event.detail or NO_REASON)
        else:
            self.end_stream(call, "streamEnded")

    def on_stream_timer(self, call: VerbContext) -> None:
        self._stop_stream(call, "maxLength")

    def stream_failed(self, call: VerbContext, why: str) -> None:
        """Ends a stream that cannot be. The verb calls this where the carrier refuses the command."""
        call.note(f"the carrier could not stream to {self.spec.conversation_stream.url}: {why}")
        self.end_stream(call, "streamFailed", details=why)

    def key_in_stream(self, call: VerbContext, leg: str, digit: str) -> None:
        """Stops the stream where the party whose audio it is has pressed the key for that. The verb calls this from `on_key_pressed`."""
        if self.streaming.leg == leg and digit == self.spec.conversation_stream.finish_on_key:
            self._stop_stream(call, "dtmfDetected", digits=digit)

    def _stop_stream(self, call: VerbContext, reason: str, **more: str) -> None:
        call.stop_own_media(self.streaming.leg)
        self.end_stream(call, reason, **more)

    def end_stream(self, call: VerbContext, reason: str, **more: str) -> None:
        """Tells the hook that the stream is over, if there is one.

        The verb calls this where it ends itself; then the engine stops the stream.
        """
        stream, spec = self.streaming, self.spec.conversation_stream
        if not stream.leg:
            return
        if spec.action_hook:
            label = {"verb_id": spec.id} if spec.id else {}
            call.notify(spec.action_hook, leg=stream.leg, extra=stream_result(reason, stream.began, call.at, **more, **label))
        call.stop_timer(self.on_stream_timer)
        stream.leg, stream.began = "", 0.0
