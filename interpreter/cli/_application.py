"""A real application that the simulator asks over HTTP, while the virtual clock stands still."""

import asyncio
import contextlib
import os
import time
from concurrent.futures import ThreadPoolExecutor

from callverbs.interpreter.hooks.attempt import Attempt
from callverbs.interpreter.hooks.client import HookAccount
from callverbs.interpreter.hooks.egress import Egress
from callverbs.interpreter.hooks.http import HttpHookTransport
from callverbs.interpreter.hooks.pools import HookPools
from callverbs.interpreter.server.settings import ALLOW_PRIVATE_VARIABLE, YES
from callverbs.verbs.language.messages import HookRequest


class LiveApplication:
    """Asks the application at a URL. With a secret, requests are signed as the server signs them."""

    def __init__(self, url: str, secret: str = "") -> None:
        self._account = HookAccount(secret=secret, origin=url)
        self._request_count = 0

    def __call__(self, request: HookRequest) -> Attempt:
        """Asks once; the simulation retries. It runs in a thread with its own event loop, as the virtual one has no sockets."""
        self._request_count += 1
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(asyncio.run, self._ask(request, f"simulated:{self._request_count}")).result()

    async def _ask(self, request: HookRequest, request_id: str) -> Attempt:
        pools = HookPools(Egress(private=os.environ.get(ALLOW_PRIVATE_VARIABLE, "").lower() in YES))
        async with contextlib.aclosing(pools):
            transport = HttpHookTransport(pools, time.time, lambda url: "")
            return await transport.attempt(request, request.url, self._account, request_id)
