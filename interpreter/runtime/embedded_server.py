"""A uvicorn server that runs in an event loop of ours, and the socket that it listens on."""

import contextlib
import socket
from collections.abc import Callable, Iterator

import uvicorn


def bind(host: str, port: int, *, reuse_port: bool = False) -> socket.socket:
    """Returns a socket bound to an address; port 0 takes a free one. Raises OSError where that is not possible.

    With `reuse_port`, other processes that say so too may listen on the same port.

    The socket names its protocol: asyncio switches Nagle's algorithm off only for those that do, and with it every response on a
    connection that is kept alive waits 40 ms for the client's delayed acknowledgement.
    """
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if reuse_port:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise OSError(f"{host}:{port} cannot be listened on: {error.strerror or error}") from None
    bound.set_inheritable(True)
    return bound


def address(bound: socket.socket) -> str:
    """Returns the URL of a bound socket: http://host:port."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


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
