"""HTTP connections of clients, with bounds that uvicorn does not have: headers come in time and have an end, and so have connections.

Bodies have bounds of their own (`webhook_middleware`, `routes`), idle connections uvicorn's.
"""

import asyncio
import logging
from functools import partial
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LOG = logging.getLogger("callverbs")
HEADER_SECONDS = 10.0
"""For all headers of a request to come, from the connection or from their first byte."""
MAX_HEADER_BYTES = 65_536
IDLE_SECONDS = 5
"""How long a connection is kept without a request."""


class BoundedProtocol(HttpToolsProtocol):
    """One connection. `max_connections` is for all of the process."""

    def __init__(self, *args: Any, max_connections: int, header_seconds: float, **options: Any) -> None:
        super().__init__(*args, **options)
        self.max_connections = max_connections
        self.header_seconds = header_seconds
        self._deadline: asyncio.TimerHandle | None = None
        self._header_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        if len(self.connections) >= self.max_connections:
            LOG.warning("a connection is closed: %s at once are the most (connections under [server])", self.max_connections)
            transport.abort()
            return
        super().connection_made(transport)
        self._start_headers()

    def data_received(self, data: bytes) -> None:
        if self._deadline:
            self._header_bytes += len(data)
        super().data_received(data)
        if self._deadline and self._header_bytes > MAX_HEADER_BYTES:
            self._close(f"its headers have more than {MAX_HEADER_BYTES} bytes")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._deadline is None:
            self._start_headers()

    def on_headers_complete(self) -> None:
        self._stop_headers()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_headers()
        if self in self.connections:
            super().connection_lost(exc)

    def _start_headers(self) -> None:
        self._header_bytes = 0
        why = f"its headers did not come within {self.header_seconds:g} s"
        self._deadline = self.loop.call_later(self.header_seconds, self._close, why)

    def _stop_headers(self) -> None:
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None

    def _close(self, why: str) -> None:
        self._stop_headers()
        LOG.warning("a connection from %s is closed: %s", self.client[0] if self.client else "an unknown address", why)
        self.transport.abort()


def protocol(max_connections: int, header_seconds: float = HEADER_SECONDS) -> Any:
    """Returns what makes the protocols of a server, for uvicorn's `http`. It can be pickled, for worker processes."""
    return partial(BoundedProtocol, max_connections=max_connections, header_seconds=header_seconds)
