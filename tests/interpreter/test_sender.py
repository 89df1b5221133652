"""What was saved is sent, once, by whoever has it: the store is asked first, what may be a repeat is not tried for too long."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from interpreter.hooks.client import Hooks
from interpreter.sender import LOOKS, PAUSE, UNSAFE, Sender
from interpreter.session import LEASE, Entry
from interpreter.stores.memory import MemoryStore
from interpreter.switchboard import Change, Record
from interpreter.telnyx.client import Carrier
from tests.interpreter.server.calls import BEGIN, CALL, OTHER, THIRD, Desk, answered, hung_up, initiated, name, rings, told
from tests.interpreter.server.office import Office, Port
from tests.interpreter.server.virtual import at_once, now
from verbs._events import HangUpRequested, LeaseEnded, PlaybackEnded

SAY = {"verb": "say", "text": "One"}
ANSWER = {"verb": "answer"}


def office(store: MemoryStore | None = None, worker: str = "w", port: Port | None = None) -> Office:
    """A worker whose clock stands still: leases end when the test says so."""
    return Office(store, worker, port, keeps_time=False)


async def over(sender: Sender) -> None:
    """Everything that is being sent has come to something."""
    await sender.finish(600.0)


# --------------------------------------------------------------------------- the way there and back


@at_once
async def test_what_is_saved_is_sent_and_what_becomes_of_it_is_saved() -> None:
    one = office()
    one.port.documents["ask /call"] = [ANSWER, SAY]
    await one.desk.takes(initiated())
    await one.port.until("answer a")
    await over(one.sender)
    assert one.port.names == ["ask /call", "answer a"]
    assert [sent.told for sent in one.port.sent] == ["test", {"a": "a"}]
    assert (await one.view()).open == {}
    assert not one.sender.has(CALL, one.desk.sent[0])


@at_once
async def test_legs_are_called_side_by_side_and_a_bridge_waits_for_both() -> None:
    one = office()
    one.port.held = {"dial b1", "dial b2"}
    one.port.lines = {"dial b1": "b", "dial b2": "c"}
    one.port.documents["ask /call"] = [ANSWER, {"verb": "dial", "target": [{"type": "phone", "number": at} for at in (OTHER, THIRD)]}]
    await one.desk.takes(initiated(), answered())
    await asyncio.gather(one.port.until("dial b1"), one.port.until("dial b2"))
    await one.desk.takes(answered("b", "of a", session=CALL, leg="b1"))
    assert [name for name in one.desk.names if "bridge" in name or "hang" in name] == ["hang_up b2", "bridge a"]
    await one.port.lets_go("dial b1")
    bridged = await one.port.until("bridge a")
    assert bridged.told == {"a": "a", "b1": "b"}
    assert "hang_up b2" not in one.port.names  # where it is, nobody knows yet
    await asyncio.sleep(1.0 + PAUSE / 2)
    await one.port.lets_go("dial b2")
    let_go, end = now(), await one.port.until("hang_up b2")
    assert end.told == {"a": "a", "b1": "b", "b2": "c"}
    assert end.at == let_go  # its turn comes without a look at the clock
    await over(one.sender)


@at_once
async def test_what_it_has_in_hand_is_not_begun_again() -> None:
    one = office()
    one.port.held = {"ask /call"}
    await one.desk.takes(initiated())
    (saved,) = one.desk.saves
    await one.port.until("ask /call")
    one.sender.dispatch(saved)
    assert one.sender.has(CALL, saved.new[0])
    await one.port.lets_go("ask /call")
    await over(one.sender)
    assert one.port.names == ["ask /call", "reject a"]


# --------------------------------------------------------------------------- the store is asked first


async def left_behind(*document: dict[str, Any]) -> tuple[Desk, Office]:
    """Somebody's call that runs a document, saved by a desk that sends nothing; and an office on the same store under the same name."""
    desk = Desk(MemoryStore(), now=now)
    await desk.talks(*document)
    return desk, office(desk.store)  # type: ignore[arg-type]


@at_once
async def test_what_was_dropped_meanwhile_is_not_sent() -> None:
    desk, one = await left_behind(ANSWER, SAY)
    await desk.takes(hung_up())
    one.sender.dispatch(desk.saves[-2])
    await over(one.sender)
    assert [entry.n for entry in desk.saves[-2].new] == [desk.find("answer a").n]
    assert one.port.names == []


@at_once
async def test_what_has_its_answer_already_is_not_sent() -> None:
    """The webhook of an answer says that our command has arrived."""
    desk, one = await left_behind(ANSWER)
    await desk.takes(answered())
    one.sender.dispatch(desk.saves[-2])
    await over(one.sender)
    assert one.port.names == []


