"""Keeps calls in an SQLite file: the store of a server. A change that was saved is on disk.

All changes that wait are committed in one transaction (write-ahead log, full synchronous), so under load durability is nearly free.
Statements that wait, for a lock or for the disk, run in a thread; all others run in the event loop, because two threads that run
statements compete for Python's lock, at twice the cost. Every read is from the file, so it sees what other processes have saved.
Rows are stored in the order in which they arrive: rows sorted by a call's id would be written all over the file.
"""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from callverbs.interpreter.runtime.records import Change, Record
from callverbs.interpreter.stores.errors import StoreError

SCHEMA = """
CREATE TABLE IF NOT EXISTS calls (
  id TEXT PRIMARY KEY, version INTEGER NOT NULL, snapshot BLOB NOT NULL,
  due REAL NOT NULL, ended REAL NOT NULL, began REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS calls_due ON calls (due) WHERE due > 0;
CREATE INDEX IF NOT EXISTS calls_ended ON calls (ended) WHERE ended > 0;
CREATE INDEX IF NOT EXISTS calls_began ON calls (began);
CREATE TABLE IF NOT EXISTS ids (id TEXT PRIMARY KEY, call TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS ids_call ON ids (call);
CREATE TABLE IF NOT EXISTS log (n INTEGER PRIMARY KEY, call TEXT NOT NULL, line BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS log_call ON log (call);
"""
ALIVE = "CREATE TABLE IF NOT EXISTS alive (one INTEGER PRIMARY KEY CHECK (one = 1), at REAL NOT NULL)"
"""Of the same format: versions that do not know this table need not."""
FORMAT = 2
"""`PRAGMA user_version` of the file. A file of any other format is refused; a new file has 0."""
LOCK_TIMEOUT_SECONDS = 10.0
"""How long a statement waits for a lock that another process has on the file."""
LOCK_RETRY_SECONDS = 0.01
MAX_WRITES_PER_TRANSACTION = 512
MAX_CALLS_PER_DELETE = 20
"""Old calls that one transaction deletes: few, so that changes of live calls do not wait for it."""
RECORD = "id, version, snapshot, due, ended, began"


class Write(NamedTuple):
    """Something to write. `write` runs inside a transaction, and what it returns is the future's result."""

    write: Callable[[sqlite3.Connection], float]
    future: "asyncio.Future[float]"


class SqliteStore:
    """A store in a file. Use it from one event loop. Raises StoreError where the file cannot be used."""

    def __init__(self, path: str | Path, lock_timeout: float = LOCK_TIMEOUT_SECONDS) -> None:
        self._path = str(path)
        self._lock_timeout = lock_timeout
        self._closed = False
        self._writes: list[Write] = []
        self._writer: asyncio.Task[None] | None = None
        self._write_connection = self._connect()
        self._read_connection = self._connect()
        self._thread = ThreadPoolExecutor(1, "callverbs-store")

    def _connect(self) -> sqlite3.Connection:
        connection = None
        try:
            connection = sqlite3.connect(self._path, timeout=self._lock_timeout, isolation_level=None, check_same_thread=False)
            self._prepare(connection)
        except (sqlite3.Error, StoreError) as error:
            if connection:
                connection.close()
            raise StoreError(f"{self._path} cannot be used as a store: {error}") from error
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        (found,) = connection.execute("PRAGMA user_version").fetchone()
        if found > FORMAT:
            raise StoreError(f"it was written by a newer callverbs (format {found}; this one knows {FORMAT})")
        if found == 1:
            raise StoreError(
                "it was written by callverbs 0.1.0, whose calls this version cannot continue: let 0.1.0 finish them, or name a new"
                " file (--store)"
            )
        self._enable_write_ahead_log(connection)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA fullfsync = ON")  # on macOS, a plain fsync leaves the bytes in the drive's own cache
        if found < FORMAT:
            connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = {FORMAT}; COMMIT;")
        connection.execute(ALIVE)

    def _enable_write_ahead_log(self, connection: sqlite3.Connection) -> None:
        """Retries until the lock timeout: SQLite itself does not wait here when two processes open a new file at once."""
        until = time.monotonic() + self._lock_timeout
        while True:
            try:
                (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
            except sqlite3.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(LOCK_RETRY_SECONDS)
            else:
                break
        if mode != "wal":
            raise StoreError("no write-ahead log can be kept there")

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

    async def prune(self, before: float) -> int:
        """Deletes calls that ended before a time in UTC seconds. Returns how many."""
        total = 0
        while deleted := await self._submit(partial(_delete_ended, before)):
            total += int(deleted)
        return total

    async def note_alive(self, at: float) -> float:
        """Notes that a worker is there, and returns the latest time, in UTC seconds, at which one was before; 0 for never."""
        return await self._submit(partial(_note_alive, at))

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


def _delete_ended(before: float, connection: sqlite3.Connection) -> int:
    """Deletes some of the calls that ended before a time, with their ids and logs. Returns how many."""
    old = connection.execute("SELECT id FROM calls WHERE ended > 0 AND ended < ? LIMIT ?", (before, MAX_CALLS_PER_DELETE)).fetchall()
    for statement in ("DELETE FROM log WHERE call = ?", "DELETE FROM ids WHERE call = ?", "DELETE FROM calls WHERE id = ?"):
        connection.executemany(statement, old)
    return len(old)
