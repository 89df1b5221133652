"""What is due is fired: by the worker that saved it, at its time; and where that worker has died, by another one a little later."""

import asyncio

import pytest

from callverbs.interpreter.engine.session import LEASE_SECONDS
from callverbs.interpreter.runtime.timers import OVERDUE_SECONDS, SEARCH_SECONDS
from callverbs.interpreter.stores.memory import MemoryStore
from callverbs.verbs.language.events import GatherEnded, KeyPressed, LeaseExpired
from tests.interpreter.runtime.workers import ANSWER, SAY, Searching, kill, pause
from tests.interpreter.server.calls import BEGIN, CALL, OTHER, answered, hung_up, ids, initiated
from tests.interpreter.server.harness import Harness, Port
from tests.interpreter.server.virtual import at_once, now

# --------------------------------------------------------------------------- of this worker


@at_once
async def test_a_timer_fires_when_it_is_due() -> None:
    one = Harness()
    await pause(one)
    assert (await one.port.until("speak a")).at == pytest.approx(BEGIN + 20.0, abs=0.001)


@at_once
async def test_a_timer_that_was_stopped_does_not_fire() -> None:
    one = Harness()
    await pause(one)
    await one.recorder.take(hung_up())
    saves = len(one.recorder.saves)
    await asyncio.sleep(3600.0)
    assert len(one.recorder.saves) == saves
    assert one.timers._handles == {}


@at_once
async def test_what_is_due_earlier_than_what_was_due_first() -> None:
    """The collection may take two minutes; the key comes at once, and the next verb waits for two seconds."""
    one = Harness()
    one.port.documents["ask /call"] = [ANSWER, {"verb": "gather", "numDigits": 1, "timeout": 60, "actionHook": "/menu"}]
    one.port.documents["ask /menu"] = [{"verb": "pause", "length": 2}, SAY]
    await one.recorder.take(initiated())
    await one.port.until("answer a")
    await one.recorder.take(answered())
    await one.port.until("gather a")
    assert one.recorder.saves[-1].outcome.due > BEGIN + 60.0
    await asyncio.sleep(10.0)
    await one.recorder.take(GatherEnded(**ids(), id="typed", digits="1", occurred_at=BEGIN + 10.0))
    assert (await one.port.until("speak a")).at == pytest.approx(BEGIN + 12.0, abs=0.001)


@at_once
async def test_every_call_has_its_own_time() -> None:
    one = Harness()
    for leg in "abc":
        await pause(one, leg)
        await asyncio.sleep(1.0)
    await one.port.until("speak a", 3)
    assert [sent.at for sent in one.port.sent if sent.words == "speak a"] == pytest.approx(
        [BEGIN + at for at in (20.0, 21.0, 22.0)], abs=1e-3
    )


@at_once
async def test_what_was_fired_already_is_not_fired_again() -> None:
    """Two workers know of a timer, and both fire it; it is one event, and one of them saves it."""
    store, port = MemoryStore(), Port()
    one, other = Harness(store, "one", port), Harness(store, "other", port)
    await pause(one)
    await other.recorder.take(KeyPressed(**ids(), id="key", digit="5"))
    before = len(await store.log(CALL))
    await port.until("speak a")
    await asyncio.sleep(1.0)
    assert port.words == ["ask /call", "answer a", "speak a"]
    assert len(await store.log(CALL)) == before + 2  # the timer, and that the carrier has taken the speech


# --------------------------------------------------------------------------- leases


@at_once
async def test_the_lease_of_what_is_being_sent_is_renewed() -> None:
    """A slow application is asked once, however many workers there are."""
    store, port = MemoryStore(), Port()
    port.held = {"ask /call"}
    one, other = Harness(store, "one", port), Harness(store, "other", port)
    async with Searching(one, other):
        await one.recorder.take(initiated())
        await asyncio.sleep(58.0)
        assert port.words == ["ask /call"]
        (entry,) = (await one.view()).open_entries.values()
        assert now() < entry.lease_until <= now() + LEASE_SECONDS
        await port.release("ask /call")
        await port.until("reject a")
    assert other.recorder.saves == []


@pytest.mark.parametrize("last", ["one", "other"])
@at_once
async def test_a_worker_that_takes_an_event_does_not_take_over_what_another_one_is_sending(last: str) -> None:
    """A webhook of the call has come to another worker: both know when the lease expires, and only one of them can renew it."""
    store, port = MemoryStore(), Port()
    port.held = {"ask /call"}
    harnesses = {worker: Harness(store, worker, port) for worker in ("one", "other")}
    async with Searching(*harnesses.values()):
        await harnesses["one"].recorder.take(initiated())
        for worker in ("one", "other", last):
            await harnesses[worker].recorder.take(KeyPressed(**ids(), id=f"key {now()}", digit="5"))
            await asyncio.sleep(0.5)
        await asyncio.sleep(28.0)
        assert port.words == ["ask /call"]
        await port.release("ask /call")


@at_once
async def test_a_worker_does_not_renew_a_lease_that_another_one_has_taken_over() -> None:
    """A worker stood still for so long that its entry was taken over, and that other worker died: its lease expires, once."""
    store, port = MemoryStore(), Port()
    port.held = {"ask /call"}
    one, other = Harness(store, "one", port, runs_timers=False), Harness(store, "other", port)
    await one.recorder.take(initiated())
    await asyncio.sleep(LEASE_SECONDS + OVERDUE_SECONDS)
    await other.recorder.take(LeaseExpired(n=one.recorder.find("ask /call").n))
    await kill(other)
    one.runs_timers = True
    async with Searching(one):
        await asyncio.sleep(LEASE_SECONDS + 2 * OVERDUE_SECONDS)
        rows = [row for row in await store.log(CALL) if b'"event":"lease_' in row]
        assert [b"lease_expired" in row for row in rows] == [True, True]  # the other's, and then ours
        (entry,) = (await one.view()).open_entries.values()
        assert entry.worker == "one"
        await port.release("ask /call")
        await port.until("reject a")
    assert port.words.count("ask /call") == 2


