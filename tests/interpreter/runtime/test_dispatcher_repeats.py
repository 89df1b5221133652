"""What may be a repeat is not tried for longer than the carrier ignores repeats, and a stop waits for what is being sent."""

import asyncio
import json

import httpx
import pytest

from callverbs.interpreter.engine.session import LEASE_SECONDS, OutboxEntry
from callverbs.interpreter.hooks.client import HookClient
from callverbs.interpreter.hooks.http import HttpHookTransport
from callverbs.interpreter.runtime.dispatcher import LAST_RETRY_SECONDS
from callverbs.interpreter.runtime.records import Record
from callverbs.interpreter.stores.memory import MemoryStore
from callverbs.interpreter.telnyx.client import V2, TelnyxClient
from callverbs.interpreter.telnyx.http import HttpCarrierTransport
from callverbs.verbs.language.events import HangUpRequested, LeaseExpired
from tests.interpreter.hooks.clients import one_client
from tests.interpreter.server.calls import BEGIN, initiated, words_of
from tests.interpreter.server.harness import Harness, finished, without_timers
from tests.interpreter.server.virtual import at_once, now
from tests.oracles.responses import unread

SAY = {"verb": "say", "text": "One"}
ANSWER = {"verb": "answer"}


# --------------------------------------------------------------------------- what may be a repeat


async def taken_over(one: Harness, other: Harness, what: str, after: float) -> OutboxEntry:
    """Lets another worker take over an entry, so many seconds after it was made: its own worker has died while sending."""
    entry = one.recorder.find(what)
    await asyncio.sleep(max(entry.made_at + after - now(), 0.0))
    await other.recorder.take(LeaseExpired(n=entry.n))
    return other.recorder.find(what)


@pytest.mark.parametrize("after", [LEASE_SECONDS, 20.0, 50.0])
@at_once
async def test_a_repeat_is_not_tried_for_longer_than_the_carrier_ignores_it(after: float) -> None:
    """The carrier never answers; 55 s after the first attempt we give up, and the lease decides."""
    store = MemoryStore()
    one, other = without_timers(store, "one"), without_timers(store, "other")
    one.port.documents["ask /call"] = [ANSWER]
    one.port.held = other.port.held = {"answer a"}
    await one.recorder.take(initiated())
    first = await one.port.until("answer a")
    await taken_over(one, other, "answer a", after)
    again = await other.port.until("answer a")
    assert again.n == first.n
    assert again.at == pytest.approx(BEGIN + after)
    await finished(other.dispatcher)
    assert now() == pytest.approx(BEGIN + LAST_RETRY_SECONDS)
    assert [words_of(entry) for entry in (await other.view()).open_entries.values()] == ["answer a"]
    await one.port.release("answer a")


@at_once
async def test_a_first_attempt_may_take_its_time() -> None:
    """Only the client's own timeout ends it: nothing is repeated, so there is no limit of ours."""
    one = without_timers()
    one.port.documents["ask /call"] = [ANSWER]
    one.port.held = {"answer a"}
    await one.recorder.take(initiated())
    await one.port.until("answer a")
    await asyncio.sleep(2 * LAST_RETRY_SECONDS)
    await one.port.release("answer a")
    await finished(one.dispatcher)
    assert (await one.view()).open_entries == {}


@at_once
async def test_a_repeat_that_comes_to_be_sent_too_late_is_not_sent() -> None:
    """It was taken over in time, and then the store answered too late."""
    store = MemoryStore()
    one, other = without_timers(store, "one"), without_timers(store, "other")
    one.port.documents["ask /call"] = [ANSWER]
    one.port.held = {"answer a"}
    await one.recorder.take(initiated())
    await one.port.until("answer a")
    slow = SlowLoads(store)
    other.dispatcher._store = slow
    await taken_over(one, other, "answer a", 50.0)
    await slow.asked.wait()
    await asyncio.sleep(LAST_RETRY_SECONDS - 50.0)
    slow.answers.set()
    await finished(other.dispatcher)
    assert other.port.words == []
    await one.port.release("answer a")


class SlowLoads(MemoryStore):
    """A view of a store that loads late."""

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
    """Workers share the store only: whichever of them sends an entry, the id is the same."""
    came: list[tuple[str, str]] = []
    never = asyncio.Event()

    async def answers(request: httpx.Request) -> httpx.Response:
        name = request.url.path.rpartition("/")[2]
        came.append((name, request.headers.get("x-callverbs-request-id") or json.loads(request.content)["command_id"]))
        if [earlier for earlier, _ in came].count(name) == 1:
            await never.wait()
        return unread(httpx.Response(200, json=[ANSWER] if name == "call" else {"data": {"result": "ok"}}))

    store = MemoryStore()
    async with httpx.AsyncClient(transport=httpx.MockTransport(answers)) as client:
        workers = [without_timers(store, worker) for worker in ("one", "two", "three")]
        for worker in workers:
            worker.dispatcher._carrier = TelnyxClient(HttpCarrierTransport(client, "https://carrier.example", V2.authorization("KEY")))
            worker.dispatcher._hooks = HookClient(HttpHookTransport(one_client(client), now, str), {})
        one, two, three = workers
        await one.recorder.take(initiated())
        await one.dispatcher.finish(1.0)
        await taken_over(one, two, "ask /call", LEASE_SECONDS)
        await two.dispatcher.finish(2.0)
        await taken_over(two, three, "answer a", LEASE_SECONDS)
        await finished(three.dispatcher)
    (call, answer) = dict(came)
    assert came == [(call, came[0][1])] * 2 + [(answer, came[2][1])] * 2
    assert (call, answer) == ("call", "answer")
    assert (await one.view()).open_entries == {}


# --------------------------------------------------------------------------- the end


@at_once
async def test_a_stop_waits_for_what_is_being_sent_and_what_comes_of_it() -> None:
    one = without_timers()
    one.port.documents["ask /call"] = [ANSWER, SAY]
    one.port.held = {"ask /call", "answer a"}
    await one.recorder.take(initiated())
    await one.port.until("ask /call")
    ending = asyncio.create_task(one.dispatcher.finish(10.0))
    for words in ("ask /call", "answer a"):
        await asyncio.sleep(4.0)
        assert not ending.done()
        await one.port.release(words)
    await ending
    assert now() == BEGIN + 8.0
    assert one.port.words == ["ask /call", "answer a"]
    assert (await one.view()).open_entries == {}


@at_once
async def test_a_stop_does_not_wait_for_ever() -> None:
    """What has no answer yet, and what waits for it, stays in the outbox."""
    one = without_timers()
    one.port.documents["ask /call"] = [ANSWER]
    one.port.held = {"answer a"}
    await one.recorder.take(initiated())
    await one.port.until("answer a")
    await one.recorder.take(HangUpRequested(id="enough"))
    await one.dispatcher.finish(10.0)
    assert now() == BEGIN + 10.0
    await one.port.release("answer a")
    await asyncio.sleep(10.0)
    assert [words_of(entry) for entry in (await one.view()).open_entries.values()] == ["answer a", one.recorder.words[-1]]
    assert one.port.words == ["ask /call", "answer a"]


@at_once
async def test_after_a_stop_nothing_is_sent() -> None:
    one = without_timers()
    await one.dispatcher.finish(10.0)
    assert now() == BEGIN
    await one.recorder.take(initiated())
    await asyncio.sleep(10.0)
    assert one.port.words == []
    assert [words_of(entry) for entry in (await one.view()).open_entries.values()] == ["ask /call"]
