"""The connections to applications: one bounded pool for each, so an application that is silent delays no other.

What the settings name has connections of its own; whatever else a document names is asked over connections that egress checks.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx

from callverbs.interpreter.hooks.client import HookAccount
from callverbs.interpreter.hooks.egress import Egress
from callverbs.interpreter.runtime.http_pool import open_pool

CONNECTIONS = 100
"""Connections to the hooks of one application at once."""
WAIT_SHARE = 0.5
"""The share of a hook's timeout that it waits for a free connection."""
PUBLIC_KEEPALIVE_SECONDS = 5.0
"""How long an unused connection is kept to a host that a document names: there may be many."""


class BusyError(Exception):
    """All connections to the hooks of an application are in use."""


class Pool:
    """The connections of one application. `own` are those to what the settings name, `public` all others."""

    def __init__(self, connections: int, egress: Egress) -> None:
        self.free = asyncio.Semaphore(connections)
        self.own = open_pool(connections)
        self.public = open_pool(connections, PUBLIC_KEEPALIVE_SECONDS, egress.open_socket)


class HookPools:
    """Lends connections."""

    def __init__(self, egress: Egress, connections: int = CONNECTIONS) -> None:
        self._egress = egress
        self._connections = connections
        self._pools: dict[str, Pool] = {}

    @contextlib.asynccontextmanager
    async def lend(self, account: HookAccount, url: httpx.URL) -> AsyncIterator[httpx.AsyncClient]:
        """Lends the client for a URL. Raises EgressError for a port that is not asked, BusyError where no connection gets free in time."""
        named = account.names(url) or self._egress.allows_host(url.host)
        if not named:
            self._egress.check_port(url.port)
        pool = self._pools.get(account.name) or self._pools.setdefault(account.name, Pool(self._connections, self._egress))
        try:
            async with asyncio.timeout(account.timeout * WAIT_SHARE):
                await pool.free.acquire()
        except TimeoutError:
            text = f"all {self._connections} connections to hooks of the application are in use (connections under [hooks])"
            raise BusyError(text) from None
        try:
            yield pool.own if named else pool.public
        finally:
            pool.free.release()

    async def aclose(self) -> None:
        """Closes all connections."""
        for pool in self._pools.values():
            await pool.own.aclose()
            await pool.public.aclose()
