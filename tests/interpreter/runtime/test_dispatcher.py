"""The dispatcher sends what was saved, once: it asks the store first, and does not retry for longer than the carrier ignores repeats."""

import asyncio
from typing import Any

import pytest

from callverbs.interpreter.engine.session import LEASE_SECONDS
from callverbs.interpreter.runtime.dispatcher import CHECK_SECONDS, LAST_RETRY_SECONDS, MAX_CHECKS
from callverbs.interpreter.runtime.records import Change, Record
from callverbs.interpreter.stores.memory import MemoryStore
from callverbs.verbs.language.events import HangUpRequested, LeaseExpired, PlaybackEnded
from tests.interpreter.server.calls import BEGIN, CALL, OTHER, THIRD, Recorder, answered, hung_up, ids, initiated, rings, words_of
from tests.interpreter.server.harness import Harness, finished, without_timers
from tests.interpreter.server.virtual import at_once, now

SAY = {"verb": "say", "text": "One"}
ANSWER = {"verb": "answer"}


# --------------------------------------------------------------------------- sent, and its result saved


@at_once
async def test_what_is_saved_is_sent_and_its_result_is_saved() -> None:
    one = without_timers()
    one.port.documents["ask /call"] = [ANSWER, SAY]
    await one.recorder.take(initiated())
    await one.port.until("answer a")
    await finished(one.dispatcher)
    assert one.port.words == ["ask /call", "answer a"]
    assert [sent.target for sent in one.port.sent] == ["test", {"a": "a"}]
    assert (await one.view()).open_entries == {}
    assert not one.dispatcher.is_sending(CALL, one.recorder.sent[0])


@at_once
async def test_legs_are_called_side_by_side_and_a_bridge_waits_for_both() -> None:
    one = without_timers()
    one.port.held = {"dial b1", "dial b2"}
    one.port.leg_ids = {"dial b1": "b", "dial b2": "c"}
    one.port.documents["ask /call"] = [ANSWER, {"verb": "dial", "target": [{"type": "phone", "number": at} for at in (OTHER, THIRD)]}]
    await one.recorder.take(initiated(), answered())
    await asyncio.gather(one.port.until("dial b1"), one.port.until("dial b2"))
    await one.recorder.take(answered("b", "of a", session=CALL, leg="b1"))
    assert [words for words in one.recorder.words if "bridge" in words or "hang" in words] == ["hang_up b2", "bridge a"]
    await one.port.release("dial b1")
    bridged = await one.port.until("bridge a")
    assert bridged.target == {"a": "a", "b1": "b"}
    assert "hang_up b2" not in one.port.words  # its id is not known yet
    await asyncio.sleep(1.0 + CHECK_SECONDS / 2)
    await one.port.release("dial b2")
    released, end = now(), await one.port.until("hang_up b2")
    assert end.target == {"a": "a", "b1": "b", "b2": "c"}
    assert end.at == released  # its turn comes without waiting for the next check
    await finished(one.dispatcher)


@at_once
async def test_an_entry_that_is_being_sent_is_not_sent_again() -> None:
    one = without_timers()
    one.port.held = {"ask /call"}
    await one.recorder.take(initiated())
    (saved,) = one.recorder.saves
    await one.port.until("ask /call")
    one.dispatcher.dispatch(saved)
    assert one.dispatcher.is_sending(CALL, saved.new[0])
    await one.port.release("ask /call")
    await finished(one.dispatcher)
    assert one.port.words == ["ask /call", "reject a"]


# --------------------------------------------------------------------------- the store is asked first


async def left_behind(*document: dict[str, Any]) -> tuple[Recorder, Harness]:
    """Returns a call that runs a document, saved by a switchboard that sends nothing; and a worker of the same name on its store."""
    recorder = Recorder(MemoryStore(), now=now)
    await recorder.run(*document)
    return recorder, without_timers(recorder.store)


@at_once
async def test_what_was_dropped_meanwhile_is_not_sent() -> None:
    recorder, one = await left_behind(ANSWER, SAY)
    await recorder.take(hung_up())
    one.dispatcher.dispatch(recorder.saves[-2])
    await finished(one.dispatcher)
    assert [entry.n for entry in recorder.saves[-2].new] == [recorder.find("answer a").n]
    assert one.port.words == []


