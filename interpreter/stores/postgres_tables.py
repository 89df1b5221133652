"""The tables of calls in PostgreSQL, their format, and how an older format becomes the newest.

A format is the number of migrations that were made. Each is made in one transaction, under a lock, so workers may start at once.
"""

from collections.abc import Sequence
from typing import Any

from callverbs.interpreter.stores.errors import StoreError

MIGRATIONS: Sequence[str] = (
    """
    CREATE TABLE callverbs_calls (
      id text PRIMARY KEY, version bigint NOT NULL, snapshot bytea NOT NULL,
      due double precision NOT NULL, ended double precision NOT NULL, began double precision NOT NULL
    ) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
    CREATE INDEX callverbs_calls_due ON callverbs_calls (due) WHERE due > 0;
    CREATE INDEX callverbs_calls_ended ON callverbs_calls (ended) WHERE ended > 0;
    CREATE INDEX callverbs_calls_began ON callverbs_calls (began);
    CREATE TABLE callverbs_ids (id text PRIMARY KEY, call text NOT NULL);
    CREATE INDEX callverbs_ids_call ON callverbs_ids (call);
    CREATE TABLE callverbs_log (n bigint GENERATED ALWAYS AS IDENTITY, call text NOT NULL, line bytea NOT NULL);
    CREATE INDEX callverbs_log_call ON callverbs_log (call, n);
    """,
)
"""What makes each format of the one before it. The first one makes an empty database a store."""
META = "CREATE TABLE IF NOT EXISTS callverbs_meta (format integer NOT NULL, alive double precision NOT NULL DEFAULT 0)"
LOCK = 0x63616C6C
"""The advisory lock of migrations ("call")."""


async def format_of(connection: Any) -> int:
    """Returns the format of the tables; 0 where there are none."""
    if await connection.fetchval("SELECT to_regclass('callverbs_meta')") is None:
        return 0
    return int(await connection.fetchval("SELECT max(format) FROM callverbs_meta") or 0)


async def migrate(connection: Any, migrations: Sequence[str] = MIGRATIONS) -> tuple[int, int]:
    """Brings the tables to the newest format. Returns the format that they had, and the one that they have. Raises StoreError."""
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        await connection.execute(META)
        found = int(await connection.fetchval("SELECT max(format) FROM callverbs_meta") or 0)
        check_known(found, len(migrations))
        for migration in migrations[found:]:
            await connection.execute(migration)
        change = "UPDATE callverbs_meta SET format = $1" if found else "INSERT INTO callverbs_meta (format) VALUES ($1)"
        await connection.execute(change, len(migrations))
    return found, len(migrations)


async def prepare(connection: Any, migrations: Sequence[str] = MIGRATIONS) -> None:
    """Makes the tables in an empty database, and refuses tables of any other format. Raises StoreError."""
    found = await format_of(connection)
    if found == 0:
        found = (await migrate(connection, migrations))[1]
    check_known(found, len(migrations))
    if found < len(migrations):
        raise StoreError(f"its tables have format {found}, and this callverbs needs {len(migrations)}: run `callverbs store migrate`")


def check_known(found: int, newest: int) -> None:
    """Raises StoreError where the tables are newer than this program."""
    if found > newest:
        raise StoreError(f"it was written by a newer callverbs (format {found}; this one knows {newest})")


async def faults(connection: Any) -> list[str]:
    """Returns what is wrong with a server and its tables, one sentence each."""
    found = []
    for setting, why in (("fsync", "a crash of the machine may lose every call"), ("full_page_writes", "a crash may damage the tables")):
        if await connection.fetchval(f"SHOW {setting}") == "off":
            found.append(f"{setting} is off: {why}")
    names = await connection.fetch("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid")
    found += [f"the index {row[0]} is damaged: REINDEX INDEX {row[0]}" for row in names if row[0].startswith("callverbs_")]
    wanted = await connection.fetchval("SHOW synchronous_standby_names")
    there = await connection.fetchval("SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')")
    if wanted and not there:
        found.append("no synchronous standby is connected: every save waits until one is")
    return found
