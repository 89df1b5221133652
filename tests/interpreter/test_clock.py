"""What is due is fired: by the worker that saved it, at its time; and where that worker has died, by another one a little later."""

import asyncio
from contextlib import AbstractAsyncContextManager

import pytest

from interpreter.clock import BATCH, LATE, REST, SEARCH
from interpreter.session import LEASE
from interpreter.stores.memory import MemoryStore
from interpreter.switchboard import Change, Record
from tests.interpreter.server.calls import BEGIN, CALL, answered, hung_up, initiated, told
from tests.interpreter.server.office import Office, Port
from tests.interpreter.server.virtual import at_once, now
from verbs._events import GatherEnded, KeyPressed, LeaseEnded

SAY = {"verb": "say", "text": "One"}
ANSWER = {"verb": "answer"}
PAUSE = {"verb": "pause", "length": 20}


async def pauses(one: Office, leg: str = "a") -> None:
    """Somebody has called and waits for 20 s before the next verb."""
    one.port.documents["ask /call"] = [ANSWER, PAUSE, SAY]
    already = one.port.names.count("answer a")
    await one.desk.board.receive(initiated(leg))
    await one.port.until("answer a", already + 1)
    await one.desk.board.receive(answered(leg))


async def dies(one: Office) -> None:
    """A worker is no more: nothing of it happens any longer, and nobody is told."""
    await asyncio.gather(one.sender.finish(0.0), one.clock.stop())


class Searching(AbstractAsyncContextManager[None]):
    """Workers, while they look for calls that nobody looks after."""

    def __init__(self, *offices: Office) -> None:
        self._offices = offices

    async def __aenter__(self) -> None:
        self._tasks = [asyncio.create_task(one.clock.search()) for one in self._offices]
        await asyncio.sleep(0)

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


# --------------------------------------------------------------------------- one's own


@at_once
async def test_a_timer_fires_when_it_is_due() -> None:
    one = Office()
    await pauses(one)
    assert (await one.port.until("speak a")).at == pytest.approx(BEGIN + 20.0, abs=0.001)


@at_once
async def test_a_timer_that_was_stopped_does_not_fire() -> None:
    one = Office()
    await pauses(one)
    await one.desk.takes(hung_up())
    saves = len(one.desk.saves)
    await asyncio.sleep(3600.0)
    assert len(one.desk.saves) == saves
    assert one.clock._handles == {}


@at_once
async def test_what_is_due_earlier_than_what_was_due_first() -> None:
    """The keys may take two minutes; they are typed at once, and the next verb waits for two seconds."""
    one = Office()
    one.port.documents["ask /call"] = [ANSWER, {"verb": "gather", "numDigits": 1, "timeout": 60, "actionHook": "/menu"}]
    one.port.documents["ask /menu"] = [{"verb": "pause", "length": 2}, SAY]
    await one.desk.takes(initiated())
    await one.port.until("answer a")
    await one.desk.takes(answered())
    await one.port.until("gather a")
    assert one.desk.saves[-1].outcome.due > BEGIN + 60.0
    await asyncio.sleep(10.0)
    await one.desk.takes(GatherEnded(**told(), id="typed", digits="1", occurred_at=BEGIN + 10.0))
    assert (await one.port.until("speak a")).at == pytest.approx(BEGIN + 12.0, abs=0.001)


@at_once
async def test_every_call_has_its_own_time() -> None:
    one = Office()
    for leg in "abc":
        await pauses(one, leg)
        await asyncio.sleep(1.0)
    await one.port.until("speak a", 3)
    assert [sent.at for sent in one.port.sent if sent.what == "speak a"] == pytest.approx(
        [BEGIN + at for at in (20.0, 21.0, 22.0)], abs=1e-3
    )


@at_once
async def test_what_was_fired_already_is_not_fired_again() -> None:
    """Two workers know of a timer, and both have it fire; it is one event, and one of them saves it."""
    store, port = MemoryStore(), Port()
    one, other = Office(store, "one", port), Office(store, "other", port)
    await pauses(one)
    await other.desk.takes(KeyPressed(**told(), id="key", digit="5"))
    before = len(await store.log(CALL))
    await port.until("speak a")
    await asyncio.sleep(1.0)
    assert port.names == ["ask /call", "answer a", "speak a"]
    assert len(await store.log(CALL)) == before + 2  # the timer, and that the carrier has taken the speech


# --------------------------------------------------------------------------- leases


