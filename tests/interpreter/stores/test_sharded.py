"""A store that is several: the contract on two databases, and where each call is."""

import pytest

from callverbs.interpreter.runtime.records import Change, Record
from callverbs.interpreter.stores.errors import StoreError
from callverbs.interpreter.stores.memory import MemoryStore
from callverbs.interpreter.stores.sharded import ShardedStore
from tests.interpreter.stores.contract import SharedContract, change


class TestPostgresShards(SharedContract):
    @pytest.fixture
    def urls(self, postgres_urls: tuple[str, str]) -> tuple[str, ...]:
        return postgres_urls


class BrokenStore(MemoryStore):
    """A shard that does not answer."""

    async def load(self, session: str) -> Record | None:
        raise StoreError("it is gone")

    async def find(self, ids: object) -> str | None:
        raise StoreError("it is gone")

    async def due(self, before: float, limit: int = 100) -> list[tuple[float, str]]:
        raise StoreError("it is gone")

    async def save(self, change: Change) -> bool:
        raise StoreError("it is gone")


NAMES = [f"call {n}" for n in range(600)]


def placed(*shards: str) -> dict[str, str]:
    store = ShardedStore({name: MemoryStore() for name in shards})
    return {name: store.shard_of(name) for name in NAMES}


def test_shards_have_equal_shares_whatever_their_order() -> None:
    found = placed("a", "b", "c")
    assert found == placed("c", "a", "b")
    shares = [list(found.values()).count(name) for name in "abc"]
    assert all(160 < share < 240 for share in shares), shares


def test_another_shard_takes_calls_from_all_and_moves_none_between_them() -> None:
    before, after = placed("a", "b", "c"), placed("a", "b", "c", "d")
    moved = [name for name in NAMES if before[name] != after[name]]
    assert {after[name] for name in moved} == {"d"}
    assert 110 < len(moved) < 190


async def test_a_live_call_stays_where_it_is_when_a_shard_is_added() -> None:
    old, new = MemoryStore(), MemoryStore()
    before, after = ShardedStore({"a": old}), ShardedStore({"a": old, "b": new})
    moved = [name for name in NAMES if after.shard_of(name) == "b"][:9]
    for name in moved:
        await before.save(change(name, due=9.0, ids=(f"{name} leg",), rows=(b"1",)))
    by_id, by_time, by_session = moved[:3], moved[3:6], moved[6:]
    assert [await after.find([f"{name} leg"]) for name in by_id] == by_id
    assert {name for _, name in await after.due(9.0)} >= set(by_time)
    assert await ShardedStore({"a": old, "b": new}).log(by_session[0]) == [b"1"]
    for name in moved:
        record = await after.load(name)
        assert record
        assert await after.save(change(name, 1, due=9.0, rows=(b"2",)))
        assert not await after.save(change(name, 1))
        assert await after.log(name) == [b"1", b"2"]
        assert await new.load(name) is None
    (fresh,) = [name for name in NAMES if after.shard_of(name) == "b" and name not in moved][:1]
    assert await after.load(fresh) is None
    assert await after.save(change(fresh))
    assert await new.load(fresh)


async def test_a_shard_that_does_not_answer_holds_up_its_own_calls_only() -> None:
    healthy, broken = MemoryStore(), BrokenStore()
    store = ShardedStore({"a": healthy, "b": broken})
    mine, theirs = (next(name for name in NAMES if store.shard_of(name) == shard) for shard in "ab")
    await healthy.save(change(mine, due=5.0, ids=("leg",)))
    assert await store.load(mine)
    assert await store.save(change(mine, 1, due=5.0))
    assert await store.due(9.0) == [(5.0, mine)]
    with pytest.raises(StoreError, match="it is gone"):
        await store.load(theirs)
    with pytest.raises(StoreError, match="it is gone"):
        await store.find(["unknown"])
    with pytest.raises(StoreError, match="no shard answers"):
        await ShardedStore({"a": broken, "b": BrokenStore()}).due(9.0)
