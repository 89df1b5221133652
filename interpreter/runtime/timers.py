"""Fires what is due: timers, and leases of entries that nobody has reported on. From our own heap, and from the store's index.

A process fires what it saved itself, and renews the leases of what it still sends; what belongs to a process that died is found by
the store's index of due calls: at the start all of it, and later what is overdue.
"""

import asyncio
import logging
import math
from collections.abc import Iterator

from callverbs.interpreter.engine.session import SnapshotView, view
from callverbs.interpreter.runtime.dispatcher import Dispatcher
from callverbs.interpreter.runtime.ports import Now, Receive, Sleep, Store
from callverbs.interpreter.runtime.switchboard import Saved
from callverbs.verbs.language.events import Event, LeaseExpired, LeaseRenewed, TimerFired

LOG = logging.getLogger("callverbs")
SEARCH_SECONDS = 1.0
"""Between two searches for calls whose process has died."""
OVERDUE_SECONDS = 1.0
"""After so long a call that was due counts as abandoned, and a lease as expired."""
MAX_CALLS_PER_SEARCH = 1000
RETRY_SECONDS = 5.0
"""For so long a call is left alone that could not be looked at."""


class Timers:
    """Fires timers on asyncio's own heap. Set `receive` before anything is scheduled."""

    def __init__(self, store: Store, dispatcher: Dispatcher, now: Now, sleep: Sleep = asyncio.sleep) -> None:
        self._store = store
        self._dispatcher = dispatcher
        self._now = now
        self._sleep = sleep
        self._handles: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._failed: dict[str, float] = {}
        """Calls that could not be looked at, and until when they are left alone."""
        self._stopped = False
        self.receive: Receive

    def schedule(self, saved: Saved) -> None:
        """Looks at a call again when it is due."""
        self._schedule(saved.session, saved.outcome.due)

    def _schedule(self, session: str, due: float) -> None:
        if handle := self._handles.pop(session, None):
            handle.cancel()
        if due and not self._stopped:
            loop = asyncio.get_running_loop()
            self._handles[session] = loop.call_later(max(due - self._now(), 0.0), self._start, session)

    def _start(self, session: str) -> None:
        self._handles.pop(session, None)
        task = asyncio.create_task(self._look(session))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _look(self, session: str) -> None:
        try:
            await self._fire(session)
        except Exception:
            LOG.exception("call %s could not be looked at; it is tried again", session)
            self._failed[session] = self._now() + RETRY_SECONDS

    async def _fire(self, session: str) -> None:
        record = await self._store.load(session)
        if record is None or not record.due:
            return
        now = self._now()
        due = list(self._due(session, view(record.snapshot)))
        if events := [event for at, event in due if at <= now]:
            await asyncio.gather(*(self.receive(event, session=session) for event in events))
        elif due:
            self._schedule(session, min(at for at, _ in due))

    def _due(self, session: str, snapshot: SnapshotView) -> Iterator[tuple[float, Event]]:
        """Yields what there is to fire, and when. Another worker renews its lease at its end, so we have to come a little later."""
        for n, timer in snapshot.timers.items():
            yield timer.due, TimerFired(id=f"{session}:t{n}", n=n)
        for entry in snapshot.open_entries.values():
            if entry.lease_until and self._dispatcher.is_sending(session, entry):
                yield entry.lease_until, LeaseRenewed(n=entry.n)
            elif entry.lease_until:
                yield entry.lease_until + OVERDUE_SECONDS, LeaseExpired(n=entry.n)

    async def search(self) -> None:
        """Finds abandoned calls, over and over. First it looks at all that an earlier process left behind, due or not."""
        before = math.inf
        while True:
            try:
                await self._search_once(before)
            except Exception:
                LOG.exception("abandoned calls could not be found; it is tried again")
            await self._sleep(SEARCH_SECONDS)
            before = self._now() - OVERDUE_SECONDS

    async def _search_once(self, before: float) -> None:
        now = self._now()
        self._failed = {session: until for session, until in self._failed.items() if until > now}
        found = await self._store.due(before, MAX_CALLS_PER_SEARCH + len(self._failed))
        await asyncio.gather(*(self._look(session) for session in found if session not in self._failed))

    async def stop(self) -> None:
        """Fires nothing more."""
        self._stopped = True
        for handle in self._handles.values():
            handle.cancel()
        self._handles.clear()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
