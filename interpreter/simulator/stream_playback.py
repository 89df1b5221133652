"""What a WebSocket sends back: audio to play, marks and clears. It keeps the time, and plays nothing.

Packets (`stream_bidirectional_mode` rtp) are played one after the other, and so are files (mp3). Source of the limits: developer pages,
media streaming over WebSockets. They say that there are errors; what these are called is our reading.
"""

import base64
import binascii
import json
from collections import deque
from collections.abc import Iterator
from typing import Any, NamedTuple

from callverbs.interpreter.simulator.refusals import Body

MIN_SECONDS, MAX_SECONDS = 0.02, 30.0
"""The audio of one message, in mode rtp."""
FILE_INTERVAL_SECONDS = 1.0
"""Files come once a second at the most."""
MAX_MARKS = 1_000
BYTES_PER_SECOND = {"PCMU": 8_000, "PCMA": 8_000, "G722": 8_000}
"""Of codecs with a fixed rate; L16 has two bytes for each sample, and others are taken as one packet of 20 ms."""
MP3_BYTES_PER_SECOND = 16_000
"""128 kbit/s: how long a file is, is not read from it."""


class Mark(NamedTuple):
    """A mark that is to be sent back when it is due, in UTC seconds."""

    due: float
    name: str


class Fault(NamedTuple):
    """What is wrong with a message that came back."""

    code: int
    title: str
    detail: str


def malformed(detail: str) -> Fault:
    """Returns the fault of a message that cannot be read."""
    return Fault(100003, "malformed_frame", detail)


def invalid_media(detail: str) -> Fault:
    """Returns the fault of audio that cannot be played."""
    return Fault(100004, "invalid_media", detail)


class Playback:
    """The audio that one WebSocket has sent back, and what of it is still to be heard. `now` is in UTC seconds."""

    def __init__(self, body: Body) -> None:
        self._is_rtp = body.get("stream_bidirectional_mode", "mp3") == "rtp"
        codec = body.get("stream_bidirectional_codec", "PCMU")
        rate = {"L16": 2 * body.get("stream_bidirectional_sampling_rate", 8_000), **BYTES_PER_SECOND}
        self._bytes_per_second = rate.get(codec, 0) if self._is_rtp else MP3_BYTES_PER_SECOND
        self._until = 0.0
        self._last_file_at = 0.0
        self._marks: deque[Mark] = deque()

    def is_playing(self, now: float) -> bool:
        """Returns whether something is heard."""
        return now < self._until

    def take(self, message: str | bytes, now: float) -> Fault | None:
        """Takes a message, and returns what is wrong with it."""
        try:
            frame = json.loads(message)
        except ValueError:
            return malformed("the message is not JSON")
        if not isinstance(frame, dict):
            return malformed("the message is not an object")
        match frame.get("event"):
            case "media":
                return self._take_media(_inner(frame, "media").get("payload"), now)
            case "mark":
                return self._take_mark(_inner(frame, "mark").get("name"), now)
            case "clear":
                self._clear(now)
                return None
        return malformed(f"there is no event {frame.get('event')}: media, mark and clear may be sent")

    def marks_due(self, now: float) -> Iterator[str]:
        """Yields the marks that are due, once."""
        while self._marks and self._marks[0].due <= now:
            yield self._marks.popleft().name

    def _take_media(self, payload: object, now: float) -> Fault | None:
        try:
            audio = base64.b64decode(payload, validate=True) if isinstance(payload, str) else b""
        except binascii.Error:
            return invalid_media("media.payload is not base64")
        if not audio:
            return invalid_media("media.payload is missing")
        seconds = len(audio) / self._bytes_per_second if self._bytes_per_second else MIN_SECONDS
        if self._is_rtp and not MIN_SECONDS <= seconds <= MAX_SECONDS:
            return invalid_media(f"a message holds 20 ms to 30 s of audio, and this one {seconds:g} s")
        if not self._is_rtp:
            if self._last_file_at and now - self._last_file_at < FILE_INTERVAL_SECONDS:
                return Fault(100005, "rate_limit_reached", "files come once a second at the most")
            self._last_file_at = now
        self._until = max(self._until, now) + seconds
        return None

    def _take_mark(self, name: object, now: float) -> Fault | None:
        if not isinstance(name, str):
            return malformed("mark.name is missing")
        if len(self._marks) >= MAX_MARKS:
            return malformed(f"more than {MAX_MARKS} marks are waiting")
        self._marks.append(Mark(max(self._until, now), name))
        return None

    def _clear(self, now: float) -> None:
        self._until = now
        self._marks = deque(Mark(now, mark.name) for mark in self._marks)


def _inner(frame: dict[str, Any], key: str) -> dict[str, Any]:
    found = frame.get(key)
    return found if isinstance(found, dict) else {}
