"""The switchboard: whose an event is, what is saved together, and what becomes of those who are late, unlucky or called off."""

import asyncio
import random
from pathlib import Path
from typing import Any

import msgspec
import pytest

from interpreter.session import peek
from interpreter.stores.memory import MemoryStore
from interpreter.stores.sqlite import SqliteStore
from interpreter.switchboard import DIALLING, Row, Verdict, session_of
from tests.interpreter.server.calls import (
    APP,
    BEGIN,
    CALL,
    OTHER,
    OURS,
    THIRD,
    CalledOffStore,
    Desk,
    SlowStore,
    accepted,
    answered,
    hung_up,
    initiated,
    replied,
    rings,
    speak_ended,
    told,
)
from verbs._events import CallRequested, CommandFailed, Event, HangUpRequested, KeyPressed, LegAnswered, TimerFired
from verbs._request import CallSpec
from verbs._target import Target

SAY = ({"verb": "say", "text": "One"}, {"verb": "say", "text": "Two"})


@pytest.fixture
def desk() -> Desk:
    return Desk()


def key(number: int, **given: Any) -> KeyPressed:
    """A key that no verb listens to."""
    return KeyPressed(**{**told(), "id": f"key {number}", "digit": "5", **given})


async def what_happened(desk: Desk, session: str = CALL) -> list[str]:
    """The ids of the events of a call's log."""
    rows = [msgspec.json.decode(row, type=Row) for row in await desk.store.log(session)]
    return [msgspec.json.decode(row.event)["id"] for row in rows]


# --------------------------------------------------------------------------- whose it is


async def test_an_incoming_call_begins_a_session(desk: Desk) -> None:
    assert await desk.board.receive(initiated(), b'{"raw": 1}') is Verdict.TAKEN
    assert desk.names == ["ask /call"]
    assert await desk.store.find(["a"]) == await desk.store.find(["leg a"]) == await desk.store.find(["of a"]) == session_of("a")
    assert (await desk.session()).began == BEGIN
    (row,) = await desk.store.log(CALL)
    assert b'"webhook":{"raw": 1}' in row


async def test_an_incoming_call_that_comes_again_is_the_same(desk: Desk) -> None:
    for event in (initiated(), initiated(), initiated(id="another")):
        assert await desk.board.receive(event) is Verdict.TAKEN
    assert desk.names == ["ask /call"]
    assert len(await desk.store.recent()) == 1


async def test_an_incoming_call_is_its_own_whatever_it_shares(desk: Desk) -> None:
    """One of our legs calls a number of ours: the carrier may give both one call session."""
    await desk.takes(initiated())
    for line, strange in (("b", {"session": "somebody", "leg": "b1"}), ("c", {})):
        assert await desk.board.receive(initiated(line, call_session_id="of a", **strange)) is Verdict.TAKEN
        assert await desk.store.load(session_of(line))
    assert desk.names == ["ask /call"] * 3


async def test_an_event_is_placed_by_what_we_wrote_on_its_leg(desk: Desk) -> None:
    await desk.talks({"verb": "answer"}, *SAY)
    assert await desk.board.receive(LegAnswered(id="1", session=CALL, leg="a")) is Verdict.TAKEN
    assert desk.names[-1] == "speak a"


async def test_an_event_is_placed_by_the_carriers_id(desk: Desk) -> None:
    await desk.talks({"verb": "answer"}, *SAY)
    assert await desk.board.receive(LegAnswered(id="1", call_control_id="a")) is Verdict.TAKEN
    assert desk.names[-1] == "speak a"


async def test_an_event_without_any_address(desk: Desk) -> None:
    desk.at += DIALLING
    assert await desk.board.receive(LegAnswered(id="1")) is Verdict.FOREIGN
    assert await desk.board.receive(initiated(call_control_id="")) is Verdict.FOREIGN
    assert await desk.store.recent() == []


async def test_somebody_elses_call(desk: Desk) -> None:
    desk.at += DIALLING
    for event in (rings("x"), answered("x"), hung_up("x"), answered("x", session="forgotten", leg="a")):
        assert await desk.board.receive(event) is Verdict.FOREIGN
    assert desk.board.foreign == 4
    assert await desk.store.recent() == []
    assert desk.saves == []


async def test_a_stranger_in_a_call_of_ours(desk: Desk) -> None:
    desk.at += DIALLING
    await desk.takes(initiated())
    before = await desk.store.load(CALL)
    assert await desk.board.receive(rings("x", call_session_id="of a")) is Verdict.FOREIGN
    assert await desk.store.load(CALL) == before


