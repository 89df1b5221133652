"""Runs a server until it is asked to stop: uvicorn on a socket of ours, and the simulated carrier if the settings name it."""

import asyncio
import contextlib
import dataclasses
import logging
import signal
import socket
from collections.abc import Callable
from typing import Any

import uvicorn

from callverbs.interpreter.runtime import embedded_server
from callverbs.interpreter.runtime.embedded_server import EmbeddedServer
from callverbs.interpreter.server import connections, descriptors
from callverbs.interpreter.server.reloading import ReloadableApp
from callverbs.interpreter.server.settings import Settings, SettingsError
from callverbs.interpreter.server.webhook_middleware import WEBHOOK_PATH
from callverbs.interpreter.simulator.api import CarrierServer
from callverbs.interpreter.stores.opening import open_store

LOG = logging.getLogger("callverbs")
SOCKET_BACKLOG = 2048
STOP_GRACE_SECONDS = 10
"""How long a request may still take when the server stops."""
SIMULATED_API_KEY = "simulated"
FIXED = ("host", "port", "store", "workers")
"""Settings that a reload cannot change."""


@dataclasses.dataclass(frozen=True, slots=True)
class BoundServer:
    """A server that can start: its settings, and the socket that it will listen on."""

    settings: Settings
    socket: socket.socket

    @classmethod
    def bind(cls, settings: Settings) -> "BoundServer":
        """Binds the address. Raises OSError where it cannot be bound."""
        return cls(settings, embedded_server.bind(settings.host, settings.port, reuse_port=settings.reuse_port))

    @property
    def address(self) -> str:
        """The URL of the server."""
        return embedded_server.address(self.socket)


def server_options(settings: Settings) -> dict[str, Any]:
    """Returns how uvicorn serves, in one process and in several."""
    return {
        "log_level": "warning",
        "access_log": False,
        "lifespan": "on",
        "timeout_graceful_shutdown": STOP_GRACE_SECONDS,
        "backlog": SOCKET_BACKLOG,
        "http": connections.protocol(settings.connections),
        "timeout_keep_alive": connections.IDLE_SECONDS,
    }


async def serve(bound: BoundServer, announce: Callable[[str], None], reread: Callable[[], Settings]) -> None:
    """Serves until SIGTERM or SIGINT, then finishes what is being sent. At SIGHUP it serves with the settings that `reread` returns.

    `announce` receives the addresses once the server listens. Raises StoreError where the store cannot be opened.
    """
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(bound.socket)
        settings = bound.settings
        store = await open_store(settings.store)
        stack.push_async_callback(store.close)
        announcements = [f"callverbs serves on {bound.address}"]
        simulated = None
        if shortage := descriptors.provide(settings):
            LOG.warning("%s", shortage)
        if settings.carrier.kind == "simulated":
            simulated = await stack.enter_async_context(CarrierServer(bound.address + WEBHOOK_PATH, api_key=SIMULATED_API_KEY))
            announcements.append(f"a simulated carrier is on {simulated.address}: POST {simulated.address}/_sim/calls places a call")
        app = ReloadableApp(_with_carrier(settings, simulated), store)
        server = EmbeddedServer(uvicorn.Config(app, **server_options(settings)), lambda: announce("\n".join(announcements)))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, lambda: setattr(server, "should_exit", True))
        reloads: set[asyncio.Task[None]] = set()

        def reload() -> None:
            if not server.started:
                return  # it reads them just now
            task = asyncio.create_task(_reload(app, lambda: _with_carrier(reread(), simulated)))
            reloads.add(task)
            task.add_done_callback(reloads.discard)

        loop.add_signal_handler(signal.SIGHUP, reload)
        await server.serve(sockets=[bound.socket])
        await asyncio.gather(*reloads)


async def _reload(app: ReloadableApp, reread: Callable[[], Settings]) -> None:
    """Reads the settings and serves with them. Where they are wrong it says why, and the old ones stay."""
    try:
        settings = reread()
    except SettingsError as error:
        for reason in error.reasons:
            LOG.error("the settings are not reloaded: %s", reason)
        return
    fixed = [name for name in FIXED if getattr(settings, name) != getattr(app.settings, name)]
    if fixed:
        LOG.warning("of the settings, %s changes at the next start only", " and ".join(fixed))
    await app.reload(settings)
    LOG.info("the settings are reloaded")


def _with_carrier(settings: Settings, simulated: CarrierServer | None) -> Settings:
    """Returns the settings with the account at a simulated carrier that runs."""
    if simulated is None:
        return settings
    carrier = dataclasses.replace(
        settings.carrier, api=2, base_url=simulated.base_url, api_key=SIMULATED_API_KEY, public_key=simulated.public_key
    )
    return dataclasses.replace(settings, carrier=carrier)


def run(bound: BoundServer, announce: Callable[[str], None], reread: Callable[[], Settings]) -> None:
    """Serves in an event loop of its own: uvloop's, where it is installed. Raises StoreError."""
    factory = uvicorn.Config(_unused_app, loop="auto").get_loop_factory()
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(serve(bound, announce, reread))


async def _unused_app(scope: object, receive: object, send: object) -> None:
    """Does nothing: uvicorn.Config needs an application to choose an event loop."""
