"""Workers that die at failpoints. A failpoint has a name, and stands before and after everything that a worker waits for.

All that the runtime waits for is behind its ports: the store, the carrier, the application, the acknowledgement of a webhook. So
failpoints are in what stands for these here, and the code that runs in production has none.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from callverbs.interpreter.engine.session import OutboxEntry
from callverbs.interpreter.hooks.attempt import Attempt
from callverbs.interpreter.hooks.client import HookAccount, HookTransport
from callverbs.interpreter.runtime.dispatcher import Dispatcher
from callverbs.interpreter.runtime.ports import Store
from callverbs.interpreter.runtime.records import Change, Record
from callverbs.interpreter.telnyx.client import CarrierResponse, CarrierTransport
from callverbs.interpreter.telnyx.commands import CarrierRequest
from callverbs.verbs.language.events import Event
from callverbs.verbs.language.messages import HookRequest
from tests.chaos.plan import Plan

Result = TypeVar("Result")


@dataclass
class Life:
    """The life of a worker: the failpoints that it has passed, and the number of the one at which it dies; 0 for none.

    One that is `slow` stands still from one time to another, by the clock of its loop.
    """

    dies_at: int = 0
    slow: tuple[float, float] = (0.0, 0.0)
    points: list[str] = field(default_factory=list)
    over: bool = False
    on_death: list[Callable[[], None]] = field(default_factory=list)

    async def point(self, name: str) -> None:
        """Passes a failpoint. It never returns once the worker is dead."""
        if not self.over:
            self.points.append(name)
            if len(self.points) == self.dies_at:
                self.over = True
                for told in self.on_death:
                    told()
        if self.over:
            await asyncio.get_running_loop().create_future()
        begins, ends = self.slow
        if begins <= asyncio.get_running_loop().time() < ends:
            await asyncio.sleep(ends - asyncio.get_running_loop().time())

    async def around(self, name: str, call: Callable[[], Awaitable[Result]]) -> Result:
        """Passes a failpoint before and after something."""
        await self.point(f"before {name}")
        result = await call()
        await self.point(f"after {name}")
        return result


class SlowDispatcher(Dispatcher):
    """Has things in hand at a time, and sends them late or hears of their results late."""

    plan = Plan()

    async def _result(self, session: str, entry: OutboxEntry) -> Event | None:
        if self.plan.sends_late == "all" or (self.plan.sends_late and entry.n == max(n for _, n in self._sending)):
            await self._until(entry)
        result = await super()._result(session, entry)
        if self.plan.sends_late != "last":
            await self._until(entry)
        return result

    async def _until(self, entry: OutboxEntry) -> None:
        if entry.made_at <= self.plan.slow_from <= self._now():
            await asyncio.sleep(max(self.plan.done_at(entry.made_at) - self._now(), 0.0))


class MortalStore:
    """A worker's view of the store that all of them share."""

    def __init__(self, store: Store, life: Life) -> None:
        self._store, self._life = store, life

    async def load(self, session: str) -> Record | None:
        return await self._life.around("load", lambda: self._store.load(session))

    async def find(self, ids: Sequence[str]) -> str | None:
        return await self._life.around("find", lambda: self._store.find(ids))

    async def save(self, change: Change) -> bool:
        return await self._life.around("save", lambda: self._store.save(change))

    async def due(self, before: float, limit: int = 100) -> list[tuple[float, str]]:
        return await self._life.around("due", lambda: self._store.due(before, limit))

    async def note_alive(self, at: float) -> float:
        return await self._life.around("note_alive", lambda: self._store.note_alive(at))

    def __getattr__(self, name: str) -> Any:
        """What no webhook needs: only operators ask for it."""
        return getattr(self._store, name)


class MortalCarrier:
    """A worker's connection to the carrier."""

    def __init__(self, carrier: CarrierTransport, life: Life) -> None:
        self._carrier, self._life = carrier, life

    async def send(self, request: CarrierRequest) -> CarrierResponse:
        return await self._life.around("command", lambda: self._carrier.send(request))


class MortalHooks:
    """A worker's connection to an application that does the same thing once: a request that comes again gets the same reply."""

    def __init__(self, hooks: HookTransport, life: Life, replies: "dict[str, asyncio.Task[Attempt]]", asked: dict[str, str]) -> None:
        self._hooks, self._life, self._replies, self._asked = hooks, life, replies, asked
        self._attempts: Counter[str] = Counter()
        """By request id, how often this worker has asked."""

    async def attempt(self, request: HookRequest, url: str, account: HookAccount, request_id: str) -> Attempt:
        return await self._life.around("hook", lambda: self._reply(request, url, account, request_id))

    async def _reply(self, request: HookRequest, url: str, account: HookAccount, request_id: str) -> Attempt:
        self._attempts[request_id] += 1
        attempt = f"{request_id}/{self._attempts[request_id]}"
        known = self._replies.get(attempt)
        if known is None:
            known = asyncio.get_running_loop().create_task(self._hooks.attempt(request, url, account, request_id))
            self._replies[attempt] = known
            self._asked[request_id] = f"{request.method} {url}"
        return await asyncio.shield(known)