async def test_news_of_a_call_that_is_forgotten(desk: Desk) -> None:
    assert await desk.board.receive(TimerFired(id="1", n=3), session="forgotten") is Verdict.FOREIGN
    assert await desk.board.receive(HangUpRequested(id="2"), session="forgotten") is Verdict.FOREIGN


# --------------------------------------------------------------------------- a dial is under way


async def test_a_leg_that_nobody_knows_has_to_come_again_while_a_dial_is_under_way(desk: Desk) -> None:
    """The carrier has lost what we wrote on the leg, and has not answered our dial yet."""
    desk.at += DIALLING
    await desk.dials(OTHER)
    for event in (rings("b"), answered("b", "of a")):
        assert await desk.board.receive(event) is Verdict.LATER
    assert desk.board.foreign == 0
    await desk.takes(accepted(desk.find("dial b1"), "b"))
    assert await desk.board.receive(rings("b")) is Verdict.TAKEN
    assert await desk.board.receive(answered("b")) is Verdict.TAKEN
    assert "bridge a" in desk.names


async def test_another_worker_knows_of_the_dial_by_the_call(desk: Desk) -> None:
    desk.at += DIALLING
    await desk.dials(OTHER)
    other = Desk(desk.store, "other")
    other.board._dialling.clear()
    assert await other.board.receive(rings("b", call_session_id="of a")) is Verdict.LATER
    assert await other.board.receive(rings("b", call_session_id="of x")) is Verdict.FOREIGN


async def test_whoever_has_just_begun_cannot_know_whom_another_was_dialling(desk: Desk) -> None:
    assert await desk.board.receive(rings("x")) is Verdict.LATER
    desk.at += DIALLING
    assert await desk.board.receive(rings("x")) is Verdict.FOREIGN


@pytest.mark.parametrize("end", ["refused", "webhook first", "caller gone", "silence"])
async def test_a_dial_is_not_under_way_for_ever(desk: Desk, end: str) -> None:
    desk.at += DIALLING
    await desk.dials(OTHER)
    assert await desk.board.receive(rings("x")) is Verdict.LATER
    match end:
        case "refused":
            await desk.takes(CommandFailed(id="1", n=desk.find("dial b1").n, status=422, code="10016"))
        case "webhook first":
            await desk.takes(rings("b", session=CALL, leg="b1"))
        case "caller gone":
            await desk.takes(hung_up())
            await desk.takes(CommandFailed(id="1", n=desk.find("dial b1").n, status=422, code="10016"))
        case "silence":
            desk.at += DIALLING
    assert await desk.board.receive(rings("x")) is Verdict.FOREIGN


# --------------------------------------------------------------------------- the mailbox


async def test_what_comes_together_is_saved_together() -> None:
    store = SlowStore()
    desk = Desk(store)
    await desk.takes(initiated())
    store.tries = 0
    store.open.clear()
    events: list[Event] = [key(number) for number in range(10)]
    taking = [asyncio.create_task(desk.board.receive(event)) for event in events]
    await store.waiting.wait()
    store.open.set()
    assert await asyncio.gather(*taking) == [Verdict.TAKEN] * 10
    assert store.tries == 2  # the first one alone, then all that had come meanwhile
    assert await what_happened(desk) == ["initiated a", *(f"key {number}" for number in range(10))]


async def test_what_is_not_wanted_any_longer_at_the_save_is_not_sent() -> None:
    """The caller answers and hangs up in one batch: the speech between the two is nobody's."""
    store = SlowStore()
    desk = Desk(store)
    await desk.talks({"verb": "answer"}, *SAY)
    store.open.clear()
    taking = [asyncio.create_task(desk.board.receive(event)) for event in (key(1), answered(), hung_up())]
    await store.waiting.wait()
    store.open.set()
    await asyncio.gather(*taking)
    assert "speak a" not in desk.names


async def test_calls_do_not_wait_for_each_other() -> None:
    store = SlowStore()
    desk = Desk(store)
    store.open.clear()
    taking = [asyncio.create_task(desk.board.receive(initiated(leg))) for leg in "abc"]
    await asyncio.sleep(0)
    assert store.tries == 3
    store.open.set()
    await asyncio.gather(*taking)