@at_once
async def test_what_is_somebody_elses_by_now_is_not_sent() -> None:
    desk, one = await left_behind(ANSWER, SAY)
    other = office(one.desk.store, "other")  # type: ignore[arg-type]
    await asyncio.sleep(LEASE)
    other.port.held = {"answer a"}
    await other.desk.takes(LeaseEnded(n=desk.find("answer a").n))
    await other.port.until("answer a")
    one.sender.dispatch(desk.saves[-1])
    await over(one.sender)
    assert (one.port.names, other.port.names) == ([], ["answer a"])
    await other.port.lets_go("answer a")
    await over(other.sender)


@at_once
async def test_what_is_in_doubt_is_not_sent() -> None:
    """Nobody knows whether it has arrived: the carrier is asked first how the call stands."""
    desk, one = await left_behind(ANSWER)
    await asyncio.sleep(UNSAFE)
    await desk.takes(LeaseEnded(n=desk.find("answer a").n))
    one.sender.dispatch(desk.saves[1])
    await over(one.sender)
    assert desk.names[-1] == "enquire a"
    assert one.port.names == []


@at_once
async def test_a_call_that_is_forgotten() -> None:
    desk, _ = await left_behind(ANSWER)
    elsewhere = office()
    elsewhere.sender.dispatch(desk.saves[-1])
    await over(elsewhere.sender)
    assert elsewhere.port.names == []


# --------------------------------------------------------------------------- what it has to wait for


MUSIC = "https://music.example/one.mp3"


async def falls_silent(one: Office, held: str) -> None:
    """Music has been playing to a caller while somebody was called, and is stopped: the caller is going to be spoken to."""
    dial = {"verb": "dial", "target": [{"type": "phone", "number": OTHER}], "dialMusic": MUSIC}
    one.port.documents["ask /call"] = [ANSWER, dial, SAY]
    one.port.lines = {"dial b1": "b"}
    await one.desk.takes(initiated())
    await one.port.until("answer a")
    await one.desk.takes(answered())
    await asyncio.gather(one.port.until("play a"), one.port.until("dial b1"))
    one.port.held = {held}
    await one.desk.takes(hung_up("b", session=CALL, leg="b1", cause="user_busy"))
    await one.port.until("stop_media a")


@at_once
async def test_another_worker_s_earlier_wish_is_waited_for() -> None:
    store = MemoryStore()
    one, other = office(store, "one"), office(store, "other")
    await falls_silent(one, held="stop_media a")
    await other.desk.takes(PlaybackEnded(**told(), id="silence", occurred_at=BEGIN))
    assert other.desk.names == ["speak a"]
    await asyncio.sleep(2.0)
    assert other.port.names == []
    await one.port.lets_go("stop_media a")
    let_go, speak = now(), await other.port.until("speak a")
    assert let_go <= speak.at <= let_go + PAUSE
    await asyncio.gather(over(one.sender), over(other.sender))


@at_once
async def test_it_does_not_wait_for_another_worker_for_ever() -> None:
    """What has waited for so long is left to its lease; whoever finds it tries again."""
    store = MemoryStore()
    one, other = office(store, "one"), office(store, "other")
    await falls_silent(one, held="stop_media a")
    await other.desk.takes(PlaybackEnded(**told(), id="silence", occurred_at=BEGIN))
    waiting = now()
    await over(other.sender)
    assert now() - waiting == pytest.approx(LOOKS * PAUSE)
    (speak,) = [entry for entry in (await one.view()).open.values() if entry.sender == "other"]
    assert other.port.names == []
    assert not other.sender.has(CALL, speak)
    one.port.held.clear()


@at_once
async def test_a_leg_whose_address_is_not_known_yet_is_waited_for() -> None:
    """The carrier has taken a dial and has not said what the leg is called; its webhook will."""
    one = office()
    one.port.documents["ask /call"] = [ANSWER, {"verb": "dial", "target": [{"type": "phone", "number": OTHER}]}]
    await one.desk.takes(initiated(), answered())
    dial = await one.port.until("dial b1")
    await one.desk.takes(HangUpRequested(id="enough"), hung_up())
    assert one.desk.names[-1] == "hang_up b1"
    await asyncio.sleep(2.0)
    assert "hang_up b1" not in one.port.names
    await one.desk.takes(rings("b", session=CALL, leg="b1"))
    rang, end = now(), await one.port.until("hang_up b1")
    assert end.told == {"a": "a", "b1": "b"}
    assert dial.at < rang <= end.at <= rang + PAUSE
    await over(one.sender)


@at_once
async def test_a_leg_that_never_gets_an_address() -> None:
    one = office()
    one.port.documents["ask /call"] = [ANSWER, {"verb": "dial", "target": [{"type": "phone", "number": OTHER}]}]
    await one.desk.takes(initiated(), answered())
    await one.port.until("dial b1")
    await one.desk.takes(hung_up())
    waiting = now()
    await over(one.sender)
    assert now() - waiting == pytest.approx(LOOKS * PAUSE)
    assert "hang_up b1" not in one.port.names
    assert "hang_up b1" in [name(entry) for entry in (await one.view()).open.values()]