@at_once
async def test_what_has_its_answer_already_is_not_sent() -> None:
    """The webhook of an answer proves that the carrier has our command."""
    recorder, one = await left_behind(ANSWER)
    await recorder.take(answered())
    one.dispatcher.dispatch(recorder.saves[-2])
    await finished(one.dispatcher)
    assert one.port.words == []


@at_once
async def test_what_another_worker_has_taken_over_is_not_sent() -> None:
    recorder, one = await left_behind(ANSWER, SAY)
    other = without_timers(one.recorder.store, "other")
    await asyncio.sleep(LEASE_SECONDS)
    other.port.held = {"answer a"}
    await other.recorder.take(LeaseExpired(n=recorder.find("answer a").n))
    await other.port.until("answer a")
    one.dispatcher.dispatch(recorder.saves[-1])
    await finished(one.dispatcher)
    assert (one.port.words, other.port.words) == ([], ["answer a"])
    await other.port.release("answer a")
    await finished(other.dispatcher)


@at_once
async def test_what_is_in_doubt_is_not_sent() -> None:
    """It may have arrived: the carrier is asked first how the call stands."""
    recorder, one = await left_behind(ANSWER)
    await asyncio.sleep(LAST_RETRY_SECONDS)
    await recorder.take(LeaseExpired(n=recorder.find("answer a").n))
    one.dispatcher.dispatch(recorder.saves[1])
    await finished(one.dispatcher)
    assert recorder.words[-1] == "retrieve_call a"
    assert one.port.words == []


@at_once
async def test_an_entry_of_a_call_that_was_pruned() -> None:
    recorder, _ = await left_behind(ANSWER)
    elsewhere = without_timers()
    elsewhere.dispatcher.dispatch(recorder.saves[-1])
    await finished(elsewhere.dispatcher)
    assert elsewhere.port.words == []


# --------------------------------------------------------------------------- what it has to wait for


MUSIC = "https://music.example/one.mp3"


async def stop_the_music(one: Harness, held: str) -> None:
    """Plays music to a caller while a target rings, and stops it when the target is busy: the next verb speaks to the caller."""
    dial = {"verb": "dial", "target": [{"type": "phone", "number": OTHER}], "dialMusic": MUSIC}
    one.port.documents["ask /call"] = [ANSWER, dial, SAY]
    one.port.leg_ids = {"dial b1": "b"}
    await one.recorder.take(initiated())
    await one.port.until("answer a")
    await one.recorder.take(answered())
    await asyncio.gather(one.port.until("play a"), one.port.until("dial b1"))
    one.port.held = {held}
    await one.recorder.take(hung_up("b", session=CALL, leg="b1", cause="user_busy"))
    await one.port.until("stop_media a")


@at_once
async def test_an_earlier_entry_of_another_worker_is_waited_for() -> None:
    store = MemoryStore()
    one, other = without_timers(store, "one"), without_timers(store, "other")
    await stop_the_music(one, held="stop_media a")
    await other.recorder.take(PlaybackEnded(**ids(), id="silence", occurred_at=BEGIN))
    assert other.recorder.words == ["speak a"]
    await asyncio.sleep(2.0)
    assert other.port.words == []
    await one.port.release("stop_media a")
    released, speak = now(), await other.port.until("speak a")
    assert released <= speak.at <= released + CHECK_SECONDS
    await asyncio.gather(finished(one.dispatcher), finished(other.dispatcher))


@at_once
async def test_it_does_not_wait_for_another_worker_for_ever() -> None:
    """What has waited for so long is left to its lease; another worker will find it."""
    store = MemoryStore()
    one, other = without_timers(store, "one"), without_timers(store, "other")
    await stop_the_music(one, held="stop_media a")
    await other.recorder.take(PlaybackEnded(**ids(), id="silence", occurred_at=BEGIN))
    waiting = now()
    await finished(other.dispatcher)
    assert now() - waiting == pytest.approx(MAX_CHECKS * CHECK_SECONDS)
    (speak,) = [entry for entry in (await one.view()).open_entries.values() if entry.worker == "other"]
    assert other.port.words == []
    assert not other.dispatcher.is_sending(CALL, speak)
    one.port.held.clear()


