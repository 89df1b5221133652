"""The store in PostgreSQL: the contract, and what only a server can do."""

import asyncio
import logging
import socket
import time
from collections.abc import AsyncIterator

import asyncpg
import pytest

from callverbs.interpreter.stores import postgres_tables
from callverbs.interpreter.stores.errors import StoreError
from callverbs.interpreter.stores.opening import open_store
from callverbs.interpreter.stores.postgres import PostgresStore
from callverbs.interpreter.stores.postgres_tables import MIGRATIONS, migrate, prepare
from tests.interpreter.conftest import execute
from tests.interpreter.stores.contract import SharedContract, change


class TestPostgres(SharedContract):
    @pytest.fixture
    def urls(self, postgres_urls: tuple[str, str]) -> tuple[str, ...]:
        return postgres_urls[:1]


@pytest.fixture
def url(postgres_urls: tuple[str, str]) -> str:
    return postgres_urls[0]


@pytest.fixture
async def store(url: str) -> AsyncIterator[PostgresStore]:
    opened = await PostgresStore.open(url)
    yield opened
    await opened.close()


@pytest.fixture
async def admin(url: str, store: PostgresStore) -> AsyncIterator[asyncpg.Connection]:
    """A connection of somebody else to the same tables."""
    connection = await asyncpg.connect(url)
    yield connection
    await connection.close()


async def test_changes_that_come_together_are_saved_by_one_statement(store: PostgresStore, admin: asyncpg.Connection) -> None:
    await store.save(change("first"))
    before = await admin.fetchval("SELECT pg_current_xact_id()")
    assert all(await asyncio.gather(*(store.save(change(str(n), ids=(f"leg {n}",), rows=(b"1", b"2"))) for n in range(200))))
    assert await admin.fetchval("SELECT pg_current_xact_id()") - before <= 6  # others may write, too: it is one server


async def test_a_save_is_on_disk_whatever_the_database_says(store: PostgresStore, admin: asyncpg.Connection) -> None:
    name = await admin.fetchval("SELECT current_database()")
    for setting, kept in (("off", "on"), ("remote_apply", "remote_apply")):
        await admin.execute(f"ALTER DATABASE {name} SET synchronous_commit = {setting}")
        await store._pool.expire_connections()
        assert await store.run(lambda connection: connection.fetchval("SHOW synchronous_commit")) == kept
    await admin.execute(f"ALTER DATABASE {name} RESET synchronous_commit")


# --------------------------------------------------------------------------- a server that goes away


async def test_connections_that_break_are_replaced(
    store: PostgresStore, admin: asyncpg.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    """As when the server restarts: all work goes on, and nothing is done twice."""
    await store.save(change(rows=(b"0",)))
    for version in range(1, 6):
        await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'callverbs'")
        saved = await store.save(change(version=version, rows=(str(version).encode(),)))
        assert saved or (await store.load("call") or change()).version == version + 1  # it was made, and its answer was lost
    assert await store.log("call") == [b"0", b"1", b"2", b"3", b"4", b"5"]
    assert "it is tried again" in caplog.text


async def test_a_save_whose_answer_is_lost_is_made_once(store: PostgresStore, admin: asyncpg.Connection) -> None:
    """It waits for a lock, its connection is cut, and it is tried again while the first one may have been made."""
    await store.save(change(rows=(b"0",)))
    async with admin.transaction():
        await admin.execute("SELECT 1 FROM callverbs_calls FOR UPDATE")
        saving = asyncio.create_task(store.save(change(version=1, rows=(b"1",))))
        waiting = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'callverbs'"
        async with asyncio.timeout(5):
            while not await admin.fetch(waiting):  # each round trip lets the save go on
                pass
    assert await saving
    assert await store.log("call") == [b"0", b"1"]


async def test_a_server_that_is_not_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    began = time.monotonic()
    with pytest.raises(StoreError) as caught:
        await PostgresStore.open(f"postgresql://joe:secret@127.0.0.1:{port}/calls", retry_seconds=0.1)
    assert time.monotonic() - began < 5
    message = str(caught.value)
    assert message.startswith(f"postgresql://joe:***@127.0.0.1:{port}/calls cannot be used as a store: the store does not answer: ")
    assert "secret" not in message


async def test_a_server_that_becomes_a_standby_is_left(store: PostgresStore, admin: asyncpg.Connection) -> None:
    """Its sessions become read-only: new connections look for a primary, and find one when there is one again."""
    name = await admin.fetchval("SELECT current_database()")
    await store.save(change())
    await admin.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    await store._pool.expire_connections()
    saving = asyncio.create_task(store.save(change(version=1)))
    done, _ = await asyncio.wait([saving], timeout=0.1)
    assert not done
    await admin.execute("SET default_transaction_read_only = off")
    await admin.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    assert await saving


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (
            "postgresql://u:secret/x@localhost/calls",
            r"^postgresql://u:\*\*\*@localhost/calls cannot be used as a store: its URL cannot be read: letters",
        ),
        ("postgresql:///nowhere?host={folder}&user=postgres", 'database "nowhere" does not exist'),
        ("postgresql:///postgres?host={folder}&user=nobody_knows", 'role "nobody_knows" does not exist'),
    ],
)
async def test_urls_that_lead_nowhere(databases: tuple[str, str], wrong: str, reason: str) -> None:
    folder = databases[0].partition("host=")[2].partition("&")[0]
    with pytest.raises(StoreError, match=reason):
        await open_store([wrong.format(folder=folder)])


# --------------------------------------------------------------------------- formats


async def test_tables_of_another_format(url: str, admin: asyncpg.Connection) -> None:
    newer = [*MIGRATIONS, "ALTER TABLE callverbs_calls ADD COLUMN region text NOT NULL DEFAULT ''"]
    with pytest.raises(StoreError, match=r"have format 1, and this callverbs needs 2: run `callverbs store migrate`"):
        await prepare(admin, newer)
    assert await migrate(admin, newer) == (1, 2)
    assert await migrate(admin, newer) == (2, 2)
    await prepare(admin, newer)
    with pytest.raises(StoreError, match=r"cannot be used as a store: it was written by a newer callverbs \(format 2; this one knows 1\)"):
        await PostgresStore.open(url)


async def test_a_migration_that_fails_changes_nothing(admin: asyncpg.Connection) -> None:
    with pytest.raises(asyncpg.PostgresError):
        await migrate(admin, [*MIGRATIONS, "ALTER TABLE callverbs_calls ADD COLUMN region text", "SELECT nothing"])
    assert await postgres_tables.format_of(admin) == 1
    assert await migrate(admin) == (1, 1)


async def test_an_id_that_postgresql_cannot_have_is_unknown(store: PostgresStore) -> None:
    assert await store.load("a\0b") is None
    assert await store.find(["a\0b"]) is None


async def test_a_missing_permission_is_an_error_with_a_reason(
    url: str, admin: asyncpg.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    await execute(url, "ALTER TABLE callverbs_log RENAME TO away")
    store = await PostgresStore.open(url)
    results = await asyncio.gather(*(store.save(change(str(n), rows=(b"1",))) for n in range(3)), return_exceptions=True)
    assert all(isinstance(result, StoreError) for result in results)
    assert 'relation "callverbs_log" does not exist' in str(results[0])
    await store.close()
