"""`callverbs ladder` and `callverbs replay` read a call of the store."""

import asyncio
from pathlib import Path

import pytest

from callverbs.interpreter.runtime import replay
from callverbs.interpreter.runtime.records import Change
from callverbs.interpreter.stores.sqlite import SqliteStore
from tests.interpreter.cli.terminal import Terminal
from tests.snapshots.test_snapshots import CALLS

RECORDED = next(path for path in CALLS if path.stem == "ivr-menu")


@pytest.fixture
def store(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A store with a call that is over, and one whose record is broken."""
    monkeypatch.delenv("CALLVERBS_STORE", raising=False)
    call = replay.read(RECORDED.read_bytes())
    *_, (_, _, last) = replay.replayed(call)
    rows = tuple(RECORDED.read_bytes().splitlines()[1:])

    async def fill() -> None:
        store = SqliteStore(folder / "calls.sqlite")
        await store.save(Change(call.header.session, 0, last.snapshot, 0.0, last.ended, ("leg 1",), rows))
        await store.save(Change("broken", 0, b"?", 0.0, 1.0, (), rows))
        await store.close()

    asyncio.run(fill())
    return "sqlite:///calls.sqlite"


def test_a_ladder(callverbs: Terminal, store: str) -> None:
    drawn = callverbs("ladder", "--store", store, "leg 1")
    assert drawn.code == 0
    assert "leg_initiated" in drawn.out  # the recorded call has no webhooks as they came


def test_a_replay_and_the_file_that_it_saves(callverbs: Terminal, store: str, folder: Path) -> None:
    done = callverbs("replay", "--store", store, "--save", "call.jsonl", "leg 1")
    assert (done.code, done.out) == (0, "")
    assert (folder / "call.jsonl").read_bytes() == RECORDED.read_bytes()
    assert callverbs("replay", "call.jsonl").code == 0


def test_a_replay_that_differs(callverbs: Terminal, folder: Path) -> None:
    lines = RECORDED.read_bytes().splitlines()
    (folder / "call.jsonl").write_bytes(b"\n".join([lines[0].replace(b'"simulated"', b'"another"'), lines[1], *lines[3:]]))
    found = callverbs("replay", "call.jsonl")
    assert found.code == 1
    assert found.out.startswith("--- recorded\n+++ today\n")


def test_what_cannot_be_read(callverbs: Terminal, store: str) -> None:
    for command in ("ladder", "replay"):
        assert "the store has no call nowhere" in callverbs(command, "--store", store, "nowhere").err
        broken = callverbs(command, "--store", store, "broken")
        assert (broken.code, "the record of this call cannot be read" in broken.err) == (2, True)
        assert callverbs(command, "--store", "sqlite:///no.sqlite", "x").code == 2