@at_once
async def test_the_lease_of_what_is_being_sent_is_kept() -> None:
    """An application that takes its time is asked once, however many workers there are."""
    store, port = MemoryStore(), Port()
    port.held = {"ask /call"}
    one, other = Office(store, "one", port), Office(store, "other", port)
    async with Searching(one, other):
        await one.desk.takes(initiated())
        await asyncio.sleep(58.0)
        assert port.names == ["ask /call"]
        (entry,) = (await one.view()).open.values()
        assert now() < entry.until <= now() + LEASE
        await port.lets_go("ask /call")
        await port.until("reject a")
    assert other.desk.saves == []


@pytest.mark.parametrize("last", ["one", "other"])
@at_once
async def test_whoever_hears_of_a_call_does_not_take_what_another_one_is_sending(last: str) -> None:
    """A webhook of the call has come to another worker: both know now when the lease ends, and only one of them can keep it."""
    store, port = MemoryStore(), Port()
    port.held = {"ask /call"}
    offices = {worker: Office(store, worker, port) for worker in ("one", "other")}
    async with Searching(*offices.values()):
        await offices["one"].desk.takes(initiated())
        for worker in ("one", "other", last):
            await offices[worker].desk.takes(KeyPressed(**told(), id=f"key {now()}", digit="5"))
            await asyncio.sleep(0.5)
        await asyncio.sleep(28.0)
        assert port.names == ["ask /call"]
        await port.lets_go("ask /call")


@at_once
async def test_the_lease_of_what_somebody_else_has_taken_over_is_not_ours_to_keep() -> None:
    """A worker was held up for so long that its wish was taken over, and whoever took it over died: nobody is told so without end."""
    store, port = MemoryStore(), Port()
    port.held = {"ask /call"}
    one, other = Office(store, "one", port, keeps_time=False), Office(store, "other", port)
    await one.desk.takes(initiated())
    await asyncio.sleep(LEASE + LATE)
    await other.desk.takes(LeaseEnded(n=one.desk.find("ask /call").n))
    await dies(other)
    one.keeps_time = True
    async with Searching(one):
        await asyncio.sleep(LEASE + 2 * LATE)
        kept = [row for row in await store.log(CALL) if b'"event":"lease_' in row]
        assert [b"lease_ended" in row for row in kept] == [True, True]  # the other's, and then ours
        (entry,) = (await one.view()).open.values()
        assert entry.sender == "one"
        await port.lets_go("ask /call")
        await port.until("reject a")
    assert port.names.count("ask /call") == 2


# --------------------------------------------------------------------------- the dead


@at_once
async def test_what_a_dead_worker_was_sending_is_sent_by_another_one() -> None:
    store, port = MemoryStore(), Port()
    one, other = Office(store, "one", port), Office(store, "other", port)
    port.held = {"ask /call"}
    async with Searching(other):
        await one.desk.takes(initiated())
        await port.until("ask /call")
        await dies(one)
        again = await port.until("ask /call", 2)
        assert BEGIN + LEASE + LATE <= again.at <= BEGIN + LEASE + LATE + SEARCH
        await port.lets_go("ask /call")
        await port.until("reject a")
    assert [event for event in port.names if event == "ask /call"] == ["ask /call"] * 2


@at_once
async def test_a_timer_of_a_dead_worker_is_fired_by_another_one() -> None:
    store, port = MemoryStore(), Port()
    one, other = Office(store, "one", port), Office(store, "other", port)
    async with Searching(other):
        await pauses(one)
        await dies(one)
        assert BEGIN + 20.0 + LATE <= (await port.until("speak a")).at <= BEGIN + 20.0 + LATE + SEARCH


@pytest.mark.parametrize(("after", "then"), [(1.0, 20.0), (19.9, 20.0), (25.0, 25.0)])
@at_once
async def test_whoever_begins_sees_to_what_was_left_behind(after: float, then: float) -> None:
    """After a restart a timer fires when it is due, and one that was due meanwhile at once."""
    store, port = MemoryStore(), Port()
    one = Office(store, "one", port)
    await pauses(one)
    await dies(one)
    await asyncio.sleep(after)
    async with Searching(Office(store, "other", port)):
        assert (await port.until("speak a")).at == pytest.approx(BEGIN + then, abs=0.001)


@at_once
async def test_whoever_begins_leaves_to_others_what_they_are_sending() -> None:
    store, port = MemoryStore(), Port()
    port.held = {"ask /call"}
    one, other = Office(store, "one", port), Office(store, "other", port)
    await one.desk.takes(initiated())
    await asyncio.sleep(1.0)
    async with Searching(other):
        await asyncio.sleep(30.0)
        assert port.names == ["ask /call"]
        await port.lets_go("ask /call")


