"""The mailbox of a call: what is saved together, races with other workers, and receivers that fail or are cancelled."""

import asyncio
import random
from pathlib import Path
from typing import Any

import pytest

from callverbs.interpreter.runtime.switchboard import PENDING_DIAL_SECONDS, Verdict
from callverbs.interpreter.stores.sqlite import SqliteStore
from callverbs.verbs.language.events import Event
from tests.interpreter.server.calls import (
    CALL,
    OTHER,
    THIRD,
    LateStore,
    Recorder,
    SlowStore,
    accepted,
    answered,
    hung_up,
    initiated,
    key,
    logged,
    replied,
    rings,
    speak_ended,
)

SAY = ({"verb": "say", "text": "One"}, {"verb": "say", "text": "Two"})


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


# --------------------------------------------------------------------------- the mailbox


async def test_what_comes_together_is_saved_together() -> None:
    store = SlowStore()
    recorder = Recorder(store)
    await recorder.take(initiated())
    store.tries = 0
    store.open.clear()
    events: list[Event] = [key(number) for number in range(10)]
    taking = [asyncio.create_task(recorder.switchboard.receive(event)) for event in events]
    await store.waiting.wait()
    store.open.set()
    assert await asyncio.gather(*taking) == [Verdict.TAKEN] * 10
    assert store.tries == 2  # the first one alone, then all that had come meanwhile
    assert await logged(recorder) == ["initiated a", *(f"key {number}" for number in range(10))]


async def test_what_is_not_wanted_any_longer_at_the_save_is_not_sent() -> None:
    """The caller answers and hangs up in one batch: the speech between the two is not sent."""
    store = SlowStore()
    recorder = Recorder(store)
    await recorder.run({"verb": "answer"}, *SAY)
    store.open.clear()
    taking = [asyncio.create_task(recorder.switchboard.receive(event)) for event in (key(1), answered(), hung_up())]
    await store.waiting.wait()
    store.open.set()
    await asyncio.gather(*taking)
    assert "speak a" not in recorder.words


async def test_calls_do_not_wait_for_each_other() -> None:
    store = SlowStore()
    recorder = Recorder(store)
    store.open.clear()
    taking = [asyncio.create_task(recorder.switchboard.receive(initiated(leg))) for leg in "abc"]
    await asyncio.sleep(0)
    assert store.tries == 3
    store.open.set()
    await asyncio.gather(*taking)


async def test_each_has_its_own_verdict(recorder: Recorder) -> None:
    """One event raises, one is of an unknown leg, one comes twice: the others are not affected."""
    store = SlowStore()
    recorder = Recorder(store)
    await recorder.take(initiated())
    recorder.at += PENDING_DIAL_SECONDS
    store.open.clear()
    raising = key(2, leg=["unhashable"])
    events = [key(1), raising, key(3), key(3), answered("x", call_session_id="of a"), key(4)]
    taking = [asyncio.create_task(recorder.switchboard.receive(event)) for event in events]
    await store.waiting.wait()
    store.open.set()
    taken, broken, *others = await asyncio.gather(*taking, return_exceptions=True)
    assert taken is Verdict.TAKEN
    assert isinstance(broken, TypeError)
    assert others == [Verdict.TAKEN, Verdict.TAKEN, Verdict.UNMATCHED, Verdict.TAKEN]
    assert await logged(recorder) == ["initiated a", "key 1", "key 3", "key 4"]


async def test_a_raising_event_that_comes_first(recorder: Recorder) -> None:
    """The next event begins the call instead."""
    with pytest.raises(TypeError):
        await recorder.switchboard.receive(initiated(from_=object()))
    assert await recorder.store.load(CALL) is None
    assert await recorder.switchboard.receive(initiated()) is Verdict.TAKEN
    with pytest.raises(TypeError):
        await recorder.switchboard.receive(key(1, leg=["unhashable"]))
    assert await recorder.switchboard.receive(key(2)) is Verdict.TAKEN


# --------------------------------------------------------------------------- races


async def test_a_lost_race_costs_nothing() -> None:
    """Another worker saves between our load and our save; the step is taken again on the snapshot that it left."""
    store = SlowStore()
    recorder, other = Recorder(store), Recorder(store, "other")
    await recorder.run({"verb": "answer"}, *SAY)
    await recorder.take(accepted(recorder.find("answer a")), answered())

    async def meanwhile() -> None:
        await other.take(speak_ended(1))

    store.between = meanwhile
    await recorder.take(key(1))
    assert other.words == ["speak a"]
    assert recorder.words[-1] == "speak a"
    assert [entry.n for entry in other.sent] != [recorder.find("speak a").n]
    assert (await logged(recorder))[-2:] == ["speak ended a 1", "key 1"]


async def test_a_race_for_the_same_event() -> None:
    """Both workers have it; one saves it, and only that one sends what comes of it."""
    store = SlowStore()
    recorder, other = Recorder(store), Recorder(store, "other")

    async def meanwhile() -> None:
        assert await other.switchboard.receive(initiated()) is Verdict.TAKEN

    store.between = meanwhile
    assert await recorder.switchboard.receive(initiated()) is Verdict.TAKEN
    assert (recorder.words, other.words) == ([], ["ask /call"])