# --------------------------------------------------------------------------- what fails


@at_once
async def test_what_the_port_fails_at_is_left_to_its_lease(caplog: pytest.LogCaptureFixture) -> None:
    one = office()
    one.port.documents["ask /call"] = [ANSWER]
    one.port.broken = {"answer a"}
    await one.desk.takes(initiated())
    await over(one.sender)
    answer = one.desk.find("answer a")
    assert [entry.n for entry in (await one.view()).open.values()] == [answer.n]
    assert not one.sender.has(CALL, answer)
    assert f"entry {answer.n} of call {CALL} is left to its lease" in caplog.text


@at_once
async def test_a_failure_keeps_nobody_else_waiting_for_ever() -> None:
    """The next one of the leg gets its turn, and waits for the first until that is tried again."""
    one = office()
    one.port.documents["ask /call"] = [ANSWER]
    one.port.broken = {"answer a"}
    await one.desk.takes(initiated())
    await one.port.until("answer a")
    await asyncio.sleep(1.0)
    await one.desk.takes(HangUpRequested(id="enough"))
    last = one.desk.names[-1]
    await asyncio.sleep(LEASE - 1.0)
    assert one.port.names == ["ask /call", "answer a"]
    one.port.broken.clear()
    await one.desk.takes(LeaseEnded(n=one.desk.find("answer a").n))
    await over(one.sender)
    assert one.port.names == ["ask /call", "answer a", "answer a", last]


class DeafStore(MemoryStore):
    """Cannot save for a while."""

    deaf = False

    async def save(self, change: Change) -> bool:
        if self.deaf:
            raise OSError("the disk is full")
        return await super().save(change)


@at_once
async def test_an_answer_that_cannot_be_saved_is_asked_for_again() -> None:
    store = DeafStore()
    one = office(store)
    one.port.documents["ask /call"] = [ANSWER]
    one.port.held = {"ask /call"}
    await one.desk.takes(initiated())
    ask = await one.port.until("ask /call")
    store.deaf = True
    await one.port.lets_go("ask /call")
    await over(one.sender)
    store.deaf = False
    assert list((await one.view()).open) == [ask.n]
    again = office(store, "again", one.port)
    await asyncio.sleep(LEASE)
    await again.desk.takes(LeaseEnded(n=ask.n))
    assert await again.port.until("ask /call", 2) == ask._replace(at=BEGIN + LEASE)
    await again.port.until("answer a")
    await over(again.sender)


@at_once
async def test_a_store_that_cannot_be_read() -> None:
    class BlindStore(MemoryStore):
        blind = False

        async def load(self, session: str) -> Record | None:
            if self.blind:
                raise OSError("the disk is gone")
            return await super().load(session)

    store = BlindStore()
    one = office(store)
    await one.desk.takes(initiated())
    store.blind = True
    await over(one.sender)
    assert one.port.names == []
    assert not one.sender.has(CALL, one.desk.find("ask /call"))


# --------------------------------------------------------------------------- what may be a repeat


async def taken_over(one: Office, other: Office, what: str, after: float) -> Entry:
    """Somebody has died while sending: another one takes the wish over so many seconds after it was made."""
    entry = one.desk.find(what)
    await asyncio.sleep(max(entry.asked + after - now(), 0.0))
    await other.desk.takes(LeaseEnded(n=entry.n))
    return other.desk.find(what)


@pytest.mark.parametrize("after", [LEASE, 20.0, 50.0])
@at_once
async def test_a_repeat_is_not_tried_for_longer_than_the_carrier_ignores_it(after: float) -> None:
    """The carrier has its command in hand for ever; 55 s after the first attempt we let go of it, and its lease decides."""
    store = MemoryStore()
    one, other = office(store, "one"), office(store, "other")
    one.port.documents["ask /call"] = [ANSWER]
    one.port.held = other.port.held = {"answer a"}
    await one.desk.takes(initiated())
    first = await one.port.until("answer a")
    await taken_over(one, other, "answer a", after)
    again = await other.port.until("answer a")
    assert again.n == first.n
    assert again.at == pytest.approx(BEGIN + after)
    await over(other.sender)
    assert now() == pytest.approx(BEGIN + UNSAFE)
    assert [name(entry) for entry in (await other.view()).open.values()] == ["answer a"]
    await one.port.lets_go("answer a")


