"""Stores are checked, backed up, and restored, also from one engine into another."""

import asyncio
from pathlib import Path

import pytest

from callverbs.interpreter.engine.session import load
from callverbs.interpreter.runtime.ports import Store
from callverbs.interpreter.runtime.records import Change
from callverbs.interpreter.stores.errors import StoreError
from callverbs.interpreter.stores.maintenance import backup, check, restore
from callverbs.interpreter.stores.memory import MemoryStore
from callverbs.interpreter.stores.opening import open_existing, open_store
from callverbs.interpreter.stores.sqlite import SqliteStore
from tests.interpreter.server.calls import initiated
from tests.interpreter.server.harness import Harness
from tests.interpreter.stores.contract import change

CALLS = 700


async def exported(store: Store) -> dict[str, Change]:
    return {one.session: one._replace(ids=tuple(sorted(one.ids))) async for one in store.export()}


async def fill(store: Store, calls: int = CALLS) -> None:
    """Saves calls, of which a third is over."""
    many = (
        change(f"{n}", began=float(n), due=0.0 if n % 3 else 9.0, ended=n % 3 / 1.0, ids=(f"id {n}",), rows=(b"1", b"2"))
        for n in range(calls)
    )
    await asyncio.gather(*map(store.save, many))


async def test_a_backup_moves_calls_from_a_file_to_two_databases_and_back(tmp_path: Path, postgres_urls: tuple[str, str]) -> None:
    source, shards, copy = SqliteStore(tmp_path / "one.sqlite"), await open_store(postgres_urls), SqliteStore(tmp_path / "two.sqlite")
    await fill(source)
    assert await backup(source, tmp_path / "backup.sqlite") == CALLS
    assert await restore(tmp_path / "backup.sqlite", shards) == CALLS
    assert await backup(shards, tmp_path / "second.sqlite") == CALLS
    assert await restore(tmp_path / "second.sqlite", copy) == CALLS
    assert await exported(copy) == await exported(source) == await exported(shards)
    assert [one.session for one in await copy.recent(3)] == ["699", "698", "697"]
    assert await shards.find(["id 77"]) == "77"
    assert await copy.due(9.0, 2000) == await source.due(9.0, 2000)
    for store in (source, shards, copy):
        await store.close()


async def test_a_backup_is_of_one_moment_while_calls_go_on(tmp_path: Path) -> None:
    store, target = SqliteStore(tmp_path / "calls.sqlite"), MemoryStore()
    await fill(store, 40)
    before = await exported(store)
    async for one in store.export():
        await target.save(one)
        await store.save(change(one.session, 1, snapshot=b"later", rows=(b"later",)))
        await store.save(change(f"new {one.session}"))
    assert await exported(target) == before
    assert (await store.load("7") or change()).snapshot == b"later"
    await store.close()


async def test_nothing_is_overwritten(tmp_path: Path) -> None:
    store = MemoryStore()
    await store.save(change())
    await backup(store, tmp_path / "backup.sqlite")
    with pytest.raises(StoreError, match=r"backup\.sqlite exists already: name a new file"):
        await backup(store, tmp_path / "backup.sqlite")
    with pytest.raises(StoreError, match="the store has calls already: restore into an empty one"):
        await restore(tmp_path / "backup.sqlite", store)
    with pytest.raises(StoreError, match="nowhere is not there"):
        await restore(tmp_path / "nowhere", MemoryStore())


async def test_a_call_goes_on_where_its_backup_is_restored(tmp_path: Path) -> None:
    """Its live state comes back whole: the next worker reads the session, and its log."""
    harness = Harness()
    harness.port.documents["ask /call"] = [{"verb": "answer"}, {"verb": "pause", "length": 60}]
    await harness.recorder.switchboard.receive(initiated())
    await harness.port.until("answer a")
    await harness.dispatcher.finish(5.0)
    await backup(harness.recorder.store, tmp_path / "backup.sqlite")
    restored = MemoryStore()
    await restore(tmp_path / "backup.sqlite", restored)
    (before,), (after,) = await harness.recorder.store.recent(), await restored.recent()
    assert load(after.snapshot) == load(before.snapshot)
    assert await restored.log(after.session) == await harness.recorder.store.log(before.session)
    report = await check(restored, after.began)
    assert (report.calls, report.live, report.faults) == (1, 1, [])


async def test_a_check_names_what_cannot_be_read_and_what_nobody_does() -> None:
    store = MemoryStore()
    await store.save(change("broken", snapshot=b"{"))
    await store.save(change("forgotten", snapshot=b'{"legs": 7}', due=5.0))
    found = await check(store, 100.0)
    assert (found.calls, found.live) == (2, 2)
    assert [fault.partition(":")[0] for fault in found.faults] == [
        "call broken cannot be read by this version",
        "call forgotten cannot be read by this version",
        "1 calls are due for more than 60 s",
    ]
    for n in range(150):
        await store.save(change(f"broken {n}", snapshot=b"{"))
    assert "52 more calls cannot be read" in (await check(store, 0.0)).faults


async def test_a_store_that_would_be_new_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"typo\.sqlite is not there"):
        await open_existing([f"sqlite:///{tmp_path}/typo.sqlite"])
    with pytest.raises(StoreError, match="memory: ends with its server"):
        await open_existing(["memory:"])
    assert not (tmp_path / "typo.sqlite").exists()
