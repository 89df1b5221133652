"""Sends what was saved, and brings the results back as events. The worker that saved an entry sends it.

Entries of one leg go in their order and legs go side by side, so a simring rings at once and a bridge waits for both its legs. Before
anything is sent the store is asked: what was dropped, or belongs to another worker by now, is not sent.
"""

import asyncio
import logging

from callverbs.interpreter.engine.session import LEASE_SECONDS, OutboxEntry, SnapshotError, SnapshotView, view
from callverbs.interpreter.runtime.ports import CarrierPort, HooksPort, Now, Receive, Sleep, Store
from callverbs.interpreter.runtime.serial_queues import SerialQueues
from callverbs.interpreter.runtime.switchboard import Saved
from callverbs.verbs.language.commands import Command
from callverbs.verbs.language.events import Event
from callverbs.verbs.language.messages import HookRequest

LOG = logging.getLogger("callverbs")
CHECK_SECONDS = 0.1
"""Between two checks of an entry that waits for an entry of another worker, or for the address of its leg."""
MAX_CHECKS = 50
"""After so many checks an entry is left to its lease."""
LAST_RETRY_SECONDS = 55.0
"""A command is not tried again after so long: the carrier ignores repeats for 60 s (developer pages, command retries)."""


class Dispatcher:
    """Sends outbox entries to the carrier and to applications. Set `receive` before the first dispatch."""

    def __init__(self, store: Store, carrier: CarrierPort, hooks: HooksPort, now: Now, sleep: Sleep = asyncio.sleep) -> None:
        self._store = store
        self._carrier = carrier
        self._hooks = hooks
        self._now = now
        self._sleep = sleep
        self._queues = SerialQueues()
        self._sending: dict[tuple[str, int], OutboxEntry] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped = False
        self.receive: Receive

    def is_sending(self, session: str, entry: OutboxEntry) -> bool:
        """Returns whether we are sending an entry, and nobody has taken it over meanwhile."""
        own = self._sending.get((session, entry.n))
        return own is not None and own.worker == entry.worker

    def dispatch(self, saved: Saved) -> None:
        """Sends the entries of a save."""
        for entry in saved.new:
            if (saved.session, entry.n) in self._sending:
                continue
            self._sending[saved.session, entry.n] = entry
            if self._queues.add(saved.session, entry):
                self._start(saved.session, entry)

    def _start(self, session: str, entry: OutboxEntry) -> None:
        if self._stopped:
            return
        task = asyncio.create_task(self._send(session, entry))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send(self, session: str, entry: OutboxEntry) -> None:
        try:
            result = await self._result(session, entry)
            if result:
                await self.receive(result, session=session)
        except SnapshotError as error:
            LOG.info("entry %s of call %s is left to its lease: %s", entry.n, session, error)
        except Exception:
            LOG.exception("entry %s of call %s is left to its lease", entry.n, session)
        finally:
            del self._sending[session, entry.n]
            for following in self._queues.remove(session, entry):
                self._start(session, following)

    async def _result(self, session: str, entry: OutboxEntry) -> Event | None:
        """Returns the result of an entry; None where it is not wanted any longer, or left to its lease."""
        for _ in range(MAX_CHECKS):
            record = await self._store.load(session)
            snapshot = view(record.snapshot) if record else None
            found = snapshot.open_entries.get(entry.n) if snapshot else None
            if snapshot is None or found is None or not found.lease_until or found.worker != entry.worker:
                return None
            if not any(entry.waits_for(other) for other in snapshot.outbox):
                if isinstance(entry.message, HookRequest):
                    return await self._hooks.ask(session, snapshot.app.name, found)
                assert isinstance(entry.message, Command)
                if all(leg in snapshot.ids for leg in entry.message.required_legs()):
                    return await self._command(session, entry, snapshot)
            await self._sleep(CHECK_SECONDS)
        return None

    async def _command(self, session: str, entry: OutboxEntry, snapshot: SnapshotView) -> Event | None:
        """Sends a command. One that may have been sent before is not tried for longer than the carrier ignores repeats."""
        if entry.lease_until <= entry.made_at + LEASE_SECONDS:
            return await self._carrier.send(session, entry, snapshot.ids)
        left = entry.made_at + LAST_RETRY_SECONDS - self._now()
        if left <= 0:
            return None
        try:
            async with asyncio.timeout(left):
                return await self._carrier.send(session, entry, snapshot.ids)
        except TimeoutError:
            return None

    async def finish(self, seconds: float) -> None:
        """Waits for what is being sent and what follows from it, at most so long. What is left then stays in the outbox."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while self._tasks and loop.time() < until:
            await asyncio.wait(self._tasks, timeout=until - loop.time())
        self._stopped = True
        rest = list(self._tasks)
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
