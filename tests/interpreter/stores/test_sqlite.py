"""The store in a file: the contract, and what only a file can do."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from callverbs.interpreter.stores.errors import StoreError
from callverbs.interpreter.stores.sqlite import SqliteStore
from callverbs.interpreter.stores.sqlite_file import FORMAT
from tests.interpreter.stores.contract import IMPOSSIBLE, SharedContract, change


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "calls.sqlite"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(path)
    yield opened
    await opened.close()


class TestSqlite(SharedContract):
    @pytest.fixture
    def urls(self, path: Path) -> tuple[str, ...]:
        return (f"sqlite:///{path}",)


class Other:
    """The connection of another process."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None, timeout=0, check_same_thread=False)

    def execute(self, *statements: str) -> None:
        for statement in statements:
            self.connection.execute(statement)


@pytest.fixture
def other(path: Path, store: SqliteStore) -> Other:
    return Other(path)


# --------------------------------------------------------------------------- the disk


async def test_a_commit_is_on_the_disk(store: SqliteStore) -> None:
    """2 is FULL: in WAL mode SQLite synchronises the log at every commit (sqlite.org/pragma.html#pragma_synchronous).

    SQLite synchronises the directory itself when it creates the log.
    """
    for connection in (store._write_connection, store._read_connection):
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def test_what_was_saved_is_there_after_a_kill(path: Path, store: SqliteStore) -> None:
    """A killed process does not close its store."""
    await store.save(change(rows=(b"1",)))
    second = SqliteStore(path)
    assert (await second.load("call") or change()).snapshot == b"call 1"
    assert await second.log("call") == [b"1"]
    await second.close()


async def test_changes_that_come_together_are_committed_together(store: SqliteStore) -> None:
    statements: list[str] = []
    store._write_connection.set_trace_callback(statements.append)
    await asyncio.gather(*(store.save(change(str(n))) for n in range(200)))
    assert statements.count("COMMIT") == statements.count("BEGIN IMMEDIATE") <= 20


# --------------------------------------------------------------------------- a file that cannot be used


async def test_a_file_of_a_newer_format_is_refused(path: Path) -> None:
    Other(path).execute(f"PRAGMA user_version = {FORMAT + 1}")
    with pytest.raises(
        StoreError, match=rf"calls\.sqlite cannot be used as a store: it was written by a newer callverbs \(format {FORMAT + 1}"
    ):
        SqliteStore(path)


async def test_a_file_of_the_first_format_is_refused(path: Path) -> None:
    Other(path).execute("PRAGMA user_version = 1")
    with pytest.raises(
        StoreError,
        match=r"calls\.sqlite cannot be used as a store: it was written by callverbs 0\.1\.0, whose calls this version cannot continue: "
        r"let 0\.1\.0 finish them, or name a new file \(--store\)$",
    ):
        SqliteStore(path)


def test_a_file_that_is_something_else(path: Path) -> None:
    path.write_bytes(b"This is a diary." * 100)
    with pytest.raises(StoreError, match=r"calls\.sqlite cannot be used as a store: file is not a database"):
        SqliteStore(path)


async def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be used as a store: No such file or directory"):
        SqliteStore(tmp_path / "nowhere" / "calls.sqlite")


async def test_a_place_without_a_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreError, match="no write-ahead log can be kept there"):
        SqliteStore(":memory:")


# --------------------------------------------------------------------------- two processes, one file


async def test_a_lock_is_waited_for(path: Path) -> None:
    store, other = SqliteStore(path), Other(path)
    other.execute("BEGIN IMMEDIATE")
    saving = asyncio.create_task(store.save(change()))
    done, _ = await asyncio.wait([saving], timeout=0.01)
    assert not done
    other.execute("COMMIT")
    assert await saving
    await store.close()


async def test_a_lock_that_is_never_released_is_an_error_for_every_change_that_waits(path: Path) -> None:
    store, other = SqliteStore(path, lock_timeout=0.05), Other(path)
    other.execute("BEGIN IMMEDIATE")
    results = await asyncio.gather(*(store.save(change(str(n))) for n in range(3)), return_exceptions=True)
    assert [str(result) for result in results] == ["the store cannot save: database is locked"] * 3
    assert all(isinstance(result, StoreError) for result in results)
    other.execute("COMMIT")
    assert await store.save(change("0"))
    await store.close()


# --------------------------------------------------------------------------- what goes wrong while it runs


