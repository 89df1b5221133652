"""The event log of a call tells the same as whoever saw the call: it is drawn beside what the simulation has drawn itself."""

import asyncio
import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from interpreter.session import Entry, Session, load
from interpreter.simulator import record, scenario
from interpreter.simulator.ladder import Line
from interpreter.simulator.record import Sending
from interpreter.simulator.scenario import Given, Scenario, Stub
from interpreter.simulator.simulation import Simulation
from interpreter.text.source import Source
from verbs._commands import HangUp

SAMPLES = sorted((Path(__file__).parents[3] / "samples").glob("*/scenario.yaml"))
SLOW = Scenario(
    given=Given(direction="outbound", to="+14155550131", call={"amd": {"actionHook": "/amd"}}),
    hooks={"/call": Stub(reply=[{"verb": "pause", "length": 20}]), "/amd": Stub(status=200, delay=1.5)},
    people={"+14155550131": "machine"},
)
"""The application is slow to hear of the machine: what comes next has to wait for it."""


def simulation_of(file: Path) -> Simulation:
    wanted = scenario.read(file)
    return Simulation(wanted, json.dumps(Source.read(file.parent / wanted.flow).value) if wanted.flow else "")


def logged(simulation: Simulation) -> tuple[list[bytes], Session]:
    """The rows of the one call that the simulation's store has, and how it stands."""

    async def read() -> tuple[list[bytes], Session]:
        (kept,) = await simulation._store.recent()
        return await simulation._store.log(kept.session), load(kept.snapshot)

    return asyncio.run(read())


def told(lines: Iterable[Line]) -> list[tuple[float, str, str, str]]:
    """What both must have: when what went between whom. The log begins with the first event, the simulation before it."""
    seen = [line for line in lines if line.kind != "note" or line.name in ("ended", "problem")]
    return [(0.0 if line.name == "ended" else round(line.at - seen[0].at, 3), line.kind, line.leg, line.name) for line in seen]


@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: file.parent.name)
def test_a_call_is_drawn_from_its_log_as_it_went(file: Path) -> None:
    simulation = simulation_of(file)
    simulation.run()
    seen, drawn = told(simulation.lines), told(record.lines(*logged(simulation)))
    if "#rc=" in (file.parent / simulation.scenario.flow).read_text(encoding="utf-8"):
        retries = [line for line in seen if line not in drawn]
        assert [kind for _, kind, _, _ in retries] == ["reply", "hook"], "a hook that was asked again: the log has only its last answer"
        seen = [line for line in seen if line not in retries]
    assert drawn == seen


@pytest.mark.parametrize("file", [file for file in SAMPLES if file.parent.name in ("simring-screening", "amd-message-menu", "ivr-menu")])
def test_a_call_that_goes_on_is_drawn_as_far_as_it_has_come(file: Path) -> None:
    simulation = simulation_of(file)
    simulation._begin()
    simulation._script.go_on()
    lines = 0
    while simulation.clock.step() and not simulation._is_over():
        following = simulation.clock.next_at() or 0.0
        if len(simulation.lines) > lines and following > simulation.clock.now():  # a reply is told first, and taken right after
            lines = len(simulation.lines)
            drawn = [line for line in record.lines(*logged(simulation)) if line.name != "ended"]
            assert told(drawn) == told(simulation.lines)
    assert lines > 20


def test_a_hook_that_had_to_wait_is_drawn_when_it_was_sent() -> None:
    simulation = Simulation(SLOW)
    simulation.run()
    drawn = list(record.lines(*logged(simulation)))
    assert told(drawn) == told(simulation.lines)
    asked = [line.at for line in drawn if line.name == "POST /amd"]
    replied = [line.at for line in drawn if line.kind == "reply" and line.name == "/amd"]
    assert len(asked) == 4
    assert asked[2:] == replied[1:3], "one after the other, as they were sent"


def test_what_waits_still_is_not_drawn() -> None:
    simulation = Simulation(SLOW)
    simulation._begin()
    while not any(line.name == "POST /amd" for line in simulation.lines):
        simulation.clock.step()
    simulation.clock.run(1.0)
    drawn = list(record.lines(*logged(simulation)))
    assert [line.name for line in drawn].count("POST /amd") == 1
    assert told(drawn) == told(simulation.lines)
    assert drawn[-1].name != "ended"


def test_it_ends_like_a_simulated_one() -> None:
    simulation = simulation_of(SAMPLES[0])
    simulation.run()
    (seen,) = [line for line in simulation.lines if line.name == "ended"]
    (*_, last) = record.lines(*logged(simulation))
    assert (last.text, last.body) == (seen.text, seen.body)
    assert last.text.startswith("over: completed, by c")


# --------------------------------------------------------------------------- which wish was sent when


def entry(n: int, leg: str) -> Entry:
    return Entry(n, HangUp(leg=leg), 0, 0.0)


def test_lanes_go_side_by_side() -> None:
    sending = Sending({1, 2, 3, 4})
    one, two, three, four = entry(1, "a"), entry(2, "a"), entry(3, "b1"), entry(4, "a")
    assert [sending.wished(each) for each in (one, two, three, four)] == [True, False, True, False]
    assert sending.answer(3) == []
    assert sending.answer(1) == [two]
    assert sending.answer(1) == []
    assert sending.answer(2) == [four]


def test_what_was_dropped_keeps_nobody_waiting() -> None:
    sending = Sending({1, 4})
    assert sending.wished(entry(1, "a"))
    assert not sending.wished(entry(2, "a")), "dropped before it was sent"
    assert sending.wished(entry(3, "b1")), "sent, and the leg was gone before the answer"
    assert sending.wished(entry(4, "b1"))


def test_what_is_sent_again_is_drawn_again_unless_it_waits() -> None:
    sending = Sending({1, 2})
    one, two = entry(1, "a"), entry(2, "a")
    assert [sending.wished(each) for each in (one, two, two, one)] == [True, False, False, True]
    assert sending.answer(1) == [two]
    assert sending.wished(two)
