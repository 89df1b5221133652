"""The contract of stores as test cases, which every store passes."""

import asyncio

from callverbs.interpreter.runtime.ports import Store
from callverbs.interpreter.runtime.records import Change, Record


def change(session: str = "call", version: int = 0, **fields: object) -> Change:
    """Returns a change, with defaults for fields that a case does not set."""
    defaults = {"snapshot": f"{session} {version + 1}".encode(), "due": 0.0, "ended": 0.0, "ids": (), "rows": ()}
    return Change(session, version, **{**defaults, **fields})  # type: ignore[arg-type]


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
        for n in range(1200):
            record = await store.load(str(n))
            assert record
            assert record.version == 1
            assert await store.find([f"id {n}"]) == str(n)

    async def test_an_id_leads_to_a_call_for_ever(self, store: Store) -> None:
        await store.save(change("one", ids=("leg 1", "shared", "shared")))
        await store.save(change("two", ids=("leg 2", "shared")))
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
        assert await store.due(2.0) == ["a", "b"]
        assert await store.due(5.0) == ["a", "b", "c"]
        assert await store.due(5.0, limit=2) == ["a", "b"]
        await store.save(change("a", 1, due=0.0))
        await store.save(change("b", 1, due=4.0))
        assert await store.due(5.0) == ["c", "b"]

    async def test_the_log_is_in_order(self, store: Store) -> None:
        for version in range(12):
            await store.save(change(version=version, rows=(f"{version}a".encode(), f"{version}b".encode())))
        await store.save(change("other", rows=(b"another's",)))
        assert await store.log("call") == [f"{version}{half}".encode() for version in range(12) for half in "ab"]

    async def test_the_newest_come_first(self, store: Store) -> None:
        for name in ("one", "two", "three"):
            await store.save(change(name))
        await store.save(change("one", 1))
        assert [record.session for record in await store.recent()] == ["three", "two", "one"]
        assert [record.version for record in await store.recent()] == [1, 1, 2]
        assert [record.session for record in await store.recent(2)] == ["three", "two"]

    async def test_old_calls_are_pruned_with_their_ids_and_logs(self, store: Store) -> None:
        for n in range(50):
            await store.save(change(f"old {n}", ended=10.0 + n / 100, ids=(f"id {n}",), rows=(b"row", b"row")))
        await store.save(change("young", ended=20.0, ids=("young id",), rows=(b"young",)))
        await store.save(change("alive", due=5.0, ids=("alive id",), rows=(b"alive",)))
        assert await store.prune(20.0) == 50
        assert await store.prune(20.0) == 0
        assert [record.session for record in await store.recent()] == ["alive", "young"]
        assert [await store.find([f"id {n}"]) for n in range(50)] == [None] * 50
        assert await store.log("old 7") == []
        assert await store.find(["young id"]) == "young"
        assert await store.log("alive") == [b"alive"]
        assert await store.save(change("old 7", ids=("id 7",), rows=(b"new",)))
        assert await store.log("old 7") == [b"new"]
