"""Runs a server until it is told to stop: uvicorn on a socket of ours, with a simulated carrier beside it where one is wanted."""

import asyncio
import contextlib
import dataclasses
import signal
import socket
from collections.abc import Callable, Iterator

import uvicorn

from callverbs.interpreter.runtime.ports import Store
from callverbs.interpreter.server.app import create_app
from callverbs.interpreter.server.runtime import Runtime, open_store
from callverbs.interpreter.server.settings import Settings
from callverbs.interpreter.server.webhook_middleware import PATH
from callverbs.interpreter.simulator.api import CarrierServer
from callverbs.interpreter.stores.sqlite import StoreError

BACKLOG = 2048
SIMULATED_API_KEY = "simulated"
Say = Callable[[str], None]


@dataclasses.dataclass(frozen=True, slots=True)
class Served:
    """Settings, the socket that they are served on, and the store."""

    settings: Settings
    socket: socket.socket
    store: Store

    @classmethod
    def bind(cls, settings: Settings) -> "Served":
        """Take the address and the store. Raises OSError where somebody else has the address, StoreError for a store of no use."""
        bound = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((settings.host, settings.port))
        except OSError as error:
            bound.close()
            raise OSError(f"{settings.host}:{settings.port} cannot be listened on: {error.strerror}") from None
        bound.set_inheritable(True)
        try:
            return cls(settings, bound, open_store(settings.store))
        except StoreError:
            bound.close()
            raise

    @property
    def address(self) -> str:
        """The URL of the server."""
        host, port = self.socket.getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Server(uvicorn.Server):
    """Says so once it listens, and leaves signals to us."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._started()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(served: Served, say: Say) -> None:
    """Serve until SIGTERM or SIGINT; then finish what is being sent, and stop."""
    async with contextlib.AsyncExitStack() as stack:
        settings = served.settings
        announcements = [f"callverbs serves on {served.address}"]
        if settings.carrier.kind == "simulated":
            carrier = await stack.enter_async_context(CarrierServer(served.address + PATH, api_key=SIMULATED_API_KEY))
            account = dataclasses.replace(
                settings.carrier, api=2, base_url=carrier.base_url, api_key=SIMULATED_API_KEY, public_key=carrier.public_key
            )
            settings = dataclasses.replace(settings, carrier=account)
            announcements.append(f"a simulated carrier is on {carrier.address}: POST {carrier.address}/_sim/calls places a call")
        runtime = Runtime(settings, served.store)
        config = uvicorn.Config(
            create_app(runtime), log_level="warning", access_log=False, lifespan="on", timeout_graceful_shutdown=10, backlog=BACKLOG
        )
        server = Server(config, lambda: say("\n".join(announcements)))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, lambda: setattr(server, "should_exit", True))
        await server.serve(sockets=[served.socket])


def run(served: Served, say: Say) -> None:
    """Serve in an event loop of its own: uvloop's, where there is one."""
    factory = uvicorn.Config(_nothing, loop="auto").get_loop_factory()
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(serve(served, say))


async def _nothing(scope: object, receive: object, send: object) -> None:
    """Stands for an application where only the kind of loop is wanted."""
