"""Runs a server until it is asked to stop: uvicorn on a socket of ours, and the simulated carrier if the settings name it."""

import asyncio
import contextlib
import dataclasses
import signal
import socket
from collections.abc import Callable

import uvicorn

from callverbs.interpreter.runtime import embedded_server
from callverbs.interpreter.runtime.embedded_server import EmbeddedServer
from callverbs.interpreter.server.app import create_app
from callverbs.interpreter.server.runtime import Runtime
from callverbs.interpreter.server.settings import Settings
from callverbs.interpreter.server.webhook_middleware import WEBHOOK_PATH
from callverbs.interpreter.simulator.api import CarrierServer
from callverbs.interpreter.stores.opening import open_store

SOCKET_BACKLOG = 2048
STOP_GRACE_SECONDS = 10
"""How long a request may still take when the server stops."""
SIMULATED_API_KEY = "simulated"


@dataclasses.dataclass(frozen=True, slots=True)
class BoundServer:
    """A server that can start: its settings, and the socket that it will listen on."""

    settings: Settings
    socket: socket.socket

    @classmethod
    def bind(cls, settings: Settings) -> "BoundServer":
        """Binds the address. Raises OSError where it cannot be bound."""
        return cls(settings, embedded_server.bind(settings.host, settings.port))

    @property
    def address(self) -> str:
        """The URL of the server."""
        return embedded_server.address(self.socket)


async def serve(bound: BoundServer, announce: Callable[[str], None]) -> None:
    """Serves until SIGTERM or SIGINT, then finishes what is being sent. `announce` receives the addresses once the server listens.

    Raises StoreError where the store cannot be opened.
    """
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(bound.socket)
        settings = bound.settings
        store = await open_store(settings.store)
        announcements = [f"callverbs serves on {bound.address}"]
        if settings.carrier.kind == "simulated":
            simulated = await stack.enter_async_context(CarrierServer(bound.address + WEBHOOK_PATH, api_key=SIMULATED_API_KEY))
            carrier = dataclasses.replace(
                settings.carrier, api=2, base_url=simulated.base_url, api_key=SIMULATED_API_KEY, public_key=simulated.public_key
            )
            settings = dataclasses.replace(settings, carrier=carrier)
            announcements.append(f"a simulated carrier is on {simulated.address}: POST {simulated.address}/_sim/calls places a call")
        runtime = Runtime(settings, store)
        config = uvicorn.Config(
            create_app(runtime),
            log_level="warning",
            access_log=False,
            lifespan="on",
            timeout_graceful_shutdown=STOP_GRACE_SECONDS,
            backlog=SOCKET_BACKLOG,
        )
        server = EmbeddedServer(config, lambda: announce("\n".join(announcements)))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, lambda: setattr(server, "should_exit", True))
        await server.serve(sockets=[bound.socket])


def run(bound: BoundServer, announce: Callable[[str], None]) -> None:
    """Serves in an event loop of its own: uvloop's, where it is installed. Raises StoreError."""
    factory = uvicorn.Config(_unused_app, loop="auto").get_loop_factory()
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(serve(bound, announce))


async def _unused_app(scope: object, receive: object, send: object) -> None:
    """Does nothing: uvicorn.Config needs an application to choose an event loop."""
