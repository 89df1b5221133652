"""Sends what was saved, and brings back as events what became of it. Whoever saved an entry sends it.

Entries of one leg go in their order and legs go side by side, so a simring rings at once and a bridge waits for both its
legs. Before anything is sent the store is asked: what was dropped, or is somebody else's by now, is not sent.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from interpreter.lanes import Lanes
from interpreter.session import LEASE, Entry, View, peek
from interpreter.switchboard import Saved, Store
from verbs._commands import Ask, Command
from verbs._events import Event

LOG = logging.getLogger("callverbs")
PAUSE = 0.1
"""Seconds between two looks at an entry that waits for another worker's, or for the address of its leg."""
LOOKS = 50
"""Looks until it is left to its lease."""
UNSAFE = 55.0
"""Seconds after which nothing is tried again: the carrier ignores repeats for 60 (developer pages, command retries)."""


class CarrierPort(Protocol):
    """Whoever takes commands."""

    async def send(self, session: str, entry: Entry, ids: dict[str, str]) -> Event: ...


class HooksPort(Protocol):
    """Whoever takes questions to the application."""

    async def ask(self, session: str, app: str, entry: Entry) -> Event: ...


Receive = Callable[..., Awaitable[Any]]
Sleep = Callable[[float], Awaitable[None]]


class Sender:
    """Room 7: from the outbox to the carrier and the application. `now` is UTC seconds."""

    def __init__(
        self, store: Store, carrier: CarrierPort, hooks: HooksPort, now: Callable[[], float], sleep: Sleep = asyncio.sleep
    ) -> None:
        self._store = store
        self._carrier = carrier
        self._hooks = hooks
        self._now = now
        self._sleep = sleep
        self._lanes = Lanes()
        self._sending: dict[tuple[str, int], Entry] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped = False
        self.receive: Receive

    def has(self, session: str, entry: Entry) -> bool:
        """Whether we are sending an entry, and nobody has taken it over meanwhile."""
        mine = self._sending.get((session, entry.n))
        return mine is not None and mine.sender == entry.sender

    def dispatch(self, saved: Saved) -> None:
        """Send the entries of a save."""
        for entry in saved.new:
            if (saved.session, entry.n) in self._sending:
                continue
            self._sending[saved.session, entry.n] = entry
            if self._lanes.add(saved.session, entry):
                self._start(saved.session, entry)

    def _start(self, session: str, entry: Entry) -> None:
        if self._stopped:
            return
        task = asyncio.create_task(self._send(session, entry))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send(self, session: str, entry: Entry) -> None:
        try:
            result = await self._result(session, entry)
            if result:
                await self.receive(result, session=session)
        except Exception:
            LOG.exception("entry %s of call %s is left to its lease", entry.n, session)
        finally:
            del self._sending[session, entry.n]
            for following in self._lanes.done(session, entry):
                self._start(session, following)

    async def _result(self, session: str, entry: Entry) -> Event | None:
        """What became of an entry; None where it is not wanted any longer, or left to its lease."""
        for _ in range(LOOKS):
            record = await self._store.load(session)
            view = peek(record.snapshot) if record else None
            found = view.open.get(entry.n) if view else None
            if view is None or found is None or not found.until or found.sender != entry.sender:
                return None
            if not any(entry.waits_for(other) for other in view.outbox):
                if isinstance(entry.wish, Ask):
                    return await self._hooks.ask(session, view.app.name, entry)
                assert isinstance(entry.wish, Command)
                if all(leg in view.ids for leg in entry.wish.addresses()):
                    return await self._command(session, entry, view)
            await self._sleep(PAUSE)
        return None

    async def _command(self, session: str, entry: Entry, view: View) -> Event | None:
        """Send a command. One that may have been sent before is not tried for longer than the carrier ignores repeats."""
        if entry.until <= entry.asked + LEASE:
            return await self._carrier.send(session, entry, view.ids)
        left = entry.asked + UNSAFE - self._now()
        if left <= 0:
            return None
        try:
            async with asyncio.timeout(left):
                return await self._carrier.send(session, entry, view.ids)
        except TimeoutError:
            return None

    async def finish(self, seconds: float) -> None:
        """Wait for what is being sent and what comes of it, for so long at the most. What is left then stays in the outbox."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while self._tasks and loop.time() < until:
            await asyncio.wait(self._tasks, timeout=until - loop.time())
        self._stopped = True
        rest = list(self._tasks)
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
