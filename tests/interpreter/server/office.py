"""A worker without sockets: switchboard, sender and clock as a server wires them, and a carrier and an application that wait.

It runs in a loop where time jumps. What is sent is written down; each answer comes when the test lets it.
"""

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple

from interpreter.clock import Clock
from interpreter.sender import Sender
from interpreter.session import Entry, View, peek
from interpreter.stores.memory import MemoryStore
from interpreter.switchboard import Saved, Store
from tests.interpreter.server.calls import CALL, Desk, accepted, name, replied
from tests.interpreter.server.virtual import now
from verbs._events import Event


class Sent(NamedTuple):
    """Something that has gone out: which entry, in words, with which addresses or for which application, and when."""

    n: int
    what: str
    told: dict[str, str] | str
    at: float


class Port:
    """Somebody at the other end: accepts everything that comes, at once, unless it is told to be slow or broken."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.held: set[str] = set()
        """What has no answer until it is let go."""
        self.broken: set[str] = set()
        """What the port itself fails at."""
        self.lines: dict[str, str] = {}
        """The carrier's id that a dial is answered with."""
        self.documents: dict[str, list[dict[str, Any]]] = {}
        """What a hook answers."""
        self._changed = asyncio.Condition()

    @property
    def names(self) -> list[str]:
        return [one.what for one in self.sent]

    async def send(self, session: str, entry: Entry, ids: dict[str, str]) -> Event:
        """A command."""
        what = await self._passes(entry, ids)
        return accepted(entry, self.lines.get(what, ""), "of a", session=session)

    async def ask(self, session: str, app: str, entry: Entry) -> Event:
        """A question."""
        what = await self._passes(entry, app)
        return replied(entry, *self.documents.get(what, ()), session=session)

    async def _passes(self, entry: Entry, told: dict[str, str] | str) -> str:
        what = name(entry)
        async with self._changed:
            self.sent.append(Sent(entry.n, what, told, now()))
            self._changed.notify_all()
            await self._changed.wait_for(lambda: what not in self.held)
        if what in self.broken:
            raise RuntimeError(f"the way of {what} is broken")
        return what

    async def until(self, what: str, times: int = 1) -> Sent:
        """Wait until something has gone out so often."""
        async with asyncio.timeout(600), self._changed:
            await self._changed.wait_for(lambda: self.names.count(what) >= times)
        return [one for one in self.sent if one.what == what][times - 1]

    async def lets_go(self, *what: str) -> None:
        """What was held has its answer."""
        async with self._changed:
            self.held -= set(what)
            self._changed.notify_all()


class Office:
    """One worker on a store. Its clock hears of what is saved once it `keeps_time`."""

    def __init__(
        self,
        store: Store | None = None,
        worker: str = "w",
        port: Port | None = None,
        *,
        keeps_time: bool = True,
        now: Callable[[], float] = now,
    ) -> None:
        self.port = port or Port()
        self.desk = Desk(store or MemoryStore(), worker, now, self._saved)
        self.sender = Sender(self.desk.store, self.port, self.port, now)
        self.clock = Clock(self.desk.store, self.sender, now)
        self.sender.receive = self.clock.receive = self.desk.board.receive
        self.keeps_time = keeps_time

    def _saved(self, saved: Saved) -> None:
        self.sender.dispatch(saved)
        if self.keeps_time:
            self.clock.schedule(saved)

    async def view(self) -> View:
        """The call as senders see it."""
        record = await self.desk.store.load(CALL)
        assert record
        return peek(record.snapshot)
