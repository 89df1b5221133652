"""A uvicorn server that runs in an event loop of ours."""

import contextlib
import socket
from collections.abc import Callable, Iterator

import uvicorn


class EmbeddedServer(uvicorn.Server):
    """Calls `on_listening` once it listens. It installs no signal handlers."""

    def __init__(self, config: uvicorn.Config, on_listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_listening = on_listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_listening()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
