"""Opens the store that settings name: `sqlite:///PATH`, `postgresql://…`, `memory:`, or several of them as shards."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from callverbs.interpreter.runtime.ports import Store
from callverbs.interpreter.stores.errors import StoreError
from callverbs.interpreter.stores.memory import MemoryStore
from callverbs.interpreter.stores.sharded import ShardedStore
from callverbs.interpreter.stores.sqlite import SqliteStore
from callverbs.interpreter.stores.sqlite_file import exists
from callverbs.interpreter.stores.urls import diagnose, place

if TYPE_CHECKING:
    from callverbs.interpreter.stores.postgres import PostgresStore

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
        return await _postgres().open(url)
    return SqliteStore(url.removeprefix("sqlite:///"))


async def check_store(urls: Sequence[str]) -> None:
    """Opens a store, and closes it again. Raises StoreError where it cannot be opened."""
    await (await open_store(urls)).close()


async def open_existing(urls: Sequence[str]) -> Store:
    """Returns a store that is there already. Raises StoreError where it would be a new one."""
    for url in urls:
        if url == "memory:":
            raise StoreError("memory: ends with its server")
        if not url.startswith(POSTGRES_SCHEMES) and not exists(url.removeprefix("sqlite:///")):
            raise StoreError(f"{url} is not there")
    return await open_store(urls)


async def migrate(urls: Sequence[str]) -> list[str]:
    """Brings the tables of a store to the format that this version needs. Returns a sentence for each place. Raises StoreError."""
    done = []
    for url in urls:
        if url.startswith(POSTGRES_SCHEMES):
            before, after = await _postgres().migrate(url)
            done.append(f"{place(url)}: " + (f"format {before} is now {after}" if before != after else f"has format {after} already"))
        else:
            await (await _open_one(url)).close()
            done.append(f"{place(url)}: has the format of this version")
    return done


def _postgres() -> "type[PostgresStore]":
    """Returns the class of stores in PostgreSQL. Raises StoreError where asyncpg is not installed."""
    try:
        from callverbs.interpreter.stores.postgres import PostgresStore  # needs the extra `postgres`
    except ModuleNotFoundError as error:
        if error.name != "asyncpg":
            raise
        raise StoreError('a store in PostgreSQL needs asyncpg: pip install "callverbs[postgres]"') from None
    return PostgresStore
