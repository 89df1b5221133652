"""WebSockets of a scenario: whether they accept a stream, after how long, and when they close it. No audio is sent."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from callverbs.interpreter.simulator import streaming
from callverbs.interpreter.simulator.exchange import Exchange
from callverbs.interpreter.simulator.legs import SimulatedLeg, Stream
from callverbs.interpreter.simulator.people import Duration, PersonError, to_seconds
from callverbs.interpreter.text.type_errors import diagnose

CONNECT_SECONDS = 0.1


class StreamStub(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A WebSocket: it accepts the stream after `connects`, or refuses it, and closes it after `closes` more."""

    connects: Duration = CONNECT_SECONDS
    refused: bool = False
    closes: Duration | None = None

    def __post_init__(self) -> None:
        to_seconds(self.connects)
        if self.closes is not None:
            to_seconds(self.closes)
            if self.refused:
                raise PersonError("a stream that is refused is never closed: leave out closes")


StreamStubs = Mapping[str, StreamStub]
"""By URL."""
STUB_OF_WORD: dict[str, dict[str, Any]] = {"refused": {"refused": True}, "connects": {}}
"""WebSockets that a scenario can name by one word."""


def read_stub(written: object) -> StreamStub:
    """Returns a WebSocket from one word or a mapping. Raises PersonError."""
    if isinstance(written, str):
        if written not in STUB_OF_WORD:
            raise PersonError(f'a stream is one of {", ".join(STUB_OF_WORD)}, or an object with connects, refused, closes; not "{written}"')
        written = STUB_OF_WORD[written]
    try:
        return msgspec.convert(written, StreamStub)
    except msgspec.ValidationError as error:
        found = diagnose(written, StreamStub, error, "a stream")
        raise PersonError(found.message, found.path, found.at_key) from None


class StubbedConnection:
    """The connection of a stream with a WebSocket of the scenario."""

    def __init__(self, exchange: Exchange, leg: SimulatedLeg, stream: Stream, stub: StreamStub) -> None:
        self._exchange = exchange
        self._leg = leg
        self._stream = stream
        self._stub = stub
        self._timer = exchange.call_later(leg, to_seconds(stub.connects), self._answer)

    def _answer(self) -> None:
        if self._stub.refused:
            streaming.failed(self._exchange, self._leg, self._stream)
            return
        streaming.opened(self._exchange, self._leg, self._stream)
        if self._stub.closes is not None:
            self._timer = self._exchange.call_later(self._leg, to_seconds(self._stub.closes), self._close)

    def _close(self) -> None:
        streaming.closed(self._exchange, self._leg, self._stream)

    def close(self) -> None:
        """Ends the connection from the carrier's side."""
        self._timer.cancel()

    def press(self, key: str) -> None:
        """Does nothing: nobody is there to be told."""
