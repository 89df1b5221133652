"""The ASGI application of the settings as they are now. A reload puts a new one in its place, and the old one finishes what it has begun.

Both are on the same store meanwhile, as two processes would be, so no webhook is lost and no call ends. The new one takes every new
request.
"""

import asyncio
from typing import Any

from callverbs.interpreter.runtime.ports import Store
from callverbs.interpreter.server.app import create_app
from callverbs.interpreter.server.runtime import Runtime
from callverbs.interpreter.server.settings import Settings

REQUEST_GRACE_SECONDS = 10.0
"""How long a request to the old application may still take."""


class Generation:
    """One runtime, its application, and the requests that it is answering."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._runtime = Runtime(settings, store)
        self._app: Any = create_app(self._runtime)
        self._requests = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def open(self) -> "Generation":
        """Starts the runtime. Calls in the store continue."""
        await self._runtime.open()
        return self

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self._requests += 1
        self._idle.clear()
        try:
            await self._app.asgi_app(scope, receive, send)
        finally:
            self._requests -= 1
            if not self._requests:
                self._idle.set()

    async def close(self) -> None:
        """Waits for requests that are being answered, then for what is being sent."""
        try:
            async with asyncio.timeout(REQUEST_GRACE_SECONDS):
                await self._idle.wait()
        except TimeoutError:
            pass  # what it has saved is sent by the next one, when its lease is over
        await self._runtime.close()


class ReloadableApp:
    """Serves with the newest settings. Its lifespan opens the first generation, and closes the last one."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.settings = settings
        self._store = store
        self._current: Generation
        self._reload_lock = asyncio.Lock()

    async def reload(self, settings: Settings) -> None:
        """Serves with these settings from now on. Returns when the old ones are no longer in use."""
        async with self._reload_lock:
            new = await Generation(settings, self._store).open()
            old, self._current, self.settings = self._current, new, settings
            await old.close()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await self._current(scope, receive, send)
            return
        await receive()
        self._current = await Generation(self.settings, self._store).open()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        async with self._reload_lock:
            await self._current.close()
        await send({"type": "lifespan.shutdown.complete"})
