"""Keeps calls in an SQLite file: the store of a server. A change that was saved is on disk.

All changes that wait are committed in one transaction (write-ahead log, full synchronous), so under load durability is nearly free.
Statements that wait, for a lock or for the disk, run in a thread; all others run in the event loop, because two threads that run
statements compete for Python's lock, at twice the cost. Every read is from the file, so it sees what other processes have saved.
Rows are stored in the order in which they arrive: rows sorted by a call's id would be written all over the file.
"""

import asyncio
import contextlib
import math
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from callverbs.interpreter.runtime.records import Change, Record, restoring
from callverbs.interpreter.stores import sqlite_file
from callverbs.interpreter.stores.errors import StoreError
from callverbs.interpreter.stores.sqlite_file import LOCK_TIMEOUT_SECONDS

MAX_WRITES_PER_TRANSACTION = 512
RECORD = "id, version, snapshot, due, ended, began"


class Write(NamedTuple):
    """Something to write. `write` runs inside a transaction, and what it returns is the future's result."""

    write: Callable[[sqlite3.Connection], float]
    future: "asyncio.Future[float]"


class SqliteStore:
    """A store in a file. Use it from one event loop. Raises StoreError where the file cannot be used."""

    def __init__(self, path: str | Path, lock_timeout: float = LOCK_TIMEOUT_SECONDS) -> None:
        self._path = str(path)
        self._closed = False
        self._writes: list[Write] = []
        self._writer: asyncio.Task[None] | None = None
        self._write_connection = sqlite_file.connect(self._path, lock_timeout)
        self._read_connection = sqlite_file.connect(self._path, lock_timeout)
        self._thread = ThreadPoolExecutor(1, "callverbs-store")

    # ------------------------------------------------------------- reading

    def _rows(self, query: str, *parameters: object) -> list[Any]:
        try:
            return self._read_connection.execute(query, parameters).fetchall()
        except sqlite3.Error as error:
            raise StoreError(f"the store cannot be read: {error}") from error

    async def load(self, session: str) -> Record | None:
        """Returns the record of a call."""
        rows = self._rows(f"SELECT {RECORD} FROM calls WHERE id = ?", session)
        return Record(*rows[0]) if rows else None

    async def find(self, ids: Sequence[str]) -> str | None:
        """Returns the call of the first of the carrier's ids that is known."""
        for one in ids:
            if rows := self._rows("SELECT call FROM ids WHERE id = ?", one):
                return str(rows[0][0])
        return None

    async def due(self, before: float, limit: int = 100) -> list[tuple[float, str]]:
        """Returns the calls that were due at a time, those due first before the others, and when; in UTC seconds."""
        return list(self._rows("SELECT due, id FROM calls WHERE due > 0 AND due <= ? ORDER BY due LIMIT ?", before, limit))

    async def log(self, session: str) -> list[bytes]:
        """Returns the rows of a call's event log, oldest first."""
        return [row[0] for row in self._rows("SELECT line FROM log WHERE call = ? ORDER BY n", session)]

    async def recent(self, limit: int = 100) -> list[Record]:
        """Returns the records of the newest calls, newest first."""
        return [Record(*row) for row in self._rows(f"SELECT {RECORD} FROM calls ORDER BY began DESC LIMIT ?", limit)]

    # ------------------------------------------------------------- writing

    async def save(self, change: Change) -> bool:
        """Saves a change, which is on disk when this returns True. Returns False where the stored version is another one.

        A save that is cancelled while it waits may still be made.
        """
        return bool(await self._submit(partial(_apply, change)))

    async def prune(self, before: float, max_bytes: float = math.inf) -> int:
        """Deletes calls that ended before a time in UTC seconds, then the oldest that ended while the file uses more than `max_bytes`.

        Returns how many. What they used is given back to the disk. Live calls are never deleted.
        """
        total = 0
        while deleted := await self._submit(partial(sqlite_file.delete_ended, before, max_bytes)):
            total += int(deleted)
        while await self._submit(sqlite_file.give_back):
            pass
        return total

    async def note_alive(self, at: float) -> float:
        """Notes that a worker is there, and returns the latest time, in UTC seconds, at which one was before; 0 for never."""
        return await self._submit(partial(_note_alive, at))

    # ------------------------------------------------------------- what operators do

    async def export(self) -> AsyncIterator[Change]:
        """Yields every call of one moment, as the change that makes it again."""
        connection = sqlite_file.connect(self._path)
        try:
            connection.execute("BEGIN")
            for row in connection.execute(f"SELECT {RECORD} FROM calls ORDER BY began"):
                record = Record(*row)
                ids = connection.execute("SELECT id FROM ids WHERE call = ?", (record.session,)).fetchall()
                rows = connection.execute("SELECT line FROM log WHERE call = ? ORDER BY n", (record.session,)).fetchall()
                yield restoring(record, [one[0] for one in ids], [one[0] for one in rows])
        except sqlite3.Error as error:
            raise StoreError(f"{self._path} cannot be read: {error}") from error
        finally:
            connection.close()

    async def faults(self) -> list[str]:
        """Returns what is wrong with the file, one sentence each."""
        return sqlite_file.faults(self._path, self._read_connection)

    async def vacuum(self) -> None:
        """Writes the file anew, as small as it can be. Nothing can be saved meanwhile."""
        try:
            sqlite_file.vacuum(self._write_connection)
        except sqlite3.Error as error:
            raise StoreError(f"{self._path} cannot be written anew: {error}") from error

    # ------------------------------------------------------------- one writer

    async def _submit(self, write: Callable[[sqlite3.Connection], float]) -> float:
        """Adds a write to those that wait, and returns its result once it is committed."""
        if self._closed:
            raise StoreError("the store is closed")
        future: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._writes.append(Write(write, future))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._commit_all())
        return await future

    async def close(self) -> None:
        """Commits the writes that wait, and closes the file."""
        if self._closed:
            return
        self._closed = True
        if self._writer:
            await self._writer
        self._thread.shutdown()
        self._write_connection.close()
        self._read_connection.close()

    async def _commit_all(self) -> None:
        """Commits the writes that wait, and those that are submitted meanwhile."""
        while self._writes:
            batch, self._writes = self._writes[:MAX_WRITES_PER_TRANSACTION], self._writes[MAX_WRITES_PER_TRANSACTION:]
            await self._commit(batch)

    async def _commit(self, batch: list[Write]) -> None:
        """Commits writes in one transaction. One that is itself at fault is refused, and the others are committed without it."""
        while batch:
            current = batch[0]
            results = []
            try:
                await self._execute_in_thread("BEGIN IMMEDIATE")
                for current in batch:
                    results.append(current.write(self._write_connection))
                await self._execute_in_thread("COMMIT")
            except sqlite3.OperationalError as error:  # the disk, or a lock: every write would fail
                _fail(batch, StoreError(f"the store cannot save: {error}"))
                return
            except Exception as error:
                batch.remove(current)
                _fail([current], StoreError(f"the store cannot save this: {error}"))
            else:
                for one, result in zip(batch, results, strict=True):
                    if not one.future.done():
                        one.future.set_result(result)
                return
            finally:
                with contextlib.suppress(sqlite3.Error):
                    if self._write_connection.in_transaction:
                        self._write_connection.execute("ROLLBACK")

    async def _execute_in_thread(self, statement: str) -> None:
        """Executes a statement that may wait, for a lock or for the disk."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._write_connection.execute, statement)


def _fail(writes: list[Write], error: StoreError) -> None:
    for one in writes:
        if not one.future.done():
            one.future.set_exception(error)


def _apply(change: Change, connection: sqlite3.Connection) -> int:
    """Writes a change, and returns 1; writes nothing and returns 0 where the stored version is not the one that it replaces."""
    if change.version:
        cursor = connection.execute(
            "UPDATE calls SET version = ?, snapshot = ?, due = ?, ended = ? WHERE id = ? AND version = ?",
            (change.version + 1, change.snapshot, change.due, change.ended, change.session, change.version),
        )
    else:
        cursor = connection.execute(
            "INSERT INTO calls (id, version, snapshot, due, ended, began) VALUES (?, 1, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (change.session, change.snapshot, change.due, change.ended, change.began),
        )
    if cursor.rowcount == 1:
        connection.executemany("INSERT OR IGNORE INTO ids (id, call) VALUES (?, ?)", [(one, change.session) for one in change.ids])
        connection.executemany("INSERT INTO log (call, line) VALUES (?, ?)", [(change.session, row) for row in change.rows])
    return cursor.rowcount


def _note_alive(at: float, connection: sqlite3.Connection) -> float:
    before = connection.execute("SELECT at FROM alive").fetchone()
    connection.execute("INSERT INTO alive VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET at = max(at, excluded.at)", (at,))
    return float(before[0]) if before else 0.0
