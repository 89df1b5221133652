"""Calls in an SQLite file: the embedded default. An acknowledged event is on the disk.

Everything that waits is committed as one transaction (write-ahead log, full synchronous): under load durability is nearly
free. Waiting for a lock and for the disk is done in a thread; two threads that both run statements would fight for Python's
lock, at twice the cost. Every read is of the file, so what another process has saved is never hidden. Large rows lie in the
order in which they came: rows that are sorted by a call's id would be written all over the file.
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

SCHEMA = """
CREATE TABLE IF NOT EXISTS calls (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL DEFAULT 'call', version INTEGER NOT NULL, snapshot BLOB NOT NULL,
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
FORMAT = 1
"""`PRAGMA user_version` of the file; a file of a newer format is refused."""
PATIENCE = 10.0
"""Seconds that we wait for a lock that another process has on the file."""
MOST = 512
"""Changes in one transaction, at the most."""
FORGOTTEN = 20
"""Old calls that are deleted in one transaction: those who call now do not wait for them."""
RECORD = "SELECT id, version, snapshot, due, ended FROM calls"


class StoreError(Exception):
    """The store's file cannot be used."""


class Job(NamedTuple):
    """Something that waits to be written: done inside a transaction, it tells how many calls it was about."""

    write: Callable[[sqlite3.Connection], int]
    settled: "asyncio.Future[int]"


class SqliteStore:
    """Keeps calls in a file. Use it from one event loop. Raises StoreError where the file cannot be used."""

    def __init__(self, path: str | Path, patience: float = PATIENCE) -> None:
        self._path = str(path)
        self._patience = patience
        self._closed = False
        self._jobs: list[Job] = []
        self._writer: asyncio.Task[None] | None = None
        self._writing = self._connect()
        self._reading = self._connect()
        self._thread = ThreadPoolExecutor(1, "callverbs-store")

    def _connect(self) -> sqlite3.Connection:
        connection = None
        try:
            connection = sqlite3.connect(self._path, timeout=self._patience, isolation_level=None, check_same_thread=False)
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
        self._log_ahead(connection)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA fullfsync = ON")  # on a Mac, a plain fsync leaves the bytes in the drive's own memory
        if found < FORMAT:
            connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = {FORMAT}; COMMIT;")

    def _log_ahead(self, connection: sqlite3.Connection) -> None:
        """Two that begin on a new file at once are in each other's way, and here SQLite does not wait by itself."""
        until = time.monotonic() + self._patience
        while True:
            try:
                (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
            except sqlite3.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.01)
            else:
                break
        if mode != "wal":
            raise StoreError("no write-ahead log can be kept there")

    # ------------------------------------------------------------- reading

    def _rows(self, question: str, *given: object) -> list[Any]:
        try:
            return self._reading.execute(question, given).fetchall()
        except sqlite3.Error as error:
            raise StoreError(f"the store cannot be read: {error}") from error

    async def load(self, session: str) -> Record | None:
        """The record of a call as it stands in the file."""
        rows = self._rows(f"{RECORD} WHERE id = ?", session)
        return Record(*rows[0]) if rows else None

    async def find(self, ids: Sequence[str]) -> str | None:
        """The call that one of the carrier's ids belongs to: the first that is known."""
        for one in ids:
            if rows := self._rows("SELECT call FROM ids WHERE id = ?", one):
                return str(rows[0][0])
        return None

    async def due(self, before: float, limit: int = 100) -> list[str]:
        """Calls that the clock should have looked at before a time; who has waited longest comes first."""
        return [row[0] for row in self._rows("SELECT id FROM calls WHERE due > 0 AND due <= ? ORDER BY due LIMIT ?", before, limit)]

    async def log(self, session: str) -> list[bytes]:
        """The event log of a call, oldest first."""
        return [row[0] for row in self._rows("SELECT line FROM log WHERE call = ? ORDER BY n", session)]

    async def recent(self, limit: int = 100) -> list[Record]:
        """The calls that were begun last, newest first."""
        return [Record(*row) for row in self._rows(f"{RECORD} ORDER BY began DESC LIMIT ?", limit)]

    # ------------------------------------------------------------- writing

    async def save(self, change: Change) -> bool:
        """Save a change; when this returns True it is on the disk. False where somebody else was faster.

        One that is called off while it waits may have been made all the same.
        """
        return bool(await self._written(partial(_apply, change)))

    async def prune(self, before: float) -> int:
        """Forget calls that ended before a time; how many."""
        gone = 0
        while some := await self._written(partial(_forget, before)):
            gone += some
        return gone

    async def _written(self, write: Callable[[sqlite3.Connection], int]) -> int:
        if self._closed:
            raise StoreError("the store is closed")
        settled: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._jobs.append(Job(write, settled))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        return await settled

    async def close(self) -> None:
        """Write what waits, and let the file go."""
        if self._closed:
            return
        self._closed = True
        if self._writer:
            await self._writer
        self._thread.shutdown()
        self._writing.close()
        self._reading.close()

    async def _write(self) -> None:
        """Commit what waits, and what has come meanwhile, until nothing waits any longer."""
        while self._jobs:
            jobs, self._jobs = self._jobs[:MOST], self._jobs[MOST:]
            await self._commit(jobs)

    async def _commit(self, jobs: list[Job]) -> None:
        """Write all of them as one transaction. One that is itself at fault is refused, and the others are written without it."""
        while jobs:
            writing = jobs[0]
            results = []
            try:
                await self._apart("BEGIN IMMEDIATE")
                for writing in jobs:
                    results.append(writing.write(self._writing))
                await self._apart("COMMIT")
            except sqlite3.OperationalError as error:  # the disk, or a lock: it would be the same for everybody
                _fail(jobs, StoreError(f"the store cannot save: {error}"))
                return
            except Exception as error:
                jobs.remove(writing)
                _fail([writing], StoreError(f"the store cannot save this: {error}"))
            else:
                for job, result in zip(jobs, results, strict=True):
                    if not job.settled.done():
                        job.settled.set_result(result)
                return
            finally:
                with contextlib.suppress(sqlite3.Error):
                    if self._writing.in_transaction:
                        self._writing.execute("ROLLBACK")

    async def _apart(self, statement: str) -> None:
        """What may wait, for a lock or the disk, is done in the thread."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._writing.execute, statement)


def _fail(jobs: list[Job], error: StoreError) -> None:
    for job in jobs:
        if not job.settled.done():
            job.settled.set_exception(error)


def _apply(change: Change, connection: sqlite3.Connection) -> int:
    """One change inside the transaction; nothing of it where the version is not the expected one."""
    if change.version:
        done = connection.execute(
            "UPDATE calls SET version = ?, snapshot = ?, due = ?, ended = ? WHERE id = ? AND version = ?",
            (change.version + 1, change.snapshot, change.due, change.ended, change.session, change.version),
        )
    else:
        done = connection.execute(
            "INSERT INTO calls (id, version, snapshot, due, ended, began) VALUES (?, 1, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (change.session, change.snapshot, change.due, change.ended, time.time()),
        )
    if done.rowcount == 1:
        connection.executemany("INSERT OR IGNORE INTO ids (id, call) VALUES (?, ?)", [(one, change.session) for one in change.ids])
        connection.executemany("INSERT INTO log (call, line) VALUES (?, ?)", [(change.session, row) for row in change.rows])
    return done.rowcount


def _forget(before: float, connection: sqlite3.Connection) -> int:
    """Some calls that ended before a time, with all that belongs to them."""
    old = connection.execute("SELECT id FROM calls WHERE ended > 0 AND ended < ? LIMIT ?", (before, FORGOTTEN)).fetchall()
    for statement in ("DELETE FROM log WHERE call = ?", "DELETE FROM ids WHERE call = ?", "DELETE FROM calls WHERE id = ?"):
        connection.executemany(statement, old)
    return len(old)
