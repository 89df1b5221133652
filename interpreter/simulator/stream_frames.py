"""The messages that the carrier sends to a WebSocket, as JSON texts in their order. Nothing is sent here.

Source of their shape: developer pages, media streaming over WebSockets.
"""

import base64
import json
from typing import Any

from callverbs.interpreter.simulator.legs import SimulatedLeg, Stream

USER_ID = "00000000-0000-4000-8000-000000000000"
"""Id of the account, which is nobody's."""
PROTOCOL_VERSION = "1.0.0"
MEDIA_FORMAT = {"encoding": "PCMU", "sample_rate": 8000, "channels": 1}
"""Simulated calls are PCMU, and are never transcoded."""
TOKEN_HEADER = "x-telnyx-streaming-auth-token"  # noqa: S105 - the name of a header
"""Header of the connection, and field of its first message, that holds the token of the stream."""


class Frames:
    """Writes the messages of one stream, and counts them."""

    def __init__(self, leg: SimulatedLeg, stream: Stream) -> None:
        self._leg = leg
        self._stream = stream
        self._sequence = 0
        self._chunks = {"inbound": 0, "outbound": 0}

    def connected(self) -> str:
        """The first message, which names the version of the protocol; with the token of the stream, if it has one."""
        token = self._stream.body.get("stream_auth_token")
        return _json({"event": "connected", "version": PROTOCOL_VERSION, **({"connected": {TOKEN_HEADER: token}} if token else {})})

    def start(self) -> str:
        """What is streamed."""
        leg, given = self._leg, self._stream.body.get("custom_parameters", [])
        start: dict[str, Any] = {
            "user_id": USER_ID,
            "call_control_id": leg.id,
            "call_session_id": leg.session.id,
            "from": leg.from_,
            "to": leg.to,
            "tags": [],
            "client_state": leg.client_state,
            "custom_parameters": {one["name"]: one["value"] for one in given},
            "media_format": MEDIA_FORMAT,
        }
        return self._numbered({"event": "start", "start": start})

    def media(self, track: str, payload: bytes, millis: int) -> str:
        """One packet of a track, inbound or outbound; `millis` since the stream began."""
        self._chunks[track] += 1
        media = {
            "track": track,
            "chunk": str(self._chunks[track]),
            "timestamp": str(millis),
            "payload": base64.b64encode(payload).decode(),
        }
        return self._numbered({"event": "media", "media": media})

    def dtmf(self, key: str, occurred_at: str) -> str:
        """A key that the party has pressed."""
        return self._numbered({"event": "dtmf", "occurred_at": occurred_at, "dtmf": {"digit": key}})

    def mark(self, name: str) -> str:
        """A mark, when what was sent before it has been heard or dropped."""
        return self._numbered({"event": "mark", "mark": {"name": name}})

    def error(self, code: int, title: str, detail: str) -> str:
        """Something that was sent back and cannot be played."""
        return self._numbered({"event": "error", "payload": {"code": code, "title": title, "detail": detail}})

    def stop(self) -> str:
        """The end of the stream."""
        return self._numbered({"event": "stop", "stop": {"user_id": USER_ID, "call_control_id": self._leg.id}})

    def _numbered(self, frame: dict[str, Any]) -> str:
        self._sequence += 1
        return _json({**frame, "sequence_number": str(self._sequence), "stream_id": self._stream.id})


def _json(frame: dict[str, Any]) -> str:
    return json.dumps(frame, ensure_ascii=False)