async def test_a_disk_that_fails_is_an_error_and_not_the_end(store: SqliteStore, other: Other) -> None:
    await store.save(change(rows=(b"1",)))
    other.execute("ALTER TABLE log RENAME TO away")
    results = await asyncio.gather(*(store.save(change(str(n), rows=(b"1",))) for n in range(5)), return_exceptions=True)
    assert all(isinstance(result, StoreError) for result in results)
    assert await store.load("3") is None
    with pytest.raises(StoreError, match="the store cannot be read"):
        await store.log("call")
    other.execute("ALTER TABLE away RENAME TO log")
    assert await store.save(change("3", rows=(b"1",)))
    assert await store.log("call") == [b"1"]


async def test_one_that_cannot_be_written_is_refused_alone(store: SqliteStore, other: Other) -> None:
    """All are in one transaction, because they waited for the lock together."""
    other.execute("BEGIN IMMEDIATE")
    waiting = [asyncio.create_task(store.save(change(str(n), ids=(IMPOSSIBLE if n in (2, 5) else f"id {n}",)))) for n in range(8)]
    await asyncio.sleep(0)
    other.execute("COMMIT")
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert [n for n, result in enumerate(results) if isinstance(result, StoreError)] == [2, 5]
    assert [n for n, result in enumerate(results) if result is True] == [0, 1, 3, 4, 6, 7]
    assert [n for n in range(8) if await store.load(str(n))] == [0, 1, 3, 4, 6, 7]
    assert "the store cannot save this" in str(results[2])


async def test_cancelling_one_save_does_not_cancel_the_others(store: SqliteStore, other: Other) -> None:
    other.execute("BEGIN IMMEDIATE")
    first, second = asyncio.create_task(store.save(change("first"))), asyncio.create_task(store.save(change("second")))
    await asyncio.sleep(0)
    first.cancel()
    other.execute("COMMIT")
    assert await second
    assert await store.load("first")
    with pytest.raises(asyncio.CancelledError):
        await first


# --------------------------------------------------------------------------- the file


def modes(path: Path) -> dict[str, str]:
    return {one.name: f"{one.stat().st_mode & 0o777:o}" for one in path.parent.iterdir()}


async def test_a_new_file_is_for_its_owner_only(path: Path, store: SqliteStore) -> None:
    await store.save(change())
    assert modes(path) == dict.fromkeys(("calls.sqlite", "calls.sqlite-wal", "calls.sqlite-shm"), "600")


async def test_a_file_that_is_there_keeps_its_mode(path: Path, other: Other) -> None:
    path.chmod(0o640)  # noqa: ASYNC240
    store = SqliteStore(path)
    await store.save(change())
    assert modes(path)["calls.sqlite"] == "640"
    assert await store.faults() == [f"others on this machine may read the calls: its mode is 640 (chmod 600 {path})"]
    await store.close()


def used(path: Path) -> int:
    """Returns the bytes of the file once its log is in it."""
    with sqlite3.connect(path, isolation_level=None) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    connection.close()
    return path.stat().st_size


async def test_the_file_shrinks_when_old_calls_are_deleted(path: Path, store: SqliteStore) -> None:
    await asyncio.gather(*(store.save(change(str(n), ended=1.0 + n, rows=(b"x" * 8000,))) for n in range(300)))
    before = used(path)
    assert before > 300 * 8000
    assert await store.prune(290.0) == 289
    assert used(path) < before / 10


async def test_a_file_that_is_too_large_loses_the_oldest_calls_that_are_over(path: Path, store: SqliteStore) -> None:
    await asyncio.gather(*(store.save(change(str(n), ended=1.0 + n, rows=(b"x" * 8000,))) for n in range(200)))
    await asyncio.gather(*(store.save(change(f"live {n}", due=9.0, rows=(b"x" * 8000,))) for n in range(50)))
    limit = 1_200_000.0
    deleted = await store.prune(0.5, limit)
    assert 80 < deleted < 200
    assert used(path) <= limit * 1.05
    left = {record.session for record in await store.recent(1000)}
    assert left == {f"live {n}" for n in range(50)} | {str(n) for n in range(deleted, 200)}
    assert await store.prune(0.5, limit) == 0
    assert await store.prune(0.5, 1.0) == 200 - deleted, "live calls are never deleted, however large the file is"
    assert len(await store.recent(1000)) == 50
