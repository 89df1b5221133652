"""Fires what is due: timers, and leases of wishes that nobody has reported on. The saver's own heap, and the store's index.

A process fires what it saved itself, and keeps the leases of what it is still sending; what belongs to a process that died is
found by the store's index of due calls: at the start all of it, and later what is late.
"""

import asyncio
import logging
import math
from collections.abc import Callable, Iterator

from interpreter.sender import Receive, Sender, Sleep
from interpreter.session import View, peek
from interpreter.switchboard import Saved, Store
from verbs._events import Event, LeaseEnded, LeaseKept, TimerFired

LOG = logging.getLogger("callverbs")
SEARCH = 1.0
"""Seconds between two looks for calls whose process has died."""
LATE = 1.0
"""Seconds after which a call that should have been looked at counts as nobody's, and a lease that should have been kept as given up."""
BATCH = 1000
"""Calls that are taken over at a time, at the most."""
REST = 5.0
"""Seconds for which a call is left alone that could not be looked at."""


class Clock:
    """Room 8, on asyncio's own heap of timers."""

    def __init__(self, store: Store, sender: Sender, now: Callable[[], float], sleep: Sleep = asyncio.sleep) -> None:
        self._store = store
        self._sender = sender
        self._now = now
        self._sleep = sleep
        self._handles: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._resting: dict[str, float] = {}
        self._stopped = False
        self.receive: Receive

    def schedule(self, saved: Saved) -> None:
        """Look at a call again when it is due."""
        self._set(saved.session, saved.outcome.due)

    def _set(self, session: str, due: float) -> None:
        if handle := self._handles.pop(session, None):
            handle.cancel()
        if due and not self._stopped:
            loop = asyncio.get_running_loop()
            self._handles[session] = loop.call_later(max(due - self._now(), 0.0), self._ring, session)

    def _ring(self, session: str) -> None:
        self._handles.pop(session, None)
        task = asyncio.create_task(self._look(session))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _look(self, session: str) -> None:
        try:
            await self._fire(session)
        except Exception:
            LOG.exception("call %s could not be looked at; it is tried again", session)
            self._resting[session] = self._now() + REST

    async def _fire(self, session: str) -> None:
        record = await self._store.load(session)
        if record is None or not record.due:
            return
        now = self._now()
        due = list(self._due(session, peek(record.snapshot)))
        if events := [event for at, event in due if at <= now]:
            await asyncio.gather(*(self.receive(event, session=session) for event in events))
        elif due:
            self._set(session, min(at for at, _ in due))

    def _due(self, session: str, view: View) -> Iterator[tuple[float, Event]]:
        """What there is to be told, and when. Whoever else has a lease keeps it at its end, so we have to come a little later."""
        for n, at in view.timers.items():
            yield at, TimerFired(id=f"{session}:t{n}", n=n)
        for entry in view.open.values():
            if entry.until and self._sender.has(session, entry):
                yield entry.until, LeaseKept(n=entry.n)
            elif entry.until:
                yield entry.until + LATE, LeaseEnded(n=entry.n)

    async def search(self) -> None:
        """Find calls that nobody looks after, over and over. Before that, see to all that were left behind, due or not."""
        before = math.inf
        while True:
            try:
                await self._find(before)
            except Exception:
                LOG.exception("calls that nobody looks after could not be found; it is tried again")
            await self._sleep(SEARCH)
            before = self._now() - LATE

    async def _find(self, before: float) -> None:
        now = self._now()
        self._resting = {session: until for session, until in self._resting.items() if until > now}
        found = await self._store.due(before, BATCH + len(self._resting))
        await asyncio.gather(*(self._look(session) for session in found if session not in self._resting))

    async def stop(self) -> None:
        """Fire nothing more."""
        self._stopped = True
        for handle in self._handles.values():
            handle.cancel()
        self._handles.clear()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
