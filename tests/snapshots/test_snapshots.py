"""Calls of earlier versions: today's code does the same with their events, and finishes those that it finds in the middle.

0.1.0 kept calls in another format. Its store files are refused with a sentence (tests/interpreter/stores), and a record of it is
left to nobody: it is rescued like any that cannot be read.
"""

from pathlib import Path

import msgspec
import pytest

from callverbs.interpreter.engine.rescue import lost_event, rescued
from callverbs.interpreter.engine.session import FORMAT, load
from callverbs.interpreter.engine.step import step
from callverbs.interpreter.runtime import replay
from callverbs.interpreter.runtime.replay import RecordedCall, ReplayError
from callverbs.verbs.language.events import HookFailed, LegHungUp
from callverbs.verbs.language.registry import event_from_json
from tests.snapshots import record

CALLS = sorted(Path(__file__).parent.glob("*/*.jsonl"))
NAMES = [f"{path.parent.name}/{path.stem}" for path in CALLS]
OLD = b"""{"id":"x","app":{"name":"app","apology":"Sorry."},"began":1.0,"legs":{"a":{"name":"a","direction":"inbound","from":"+14155550100",
"to":"+14155550199","state":"answered","call_control_id":"cc"}},"verbs":{"1":{"verb":"_incoming"}},"last":9}"""


@pytest.mark.parametrize("path", CALLS, ids=NAMES)
def test_a_recorded_call_comes_to_the_same_today(path: Path) -> None:
    """Of a version that is not released yet, only that it can be replayed: what it does may still change."""
    differences = replay.replay(replay.read(path.read_bytes()))
    assert differences == [] or path.parent.name == "unreleased"


@pytest.mark.parametrize("sample", ["ivr-menu", "simring-screening", "barge-in", "conference"])
def test_a_call_that_is_recorded_now_comes_to_the_same(sample: str) -> None:
    recorded, _ = record.recorded(sample)
    assert replay.replay(replay.read(recorded)) == []


@pytest.mark.parametrize("path", CALLS, ids=NAMES)
def test_a_call_that_is_found_in_the_middle_is_finished(path: Path) -> None:
    """The rest of its events brings each kept snapshot to the end that the call had."""
    call = replay.read(path.read_bytes())
    for line in path.with_suffix(".snapshots").read_bytes().splitlines():
        rows, _, snapshot = line.partition(b" ")
        assert 0 < load(snapshot).format <= FORMAT
        assert not load(snapshot).ended
        for row in call.rows[int(rows) :]:
            outcome = step(snapshot, event_from_json(bytes(row.event)), row.new[0].worker if row.new else "simulator")
            snapshot = outcome.snapshot
        for n, leg in enumerate(load(snapshot).legs.values()):  # a later version may have asked more than has an answer here
            over = LegHungUp(at=2e9, id=f"over {n}", leg=leg.name, call_control_id=leg.call_control_id or leg.name)
            snapshot = step(snapshot, over, "simulator").snapshot
        for entry in load(snapshot).open_entries():
            snapshot = step(snapshot, HookFailed(at=2e9, n=entry.n, reason="there is no more"), "simulator").snapshot
        assert load(snapshot).ended


def test_there_are_calls_of_every_sample() -> None:
    assert len(CALLS) > 25


def test_a_record_of_another_age_is_rescued() -> None:
    lost = lost_event("x", OLD, "it is old", 2.0)
    outcome = step(rescued("x", OLD, 2.0), lost, "w")
    assert [str(entry.message.__struct_config__.tag) for entry in outcome.new] == ["speak"]
    over = step(outcome.snapshot, LegHungUp(at=3.0, id="over", leg="a", call_control_id="cc"), "w")
    assert over.ended


def lines_of(name: str = "ivr-menu") -> list[bytes]:
    return next(path for path in CALLS if path.stem == name).read_bytes().splitlines()


def test_a_difference_is_shown() -> None:
    changed = [line.replace(b"opening hours", b"closing hours") if b'"event":"hook_replied"' not in line else line for line in lines_of()]
    found = replay.replay(replay.read(b"\n".join(changed)))
    assert found[:2] == ["--- recorded", "+++ today"] or found == []
    call = replay.read(b"\n".join(lines_of()))
    fewer = RecordedCall(call.header, [msgspec.structs.replace(row, new=()) for row in call.rows])
    assert any(line.startswith("+    sends ") for line in replay.replay(fewer))


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([], "the first line is not that of a recorded call"),
        ([b"{}"], "the first line is not that of a recorded call"),
        ([lines_of()[0], b"nothing"], "line 2 cannot be read by this version"),
        ([lines_of()[0], b'{"event":{"event":"teleported"}}'], "line 2: the event cannot be read by this version"),
        ([lines_of()[0], lines_of()[2]], "the log does not begin with the begin of the call"),
    ],
)
def test_what_cannot_be_replayed(lines: list[bytes], why: str) -> None:
    with pytest.raises(ReplayError, match=why):
        replay.replay(replay.read(b"\n".join(lines)))
