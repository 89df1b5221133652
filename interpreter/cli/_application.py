"""A real application as the simulator asks it: over HTTP, while the virtual clock stands still."""

import asyncio
import time

import httpx

from interpreter.hooks.client import Account, Answer, Hooks
from interpreter.session import Entry
from verbs._commands import Ask
from verbs._events import HookFailed, HookReplied


class Live:
    """Asks the application at a URL."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._n = 0

    def __call__(self, ask: Ask) -> Answer:
        self._n += 1
        return asyncio.run(self._ask(Entry(self._n, ask, 0, 0.0)))

    async def _ask(self, entry: Entry) -> Answer:
        async with httpx.AsyncClient() as client:
            hooks = Hooks(client, {"": Account()}, time.time, lambda url: "")
            event = await hooks.ask("simulated", "", entry)
        if isinstance(event, HookReplied):
            return Answer(event.status, event.content_type, event.body)
        assert isinstance(event, HookFailed)
        return Answer(event.status, failure="5xx", reason=event.reason)
