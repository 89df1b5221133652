"""Fires what is due: timers, and leases of wishes that nobody has reported on. The saver's own heap, and the store's index.

A process fires what it saved itself; what belongs to a process that died is found by the store's index of due calls.
"""

import asyncio
from collections.abc import Callable

from interpreter.sender import Receive, Sender
from interpreter.session import LEASE, peek
from interpreter.switchboard import Saved, Store
from verbs._events import Event, LeaseEnded, TimerFired

SEARCH = 1.0
"""Seconds between two looks for calls whose process has died."""
LATE = 1.0
"""Seconds after which a call that should have been looked at counts as nobody's."""


class Clock:
    """Room 8, on asyncio's own heap of timers."""

    def __init__(self, store: Store, sender: Sender, now: Callable[[], float]) -> None:
        self._store = store
        self._sender = sender
        self._now = now
        self._handles: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.receive: Receive

    def schedule(self, saved: Saved) -> None:
        """Look at a call again when it is due."""
        self._set(saved.session, saved.outcome.due)

    def _set(self, session: str, due: float) -> None:
        if handle := self._handles.pop(session, None):
            handle.cancel()
        if due:
            loop = asyncio.get_running_loop()
            self._handles[session] = loop.call_later(max(due - self._now(), 0.0), self._ring, session)

    def _ring(self, session: str) -> None:
        self._handles.pop(session, None)
        task = asyncio.create_task(self._look(session))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _look(self, session: str) -> None:
        record = await self._store.load(session)
        if record is None or not record.due:
            return
        now = self._now()
        view = peek(record.snapshot)
        events: list[Event] = [TimerFired(id=f"{session}:t{n}", n=n) for n, due in view.timers.items() if due <= now]
        leases = {n: until for n, until in view.leases.items() if until <= now}
        mine = {n for n in leases if self._sender.is_sending(session, n)}
        events += [LeaseEnded(id=f"{session}:l{n}:{until}", n=n) for n, until in leases.items() if n not in mine]
        if events:
            await asyncio.gather(*(self.receive(event, session=session) for event in events))
        elif mine:
            self._set(session, min([now + LEASE, *view.timers.values()]))
        else:
            self._set(session, record.due)

    async def search(self) -> None:
        """Find calls that nobody looks after, over and over."""
        while True:
            for session in await self._store.due(self._now() - LATE):
                if session not in self._handles:
                    await self._look(session)
            await asyncio.sleep(SEARCH)

    async def stop(self) -> None:
        """Fire nothing more."""
        for handle in self._handles.values():
            handle.cancel()
        for task in self._tasks:
            task.cancel()
        self._handles.clear()