@at_once
async def test_a_leg_whose_id_is_not_known_yet_is_waited_for() -> None:
    """The carrier has taken a dial without naming the leg; the webhook of the leg does."""
    one = without_timers()
    one.port.documents["ask /call"] = [ANSWER, {"verb": "dial", "target": [{"type": "phone", "number": OTHER}]}]
    await one.recorder.take(initiated(), answered())
    dial = await one.port.until("dial b1")
    await one.recorder.take(HangUpRequested(id="enough"), hung_up())
    assert one.recorder.words[-1] == "hang_up b1"
    await asyncio.sleep(2.0)
    assert "hang_up b1" not in one.port.words
    await one.recorder.take(rings("b", session=CALL, leg="b1"))
    rang, end = now(), await one.port.until("hang_up b1")
    assert end.target == {"a": "a", "b1": "b"}
    assert dial.at < rang <= end.at <= rang + CHECK_SECONDS
    await finished(one.dispatcher)


@at_once
async def test_a_leg_that_never_gets_an_id() -> None:
    one = without_timers()
    one.port.documents["ask /call"] = [ANSWER, {"verb": "dial", "target": [{"type": "phone", "number": OTHER}]}]
    await one.recorder.take(initiated(), answered())
    await one.port.until("dial b1")
    await one.recorder.take(hung_up())
    waiting = now()
    await finished(one.dispatcher)
    assert now() - waiting == pytest.approx(MAX_CHECKS * CHECK_SECONDS)
    assert "hang_up b1" not in one.port.words
    assert "hang_up b1" in [words_of(entry) for entry in (await one.view()).open_entries.values()]


# --------------------------------------------------------------------------- what fails


@at_once
async def test_an_entry_that_raises_is_left_to_its_lease(caplog: pytest.LogCaptureFixture) -> None:
    one = without_timers()
    one.port.documents["ask /call"] = [ANSWER]
    one.port.broken = {"answer a"}
    await one.recorder.take(initiated())
    await finished(one.dispatcher)
    answer = one.recorder.find("answer a")
    assert [entry.n for entry in (await one.view()).open_entries.values()] == [answer.n]
    assert not one.dispatcher.is_sending(CALL, answer)
    assert f"entry {answer.n} of call {CALL} is left to its lease" in caplog.text


@at_once
async def test_a_failure_does_not_block_the_queue() -> None:
    """The next entry of the leg gets its turn, and waits for the first until that is sent again."""
    one = without_timers()
    one.port.documents["ask /call"] = [ANSWER]
    one.port.broken = {"answer a"}
    await one.recorder.take(initiated())
    await one.port.until("answer a")
    await asyncio.sleep(1.0)
    await one.recorder.take(HangUpRequested(id="enough"))
    last = one.recorder.words[-1]
    await asyncio.sleep(LEASE_SECONDS - 1.0)
    assert one.port.words == ["ask /call", "answer a"]
    one.port.broken.clear()
    await one.recorder.take(LeaseExpired(n=one.recorder.find("answer a").n))
    await finished(one.dispatcher)
    assert one.port.words == ["ask /call", "answer a", "answer a", last]


class FullStore(MemoryStore):
    """Cannot save for a while."""

    full = False

    async def save(self, change: Change) -> bool:
        if self.full:
            raise OSError("the disk is full")
        return await super().save(change)


@at_once
async def test_a_result_that_cannot_be_saved_is_asked_for_again() -> None:
    store = FullStore()
    one = without_timers(store)
    one.port.documents["ask /call"] = [ANSWER]
    one.port.held = {"ask /call"}
    await one.recorder.take(initiated())
    ask = await one.port.until("ask /call")
    store.full = True
    await one.port.release("ask /call")
    await finished(one.dispatcher)
    store.full = False
    assert list((await one.view()).open_entries) == [ask.n]
    again = without_timers(store, "again", one.port)
    await asyncio.sleep(LEASE_SECONDS)
    await again.recorder.take(LeaseExpired(n=ask.n))
    assert await again.port.until("ask /call", 2) == ask._replace(at=BEGIN + LEASE_SECONDS)
    await again.port.until("answer a")
    await finished(again.dispatcher)


@at_once
async def test_a_store_that_cannot_be_read() -> None:
    class BlindStore(MemoryStore):
        blind = False

        async def load(self, session: str) -> Record | None:
            if self.blind:
                raise OSError("the disk is gone")
            return await super().load(session)

    store = BlindStore()
    one = without_timers(store)
    await one.recorder.take(initiated())
    store.blind = True
    await finished(one.dispatcher)
    assert one.port.words == []
    assert not one.dispatcher.is_sending(CALL, one.recorder.find("ask /call"))
