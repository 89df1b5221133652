"""Calls at once: as many as the settings allow are taken, one more is busy and on record, and whoever hangs up makes room."""

from callverbs.interpreter.engine.session import load
from callverbs.interpreter.runtime.switchboard import Saved
from callverbs.interpreter.server.live_calls import LiveCalls
from callverbs.interpreter.stores.memory import MemoryStore
from callverbs.verbs.language.app import App
from callverbs.verbs.language.call_limits import CallLimits
from callverbs.verbs.language.events import LegInitiated
from tests.interpreter.server.calls import Recorder, hung_up, initiated, replied
from tests.interpreter.server.served import CALL_BODY, without_sockets


class Two:
    """Two applications; the caller says which."""

    def app_for(self, event: LegInitiated) -> App:
        return App(name=event.from_, call_hook="/call", limits=CallLimits(calls=2))


def counting(most: int, store: MemoryStore | None = None) -> tuple[LiveCalls, Recorder]:
    live = LiveCalls(Two(), most)

    def count(saved: Saved) -> None:
        live.saved(saved)

    recorder = Recorder(store, on_saved=count)
    recorder.app_for = live.app_for  # type: ignore[method-assign]
    return live, recorder


async def problems(recorder: Recorder, leg: str) -> list[str]:
    session = await recorder.store.find([leg])
    record = await recorder.store.load(session or "")
    assert record
    return [one.text for one in load(record.snapshot).problems]


async def test_calls_of_one_application() -> None:
    live, recorder = counting(9)
    await recorder.take(*(initiated(leg, from_="sales") for leg in ("a", "b", "c")), initiated("d", from_="support"))
    assert live.counts == {"sales": 2, "support": 1}
    assert [len(await problems(recorder, leg)) for leg in "abcd"] == [0, 0, 1, 0]
    (text,) = await problems(recorder, "c")
    assert text == "2 calls of the application sales at once are the most: the call ends (calls under [limits] of the settings)"


async def test_calls_in_all() -> None:
    live, recorder = counting(2)
    await recorder.take(initiated("a", from_="sales"), initiated("b", from_="support"), initiated("c", from_="support"))
    (text,) = await problems(recorder, "c")
    assert "calls under [server]" in text
    assert live.counts == {"sales": 1, "support": 1}


async def test_whoever_hangs_up_makes_room() -> None:
    live, recorder = counting(1)
    await recorder.take(initiated("a", from_="sales"))
    assert live.full(App(name="sales"))
    saved = recorder.saves[-1]
    await recorder.take(hung_up("a"))
    for entry in saved.new:
        await recorder.switchboard.receive(replied(entry, session=saved.session), session=saved.session)
    assert live.counts == {"sales": 0}
    assert not live.full(App(name="sales"))


async def test_calls_of_the_process_before_count() -> None:
    store = MemoryStore()
    _, before = counting(9, store)
    await before.take(initiated("a", from_="sales"))
    live = LiveCalls(Two(), 1)
    await live.recount(store)
    assert live.counts == {"sales": 1}
    assert live.full(App(name="support"))


async def test_a_call_that_another_process_has_ended_makes_room() -> None:
    """Any process takes any webhook: the one that has begun a call may never hear of its end."""
    store = MemoryStore()
    live, one = counting(1, store)
    _, other = counting(9, store)
    await one.take(initiated("a", from_="sales"))
    saved = one.saves[-1]
    await other.take(hung_up("a"))
    for entry in saved.new:
        await other.switchboard.receive(replied(entry, session=saved.session), session=saved.session)
    assert live.counts == {"sales": 1}
    await live.recount(store)
    assert live.counts == {"sales": 0}
    assert not live.full(App(name="sales"))


async def test_the_end_of_a_call_is_news_once() -> None:
    live, recorder = counting(9)
    await recorder.take(initiated("a", from_="sales"))
    saved = recorder.saves[-1]
    await recorder.take(hung_up("a"))
    for entry in saved.new:
        await recorder.switchboard.receive(replied(entry, session=saved.session), session=saved.session)
    assert live.saved(recorder.saves[-1]) is False, "it was told when it was saved"
    assert LiveCalls(Two(), 9).saved(recorder.saves[-1]) is True, "also where another process has begun it"


async def test_a_call_that_is_placed_is_one_too_many() -> None:
    async with without_sockets(calls=0) as (operator, _):
        answer = await operator.post("/calls", json=CALL_BODY)
    assert (answer.status_code, answer.json()) == (429, {"msg": "0 calls at once are the most: calls under [server] of the settings"})
