"""The contract of stores as test cases, which every store passes."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from callverbs.interpreter.runtime.ports import Store
from callverbs.interpreter.runtime.records import Change, Record
from callverbs.interpreter.stores.errors import StoreError
from callverbs.interpreter.stores.opening import open_store

HOUSE = Path(__file__).parents[3]
IMPOSSIBLE = "\ud800"
"""Half of a surrogate pair: no store can have an id with it."""


def change(session: str = "call", version: int = 0, began: float = 0.0, **fields: object) -> Change:
    """Returns a change, with defaults for fields that a case does not set."""
    defaults = {"snapshot": f"{session} {version + 1}".encode(), "due": 0.0, "ended": 0.0, "ids": (), "rows": ()}
    return Change(session, version, **{**defaults, **fields}, began=began)  # type: ignore[arg-type]


class Contract:
    """The cases. A subclass provides the fixture `store`, an empty store."""

    async def test_what_is_saved_can_be_loaded(self, store: Store) -> None:
        assert await store.load("call") is None
        assert await store.save(change(snapshot=b"\x00\xff{}", due=17.25, ended=0.0))
        assert await store.load("call") == Record("call", 1, b"\x00\xff{}", 17.25, 0.0)
        assert await store.save(change(version=1, snapshot=b"two", ended=1_700_000_000.123456))
        assert await store.load("call") == Record("call", 2, b"two", 0.0, 1_700_000_000.123456)

    async def test_a_new_call_is_new_once(self, store: Store) -> None:
        assert await store.save(change(snapshot=b"first"))
        assert not await store.save(change(snapshot=b"second"))
        assert (await store.load("call") or change()).snapshot == b"first"

    async def test_a_change_of_an_old_version_writes_nothing(self, store: Store) -> None:
        await store.save(change(ids=("x",), rows=(b"1",)))
        await store.save(change(version=1, rows=(b"2",)))
        before = await store.load("call")
        for late in (0, 1, 3):
            assert not await store.save(change(version=late, snapshot=b"late", due=1.0, ended=1.0, ids=("late",), rows=(b"late",)))
        assert await store.load("call") == before
        assert await store.find(["late"]) is None
        assert await store.log("call") == [b"1", b"2"]
        assert await store.due(99.0) == []

    async def test_a_change_of_a_call_that_does_not_exist_writes_nothing(self, store: Store) -> None:
        assert not await store.save(change(version=1, ids=("x",), rows=(b"1",)))
        assert await store.load("call") is None
        assert await store.find(["x"]) is None
        assert await store.log("call") == []

    async def test_of_a_race_one_wins(self, store: Store) -> None:
        await store.save(change())
        for version in range(1, 20):
            results = await asyncio.gather(*(store.save(change(version=version, ids=(f"{version} {racer}",))) for racer in range(5)))
            assert sorted(results) == [False, False, False, False, True]
            found = [racer for racer in range(5) if await store.find([f"{version} {racer}"])]
            assert found == [results.index(True)]

    async def test_many_calls_at_once(self, store: Store) -> None:
        assert all(await asyncio.gather(*(store.save(change(str(n), ids=(f"id {n}",), rows=(b"row",))) for n in range(1200))))
        records = await asyncio.gather(*(store.load(str(n)) for n in range(1200)))
        assert records == [Record(str(n), 1, f"{n} 1".encode(), 0.0, 0.0) for n in range(1200)]
        assert await asyncio.gather(*(store.find([f"id {n}"]) for n in range(0, 1200, 7))) == [str(n) for n in range(0, 1200, 7)]

    async def test_an_id_leads_to_a_call_for_ever(self, store: Store) -> None:
        await store.save(change("one", ids=("leg 1", "shared", "shared"), began=1.0))
        await store.save(change("two", ids=("leg 2", "shared"), began=2.0))
        await store.save(change("one", 1, ids=("leg 3",)))
        assert await store.find(["leg 1"]) == "one"
        assert await store.find(["leg 3"]) == "one"
        assert await store.find(["shared"]) == "one"
        assert await store.find(["unknown", "leg 2", "leg 1"]) == "two"
        assert await store.find(["unknown"]) is None
        assert await store.find([]) is None

    async def test_that_a_worker_is_there_is_noted(self, store: Store) -> None:
        assert await store.note_alive(5.0) == 0.0
        assert await store.note_alive(6.5) == 5.0
        assert await store.note_alive(6.0) == 6.5, "the clock of another machine is slow"
        assert await store.note_alive(7.0) == 6.5

    async def test_what_is_due(self, store: Store) -> None:
        for name, due in (("c", 3.0), ("a", 1.0), ("never", 0.0), ("b", 2.0), ("later", 9.0)):
            await store.save(change(name, due=due))
        assert await store.due(0.5) == []
        assert await store.due(2.0) == [(1.0, "a"), (2.0, "b")]
        assert await store.due(5.0) == [(1.0, "a"), (2.0, "b"), (3.0, "c")]
        assert await store.due(5.0, limit=2) == [(1.0, "a"), (2.0, "b")]
        await store.save(change("a", 1, due=0.0))
        await store.save(change("b", 1, due=4.0))
        assert await store.due(5.0) == [(3.0, "c"), (4.0, "b")]

    async def test_the_log_is_in_order(self, store: Store) -> None:
        for version in range(12):
            await store.save(change(version=version, rows=(f"{version}a".encode(), f"{version}b".encode())))
        await store.save(change("other", rows=(b"another's",)))
        assert await store.log("call") == [f"{version}{half}".encode() for version in range(12) for half in "ab"]

    async def test_the_newest_come_first(self, store: Store) -> None:
        for began, name in enumerate(("one", "two", "three")):
            await store.save(change(name, began=17.25 + began))
        await store.save(change("one", 1, began=99.0))
        assert (await store.load("one") or change()).began == 17.25
        assert [record.session for record in await store.recent()] == ["three", "two", "one"]
        assert [record.version for record in await store.recent()] == [1, 1, 2]
        assert [record.session for record in await store.recent(2)] == ["three", "two"]

    async def test_old_calls_are_pruned_with_their_ids_and_logs(self, store: Store) -> None:
        for n in range(50):
            await store.save(change(f"old {n}", ended=10.0 + n / 100, ids=(f"id {n}",), rows=(b"row", b"row")))
        await store.save(change("young", began=1.0, ended=20.0, ids=("young id",), rows=(b"young",)))
        await store.save(change("alive", began=2.0, due=5.0, ids=("alive id",), rows=(b"alive",)))
        assert await store.prune(20.0) == 50
        assert await store.prune(20.0) == 0
        assert [record.session for record in await store.recent()] == ["alive", "young"]
        assert await asyncio.gather(*(store.find([f"id {n}"]) for n in range(50))) == [None] * 50
        assert await store.log("old 7") == []
        assert await store.find(["young id"]) == "young"
        assert await store.log("alive") == [b"alive"]
        assert await store.save(change("old 7", ids=("id 7",), rows=(b"new",)))
        assert await store.log("old 7") == [b"new"]

    async def test_every_call_is_exported_as_the_change_that_makes_it_again(self, store: Store) -> None:
        await store.save(change("one", began=1.0, ids=("leg 1", "leg 2"), rows=(b"1",)))
        await store.save(change("one", 1, snapshot=b"\x00new", due=7.5, rows=(b"2", b"3")))
        await store.save(change("two", began=2.0, ended=3.0))
        exported = {one.session: one._replace(ids=tuple(sorted(one.ids))) async for one in store.export()}
        assert exported == {
            "one": Change("one", 0, b"\x00new", 7.5, 0.0, ("leg 1", "leg 2"), (b"1", b"2", b"3"), 1.0),
            "two": Change("two", 0, b"two 1", 0.0, 3.0, (), (), 2.0),
        }

    async def test_nothing_is_wrong_with_a_new_store(self, store: Store) -> None:
        await store.save(change())
        await store.vacuum()
        assert [fault for fault in await store.faults() if "is off: " not in fault] == []  # the server of tests does not flush
        assert await store.load("call")


class SharedContract(Contract):
    """The cases of a store that processes share, and that outlives them. A subclass provides the fixture `urls`, of an empty store."""

    @pytest.fixture
    async def store(self, urls: Sequence[str]) -> AsyncIterator[Store]:
        opened = await open_store(urls)
        yield opened
        await opened.close()

    @pytest.fixture
    async def other(self, urls: Sequence[str], store: Store) -> AsyncIterator[Store]:
        """The store of another process."""
        opened = await open_store(urls)
        yield opened
        await opened.close()

    async def test_what_was_saved_is_there_at_the_next_start(self, urls: Sequence[str]) -> None:
        first = await open_store(urls)
        await first.save(change(due=5.0, ids=("x",), rows=(b"1", b"2")))
        await first.close()
        second = await open_store(urls)
        assert await second.load("call") == Record("call", 1, b"call 1", 5.0, 0.0)
        assert await second.find(["x"]) == "call"
        assert await second.log("call") == [b"1", b"2"]
        assert await second.due(5.0) == [(5.0, "call")]
        await second.close()

    async def test_each_process_sees_what_the_other_has_saved(self, store: Store, other: Store) -> None:
        await store.save(change())
        assert (await other.load("call") or change()).version == 1
        await other.save(change(version=1, due=3.0, ids=("x",), rows=(b"2",)))
        assert await store.load("call") == Record("call", 2, b"call 2", 3.0, 0.0)
        assert await store.find(["x"]) == "call"
        assert await store.due(3.0) == [(3.0, "call")]
        assert await store.log("call") == [b"2"]

    async def test_no_increment_is_lost_between_two(self, store: Store, other: Store) -> None:
        async def count(mine: Store, times: int) -> None:
            for _ in range(times):
                while True:
                    record = await mine.load("call")
                    number = int(record.snapshot) + 1 if record else 1
                    if await mine.save(change(version=number - 1, snapshot=str(number).encode(), rows=(str(number).encode(),))):
                        break

        await asyncio.gather(*(count(mine, 20) for mine in (store, other) for _ in range(2)))
        assert await store.load("call") == Record("call", 80, b"80", 0.0, 0.0)
        assert await store.log("call") == [str(number).encode() for number in range(1, 81)]

    async def test_of_many_races_between_two_each_has_one_winner(self, store: Store, other: Store) -> None:
        """Both save the same calls, in opposite orders."""
        names = [f"call {n}" for n in range(40)]
        for version in range(5):
            batches = ((mine, order) for mine, order in ((store, names), (other, names[::-1])))
            first, second = await asyncio.gather(
                *(asyncio.gather(*(mine.save(change(one, version, ids=(f"{one} leg",))) for one in order)) for mine, order in batches)
            )
            assert [a != b for a, b in zip(first, reversed(second), strict=True)] == [True] * len(names)

    async def test_many_workers_start_at_once(self, urls: Sequence[str]) -> None:
        opened = await asyncio.gather(*(open_store(urls) for _ in range(6)))
        results = await asyncio.gather(*(one.save(change()) for one in opened))
        assert sorted(results) == [False] * 5 + [True]
        for one in opened:
            await one.close()

    async def test_a_saver_is_killed(self, urls: Sequence[str], store: Store) -> None:
        """What it was told is saved is there; of the save that was under way, all or nothing."""
        program = f"from tests.interpreter.stores.saver import main; main({list(urls)!r})"
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(HOUSE)}
        )
        assert process.stdout
        async with asyncio.timeout(20):
            for _ in range(20):
                await process.stdout.readline()
        process.kill()
        acknowledged = 20 + len((await process.stdout.read()).splitlines())
        await process.wait()
        (found,) = [one async for one in store.export()]  # of one moment: a server may still do what the dead process asked for
        versions = range(int(found.snapshot))
        assert len(versions) in (acknowledged, acknowledged + 1)
        assert found.rows == tuple(str(version).encode() for version in versions)
        assert set(found.ids) == {f"id {version}" for version in versions}

    async def test_one_that_cannot_be_written_is_refused_alone(self, store: Store) -> None:
        saves = (store.save(change(str(n), ids=(IMPOSSIBLE if n in (2, 5) else f"id {n}",))) for n in range(8))
        results = await asyncio.gather(*saves, return_exceptions=True)
        assert [n for n, result in enumerate(results) if isinstance(result, StoreError)] == [2, 5]
        assert [n for n in range(8) if await store.load(str(n))] == [0, 1, 3, 4, 6, 7]
        assert "the store cannot" in str(results[2])

    async def test_cancelling_one_save_cancels_no_other(self, store: Store) -> None:
        first, second = asyncio.create_task(store.save(change("first"))), asyncio.create_task(store.save(change("second")))
        await asyncio.sleep(0)
        first.cancel()
        assert await second
        with pytest.raises(asyncio.CancelledError):
            await first
        assert await store.save(change("third"))

    async def test_a_close_writes_what_waits(self, urls: Sequence[str]) -> None:
        store = await open_store(urls)
        waiting = [asyncio.create_task(store.save(change(str(n)))) for n in range(700)]
        await asyncio.sleep(0)
        await store.close()
        assert all(await asyncio.gather(*waiting))

    async def test_after_a_close_nothing_hangs(self, store: Store) -> None:
        await store.close()
        await store.close()
        for asked in (store.save(change()), store.prune(1.0), store.load("call"), store.due(1.0)):
            with pytest.raises(StoreError, match=r"closed|no shard answers"):
                await asked