async def test_each_has_its_own_verdict(desk: Desk) -> None:
    """One is poisoned, one a stranger, one comes twice: the others are none the worse."""
    store = SlowStore()
    desk = Desk(store)
    await desk.takes(initiated())
    desk.at += DIALLING
    store.open.clear()
    poisoned = key(2, leg=["unhashable"])
    events = [key(1), poisoned, key(3), key(3), answered("x", call_session_id="of a"), key(4)]
    taking = [asyncio.create_task(desk.board.receive(event)) for event in events]
    await store.waiting.wait()
    store.open.set()
    taken, broken, *others = await asyncio.gather(*taking, return_exceptions=True)
    assert taken is Verdict.TAKEN
    assert isinstance(broken, TypeError)
    assert others == [Verdict.TAKEN, Verdict.TAKEN, Verdict.FOREIGN, Verdict.TAKEN]
    assert await what_happened(desk) == ["initiated a", "key 1", "key 3", "key 4"]


async def test_a_poisoned_event_that_comes_first(desk: Desk) -> None:
    """A call that it should have begun is begun by the next one."""
    with pytest.raises(TypeError):
        await desk.board.receive(initiated(from_=object()))
    assert await desk.store.load(CALL) is None
    assert await desk.board.receive(initiated()) is Verdict.TAKEN
    with pytest.raises(TypeError):
        await desk.board.receive(key(1, leg=["unhashable"]))
    assert await desk.board.receive(key(2)) is Verdict.TAKEN


# --------------------------------------------------------------------------- races


async def test_a_lost_race_costs_nothing() -> None:
    """Somebody else saves between our load and our save; the step is taken again on what that left."""
    store = SlowStore()
    desk, other = Desk(store), Desk(store, "other")
    await desk.talks({"verb": "answer"}, *SAY)
    await desk.takes(accepted(desk.find("answer a")), answered())

    async def meanwhile() -> None:
        await other.takes(speak_ended(1))

    store.between = meanwhile
    await desk.takes(key(1))
    assert other.names == ["speak a"]
    assert desk.names[-1] == "speak a"
    assert [entry.n for entry in other.sent] != [desk.find("speak a").n]
    assert (await what_happened(desk))[-2:] == ["speak ended a 1", "key 1"]


async def test_a_race_for_the_same_event() -> None:
    """Both have it; one saves it, and only that one sends what comes of it."""
    store = SlowStore()
    desk, other = Desk(store), Desk(store, "other")

    async def meanwhile() -> None:
        assert await other.board.receive(initiated()) is Verdict.TAKEN

    store.between = meanwhile
    assert await desk.board.receive(initiated()) is Verdict.TAKEN
    assert (desk.names, other.names) == ([], ["ask /call"])


async def whole_call(desks: list[Desk], chance: random.Random, told_twice: bool) -> list[list[str]]:
    """A call of which any of the workers may hear anything; what was sent by each."""

    async def happens(event: Event) -> None:
        hearers = chance.sample(desks, len(desks)) if told_twice else [chance.choice(desks)]
        await asyncio.gather(*(one.board.receive(event, session=CALL) for one in hearers))

    def find(what: str) -> Any:
        return next(entry for one in desks for entry in reversed(one.sent) if what in one.names and entry is one.find(what))

    target = [{"type": "phone", "number": OTHER}, {"type": "phone", "number": THIRD}]
    document: list[dict[str, Any]] = [{"verb": "answer"}, *SAY, {"verb": "dial", "target": target, "actionHook": "/dialled"}]
    await happens(initiated())
    await happens(replied(find("ask /call"), *document))
    await asyncio.gather(happens(accepted(find("answer a"))), happens(answered()))
    await happens(accepted(find("speak a")))
    await happens(speak_ended(1))
    await happens(accepted(find("speak a")))
    await happens(speak_ended(2))
    news: list[Event] = [
        accepted(find("dial b1"), "b", "of a"),
        accepted(find("dial b2"), "c", "of a"),
        rings("b", session=CALL, leg="b1"),
        rings("c", session=CALL, leg="b2"),
        answered("b", "of a", session=CALL, leg="b1"),
        answered("c", "of a", session=CALL, leg="b2"),
    ]
    chance.shuffle(news)
    await asyncio.gather(*(happens(event) for event in news))
    return [one.names for one in desks]


@pytest.mark.parametrize("told_twice", [False, True])
@pytest.mark.parametrize("seed", range(25))
async def test_two_workers_on_one_file_send_everything_once(tmp_path: Path, seed: int, told_twice: bool) -> None:
    stores = [SqliteStore(tmp_path / "calls.sqlite") for _ in range(2)]
    desks = [Desk(store, worker) for store, worker in zip(stores, ("one", "two"), strict=True)]
    sent = await whole_call(desks, random.Random(seed), told_twice)
    everything = sorted(name for names in sent for name in names)
    (loser,) = {"hang_up b1", "hang_up b2"} & set(everything)
    assert everything == sorted(["ask /call", "answer a", "speak a", "speak a", "dial b1", "dial b2", "bridge a", loser])
    numbers = [entry.n for desk in desks for entry in desk.sent]
    assert len(numbers) == len(set(numbers))
    for store in stores:
        await store.close()