async def whole_call(recorders: list[Recorder], chance: random.Random, delivered_twice: bool) -> list[list[str]]:
    """Plays a call whose events go to any of the workers. Returns what each has sent."""

    async def deliver(event: Event) -> None:
        takers = chance.sample(recorders, len(recorders)) if delivered_twice else [chance.choice(recorders)]
        await asyncio.gather(*(one.switchboard.receive(event, session=CALL) for one in takers))

    def find(what: str) -> Any:
        return next(entry for one in recorders for entry in reversed(one.sent) if what in one.words and entry is one.find(what))

    target = [{"type": "phone", "number": OTHER}, {"type": "phone", "number": THIRD}]
    document: list[dict[str, Any]] = [{"verb": "answer"}, *SAY, {"verb": "dial", "target": target, "actionHook": "/dialled"}]
    await deliver(initiated())
    await deliver(replied(find("ask /call"), *document))
    await asyncio.gather(deliver(accepted(find("answer a"))), deliver(answered()))
    await deliver(accepted(find("speak a")))
    await deliver(speak_ended(1))
    await deliver(accepted(find("speak a")))
    await deliver(speak_ended(2))
    events: list[Event] = [
        accepted(find("dial b1"), "b", "of a"),
        accepted(find("dial b2"), "c", "of a"),
        rings("b", session=CALL, leg="b1"),
        rings("c", session=CALL, leg="b2"),
        answered("b", "of a", session=CALL, leg="b1"),
        answered("c", "of a", session=CALL, leg="b2"),
    ]
    chance.shuffle(events)
    await asyncio.gather(*(deliver(event) for event in events))
    return [one.words for one in recorders]


@pytest.mark.parametrize("delivered_twice", [False, True])
@pytest.mark.parametrize("seed", range(25))
async def test_two_workers_on_one_file_send_everything_once(tmp_path: Path, seed: int, delivered_twice: bool) -> None:
    stores = [SqliteStore(tmp_path / "calls.sqlite") for _ in range(2)]
    recorders = [Recorder(store, worker) for store, worker in zip(stores, ("one", "two"), strict=True)]
    sent = await whole_call(recorders, random.Random(seed), delivered_twice)
    everything = sorted(words for recorded in sent for words in recorded)
    (loser,) = {"hang_up b1", "hang_up b2"} & set(everything)
    assert everything == sorted(["ask /call", "answer a", "speak a", "speak a", "dial b1", "dial b2", "bridge a", loser])
    numbers = [entry.n for recorder in recorders for entry in recorder.sent]
    assert len(numbers) == len(set(numbers))
    for store in stores:
        await store.close()


# --------------------------------------------------------------------------- the store fails


async def test_a_save_that_fails_takes_no_event() -> None:
    store = SlowStore()
    recorder = Recorder(store)
    store.fails = True
    store.open.clear()
    taking = [asyncio.create_task(recorder.switchboard.receive(event)) for event in (initiated(), key(1), key(2))]
    await store.waiting.wait()
    store.open.set()
    results = await asyncio.gather(*taking, return_exceptions=True)
    assert [str(result) for result in results] == ["the disk is full"] * 3
    assert recorder.saves == []
    assert await store.load(CALL) is None
    store.fails = False
    assert [await recorder.switchboard.receive(event) for event in (initiated(), key(1), key(2))] == [Verdict.TAKEN] * 3
    assert recorder.words == ["ask /call"]
    assert await logged(recorder) == ["initiated a", "key 1", "key 2"]


# --------------------------------------------------------------------------- receivers that are cancelled


async def test_cancelling_one_receiver_does_not_cancel_the_others() -> None:
    """The first receiver empties the mailbox for all; when its request is cancelled, the others still have their events taken."""
    store = SlowStore()
    recorder = Recorder(store)
    store.open.clear()
    first, *others = [asyncio.create_task(recorder.switchboard.receive(event)) for event in (initiated(), key(1), key(2))]
    await store.waiting.wait()
    first.cancel()
    await asyncio.wait([first])
    store.open.set()
    assert await asyncio.gather(*others) == [Verdict.TAKEN] * 2
    assert first.cancelled()
    assert recorder.words == ["ask /call"]
    assert await logged(recorder) == ["initiated a", "key 1", "key 2"]
    assert await recorder.switchboard.receive(key(3)) is Verdict.TAKEN


async def test_what_a_cancelled_receiver_has_saved_is_sent() -> None:
    """It is on disk, but the receiver was cancelled before it knew: what it led to is sent all the same, once, and now."""
    store = LateStore()
    recorder = Recorder(store)
    first = asyncio.create_task(recorder.switchboard.receive(initiated()))
    await store.saved.wait()
    first.cancel()
    await asyncio.wait([first])
    store.returns.set()
    await recorder.switchboard.finish()
    assert recorder.words == ["ask /call"]
    assert await logged(recorder) == ["initiated a"]


async def test_a_waiting_receiver_that_is_cancelled_has_its_event_taken() -> None:
    store = SlowStore()
    recorder = Recorder(store)
    store.open.clear()
    first, second = [asyncio.create_task(recorder.switchboard.receive(event)) for event in (initiated(), key(1))]
    await store.waiting.wait()
    second.cancel()
    store.open.set()
    assert await first is Verdict.TAKEN
    assert await logged(recorder) == ["initiated a", "key 1"]


async def test_a_cancelled_receiver_and_a_save_that_fails() -> None:
    """What goes on in the background meets a store that fails; the next event finds an empty mailbox."""
    store = SlowStore()
    recorder = Recorder(store)
    store.open.clear()
    first, second = [asyncio.create_task(recorder.switchboard.receive(event)) for event in (initiated(), key(1))]
    await store.waiting.wait()
    first.cancel()
    await asyncio.wait([first])
    store.fails = True
    store.open.set()
    with pytest.raises(OSError, match="full"):
        await second
    store.fails = False
    assert await recorder.switchboard.receive(initiated()) is Verdict.TAKEN
    assert recorder.words == ["ask /call"]
