"""Keeps calls in PostgreSQL: the store of any number of servers. A change that was saved is on disk there, and on its standbys.

All changes that wait are saved by one statement, each guarded by its version; so a save is atomic with its ids and log, and no lock
outlives the statement. All calls that are asked for at once are read by one statement, too. A connection that is lost, a server that
restarts, or one that has become a standby is waited for; what was under way is tried again, because a save is a compare-and-swap.
"""

import asyncio
import logging
import math
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, TypeVar

import asyncpg

from callverbs.interpreter.runtime.records import Change, Record, restoring
from callverbs.interpreter.stores import postgres_tables
from callverbs.interpreter.stores.batches import Batches
from callverbs.interpreter.stores.errors import RefusedError, StoreError
from callverbs.interpreter.stores.urls import shown

LOG = logging.getLogger("callverbs")
CONNECTIONS = 5
"""Connections of one process at the most: one writes, two read, and two are for operators and searches."""
CONNECT_SECONDS = 5.0
STATEMENT_SECONDS = 10.0
"""A statement that takes longer is given up, and tried again on a new connection."""
RETRY_SECONDS = 10.0
"""How long a lost server is waited for. Then what was asked for raises StoreError; webhooks are delivered again by the carrier."""
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.05, 1.0
MAX_CHANGES_PER_STATEMENT = 256
MAX_CALLS_PER_READ = 512
MAX_CALLS_PER_DELETE = 100
"""Old calls that one statement deletes: few, so that changes of live calls do not wait for it."""
SETTINGS = {"application_name": "callverbs", "lock_timeout": "5s", "jit": "off"}
TRANSIENT = (
    OSError,  # TimeoutError among them
    asyncpg.PostgresConnectionError,
    asyncpg.ConnectionDoesNotExistError,
    asyncpg.OperatorInterventionError,  # it shuts down, or starts up
    asyncpg.InsufficientResourcesError,  # it has no connection left, or no disk
    asyncpg.ReadOnlySQLTransactionError,  # it has become a standby
    asyncpg.TransactionRollbackError,  # two batches met in a deadlock
    asyncpg.LockNotAvailableError,
    asyncpg.TargetServerAttributeNotMatched,  # no host of the URL is the primary yet
    asyncpg.InterfaceError,  # the connection was closed under us
    asyncpg.InternalClientError,  # it was closed while asyncpg began something
)
"""What passes: the server or the connection is at fault, and not what was asked."""

RECORD = "id, version, snapshot, due, ended, began"
LOAD_QUERY = f"SELECT {RECORD} FROM callverbs_calls WHERE id = ANY($1::text[])"
FIND_QUERY = "SELECT id, call FROM callverbs_ids WHERE id = ANY($1::text[])"
DUE_QUERY = "SELECT due, id FROM callverbs_calls WHERE due > 0 AND due <= $1 ORDER BY due LIMIT $2"
LOG_QUERY = "SELECT line FROM callverbs_log WHERE call = $1 ORDER BY n"
RECENT_QUERY = f"SELECT {RECORD} FROM callverbs_calls ORDER BY began DESC LIMIT $1"
SAVE_QUERY = """
WITH change AS (
  SELECT * FROM unnest($1::text[], $2::bigint[], $3::bytea[], $4::float8[], $5::float8[], $6::float8[])
    AS c (id, version, snapshot, due, ended, began)
), locked AS (
  SELECT stored.id FROM callverbs_calls stored JOIN change USING (id)
  WHERE stored.version = change.version ORDER BY stored.id FOR UPDATE OF stored
), updated AS (
  UPDATE callverbs_calls stored
  SET version = change.version + 1, snapshot = change.snapshot, due = change.due, ended = change.ended
  FROM change JOIN locked USING (id) WHERE stored.id = change.id AND stored.version = change.version
  RETURNING stored.id
), inserted AS (
  INSERT INTO callverbs_calls (id, version, snapshot, due, ended, began)
  SELECT id, 1, snapshot, due, ended, began FROM change WHERE version = 0 ORDER BY id
  ON CONFLICT DO NOTHING RETURNING id
), saved AS (
  SELECT id FROM updated UNION ALL SELECT id FROM inserted
), ids AS (
  INSERT INTO callverbs_ids (id, call)
  SELECT known.id, known.call FROM unnest($7::text[], $8::text[]) AS known (id, call) JOIN saved ON saved.id = known.call
  ORDER BY known.id ON CONFLICT DO NOTHING
), log AS (
  INSERT INTO callverbs_log (call, line)
  SELECT new.call, new.line FROM unnest($9::text[], $10::bytea[]) WITH ORDINALITY AS new (call, line, n)
  JOIN saved ON saved.id = new.call ORDER BY new.n
)
SELECT id FROM saved
"""
"""Saves changes of different calls, and returns the calls whose versions were right. Rows are locked in the order of their ids."""
PRUNE_QUERY = """
WITH old AS (
  SELECT id FROM callverbs_calls WHERE ended > 0 AND ended < $1 LIMIT $2 FOR UPDATE SKIP LOCKED
), log AS (DELETE FROM callverbs_log USING old WHERE call = old.id), ids AS (DELETE FROM callverbs_ids USING old WHERE call = old.id)
DELETE FROM callverbs_calls stored USING old WHERE stored.id = old.id RETURNING stored.id
"""
EXPORT_QUERY = f"""
SELECT {RECORD}, ARRAY(SELECT known.id FROM callverbs_ids known WHERE known.call = stored.id),
  ARRAY(SELECT line FROM callverbs_log log WHERE log.call = stored.id ORDER BY n)
FROM callverbs_calls stored ORDER BY began
"""
NOTE_ALIVE_QUERY = """
UPDATE callverbs_meta SET alive = greatest(callverbs_meta.alive, $1)
FROM (SELECT alive FROM callverbs_meta FOR UPDATE) AS before RETURNING before.alive
"""