# --------------------------------------------------------------------------- the store fails


async def test_a_save_that_fails_takes_nobodys_event() -> None:
    store = SlowStore()
    desk = Desk(store)
    store.fails = True
    store.open.clear()
    taking = [asyncio.create_task(desk.board.receive(event)) for event in (initiated(), key(1), key(2))]
    await store.waiting.wait()
    store.open.set()
    results = await asyncio.gather(*taking, return_exceptions=True)
    assert [str(result) for result in results] == ["the disk is full"] * 3
    assert desk.saves == []
    assert await store.load(CALL) is None
    store.fails = False
    assert [await desk.board.receive(event) for event in (initiated(), key(1), key(2))] == [Verdict.TAKEN] * 3
    assert desk.names == ["ask /call"]
    assert await what_happened(desk) == ["initiated a", "key 1", "key 2"]


# --------------------------------------------------------------------------- whoever is called off


async def test_who_is_called_off_leaves_the_others_mail_in_order() -> None:
    """The first receiver empties the mailbox for all; a request that is broken off must not take theirs with it."""
    store = SlowStore()
    desk = Desk(store)
    store.open.clear()
    first, *others = [asyncio.create_task(desk.board.receive(event)) for event in (initiated(), key(1), key(2))]
    await store.waiting.wait()
    first.cancel()
    await asyncio.wait([first])
    store.open.set()
    assert await asyncio.gather(*others) == [Verdict.TAKEN] * 2
    assert first.cancelled()
    assert desk.names == ["ask /call"]
    assert await what_happened(desk) == ["initiated a", "key 1", "key 2"]
    assert await desk.board.receive(key(3)) is Verdict.TAKEN


async def test_a_save_that_was_made_without_its_maker_is_sent() -> None:
    """It is on the disk, but whoever waited for it was called off: what it led to is sent all the same, once, and now."""
    store = CalledOffStore()
    desk = Desk(store)
    first = asyncio.create_task(desk.board.receive(initiated()))
    await store.saved.wait()
    first.cancel()
    await asyncio.wait([first])
    store.says.set()
    await desk.board.finish()
    assert desk.names == ["ask /call"]
    assert await what_happened(desk) == ["initiated a"]


async def test_a_waiting_receiver_that_is_called_off_has_its_event_taken() -> None:
    store = SlowStore()
    desk = Desk(store)
    store.open.clear()
    first, second = [asyncio.create_task(desk.board.receive(event)) for event in (initiated(), key(1))]
    await store.waiting.wait()
    second.cancel()
    store.open.set()
    assert await first is Verdict.TAKEN
    assert await what_happened(desk) == ["initiated a", "key 1"]


async def test_who_is_called_off_twice() -> None:
    """The one who goes on waits for a store that fails, and the next event finds an empty mailbox."""
    store = SlowStore()
    desk = Desk(store)
    store.open.clear()
    first, second = [asyncio.create_task(desk.board.receive(event)) for event in (initiated(), key(1))]
    await store.waiting.wait()
    first.cancel()
    await asyncio.wait([first])
    store.fails = True
    store.open.set()
    with pytest.raises(OSError, match="full"):
        await second
    store.fails = False
    assert await desk.board.receive(initiated()) is Verdict.TAKEN
    assert desk.names == ["ask /call"]


# --------------------------------------------------------------------------- calls that we place


async def test_a_call_that_is_asked_for_twice_is_placed_once(desk: Desk) -> None:
    wanted = CallRequested(id="placed", from_=OURS, spec=CallSpec(to=Target(type="phone", number=OTHER)))
    for _ in range(2):
        assert await desk.board.receive(wanted, session="placed", app=APP) is Verdict.TAKEN
    assert desk.names == ["dial a"]


async def test_what_is_due_stands_in_the_record() -> None:
    desk = Desk(MemoryStore())
    await desk.talks({"verb": "answer"}, {"verb": "pause", "length": 20})
    await desk.takes(accepted(desk.find("answer a")), answered())
    record = await desk.store.load(CALL)
    assert record
    assert record.due == BEGIN + 20.0
    assert list(peek(record.snapshot).timers.values()) == [BEGIN + 20.0]
