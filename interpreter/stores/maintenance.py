"""What operators do with a store: check it, copy it into a backup, and restore it. A backup is a store itself: an SQLite file.

So a backup of one engine can be restored into another, and a file becomes a database, or one database several shards.
"""

import asyncio
from pathlib import Path
from typing import NamedTuple

from callverbs.interpreter.engine.session import SnapshotError, view
from callverbs.interpreter.runtime.ports import Store
from callverbs.interpreter.runtime.records import Change
from callverbs.interpreter.stores.errors import StoreError
from callverbs.interpreter.stores.sqlite import SqliteStore
from callverbs.interpreter.stores.sqlite_file import exists

CALLS_PER_SAVE = 500
OVERDUE_SECONDS = 60.0
"""A call that is due for so long has no server that takes care of it."""
MAX_FAULTS = 100
"""Faults of calls that one check reports."""


class Report(NamedTuple):
    """What a check has found: how many calls there are, how many of them live, and what is wrong, one sentence each."""

    calls: int
    live: int
    faults: list[str]


async def check(store: Store, now: float) -> Report:
    """Reads everything in a store. `now` is in UTC seconds. Raises StoreError where it cannot be read."""
    faults = await store.faults()
    calls = live = overdue = 0
    unread: list[str] = []
    async for change in store.export():
        calls += 1
        live += not change.ended
        overdue += 0 < change.due < now - OVERDUE_SECONDS
        try:
            view(change.snapshot)
        except SnapshotError as error:
            unread.append(f"call {change.session} cannot be read by this version: {error}")
    faults += unread[:MAX_FAULTS]
    if len(unread) > MAX_FAULTS:
        faults.append(f"{len(unread) - MAX_FAULTS} more calls cannot be read")
    if overdue:
        faults.append(f"{overdue} calls are due for more than {OVERDUE_SECONDS:g} s: is a server running?")
    return Report(calls, live, faults)


async def backup(store: Store, path: Path) -> int:
    """Writes every call of a store, of one moment, into a new file. Returns how many. Servers go on meanwhile. Raises StoreError."""
    if exists(path):
        raise StoreError(f"{path} exists already: name a new file")
    target = SqliteStore(path)
    try:
        return await _copy(store, target)
    finally:
        await target.close()


async def restore(path: Path, store: Store) -> int:
    """Adds every call of a backup to a store. Returns how many. Raises StoreError, and changes nothing, where the store has calls."""
    if not exists(path):
        raise StoreError(f"{path} is not there")
    if await store.recent(1):
        raise StoreError("the store has calls already: restore into an empty one")
    source = SqliteStore(path)
    try:
        return await _copy(source, store)
    finally:
        await source.close()


async def _copy(source: Store, target: Store) -> int:
    total = 0
    group: list[Change] = []
    async for change in source.export():
        group.append(change)
        if len(group) == CALLS_PER_SAVE:
            total += sum(await asyncio.gather(*map(target.save, group)))
            group = []
    return total + sum(await asyncio.gather(*map(target.save, group)))
