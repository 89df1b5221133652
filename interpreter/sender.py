"""Sends what was saved, and brings back as events what became of it. Whoever saved an entry sends it.

Entries of one leg go in their order and legs go side by side, so a simring rings at once and a bridge waits for both its
legs. An entry that was dropped meanwhile is not sent.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from interpreter.lanes import Lanes
from interpreter.session import Entry, peek
from interpreter.switchboard import Saved, Store
from verbs._commands import Ask, Command
from verbs._events import Event

LOG = logging.getLogger("callverbs")


class CarrierPort(Protocol):
    """Whoever takes commands."""

    async def send(self, session: str, entry: Entry, ids: dict[str, str]) -> Event: ...


class HooksPort(Protocol):
    """Whoever takes questions to the application."""

    async def ask(self, session: str, app: str, entry: Entry) -> Event: ...


Receive = Callable[..., Awaitable[Any]]


class Sender:
    """Room 7: from the outbox to the carrier and the application."""

    def __init__(self, store: Store, carrier: CarrierPort, hooks: HooksPort) -> None:
        self._store = store
        self._carrier = carrier
        self._hooks = hooks
        self._lanes = Lanes()
        self._sending: dict[tuple[str, int], Entry] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.receive: Receive

    def is_sending(self, session: str, n: int) -> bool:
        """Whether this process has the entry in hand."""
        return (session, n) in self._sending

    def dispatch(self, saved: Saved) -> None:
        """Send the entries of a save."""
        for entry in saved.new:
            if self.is_sending(saved.session, entry.n):
                continue
            self._sending[saved.session, entry.n] = entry
            if self._lanes.add(saved.session, entry):
                self._start(saved.session, entry)

    def _start(self, session: str, entry: Entry) -> None:
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
        """What became of an entry; None where it is not wanted any longer, or its leg has no address yet."""
        record = await self._store.load(session)
        view = peek(record.snapshot) if record else None
        if view is None or entry.n not in view.open:
            return None
        if isinstance(entry.wish, Ask):
            return await self._hooks.ask(session, view.app.name, entry)
        assert isinstance(entry.wish, Command)
        if any(leg not in view.ids for leg in entry.wish.addresses()):
            return None
        return await self._carrier.send(session, entry, view.ids)

    async def finish(self, seconds: float) -> None:
        """Wait for what is being sent, for so long at the most."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        for task in self._tasks:
            task.cancel()
