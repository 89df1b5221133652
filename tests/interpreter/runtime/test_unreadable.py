"""Calls whose snapshot cannot be read. A broken one is rescued: the caller hears the apology, and is let go. A newer one is left alone."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from callverbs.interpreter.engine.session import FORMAT, load
from callverbs.interpreter.runtime.records import Change, Record
from callverbs.interpreter.runtime.switchboard import MAX_REFUSED_CALLS, Verdict
from callverbs.interpreter.stores.memory import MemoryStore
from callverbs.verbs.language.commands import Speak
from callverbs.verbs.language.events import HangUpRequested, LegHungUp
from tests.interpreter.runtime.workers import Searching, kill, pause
from tests.interpreter.server.calls import APP, CALL, OTHER, answered, hung_up, initiated, key, speak_ended
from tests.interpreter.server.harness import Harness, Port
from tests.interpreter.server.virtual import at_once, now

SORRY = "We are having trouble."


async def record_of(store: MemoryStore) -> Record:
    record = await store.load(CALL)
    assert record
    return record


async def rewrite(store: MemoryStore, snapshot: bytes) -> None:
    """Replaces the snapshot of the call, as another version or a broken disk would."""
    record = await record_of(store)
    assert await store.save(Change(CALL, record.version, snapshot, now() - 5.0, record.ended, (), ()))


async def left_behind(store: MemoryStore, port: Port) -> dict[str, Any]:
    """Leaves an answered call behind, whose worker is dead. Returns its snapshot."""
    one = Harness(store, "one", port)
    one.recorder.app = msgspec.structs.replace(APP, apology=SORRY)
    await pause(one)
    await kill(one)
    port.sent.clear()
    snapshot: dict[str, Any] = msgspec.json.decode((await record_of(store)).snapshot)
    return snapshot


def with_unknown_verb(snapshot: dict[str, Any]) -> bytes:
    (running,) = [one for one in snapshot["verbs"].values() if one["verb"] == "pause"]
    return msgspec.json.encode({**snapshot, "verbs": {**snapshot["verbs"], "99": {**running, "verb": "teleport"}}})


def with_unknown_next_verb(snapshot: dict[str, Any]) -> bytes:
    ((n, program),) = snapshot["programs"].items()
    return msgspec.json.encode({**snapshot, "programs": {n: {**program, "rest": [{"verb": "teleport"}]}}})


BROKEN: dict[str, Callable[[dict[str, Any]], bytes]] = {
    "a verb that this version does not have": with_unknown_verb,
    "a next verb that this version does not have": with_unknown_next_verb,
    "the last bytes are missing": lambda snapshot: msgspec.json.encode(snapshot)[:-9],
    "no JSON": lambda snapshot: b"\xff\x00",
    "other JSON": lambda snapshot: b"[1]",
    "legs of another kind": lambda snapshot: msgspec.json.encode({**snapshot, "legs": [], "last": "x"}),
}
WITH_LEGS = list(BROKEN)[:2]


@pytest.mark.parametrize("how", WITH_LEGS)
@at_once
async def test_the_caller_of_a_broken_record_hears_the_apology_and_is_let_go(how: str) -> None:
    store, port = MemoryStore(), Port()
    broken = BROKEN[how](await left_behind(store, port))
    await rewrite(store, broken)
    other = Harness(store, "other", port)
    async with Searching(other):
        speak = await port.until("speak a")
        assert speak.target == {"a": "a"}
        await other.recorder.take(speak_ended(99))
        await port.until("hang_up a")
        await other.recorder.take(hung_up())
    session = await other.recorder.session()
    assert session.ended
    assert ["the record of this call cannot be read" in one.text for one in session.problems] == [True]
    (spoken,) = [one.message for one in other.recorder.sent if one.n == speak.n]
    assert isinstance(spoken, Speak)
    assert spoken.text == SORRY
    assert speak.n > msgspec.json.decode(broken)["last"], "the id of a command is never used twice"


@pytest.mark.parametrize("how", list(BROKEN))
@at_once
async def test_webhooks_and_timers_of_a_broken_record(how: str, caplog: pytest.LogCaptureFixture) -> None:
    """A webhook is acknowledged, the caller let go, the snapshot is in the log; the clock leaves it alone, and other calls go on."""
    store, port = MemoryStore(), Port()
    broken = BROKEN[how](await left_behind(store, port))
    await rewrite(store, broken)
    other = Harness(store, "other", port)
    rows = len(await store.log(CALL))
    async with Searching(other):
        assert await other.recorder.switchboard.receive(key(1, leg="a", session=CALL)) is Verdict.TAKEN
        await pause(other, "b")
        await asyncio.sleep(120.0)
        assert port.words.count("ask /call") == 1
        assert port.words.count("speak a") == (2 if how in WITH_LEGS else 1)
        assert how in WITH_LEGS or "reject a" in port.words  # the webhook has named the leg; nobody knows whether it was answered
    if how == WITH_LEGS[1]:
        known = msgspec.json.decode(broken)
        broken = msgspec.json.encode({**known, "seen": [*known["seen"], "vEN8BRmv"]})  # the key was taken before its next verb was read
    (lost,) = [one for one in map(msgspec.json.decode, await store.log(CALL)) if one["event"]["event"] == "snapshot_lost"]
    assert lost["event"]["snapshot"] == (broken.decode() if how != "no JSON" else "/wA=")
    assert len(lost["problems"]) == 1
    assert "Traceback" not in caplog.text
    assert rows < len(await store.log(CALL)) < rows + 30


@at_once
async def test_the_callees_of_a_broken_record_are_let_go_first() -> None:
    store, port = MemoryStore(), Port()
    port.leg_ids = {"dial b1": "b"}
    one = Harness(store, "one", port)
    target = [{"type": "phone", "number": OTHER}]
    port.documents = {"ask /call": [{"verb": "answer"}, {"verb": "dial", "target": target}]}
    await one.recorder.take(initiated())
    await port.until("answer a")
    await one.recorder.take(answered())
    await port.until("dial b1")
    await one.recorder.take(answered("b", "of a"))
    await port.until("bridge a")
    await kill(one)
    await rewrite(store, with_unknown_verb({**msgspec.json.decode((await record_of(store)).snapshot), "verbs": {"5": {"verb": "pause"}}}))
    port.sent.clear()
    other = Harness(store, "other", port)
    await other.recorder.take(key(1))
    await port.until("hang_up b1")
    await port.until("hang_up a")  # without an apology in the settings
    await other.recorder.take(LegHungUp(call_control_id="b", id="b over"), hung_up())
    assert (await other.recorder.session()).ended


@at_once
async def test_a_record_of_a_newer_version_is_left_to_its_workers(caplog: pytest.LogCaptureFixture) -> None:
    """Neither clock nor webhook nor operator touches it; the log says so once."""
    store, port = MemoryStore(), Port()
    snapshot = await left_behind(store, port)
    newer = msgspec.json.encode({**snapshot, "format": FORMAT + 1, "verbs": {"9": {"verb": "teleport"}}})
    await rewrite(store, newer)
    before = await record_of(store)
    other = Harness(store, "other", port)
    async with Searching(other):
        for event in (key(1), HangUpRequested(id="operator")):
            assert await other.recorder.switchboard.receive(event, session=CALL) is Verdict.NEWER
        await asyncio.sleep(60.0)
    assert await record_of(store) == before
    assert port.sent == []
    assert caplog.text.count("is left alone: a newer callverbs has written it (format 3; this one knows 2)") == 1
    assert "Traceback" not in caplog.text
    await rewrite(store, msgspec.json.encode(snapshot))  # stands for a worker that knows it
    async with Searching(Harness(store, "newer", port)):
        await port.until("speak a")


@at_once
async def test_a_newer_record_that_could_be_read_is_left_alone_as_well() -> None:
    store, port = MemoryStore(), Port()
    snapshot = await left_behind(store, port)
    await rewrite(store, msgspec.json.encode({**snapshot, "format": FORMAT + 1, "something": "new"}))
    other = Harness(store, "other", port)
    assert await other.recorder.switchboard.receive(key(1), session=CALL) is Verdict.NEWER


@at_once
async def test_a_broken_record_of_a_call_that_is_over_is_left_as_it_is(caplog: pytest.LogCaptureFixture) -> None:
    store, port = MemoryStore(), Port()
    await left_behind(store, port)
    record = await record_of(store)
    await store.save(Change(CALL, record.version, b"?", 0.0, now(), (), ()))
    other = Harness(store, "other", port)
    assert await other.recorder.switchboard.receive(key(1), session=CALL) is Verdict.UNMATCHED
    assert (await record_of(store)).snapshot == b"?"
    assert caplog.text.count("is left alone") == 1


@at_once
async def test_so_many_calls_are_remembered_and_no_more(caplog: pytest.LogCaptureFixture) -> None:
    store, port = MemoryStore(), Port()
    await left_behind(store, port)
    await rewrite(store, b'{"format":99}')
    switchboard = Harness(store, "other", port).recorder.switchboard
    switchboard._refused = {str(n) for n in range(MAX_REFUSED_CALLS)}
    for number in range(3):
        await switchboard.receive(key(number), session=CALL)
    assert switchboard._refused == {CALL}
    assert caplog.text.count("is left alone") == 1


def test_what_is_saved_says_its_format() -> None:
    assert load(b'{"id":"x","app":{},"began":1.0}').format == 0, "it was saved before formats were written"
