"""Readiness tells the truth: a store that takes no write, a carrier that is none, timers that nobody fires."""

import asyncio
from typing import Any

import pytest

from callverbs.interpreter.server.readiness import CARRIER_KEPT_SECONDS, CHECK_SECONDS, OK, STORE_KEPT_SECONDS, Readiness
from callverbs.interpreter.stores.errors import StoreError
from callverbs.interpreter.stores.memory import MemoryStore
from tests.interpreter.server.served import without_sockets
from tests.interpreter.server.virtual import at_once


class SickStore(MemoryStore):
    """Fails, or does not answer, as long as the test wants it."""

    def __init__(self) -> None:
        super().__init__()
        self.error: Exception | None = None
        self.is_locked = False
        self.writes = 0

    async def note_alive(self, at: float) -> float:
        self.writes += 1
        if self.is_locked:
            await asyncio.Event().wait()
        if self.error:
            raise self.error
        return await super().note_alive(at)


class Checked:
    def __init__(self) -> None:
        self.store = SickStore()
        self.carrier = ""
        self.probes = 0
        self.now = 1000.0
        self.tasks: list[asyncio.Task[None]] = []
        self.readiness = Readiness(self.store, self.probe, self.tasks, lambda: self.now)

    async def probe(self) -> str:
        self.probes += 1
        return self.carrier


@pytest.mark.parametrize(
    "error", [StoreError("database or disk is full"), StoreError("attempt to write a readonly database"), OSError("x")]
)
async def test_a_store_that_takes_no_write(error: Exception) -> None:
    checked = Checked()
    assert await checked.readiness.store() == OK
    checked.store.error = error
    assert await checked.readiness.store() == OK, "the last answer is kept for a moment"
    checked.now += STORE_KEPT_SECONDS
    assert await checked.readiness.store() == f"{type(error).__name__}: {error}"
    checked.store.error = None
    checked.now += STORE_KEPT_SECONDS
    assert (await checked.readiness.store(), checked.store.writes) == (OK, 3)


@at_once
async def test_a_store_that_is_locked() -> None:
    checked = Checked()
    checked.store.is_locked = True
    assert await checked.readiness.store() == f"no answer within {CHECK_SECONDS:g} s"


async def test_a_carrier_is_asked_now_and_then() -> None:
    checked = Checked()
    checked.carrier = "the carrier refuses our account: 401"
    assert [await checked.readiness.carrier() for _ in range(3)] == [checked.carrier] * 3
    assert checked.probes == 1
    checked.now += CARRIER_KEPT_SECONDS
    checked.carrier = ""
    assert (await checked.readiness.carrier(), checked.probes) == (OK, 2)


async def test_timers_that_nobody_fires() -> None:
    checked = Checked()
    task = asyncio.create_task(asyncio.Event().wait())
    checked.tasks.append(task)  # type: ignore[arg-type]
    assert checked.readiness.clock() == OK
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert checked.readiness.clock().startswith("what fires timers has ended")


async def test_over_http() -> None:
    """Without a token. The store is broken: the process is alive and says so, and it is not ready."""
    store = SickStore()
    async with without_sockets(token="", given_store=store) as (client, runtime):
        runtime.readiness._kept["carrier"] = runtime.now(), OK
        ready: Any = await client.get("/readyz")
        assert (ready.status_code, ready.json()) == (200, {"status": "ready", "store": "ok", "carrier": "ok", "clock": "ok"})
        store.error = StoreError("database or disk is full")
        runtime.readiness._kept.pop("store")
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()["status"], ready.json()["store"]) == (
            503,
            "not ready",
            "StoreError: database or disk is full",
        )
        alive = await client.get("/healthz")
        assert (alive.status_code, alive.json()["status"], alive.json()["store"]) == (200, "degraded", ready.json()["store"])
