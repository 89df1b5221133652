"""The switchboard: which call an event belongs to, what is saved together, and what becomes of late, failing and cancelled receivers."""

import msgspec
import pytest

from callverbs.interpreter.engine.session import view
from callverbs.interpreter.runtime.switchboard import PENDING_DIAL_SECONDS, Verdict, session_of
from callverbs.interpreter.stores.memory import MemoryStore
from callverbs.verbs.language.call_request import CallSpec
from callverbs.verbs.language.events import CallRequested, CommandFailed, GatherEnded, HangUpRequested, LegAnswered, TimerFired
from callverbs.verbs.language.messages import HookRequest
from callverbs.verbs.language.target import Target
from tests.interpreter.server.calls import (
    APP,
    BEGIN,
    CALL,
    OTHER,
    OURS,
    Recorder,
    accepted,
    answered,
    hung_up,
    ids,
    initiated,
    rings,
)

SAY = ({"verb": "say", "text": "One"}, {"verb": "say", "text": "Two"})


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


# --------------------------------------------------------------------------- which call an event belongs to


async def test_an_incoming_call_begins_a_session(recorder: Recorder) -> None:
    assert await recorder.switchboard.receive(initiated(), b'{"raw": 1}') is Verdict.TAKEN
    assert recorder.words == ["ask /call"]
    assert (
        await recorder.store.find(["a"]) == await recorder.store.find(["leg a"]) == await recorder.store.find(["of a"]) == session_of("a")
    )
    assert (await recorder.session()).began == BEGIN
    (row,) = await recorder.store.log(CALL)
    assert b'"webhook":{"raw": 1}' in row


async def test_an_incoming_call_that_comes_again_is_the_same(recorder: Recorder) -> None:
    for event in (initiated(), initiated(), initiated(id="another")):
        assert await recorder.switchboard.receive(event) is Verdict.TAKEN
    assert recorder.words == ["ask /call"]
    assert len(await recorder.store.recent()) == 1


async def test_an_incoming_call_is_its_own_whatever_it_shares(recorder: Recorder) -> None:
    """One of our legs calls a number of ours: the carrier may give both one call session."""
    await recorder.take(initiated())
    for leg_id, shared in (("b", {"session": "another", "leg": "b1"}), ("c", {})):
        assert await recorder.switchboard.receive(initiated(leg_id, call_session_id="of a", **shared)) is Verdict.TAKEN
        assert await recorder.store.load(session_of(leg_id))
    assert recorder.words == ["ask /call"] * 3


async def test_an_event_is_matched_by_its_client_state(recorder: Recorder) -> None:
    await recorder.run({"verb": "answer"}, *SAY)
    assert await recorder.switchboard.receive(LegAnswered(id="1", session=CALL, leg="a")) is Verdict.TAKEN
    assert recorder.words[-1] == "speak a"


async def test_an_event_is_matched_by_the_carriers_id(recorder: Recorder) -> None:
    await recorder.run({"verb": "answer"}, *SAY)
    assert await recorder.switchboard.receive(LegAnswered(id="1", call_control_id="a")) is Verdict.TAKEN
    assert recorder.words[-1] == "speak a"


async def test_an_event_without_any_id(recorder: Recorder) -> None:
    recorder.at += PENDING_DIAL_SECONDS
    assert await recorder.switchboard.receive(LegAnswered(id="1")) is Verdict.UNMATCHED
    assert await recorder.switchboard.receive(initiated(call_control_id="")) is Verdict.UNMATCHED
    assert await recorder.store.recent() == []


async def test_an_event_of_another_system_s_call(recorder: Recorder) -> None:
    recorder.at += PENDING_DIAL_SECONDS
    for event in (rings("x"), answered("x"), hung_up("x"), answered("x", session="forgotten", leg="a")):
        assert await recorder.switchboard.receive(event) is Verdict.UNMATCHED
    assert recorder.switchboard.unmatched == 4
    assert await recorder.store.recent() == []
    assert recorder.saves == []


async def test_an_unknown_leg_in_a_call_of_ours(recorder: Recorder) -> None:
    recorder.at += PENDING_DIAL_SECONDS
    await recorder.take(initiated())
    before = await recorder.store.load(CALL)
    assert await recorder.switchboard.receive(rings("x", call_session_id="of a")) is Verdict.UNMATCHED
    assert await recorder.store.load(CALL) == before


async def test_an_event_of_a_call_that_was_pruned(recorder: Recorder) -> None:
    assert await recorder.switchboard.receive(TimerFired(id="1", n=3), session="forgotten") is Verdict.UNMATCHED
    assert await recorder.switchboard.receive(HangUpRequested(id="2"), session="forgotten") is Verdict.UNMATCHED


# --------------------------------------------------------------------------- a dial is under way


