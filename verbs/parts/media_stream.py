"""Streams: the part of a verb that lets the carrier stream a leg's audio to a WebSocket of the customer's."""

import base64
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

from callverbs.verbs.language import commands
from callverbs.verbs.language.app import App
from callverbs.verbs.language.spec import Credentials, Hook, Spec
from callverbs.verbs.language.word import Word

CONNECT_SECONDS = 15.0
"""For the carrier to report that it has connected, or could not; after that nobody listens to the party any longer."""
SOCKET_SCHEMES = {"http": "ws", "https": "wss"}
"""The scheme of a WebSocket on the application's own origin."""


class BidirectionalAudio(Word, rename="camel"):
    """What the WebSocket sends back, as written: packets (`streaming`), whose rate is in Hz, or whole files."""

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
    channel: int | None = None
    carrier: dict[str, Any] = {}


def start_stream(spec: ListenSpec, app: App, leg: str) -> commands.StartStream:
    """Returns the command that starts a stream."""
    back = spec.bidirectional_audio
    return commands.StartStream(
        leg=leg,
        url=socket_url(spec.url, app.base_url),
        tracks="inbound" if spec.mix_type == "mono" else "both",
        parameters={name: _text(value) for name, value in spec.metadata.items()},
        token=_basic(spec.ws_auth) if spec.ws_auth else "",
        packets=back.streaming,
        sampling_rate=back.sample_rate,
        carrier=spec.carrier,
    )


def socket_url(url: str, base_url: str) -> str:
    """Returns the URL of a WebSocket: a path is on the application's own origin. Without an origin it stays a path."""
    origin = urlsplit(base_url)
    if not url.startswith("/") or not origin.netloc:
        return url
    return f"{SOCKET_SCHEMES.get(origin.scheme, origin.scheme)}://{origin.netloc}{url}"


def _text(value: object) -> str:
    """Returns a value as text, which is all that the carrier passes on: JSON, unless it is text already."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _basic(auth: Credentials) -> str:
    """Returns credentials as the header of Basic auth has them (RFC 7617)."""
    return "Basic " + base64.b64encode(f"{auth.username}:{auth.password}".encode()).decode()
