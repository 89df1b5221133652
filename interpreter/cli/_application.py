"""A real application as the simulator asks it: over HTTP, while the virtual clock stands still."""

import asyncio
import time

from interpreter.hooks.client import Account, Answer, Hooks
from interpreter.hooks.pool import open_pool
from verbs._commands import Ask


class Live:
    """Asks the application at a URL; a secret signs what it is told, as a server would."""

    def __init__(self, url: str, secret: str = "") -> None:
        self._account = Account(secret=secret, origin=url)
        self._n = 0

    def __call__(self, ask: Ask) -> Answer:
        """Ask once. Retries are the simulation's: they take time."""
        self._n += 1
        return asyncio.run(self._ask(ask, f"simulated:{self._n}"))

    async def _ask(self, ask: Ask, request_id: str) -> Answer:
        async with open_pool() as client:
            return await Hooks(client, {}, time.time, lambda url: "").attempt(ask, ask.url, self._account, request_id)
