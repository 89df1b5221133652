"""One store that is several: each call is in one of them, its shard.

The id of a call chooses the shard of a new call, by rendezvous hashing: the shard whose name, hashed with the id, is highest. So another
shard takes its share of new calls from each of the others. A call that is in another shard stays there until it ends: it is looked for in
its own shard first, then in all of them.
"""

import asyncio
import heapq
import logging
import math
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping, Sequence
from hashlib import blake2b

from callverbs.interpreter.runtime.ports import Store
from callverbs.interpreter.runtime.records import Change, Record
from callverbs.interpreter.stores.errors import StoreError

LOG = logging.getLogger("callverbs")
MAX_KNOWN_CALLS = 100_000
"""Calls in other shards than their own that a process remembers; about 20 MB. One that is forgotten is looked for again."""


class ShardedStore:
    """Stores, by names that stay the same: they decide where a new call is."""

    def __init__(self, shards: Mapping[str, Store]) -> None:
        self._shards = shards
        self._elsewhere: OrderedDict[str, str] = OrderedDict()
        """The shards of calls that were found in another shard than their own."""

    def shard_of(self, session: str) -> str:
        """Returns the name of the shard where a call belongs."""
        return max(self._shards, key=lambda name: (blake2b(f"{name} {session}".encode("utf-8", "surrogatepass")).digest(), name))

    def _shard(self, session: str) -> Store:
        return self._shards[self._elsewhere.get(session) or self.shard_of(session)]

    async def load(self, session: str) -> Record | None:
        """Returns the record of a call."""
        shard = self._shard(session)
        return await shard.load(session) or await self._load_elsewhere(session, shard)

    async def _load_elsewhere(self, session: str, asked: Store) -> Record | None:
        others = {name: shard for name, shard in self._shards.items() if shard is not asked}
        for name, record in zip(others, await asyncio.gather(*(shard.load(session) for shard in others.values())), strict=True):
            if record:
                self._remember(session, name)
                return record
        return None

    def _remember(self, session: str, name: str) -> None:
        if name == self.shard_of(session):
            self._elsewhere.pop(session, None)
        else:
            self._elsewhere[session] = name
            if len(self._elsewhere) > MAX_KNOWN_CALLS:
                self._elsewhere.popitem(last=False)

    async def find(self, ids: Sequence[str]) -> str | None:
        """Returns the call of the first of the carrier's ids that is known; of calls in several shards that have it, the oldest one."""
        for one in ids:
            found = await asyncio.gather(*(shard.find([one]) for shard in self._shards.values()))
            calls = {session: name for name, session in zip(self._shards, found, strict=True) if session}
            for session, name in calls.items():
                self._remember(session, name)
            if calls:
                return await self._oldest(list(calls))
        return None

    async def _oldest(self, sessions: list[str]) -> str:
        if len(sessions) == 1:
            return sessions[0]
        records = await asyncio.gather(*map(self.load, sessions))
        return min((record.began, record.session) for record in records if record)[1]

    async def save(self, change: Change) -> bool:
        """Saves a change in the shard of its call."""
        return await self._shard(change.session).save(change)

    async def due(self, before: float, limit: int = 100) -> list[tuple[float, str]]:
        """Returns the calls of all shards that were due at a time, those due first before the others."""
        found = await asyncio.gather(*(shard.due(before, limit) for shard in self._shards.values()), return_exceptions=True)
        calls: list[list[tuple[float, str]]] = []
        for name, some in zip(self._shards, found, strict=True):
            if isinstance(some, BaseException):
                LOG.error("calls that are due in %s are not found: %s", name, some)
                continue
            calls.append(some)
            for _, session in some:
                self._remember(session, name)
        if not calls:
            raise StoreError("no shard answers")
        return list(heapq.merge(*calls))[:limit]

    async def log(self, session: str) -> list[bytes]:
        """Returns the rows of a call's event log, oldest first."""
        rows = await self._shard(session).log(session)
        if not rows and await self.load(session):
            rows = await self._shard(session).log(session)
        return rows

    async def recent(self, limit: int = 100) -> list[Record]:
        """Returns the records of the newest calls of all shards, newest first."""
        found = await asyncio.gather(*(shard.recent(limit) for shard in self._shards.values()))
        return list(heapq.merge(*found, key=lambda record: record.began, reverse=True))[:limit]

    async def prune(self, before: float, max_bytes: float = math.inf) -> int:
        """Deletes old calls in all shards, each of which may use `max_bytes`. Returns how many."""
        return sum(await asyncio.gather(*(shard.prune(before, max_bytes) for shard in self._shards.values())))

    async def note_alive(self, at: float) -> float:
        """Notes in all shards that a worker is there, and returns the latest time, in UTC seconds, at which one was before."""
        return max(await asyncio.gather(*(shard.note_alive(at) for shard in self._shards.values())))

    async def export(self) -> AsyncIterator[Change]:
        """Yields every call of all shards, of one moment in each, as the change that makes it again."""
        for shard in self._shards.values():
            async for change in shard.export():
                yield change

    async def faults(self) -> list[str]:
        """Returns what is wrong with the shards, one sentence each."""
        return [f"{name}: {fault}" for name, shard in self._shards.items() for fault in await shard.faults()]

    async def vacuum(self) -> None:
        """Makes all shards smaller."""
        for shard in self._shards.values():
            await shard.vacuum()

    async def close(self) -> None:
        """Closes all shards."""
        await asyncio.gather(*(shard.close() for shard in self._shards.values()))