async def test_an_unknown_leg_has_to_come_again_while_a_dial_is_under_way(recorder: Recorder) -> None:
    """The carrier has lost the client_state of the leg, and has not answered our dial yet."""
    recorder.at += PENDING_DIAL_SECONDS
    await recorder.dial(OTHER)
    for event in (rings("b"), answered("b", "of a")):
        assert await recorder.switchboard.receive(event) is Verdict.TOO_EARLY
    assert recorder.switchboard.unmatched == 0
    await recorder.take(accepted(recorder.find("dial b1"), "b"))
    assert await recorder.switchboard.receive(rings("b")) is Verdict.TAKEN
    assert await recorder.switchboard.receive(answered("b")) is Verdict.TAKEN
    assert "bridge a" in recorder.words


async def test_another_worker_knows_of_the_dial_by_the_call(recorder: Recorder) -> None:
    recorder.at += PENDING_DIAL_SECONDS
    await recorder.dial(OTHER)
    other = Recorder(recorder.store, "other")
    other.switchboard._dialling.clear()
    assert await other.switchboard.receive(rings("b", call_session_id="of a")) is Verdict.TOO_EARLY
    assert await other.switchboard.receive(rings("b", call_session_id="of x")) is Verdict.UNMATCHED


async def test_a_worker_that_has_just_started_does_not_know_what_another_was_dialling(recorder: Recorder) -> None:
    assert await recorder.switchboard.receive(rings("x")) is Verdict.TOO_EARLY
    recorder.at += PENDING_DIAL_SECONDS
    assert await recorder.switchboard.receive(rings("x")) is Verdict.UNMATCHED


@pytest.mark.parametrize("end", ["refused", "webhook first", "caller gone", "silence"])
async def test_a_dial_is_not_under_way_for_ever(recorder: Recorder, end: str) -> None:
    recorder.at += PENDING_DIAL_SECONDS
    await recorder.dial(OTHER)
    assert await recorder.switchboard.receive(rings("x")) is Verdict.TOO_EARLY
    match end:
        case "refused":
            await recorder.take(CommandFailed(id="1", n=recorder.find("dial b1").n, status=422, code="10016"))
        case "webhook first":
            await recorder.take(rings("b", session=CALL, leg="b1"))
        case "caller gone":
            await recorder.take(hung_up())
            await recorder.take(CommandFailed(id="1", n=recorder.find("dial b1").n, status=422, code="10016"))
        case "silence":
            recorder.at += PENDING_DIAL_SECONDS
    assert await recorder.switchboard.receive(rings("x")) is Verdict.UNMATCHED


# --------------------------------------------------------------------------- calls that we place


async def test_a_call_that_is_asked_for_twice_is_placed_once(recorder: Recorder) -> None:
    wanted = CallRequested(id="placed", from_=OURS, spec=CallSpec(to=Target(type="phone", number=OTHER)))
    for _ in range(2):
        assert await recorder.switchboard.receive(wanted, session="placed", app=APP) is Verdict.TAKEN
    assert recorder.words == ["dial a"]


@pytest.mark.parametrize(("sensitive", "masks", "shown"), [(False, False, "7"), (False, True, "•"), (True, False, "•"), (True, True, "•")])
async def test_keys_in_the_record(sensitive: bool, masks: bool, shown: str) -> None:
    """They are hidden where a setting or the gather says so, in the webhook, in the event, and in the request to the hook."""
    recorder = Recorder(MemoryStore(), masks_records=masks)
    await recorder.run({"verb": "answer"}, {"verb": "gather", "numDigits": 1, "sensitive": sensitive, "actionHook": "/menu"})
    await recorder.take(accepted(recorder.find("answer a")), answered())
    ended = GatherEnded(**ids(), id="ended", digits="7", occurred_at=BEGIN + 1)
    await recorder.switchboard.receive(ended, b'{"data":{"payload":{"digits":"7"}}}', session=CALL)
    row = msgspec.json.decode((await recorder.store.log(CALL))[-1])
    (request,) = [one["message"] for one in row["new"]]
    assert [row["event"]["digits"], row["webhook"]["data"]["payload"]["digits"], request["payload"]["digits"]] == [shown] * 3
    sent = recorder.find("ask /menu").message
    assert isinstance(sent, HookRequest)
    assert sent.payload["digits"] == "7", "the hook gets them"


async def test_what_is_due_stands_in_the_record() -> None:
    recorder = Recorder(MemoryStore())
    await recorder.run({"verb": "answer"}, {"verb": "pause", "length": 20})
    await recorder.take(accepted(recorder.find("answer a")), answered())
    record = await recorder.store.load(CALL)
    assert record
    assert record.due == BEGIN + 20.0
    assert [timer.due for timer in view(record.snapshot).timers.values() if timer.owner] == [BEGIN + 20.0]