Found = TypeVar("Found")


class Connection(asyncpg.Connection):
    """A connection that needs no reset: we never change its state, and a reset is a round trip after each statement."""

    def get_reset_query(self) -> str:
        return ""


class PostgresStore:
    """A store in a database. Use it from one event loop. `open` connects it; `retry_seconds` is how long a lost server is waited for."""

    def __init__(self, url: str, pool: Any, retry_seconds: float) -> None:
        self.name = shown(url)
        self._pool = pool
        self._retry_seconds = retry_seconds
        self._loads: Batches[str, Record | None] = Batches(self._load_all, MAX_CALLS_PER_READ)
        self._finds: Batches[Sequence[str], str | None] = Batches(self._find_all, MAX_CALLS_PER_READ)
        self._saves: Batches[Change, bool] = Batches(self._save_all, MAX_CHANGES_PER_STATEMENT, key=lambda change: change.session)

    @classmethod
    async def open(cls, url: str, retry_seconds: float = RETRY_SECONDS) -> "PostgresStore":
        """Connects to the database of a URL, `postgresql://…`, and makes the tables where there are none. Raises StoreError."""
        store = cls(url, await _pool(url), retry_seconds)
        try:
            await store.run(postgres_tables.prepare)
        except StoreError as error:
            await store.close()
            raise StoreError(f"{store.name} cannot be used as a store: {error}") from None
        return store

    @classmethod
    async def migrate(cls, url: str) -> tuple[int, int]:
        """Brings the tables of a database to the newest format. Returns the format that they had, and the newest. Raises StoreError."""
        store = cls(url, await _pool(url), RETRY_SECONDS)
        try:
            return await store.run(postgres_tables.migrate)
        except StoreError as error:
            raise StoreError(f"{store.name} cannot be used as a store: {error}") from None
        finally:
            await store.close()

    # ------------------------------------------------------------- reading

    async def load(self, session: str) -> Record | None:
        """Returns the record of a call."""
        return await self._loads.submit(session)

    async def _load_all(self, sessions: list[str]) -> list[Record | None]:
        rows = await self._fetch(LOAD_QUERY, _storable(sessions))
        found = {row[0]: Record(*row) for row in rows}
        return [found.get(session) for session in sessions]

    async def find(self, ids: Sequence[str]) -> str | None:
        """Returns the call of the first of the carrier's ids that is known."""
        return await self._finds.submit(ids) if ids else None

    async def _find_all(self, asked: list[Sequence[str]]) -> list[str | None]:
        calls = dict(await self._fetch(FIND_QUERY, _storable([one for ids in asked for one in ids])))
        return [next((calls[one] for one in ids if one in calls), None) for ids in asked]

    async def due(self, before: float, limit: int = 100) -> list[tuple[float, str]]:
        """Returns the calls that were due at a time, those due first before the others, and when; in UTC seconds."""
        return [(row[0], row[1]) for row in await self._fetch(DUE_QUERY, before, limit)]

    async def log(self, session: str) -> list[bytes]:
        """Returns the rows of a call's event log, oldest first."""
        return [row[0] for row in await self._fetch(LOG_QUERY, session)]

    async def recent(self, limit: int = 100) -> list[Record]:
        """Returns the records of the newest calls, newest first."""
        return [Record(*row) for row in await self._fetch(RECENT_QUERY, limit)]

    # ------------------------------------------------------------- writing

    async def save(self, change: Change) -> bool:
        """Saves a change, which is on disk when this returns True. Returns False where the stored version is another one.

        A save whose connection is lost may have been made, and is tried again: then it returns False, and the change is stored. A save
        that is cancelled while it waits may still be made.
        """
        return await self._saves.submit(change)

    async def _save_all(self, changes: list[Change]) -> list[bool]:
        ids = [(one, change.session) for change in changes for one in change.ids]
        rows = [(change.session, row) for change in changes for row in change.rows]
        calls = zip(*((*change[:5], change.began) for change in changes), strict=True)
        saved = await self._fetch(SAVE_QUERY, *map(list, calls), *_columns(ids), *_columns(rows))
        done = {row[0] for row in saved}
        return [change.session in done for change in changes]

    async def prune(self, before: float, max_bytes: float = math.inf) -> int:
        """Deletes calls that ended before a time in UTC seconds. Returns how many. `max_bytes` is not looked at: a table keeps its size.

        What they used is used again, once the server's autovacuum has been there.
        """
        total = 0
        while deleted := await self._fetch(PRUNE_QUERY, before, MAX_CALLS_PER_DELETE):
            total += len(deleted)
        return total

    async def note_alive(self, at: float) -> float:
        """Notes that a worker is there, and returns the latest time, in UTC seconds, at which one was before; 0 for never."""
        return float((await self._fetch(NOTE_ALIVE_QUERY, at))[0][0])

    # ------------------------------------------------------------- what operators do

    async def export(self) -> AsyncIterator[Change]:
        """Yields every call of one moment, as the change that makes it again."""
        try:
            async with self._pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
                async for row in connection.cursor(EXPORT_QUERY, prefetch=MAX_CALLS_PER_READ):
                    yield restoring(Record(*row[:-2]), row[-2], row[-1])
        except (*TRANSIENT, asyncpg.PostgresError) as error:
            raise StoreError(f"{self.name} cannot be read: {_reason(error)}") from error

    async def faults(self) -> list[str]:
        """Returns what is wrong with the server and the tables, one sentence each."""
        return await self.run(postgres_tables.faults)

    async def vacuum(self) -> None:
        """Lets the space of deleted rows be used again. Calls go on meanwhile."""
        await self.run(lambda connection: connection.execute("VACUUM (ANALYZE) callverbs_calls, callverbs_ids, callverbs_log"))

    async def close(self) -> None:
        """Saves what waits, and closes the connections."""
        await self._saves.close()
        await self._loads.close()
        await self._finds.close()
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    # ------------------------------------------------------------- the connection

    async def _fetch(self, query: str, *parameters: object) -> list[Any]:
        return await self.run(lambda connection: connection.fetch(query, *parameters, timeout=STATEMENT_SECONDS))

    async def run(self, work: Callable[[Any], Awaitable[Found]]) -> Found:
        """Does something on a connection, and tries it again while the server or the connection fails. Raises StoreError."""
        until = time.monotonic() + self._retry_seconds
        pause = FIRST_PAUSE_SECONDS
        while True:
            if self._pool.is_closing():
                raise StoreError("the store is closed")
            try:
                async with self._pool.acquire(timeout=CONNECT_SECONDS) as connection:
                    return await work(connection)
            except asyncpg.DataError as error:
                raise RefusedError(f"the store cannot take this: {_reason(error)}") from error
            except asyncpg.exceptions.ClientConfigurationError as error:
                raise StoreError(_reason(error)) from error
            except ValueError:  # its text may have a part of the password
                raise StoreError(
                    "its URL cannot be read: letters like / and @ of the user and the password are written %2F and %40"
                ) from None
            except TRANSIENT as error:
                if time.monotonic() + pause > until:
                    raise StoreError(f"the store does not answer: {_reason(error)}") from error
                LOG.warning("the store %s does not answer: %s; it is tried again", self.name, _reason(error))
                await self._pool.expire_connections()
            except asyncpg.PostgresError as error:
                raise RefusedError(f"the store refuses this: {_reason(error)}") from error
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - so that workers do not come back all at once
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


async def _pool(url: str) -> Any:
    """Returns the connections, none of which is open yet. Of several hosts in the URL the primary is taken, unless it says otherwise."""
    return await asyncpg.create_pool(
        url,
        min_size=0,
        max_size=CONNECTIONS,
        timeout=CONNECT_SECONDS,
        connection_class=Connection,
        server_settings=SETTINGS,
        init=_keep_promise,
        target_session_attrs=None if "target_session_attrs=" in url else "read-write",
    )


async def _keep_promise(connection: Any) -> None:
    """Makes a commit wait for the disk where the database's own setting is that it does not. Any stronger setting stays."""
    if await connection.fetchval("SHOW synchronous_commit") == "off":
        await connection.execute("SET synchronous_commit = on")


def _reason(error: Exception) -> str:
    """Returns one line that says what went wrong."""
    return " ".join(str(error).split()) or "no answer in time"


def _storable(texts: Sequence[str]) -> list[str]:
    """Returns the texts that PostgreSQL can have: no other can be an id of a call."""
    return [one for one in texts if "\0" not in one]


def _columns(pairs: Sequence[tuple[Any, Any]]) -> tuple[list[Any], list[Any]]:
    return [first for first, _ in pairs], [second for _, second in pairs]