# --------------------------------------------------------------------------- of dead workers


@at_once
async def test_what_a_dead_worker_was_sending_is_sent_by_another_one() -> None:
    store, port = MemoryStore(), Port()
    one, other = Harness(store, "one", port), Harness(store, "other", port)
    port.held = {"ask /call"}
    async with Searching(other):
        await one.recorder.take(initiated())
        await port.until("ask /call")
        await kill(one)
        again = await port.until("ask /call", 2)
        assert BEGIN + LEASE_SECONDS + OVERDUE_SECONDS <= again.at <= BEGIN + LEASE_SECONDS + OVERDUE_SECONDS + SEARCH_SECONDS
        await port.release("ask /call")
        await port.until("reject a")
    assert [words for words in port.words if words == "ask /call"] == ["ask /call"] * 2


@at_once
async def test_a_timer_of_a_dead_worker_is_fired_by_another_one() -> None:
    store, port = MemoryStore(), Port()
    one, other = Harness(store, "one", port), Harness(store, "other", port)
    async with Searching(other):
        await pause(one)
        await kill(one)
        assert BEGIN + 20.0 + OVERDUE_SECONDS <= (await port.until("speak a")).at <= BEGIN + 20.0 + OVERDUE_SECONDS + SEARCH_SECONDS


@pytest.mark.parametrize(
    ("killed", "started", "then"),
    [
        (0.0, 1.0, 20.0),
        (19.0, 19.5, 20.0),
        (14.0, 18.0, 22.0),  # the webhook of an answer at 17 s may come now
        (19.0, 21.0, 23.0),
        (0.0, 15.0, 25.0),
        (0.0, 25.0, 35.0),
        (0.0, 3600.0, 3610.0),
    ],
)
@at_once
async def test_a_worker_that_starts_waits_for_late_webhooks_and_fires_what_was_left_behind(
    killed: float, started: float, then: float
) -> None:
    """As long as nobody was there, and no longer than the grace of 10 s. That somebody is there is known to the second."""
    store, port = MemoryStore(), Port()
    one = Harness(store, "one", port)
    async with Searching(one):
        await pause(one)
        await asyncio.sleep(killed)
    await kill(one)
    await asyncio.sleep(started - killed)
    async with Searching(Harness(store, "other", port)):
        assert BEGIN + then <= (await port.until("speak a")).at <= BEGIN + then + SEARCH_SECONDS


@at_once
async def test_after_an_outage_new_timers_are_on_time() -> None:
    store, port = MemoryStore(), Port()
    one = Harness(store, "one", port)
    await pause(one)
    await kill(one)
    await asyncio.sleep(60.0)
    other = Harness(store, "other", port)
    async with Searching(other):
        await pause(other, "new", 2)
        assert (await port.until("speak a")).at == pytest.approx(BEGIN + 62.0, abs=0.001)
        assert (await port.until("speak a", 2)).at == pytest.approx(BEGIN + 70.0, abs=0.001)


@at_once
async def test_a_worker_that_joins_another_one_delays_nothing() -> None:
    store, port = MemoryStore(), Port()
    one = Harness(store, "one", port)
    async with Searching(one):
        await pause(one)
        await asyncio.sleep(19.9)
        async with Searching(Harness(store, "other", port)):
            assert (await port.until("speak a")).at == pytest.approx(BEGIN + 20.0, abs=0.001)


@at_once
async def test_a_worker_that_was_suspended_waits_for_late_webhooks() -> None:
    """Its clock goes on, and it does not."""
    away = 0.0
    one = Harness(now=lambda: now() + away)
    async with Searching(one):
        await pause(one)
        await asyncio.sleep(15.5)
        away = 15.0
        assert (await one.port.until("speak a")).at == pytest.approx(BEGIN + 26.0, abs=0.1)  # 0.5 s until it wakes, and the grace


@at_once
async def test_a_worker_that_starts_leaves_to_others_what_they_are_sending() -> None:
    store, port = MemoryStore(), Port()
    port.held = {"ask /call"}
    one, other = Harness(store, "one", port), Harness(store, "other", port)
    await one.recorder.take(initiated())
    await asyncio.sleep(1.0)
    async with Searching(other):
        await asyncio.sleep(30.0)
        assert port.words == ["ask /call"]
        await port.release("ask /call")


@at_once
async def test_an_answer_that_nobody_heard_beats_the_ring_time_that_is_over() -> None:
    """Killed at 0.5 s, answered at 1.5 s, started at 11 s, and the carrier repeats its webhook 2 s later."""
    store, port = MemoryStore(), Port()
    port.leg_ids = {"dial b1": "b"}
    target = [{"type": "phone", "number": OTHER}]
    port.documents = {"ask /call": [ANSWER, {"verb": "dial", "target": target, "timeout": 10, "actionHook": "/dialled"}]}
    one = Harness(store, "one", port)
    async with Searching(one):
        await one.recorder.take(initiated())
        await port.until("answer a")
        await one.recorder.take(answered())
        await port.until("dial b1")
        await asyncio.sleep(0.5)
    await kill(one)
    await asyncio.sleep(10.5)
    other = Harness(store, "other", port)
    async with Searching(other):
        await asyncio.sleep(2.0)
        await other.recorder.take(answered("b", "of a", occurred_at=BEGIN + 1.5))
        await port.until("bridge a")
        await asyncio.sleep(60.0)
    assert "hang_up b1" not in port.words
    assert "ask /dialled" not in port.words