@at_once
async def test_a_first_attempt_may_take_its_time() -> None:
    """The ports' own limits end it: nothing can be repeated that was not sent."""
    one = office()
    one.port.documents["ask /call"] = [ANSWER]
    one.port.held = {"answer a"}
    await one.desk.takes(initiated())
    await one.port.until("answer a")
    await asyncio.sleep(2 * UNSAFE)
    await one.port.lets_go("answer a")
    await over(one.sender)
    assert (await one.view()).open == {}


@at_once
async def test_a_repeat_that_comes_to_be_sent_too_late_is_not_sent() -> None:
    """It was taken over in time, and then waited for the one before it until it was too late."""
    store = MemoryStore()
    one, other = office(store, "one"), office(store, "other")
    one.port.documents["ask /call"] = [ANSWER]
    one.port.held = {"answer a"}
    await one.desk.takes(initiated())
    await one.port.until("answer a")
    slow = Slow(store)
    other.sender._store = slow
    await taken_over(one, other, "answer a", 50.0)
    await slow.asked.wait()
    await asyncio.sleep(UNSAFE - 50.0)
    slow.answers.set()
    await over(other.sender)
    assert other.port.names == []
    await one.port.lets_go("answer a")


class Slow(MemoryStore):
    """A store whose answers come late."""

    def __init__(self, store: MemoryStore) -> None:
        super().__init__()
        self._store = store
        self.asked, self.answers = asyncio.Event(), asyncio.Event()

    async def load(self, session: str) -> Record | None:
        self.asked.set()
        await self.answers.wait()
        return await self._store.load(session)


@at_once
async def test_a_repeat_has_the_same_id_at_the_carrier_and_at_the_application() -> None:
    """Workers that know nothing of each other but the store: whoever sends an entry, it is one question and one command."""
    came: list[tuple[str, str]] = []
    never = asyncio.Event()

    async def answers(request: httpx.Request) -> httpx.Response:
        what = request.url.path.rpartition("/")[2]
        came.append((what, request.headers.get("x-callverbs-request-id") or json.loads(request.content)["command_id"]))
        if [earlier for earlier, _ in came].count(what) == 1:
            await never.wait()
        return httpx.Response(200, json=[ANSWER] if what == "call" else {"data": {"result": "ok"}})

    store = MemoryStore()
    async with httpx.AsyncClient(transport=httpx.MockTransport(answers)) as client:
        workers = [office(store, worker) for worker in ("one", "two", "three")]
        for worker in workers:
            worker.sender._carrier = Carrier(client, "https://carrier.example", "KEY")
            worker.sender._hooks = Hooks(client, {}, now, str)
        one, two, three = workers
        await one.desk.takes(initiated())
        await one.sender.finish(1.0)
        await taken_over(one, two, "ask /call", LEASE)
        await two.sender.finish(2.0)
        await taken_over(two, three, "answer a", LEASE)
        await over(three.sender)
    (call, answer) = dict(came)
    assert came == [(call, came[0][1])] * 2 + [(answer, came[2][1])] * 2
    assert (call, answer) == ("call", "answer")
    assert (await one.view()).open == {}


# --------------------------------------------------------------------------- the end


@at_once
async def test_at_the_end_what_is_being_sent_is_waited_for_and_what_comes_of_it() -> None:
    one = office()
    one.port.documents["ask /call"] = [ANSWER, SAY]
    one.port.held = {"ask /call", "answer a"}
    await one.desk.takes(initiated())
    await one.port.until("ask /call")
    ending = asyncio.create_task(one.sender.finish(10.0))
    for what in ("ask /call", "answer a"):
        await asyncio.sleep(4.0)
        assert not ending.done()
        await one.port.lets_go(what)
    await ending
    assert now() == BEGIN + 8.0
    assert one.port.names == ["ask /call", "answer a"]
    assert (await one.view()).open == {}


@at_once
async def test_at_the_end_nobody_is_waited_for_for_ever() -> None:
    """What has no answer yet, and what stands behind it, stays in the outbox."""
    one = office()
    one.port.documents["ask /call"] = [ANSWER]
    one.port.held = {"answer a"}
    await one.desk.takes(initiated())
    await one.port.until("answer a")
    await one.desk.takes(HangUpRequested(id="enough"))
    await one.sender.finish(10.0)
    assert now() == BEGIN + 10.0
    await one.port.lets_go("answer a")
    await asyncio.sleep(10.0)
    assert [name(entry) for entry in (await one.view()).open.values()] == ["answer a", one.desk.names[-1]]
    assert one.port.names == ["ask /call", "answer a"]


@at_once
async def test_after_the_end_nothing_is_begun() -> None:
    one = office()
    await one.sender.finish(10.0)
    assert now() == BEGIN
    await one.desk.takes(initiated())
    await asyncio.sleep(10.0)
    assert one.port.names == []
    assert [name(entry) for entry in (await one.view()).open.values()] == ["ask /call"]
