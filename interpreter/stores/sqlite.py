"""Calls in an SQLite file: the embedded default. An acknowledged event is on the disk.

One thread writes, and commits everything that waits as one transaction (write-ahead log, full synchronous): under load
durability is nearly free. Reads come from a cache of what this process saved last, which the compare-and-swap guards.
"""

import asyncio
import sqlite3
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

from interpreter.switchboard import Change, Record

SCHEMA = """
CREATE TABLE IF NOT EXISTS calls (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL DEFAULT 'call', version INTEGER NOT NULL, snapshot BLOB NOT NULL,
  due REAL NOT NULL, ended REAL NOT NULL, began REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS calls_due ON calls (due) WHERE due > 0;
CREATE INDEX IF NOT EXISTS calls_began ON calls (began);
CREATE TABLE IF NOT EXISTS ids (id TEXT PRIMARY KEY, call TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS ids_call ON ids (call);
CREATE TABLE IF NOT EXISTS log (
  call TEXT NOT NULL, version INTEGER NOT NULL, n INTEGER NOT NULL, line BLOB NOT NULL, PRIMARY KEY (call, version, n)
) WITHOUT ROWID;
"""
FORMAT = 1
"""`PRAGMA user_version` of the file; a file of a newer format is refused."""
CACHED = 20_000
"""Records kept in memory."""
MOST = 512
"""Changes in one transaction, at the most."""


class StoreError(Exception):
    """The store's file cannot be used."""


class Job(NamedTuple):
    """A change that waits for the writer."""

    change: Change
    settled: "asyncio.Future[bool]"


class SqliteStore:
    """Keeps calls in a file. Use it from one event loop."""

    def __init__(self, path: str | Path) -> None:
        self._path = str(path)
        self._cache: OrderedDict[str, Record] = OrderedDict()
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._reader = self._connect()
        self._writer = threading.Thread(target=self._write, name="callverbs-store", daemon=True)
        self._writer.start()

    def _connect(self) -> sqlite3.Connection:
        try:
            connection = sqlite3.connect(self._path, timeout=10, isolation_level=None, check_same_thread=False)
            (found,) = connection.execute("PRAGMA user_version").fetchone()
            if found > FORMAT:
                raise StoreError(f"{self._path} was written by a newer callverbs (format {found}; this one knows {FORMAT})")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.executescript(SCHEMA)
            connection.execute(f"PRAGMA user_version = {FORMAT}")
        except sqlite3.Error as error:
            raise StoreError(f"{self._path} cannot be used as a store: {error}") from error
        return connection

    # ------------------------------------------------------------- reading

    async def load(self, session: str) -> Record | None:
        """The record of a call, from the cache if this process has it."""
        if record := self._cache.get(session):
            return record
        row = self._reader.execute("SELECT id, version, snapshot, due, ended FROM calls WHERE id = ?", (session,)).fetchone()
        return self._keep(Record(*row)) if row else None

    def _keep(self, record: Record) -> Record:
        self._cache[record.session] = record
        self._cache.move_to_end(record.session)
        if len(self._cache) > CACHED:
            self._cache.popitem(last=False)
        return record

    async def find(self, ids: Sequence[str]) -> str | None:
        """The call that one of the carrier's ids belongs to: the first that is known."""
        for one in ids:
            row = self._reader.execute("SELECT call FROM ids WHERE id = ?", (one,)).fetchone()
            if row:
                return str(row[0])
        return None

    async def due(self, before: float, limit: int = 100) -> list[str]:
        """Calls that the clock should have looked at before a time, the latest first to wait."""
        rows = self._reader.execute("SELECT id FROM calls WHERE due > 0 AND due <= ? ORDER BY due LIMIT ?", (before, limit))
        return [row[0] for row in rows]

    async def log(self, session: str) -> list[bytes]:
        """The event log of a call, oldest first."""
        rows = self._reader.execute("SELECT line FROM log WHERE call = ? ORDER BY version, n", (session,))
        return [row[0] for row in rows]

    async def recent(self, limit: int = 100) -> list[Record]:
        """The calls that were begun last, newest first."""
        rows = self._reader.execute("SELECT id, version, snapshot, due, ended FROM calls ORDER BY began DESC LIMIT ?", (limit,))
        return [Record(*row) for row in rows]

    # ------------------------------------------------------------- writing

    async def save(self, change: Change) -> bool:
        """Save a change; when this returns True it is on the disk. False where somebody else was faster."""
        settled = asyncio.get_running_loop().create_future()
        self._jobs.put(Job(change, settled))
        if await settled:
            self._keep(Record(change.session, change.version + 1, change.snapshot, change.due, change.ended))
            return True
        self._cache.pop(change.session, None)
        return False

    async def prune(self, before: float) -> int:
        """Forget calls that ended before a time; how many."""
        return await asyncio.to_thread(self._prune, before)

    def _prune(self, before: float) -> int:
        connection = self._connect()
        connection.execute("BEGIN IMMEDIATE")
        old = "SELECT id FROM calls WHERE ended > 0 AND ended < ?"
        connection.execute(f"DELETE FROM log WHERE call IN ({old})", (before,))
        connection.execute(f"DELETE FROM ids WHERE call IN ({old})", (before,))
        pruned = connection.execute("DELETE FROM calls WHERE ended > 0 AND ended < ?", (before,)).rowcount
        connection.execute("COMMIT")
        connection.close()
        return pruned

    async def close(self) -> None:
        """Write what waits, and let the file go."""
        self._jobs.put(None)
        await asyncio.to_thread(self._writer.join)
        self._reader.close()

    # ------------------------------------------------------------- the writer's thread

    def _write(self) -> None:
        connection = self._connect()
        running = True
        while running:
            jobs = [self._jobs.get()]
            while len(jobs) < MOST and not self._jobs.empty():
                jobs.append(self._jobs.get_nowait())
            running = None not in jobs
            self._commit(connection, [job for job in jobs if job])
        connection.close()

    def _commit(self, connection: sqlite3.Connection, jobs: list[Job]) -> None:
        if not jobs:
            return
        try:
            connection.execute("BEGIN IMMEDIATE")
            results: list[bool | sqlite3.Error] = [_apply(connection, job.change) for job in jobs]
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            results = [error] * len(jobs)
        jobs[0].settled.get_loop().call_soon_threadsafe(_settle, jobs, results)


def _apply(connection: sqlite3.Connection, change: Change) -> bool:
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
    if done.rowcount != 1:
        return False
    connection.executemany("INSERT OR IGNORE INTO ids (id, call) VALUES (?, ?)", [(one, change.session) for one in change.ids])
    lines = [(change.session, change.version, n, row) for n, row in enumerate(change.rows)]
    connection.executemany("INSERT INTO log (call, version, n, line) VALUES (?, ?, ?, ?)", lines)
    return True


def _settle(jobs: list[Job], results: list[bool | sqlite3.Error]) -> None:
    for job, result in zip(jobs, results, strict=True):
        if job.settled.done():
            continue
        if isinstance(result, sqlite3.Error):
            job.settled.set_exception(StoreError(f"the store cannot save: {result}"))
        else:
            job.settled.set_result(result)
