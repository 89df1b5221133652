"""A worker without sockets: switchboard, dispatcher and timers as a server wires them, and a carrier and an application that wait.

It runs in a loop where time jumps. Everything that is sent is recorded; each answer comes when the test releases it.
"""

import asyncio
from typing import Any, NamedTuple

from callverbs.interpreter.engine.session import OutboxEntry, SnapshotView, view
from callverbs.interpreter.runtime.dispatcher import Dispatcher
from callverbs.interpreter.runtime.ports import Now, Store
from callverbs.interpreter.runtime.switchboard import Saved
from callverbs.interpreter.runtime.timers import Timers
from callverbs.interpreter.stores.memory import MemoryStore
from callverbs.verbs.language.events import Event
from tests.interpreter.server.calls import CALL, Recorder, accepted, replied, words_of
from tests.interpreter.server.virtual import now


class Sent(NamedTuple):
    """Something that was sent: which entry, in words, to which ids or for which application, and when."""

    n: int
    words: str
    target: dict[str, str] | str
    at: float


class Port:
    """The carrier and the application: they take everything at once, except what a test holds or breaks."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.held: set[str] = set()
        """What has no answer until the test releases it."""
        self.broken: set[str] = set()
        """What the port itself fails at."""
        self.leg_ids: dict[str, str] = {}
        """The carrier's id of the leg that a dial creates."""
        self.documents: dict[str, list[dict[str, Any]]] = {}
        """What a hook replies."""
        self._changed = asyncio.Condition()

    @property
    def words(self) -> list[str]:
        return [one.words for one in self.sent]

    async def send(self, session: str, entry: OutboxEntry, ids: dict[str, str]) -> Event:
        """Takes a command."""
        words = await self._pass(entry, ids)
        return accepted(entry, self.leg_ids.get(words, ""), "of a", session=session)

    async def ask(self, session: str, app: str, entry: OutboxEntry) -> Event:
        """Takes a request to a hook."""
        words = await self._pass(entry, app)
        return replied(entry, *self.documents.get(words, ()), session=session)

    async def _pass(self, entry: OutboxEntry, target: dict[str, str] | str) -> str:
        words = words_of(entry)
        async with self._changed:
            self.sent.append(Sent(entry.n, words, target, now()))
            self._changed.notify_all()
            await self._changed.wait_for(lambda: words not in self.held)
        if words in self.broken:
            raise RuntimeError(f"{words} cannot be sent")
        return words

    async def until(self, words: str, times: int = 1) -> Sent:
        """Waits until something was sent so often."""
        async with asyncio.timeout(600), self._changed:
            await self._changed.wait_for(lambda: self.words.count(words) >= times)
        return [one for one in self.sent if one.words == words][times - 1]

    async def release(self, *words: str) -> None:
        """Lets what was held have its answer."""
        async with self._changed:
            self.held -= set(words)
            self._changed.notify_all()


class Harness:
    """One worker on a store. Its timers look at what is saved unless `runs_timers` is false."""

    def __init__(
        self,
        store: Store | None = None,
        worker: str = "w",
        port: Port | None = None,
        *,
        runs_timers: bool = True,
        now: Now = now,
    ) -> None:
        self.port = port or Port()
        self.recorder = Recorder(store or MemoryStore(), worker, now, self._saved)
        self.dispatcher = Dispatcher(self.recorder.store, self.port, self.port, now)
        self.timers = Timers(self.recorder.store, self.dispatcher, now)
        self.dispatcher.receive = self.timers.receive = self.recorder.switchboard.receive
        self.runs_timers = runs_timers

    def _saved(self, saved: Saved) -> None:
        self.dispatcher.dispatch(saved)
        if self.runs_timers:
            self.timers.schedule(saved)

    async def view(self) -> SnapshotView:
        """Returns the call as dispatchers see it."""
        record = await self.recorder.store.load(CALL)
        assert record
        return view(record.snapshot)


def without_timers(store: Store | None = None, worker: str = "w", port: Port | None = None) -> Harness:
    """Returns a worker without timers: leases expire when the test says so."""
    return Harness(store, worker, port, runs_timers=False)


async def finished(dispatcher: Dispatcher) -> None:
    """Waits until everything that is being sent has its result."""
    await dispatcher.finish(600.0)
