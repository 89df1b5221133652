"""Timers and a store that fails: what could not be fired is fired later, and nothing is fired after a stop."""

import asyncio

import pytest

from callverbs.interpreter.runtime.records import Change, Record
from callverbs.interpreter.runtime.timers import MAX_CALLS_PER_SEARCH, RETRY_SECONDS, SEARCH_SECONDS
from callverbs.interpreter.stores.memory import MemoryStore
from callverbs.verbs.language.events import KeyPressed
from tests.interpreter.runtime.workers import Searching, kill, pause
from tests.interpreter.server.calls import BEGIN, CALL, ids
from tests.interpreter.server.harness import Harness, Port
from tests.interpreter.server.virtual import at_once, now

# --------------------------------------------------------------------------- what fails


class BadStore(MemoryStore):
    """Has calls that cannot be loaded, and may fail to search."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: set[str] = set()
        self.broken = False
        self.looks: list[tuple[str, float]] = []
        self.limit = 0

    async def load(self, session: str) -> Record | None:
        if session in self.bad:
            self.looks.append((session, now()))
            raise OSError("the disk has a hole")
        return await super().load(session)

    async def due(self, before: float, limit: int = 100) -> list[tuple[float, str]]:
        self.limit = limit
        if self.broken:
            raise OSError("the disk is gone")
        return await super().due(before, limit)


async def left_behind(store: MemoryStore, port: Port, *legs: str) -> None:
    """Leaves calls behind whose timers are due, of a worker that is dead."""
    one = Harness(store, "one", port)
    for leg in legs:
        await pause(one, leg)
    await kill(one)
    port.sent.clear()
    await asyncio.sleep(30.0)


@at_once
async def test_a_call_that_cannot_be_looked_at_is_left_alone_for_a_while(caplog: pytest.LogCaptureFixture) -> None:
    store, port = BadStore(), Port()
    await left_behind(store, port, "a", "b")
    store.bad = {CALL}
    began = now()
    async with Searching(Harness(store, "other", port)):
        await port.until("speak a")  # of the other call, which is not affected
        await asyncio.sleep(began + 3 * RETRY_SECONDS - now())
        assert len(port.sent) == 1
        first, *others = [at for _, at in store.looks]
        assert first == pytest.approx(began, abs=1e-3)
        assert others == pytest.approx([began + RETRY_SECONDS, began + 2 * RETRY_SECONDS], abs=2 * SEARCH_SECONDS)
        assert store.limit == MAX_CALLS_PER_SEARCH + 1  # it takes no other call's place
        assert f"call {CALL} could not be looked at" in caplog.text
        store.bad.clear()
        await port.until("speak a", 2)


@at_once
async def test_a_call_of_this_worker_that_cannot_be_looked_at() -> None:
    store, port = BadStore(), Port()
    one = Harness(store, "one", port)
    await pause(one)
    store.bad = {CALL}
    async with Searching(one):
        await asyncio.sleep(22.0)
        store.bad.clear()
        assert (await port.until("speak a")).at <= BEGIN + 20.0 + RETRY_SECONDS + 2 * SEARCH_SECONDS


@at_once
async def test_a_store_that_cannot_be_searched(caplog: pytest.LogCaptureFixture) -> None:
    store, port = BadStore(), Port()
    await left_behind(store, port, "a")
    store.broken = True
    async with Searching(Harness(store, "other", port)):
        await asyncio.sleep(10.0)
        store.broken = False
        fixed = now()
        assert (await port.until("speak a")).at <= fixed + SEARCH_SECONDS
    assert "abandoned calls could not be found" in caplog.text


@at_once
async def test_an_event_that_cannot_be_saved_is_fired_again() -> None:
    class FullStore(MemoryStore):
        full = False

        async def save(self, change: Change) -> bool:
            if self.full:
                raise OSError("the disk is full")
            return await super().save(change)

    store, port = FullStore(), Port()
    one = Harness(store, "one", port)
    await pause(one)
    store.full = True
    async with Searching(one):
        await asyncio.sleep(30.0)
        assert "speak a" not in port.words
        store.full = False
        assert (await port.until("speak a")).at <= BEGIN + 30.0 + RETRY_SECONDS + SEARCH_SECONDS


# --------------------------------------------------------------------------- the end


@at_once
async def test_after_a_stop_nothing_is_fired() -> None:
    one = Harness()
    await pause(one)
    await one.timers.stop()
    await asyncio.sleep(60.0)
    assert one.port.words == ["ask /call", "answer a"]
    await one.recorder.take(KeyPressed(**ids(), id="key", digit="5"))
    assert one.timers._handles == {}


@at_once
async def test_a_stop_in_the_middle_of_a_look() -> None:
    """The look is cancelled, and the timer stays on disk for the next worker."""

    class SlowLoads(MemoryStore):
        looks, open = asyncio.Event(), asyncio.Event()
        slow = False

        async def load(self, session: str) -> Record | None:
            if self.slow:
                self.looks.set()
                await self.open.wait()
            return await super().load(session)

    store, port = SlowLoads(), Port()
    one = Harness(store, "one", port)
    await pause(one)
    store.slow = True
    await store.looks.wait()
    await one.timers.stop()
    store.open.set()
    await asyncio.sleep(5.0)
    assert "speak a" not in port.words
    async with Searching(Harness(store, "other", port)):
        await port.until("speak a")