# --------------------------------------------------------------------------- what fails


class BadStore(MemoryStore):
    """Has calls that cannot be loaded, and may fail at everything."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: set[str] = set()
        self.broken = False
        self.looks: list[tuple[str, float]] = []
        self.most = 0

    async def load(self, session: str) -> Record | None:
        if session in self.bad:
            self.looks.append((session, now()))
            raise OSError("the disk has a hole")
        return await super().load(session)

    async def due(self, before: float, limit: int = 100) -> list[str]:
        self.most = limit
        if self.broken:
            raise OSError("the disk is gone")
        return await super().due(before, limit)


async def left_behind(store: MemoryStore, port: Port, *legs: str) -> None:
    """Calls whose timers are due, of a worker that is dead."""
    one = Office(store, "one", port)
    for leg in legs:
        await pauses(one, leg)
    await dies(one)
    port.sent.clear()
    await asyncio.sleep(30.0)


@at_once
async def test_a_call_that_cannot_be_looked_at_is_left_alone_for_a_while(caplog: pytest.LogCaptureFixture) -> None:
    store, port = BadStore(), Port()
    await left_behind(store, port, "a", "b")
    store.bad = {CALL}
    async with Searching(Office(store, "other", port)):
        await port.until("speak a")  # of the other call, which has nothing to do with it
        begun = now()
        await asyncio.sleep(3 * REST)
        assert len(port.sent) == 1
        first, *others = [at for _, at in store.looks]
        assert first == pytest.approx(begun, abs=1e-3)
        assert others == pytest.approx([begun + REST, begun + 2 * REST], abs=2 * SEARCH)
        assert store.most == BATCH + 1  # it takes nobody else's place
        assert f"call {CALL} could not be looked at" in caplog.text
        store.bad.clear()
        await port.until("speak a", 2)


@at_once
async def test_one_s_own_call_that_cannot_be_looked_at() -> None:
    store, port = BadStore(), Port()
    one = Office(store, "one", port)
    await pauses(one)
    store.bad = {CALL}
    async with Searching(one):
        await asyncio.sleep(22.0)
        store.bad.clear()
        assert (await port.until("speak a")).at <= BEGIN + 20.0 + REST + 2 * SEARCH


@at_once
async def test_a_store_that_cannot_be_searched(caplog: pytest.LogCaptureFixture) -> None:
    store, port = BadStore(), Port()
    await left_behind(store, port, "a")
    store.broken = True
    async with Searching(Office(store, "other", port)):
        await asyncio.sleep(10.0)
        store.broken = False
        fixed = now()
        assert (await port.until("speak a")).at <= fixed + SEARCH
    assert "calls that nobody looks after could not be found" in caplog.text


@at_once
async def test_an_event_that_cannot_be_saved_is_fired_again() -> None:
    class FullStore(MemoryStore):
        full = False

        async def save(self, change: Change) -> bool:
            if self.full:
                raise OSError("the disk is full")
            return await super().save(change)

    store, port = FullStore(), Port()
    one = Office(store, "one", port)
    await pauses(one)
    store.full = True
    async with Searching(one):
        await asyncio.sleep(30.0)
        assert "speak a" not in port.names
        store.full = False
        assert (await port.until("speak a")).at <= BEGIN + 30.0 + REST + SEARCH


# --------------------------------------------------------------------------- the end


@at_once
async def test_after_the_end_nothing_is_fired() -> None:
    one = Office()
    await pauses(one)
    await one.clock.stop()
    await asyncio.sleep(60.0)
    assert one.port.names == ["ask /call", "answer a"]
    await one.desk.takes(KeyPressed(**told(), id="key", digit="5"))
    assert one.clock._handles == {}


@at_once
async def test_the_end_comes_in_the_middle_of_a_look() -> None:
    """What had been begun is called off, or saved; the timer stays on disk for the next one."""

    class SlowStore(MemoryStore):
        looks, open = asyncio.Event(), asyncio.Event()
        slow = False

        async def load(self, session: str) -> Record | None:
            if self.slow:
                self.looks.set()
                await self.open.wait()
            return await super().load(session)

    store, port = SlowStore(), Port()
    one = Office(store, "one", port)
    await pauses(one)
    store.slow = True
    await store.looks.wait()
    await one.clock.stop()
    store.open.set()
    await asyncio.sleep(5.0)
    assert "speak a" not in port.names
    async with Searching(Office(store, "other", port)):
        await port.until("speak a")
