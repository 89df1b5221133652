"""Opens the store that settings name: `sqlite:///PATH`, `postgresql://…`, `memory:`, or several of them as shards."""

from collections.abc import Sequence

from callverbs.interpreter.runtime.ports import Store
from callverbs.interpreter.stores.errors import StoreError
from callverbs.interpreter.stores.memory import MemoryStore
from callverbs.interpreter.stores.sharded import ShardedStore
from callverbs.interpreter.stores.sqlite import SqliteStore
from callverbs.interpreter.stores.urls import diagnose, place

POSTGRES_SCHEMES = ("postgresql://", "postgres://")


async def open_store(urls: Sequence[str]) -> Store:
    """Returns the store of one URL, or the store whose shards have these URLs. Raises StoreError."""
    if wrong := diagnose(urls):
        raise StoreError(wrong[0])
    if len(urls) == 1:
        return await _open_one(urls[0])
    shards: dict[str, Store] = {}
    try:
        for url in urls:
            shards[place(url)] = await _open_one(url)
    except StoreError:
        for shard in shards.values():
            await shard.close()
        raise
    return ShardedStore(shards)


async def _open_one(url: str) -> Store:
    if url == "memory:":
        return MemoryStore()
    if url.startswith(POSTGRES_SCHEMES):
        return await open_postgres(url)
    return SqliteStore(url.removeprefix("sqlite:///"))


async def open_postgres(url: str) -> Store:
    """Returns the store in a PostgreSQL database. Raises StoreError, also where asyncpg is not installed."""
    try:
        from callverbs.interpreter.stores.postgres import PostgresStore  # needs the extra `postgres`
    except ModuleNotFoundError as error:
        if error.name != "asyncpg":
            raise
        raise StoreError('a store in PostgreSQL needs asyncpg: pip install "callverbs[postgres]"') from None
    return await PostgresStore.open(url)
