"""Fires timers that are due, and renews or expires the leases of outbox entries.

A process schedules the calls that it saved itself, on asyncio's heap. Calls of a process that died are found by the store's index of
due calls: all of them at the start, and later those that are overdue. After an outage, timers wait for the webhooks that are late.
"""

import asyncio
import logging
import math
from collections.abc import Iterator

from callverbs.interpreter.engine.leases import REPEAT_SECONDS
from callverbs.interpreter.engine.session import SnapshotError, SnapshotView, view
from callverbs.interpreter.runtime.dispatcher import Dispatcher
from callverbs.interpreter.runtime.outage import GRACE_SECONDS, Outage
from callverbs.interpreter.runtime.ports import Now, Receive, Sleep, Store
from callverbs.interpreter.runtime.switchboard import Saved, Verdict
from callverbs.verbs.language.events import Event, LeaseExpired, LeaseRenewed, SnapshotLost, TimerFired

LOG = logging.getLogger("callverbs")
SEARCH_SECONDS = 1.0
"""Between two searches for abandoned calls."""
OVERDUE_SECONDS = 1.0
"""So long after it was due a call counts as abandoned, and a lease as expired."""
MAX_CALLS_PER_SEARCH = 1000
RETRY_SECONDS = 5.0
"""How long a call is left alone after an error."""


class Timers:
    """Fires the timers and leases of calls. Set `receive` before the first schedule."""

    def __init__(self, store: Store, dispatcher: Dispatcher, now: Now, sleep: Sleep = asyncio.sleep, grace: float = GRACE_SECONDS) -> None:
        self._store = store
        self._dispatcher = dispatcher
        self._now = now
        self._sleep = sleep
        self._outage = Outage(store, now, grace)
        self._handles: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._failed: dict[str, float] = {}
        """By call that raised an error, or is a newer version's, until when it is left alone."""
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
        task = asyncio.create_task(self._check(session))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _check(self, session: str) -> None:
        try:
            await self._fire(session)
        except Exception:
            LOG.exception("call %s could not be looked at; it is tried again", session)
            self._failed[session] = self._now() + RETRY_SECONDS

    async def _fire(self, session: str) -> None:
        record = await self._store.load(session)
        if record is None or not record.due:
            return
        self._outage.check()
        now = self._now()
        try:
            due = list(self._due(session, view(record.snapshot), now))
        except SnapshotError:
            if await self.receive(SnapshotLost(id=f"{session}:lost"), session=session) is Verdict.NEWER:
                self._failed[session] = now + RETRY_SECONDS
            return
        if events := [event for at, event in due if at <= now]:
            await asyncio.gather(*(self.receive(event, session=session) for event in events))
        elif due:
            self._schedule(session, min(at for at, _ in due))

    def _due(self, session: str, snapshot: SnapshotView, now: float) -> Iterator[tuple[float, Event]]:
        """Yields when to fire which event. A lease is renewed at its end by its worker, so it expires a little later for the others.

        After an outage only what can be repeated without a doubt is repeated before the late webhooks have come.
        """
        for n, timer in snapshot.timers.items():
            yield self._outage.fires_at(timer.due, timer.started_at), TimerFired(id=f"{session}:t{n}", n=n)
        for entry in snapshot.open_entries.values():
            if entry.lease_until and self._dispatcher.is_sending(session, entry):
                yield entry.lease_until, LeaseRenewed(n=entry.n)
            elif entry.lease_until:
                expires, safe_until = entry.lease_until + OVERDUE_SECONDS, entry.made_at + REPEAT_SECONDS
                yield expires if now <= safe_until else self._outage.fires_at(expires, entry.made_at), LeaseExpired(n=entry.n)

    async def search(self) -> None:
        """Searches for abandoned calls until it is cancelled. The first search finds every call with a timer, due or not."""
        before = math.inf
        while True:
            try:
                await self._outage.look(notes=bool(self._handles))
                await self._search_once(before)
            except Exception:
                LOG.exception("abandoned calls could not be found; it is tried again")
            await self._sleep(SEARCH_SECONDS)
            before = self._now() - OVERDUE_SECONDS

    async def _search_once(self, before: float) -> None:
        now = self._now()
        self._failed = {session: until for session, until in self._failed.items() if until > now}
        found = await self._store.due(before, MAX_CALLS_PER_SEARCH + len(self._failed))
        await asyncio.gather(*(self._check(session) for _, session in found if session not in self._failed))

    async def stop(self) -> None:
        """Fires nothing more."""
        self._stopped = True
        for handle in self._handles.values():
            handle.cancel()
        self._handles.clear()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
