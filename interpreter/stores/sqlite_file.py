"""The file of a store in SQLite: its tables and their format, who may read it, and how it becomes smaller.

A new file is for its owner only. The log that SQLite keeps beside it has the same mode.
"""

import contextlib
import os
import sqlite3
import time
from pathlib import Path

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
NEW_FILE_MODE = 0o600
MAX_LOG_BYTES = 64_000_000
"""What is kept of the write-ahead log when it is empty: a burst does not leave a large file behind."""
MAX_CALLS_PER_DELETE = 20
"""Old calls that one transaction deletes: few, so that changes of live calls do not wait for it."""
MAX_PAGES_PER_SHRINK = 2000
"""Free pages that one transaction gives back to the disk: 8 MB."""
INCREMENTAL = 2
"""`PRAGMA auto_vacuum` of new files: free pages can be given back while calls are served."""


def exists(path: str | Path) -> bool:
    """Returns whether there is a file."""
    return Path(path).is_file()


def connect(path: str, lock_timeout: float = LOCK_TIMEOUT_SECONDS) -> sqlite3.Connection:
    """Opens a file, and makes the tables where it is new. `lock_timeout` is in seconds. Raises StoreError."""
    connection = None
    try:
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, NEW_FILE_MODE))
        connection = sqlite3.connect(path, timeout=lock_timeout, isolation_level=None, check_same_thread=False)
        _prepare(connection, lock_timeout)
    except (OSError, sqlite3.Error, StoreError) as error:
        if connection:
            connection.close()
        reason = error.strerror if isinstance(error, OSError) else error
        raise StoreError(f"{path} cannot be used as a store: {reason}") from error
    return connection


def _prepare(connection: sqlite3.Connection, lock_timeout: float) -> None:
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if found > FORMAT:
        raise StoreError(f"it was written by a newer callverbs (format {found}; this one knows {FORMAT})")
    if found == 1:
        raise StoreError(
            "it was written by callverbs 0.1.0, whose calls this version cannot continue: let 0.1.0 finish them, or name a new"
            " file (--store)"
        )
    connection.execute(f"PRAGMA auto_vacuum = {INCREMENTAL}")  # has an effect before the first table only
    _enable_write_ahead_log(connection, lock_timeout)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA fullfsync = ON")  # on macOS, a plain fsync leaves the bytes in the drive's own cache
    connection.execute(f"PRAGMA journal_size_limit = {MAX_LOG_BYTES}")
    if found < FORMAT:
        connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = {FORMAT}; COMMIT;")
    connection.execute(ALIVE)


def _enable_write_ahead_log(connection: sqlite3.Connection, lock_timeout: float) -> None:
    """Retries until the lock timeout: SQLite itself does not wait here when two processes open a new file at once."""
    until = time.monotonic() + lock_timeout
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


# --------------------------------------------------------------------------- making it smaller


def used_bytes(connection: sqlite3.Connection) -> int:
    """Returns the bytes of a file that hold something; free pages, which are used again, do not count."""
    return (_pragma(connection, "page_count") - _pragma(connection, "freelist_count")) * _pragma(connection, "page_size")


def delete_ended(before: float, max_bytes: float, connection: sqlite3.Connection) -> int:
    """Deletes some of the calls that ended before a time, the oldest first; of a file that uses more than `max_bytes`, also younger ones.

    Their ids and logs go with them. Returns how many were deleted.
    """
    limit = before if used_bytes(connection) <= max_bytes else float("inf")
    query = "SELECT id FROM calls WHERE ended > 0 AND ended < ? ORDER BY ended LIMIT ?"
    old = connection.execute(query, (limit, MAX_CALLS_PER_DELETE)).fetchall()
    for statement in ("DELETE FROM log WHERE call = ?", "DELETE FROM ids WHERE call = ?", "DELETE FROM calls WHERE id = ?"):
        connection.executemany(statement, old)
    return len(old)


def give_back(connection: sqlite3.Connection) -> int:
    """Gives some free pages back to the disk, where the file was made for it. Returns how many."""
    before = _pragma(connection, "freelist_count")
    connection.execute(f"PRAGMA incremental_vacuum({MAX_PAGES_PER_SHRINK})").fetchall()
    return before - _pragma(connection, "freelist_count")


def vacuum(connection: sqlite3.Connection) -> None:
    """Writes the file anew, as small as it can be, and able to shrink from now on. Nothing can be saved meanwhile."""
    connection.execute(f"PRAGMA auto_vacuum = {INCREMENTAL}")
    connection.execute("VACUUM")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def faults(path: str, connection: sqlite3.Connection) -> list[str]:
    """Returns what is wrong with a file, one sentence each."""
    found = [f"the file is damaged: {row[0]}" for row in connection.execute("PRAGMA integrity_check(20)") if row[0] != "ok"]
    mode = Path(path).stat().st_mode & 0o777
    if mode & 0o077:
        found.append(f"others on this machine may read the calls: its mode is {mode:03o} (chmod 600 {path})")
    if _pragma(connection, "auto_vacuum") != INCREMENTAL:
        found.append("the file never becomes smaller, because an older callverbs made it: run `callverbs store vacuum`")
    return found


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
