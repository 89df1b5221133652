"""The event log of a call gives the same lines as the simulation, which has seen the call."""

import asyncio
import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from callverbs.interpreter.engine.session import OutboxEntry, Session, load
from callverbs.interpreter.ladder import event_log
from callverbs.interpreter.ladder.event_log import SendingOrder
from callverbs.interpreter.ladder.line import Line
from callverbs.interpreter.simulator import scenario
from callverbs.interpreter.simulator.scenario import CallSetup, Scenario, Stub
from callverbs.interpreter.simulator.simulation import Simulation
from callverbs.interpreter.telnyx.client import V2
from callverbs.interpreter.text.source import Source
from callverbs.verbs.language.commands import HangUp

SAMPLES = sorted((Path(__file__).parents[3] / "samples").glob("*/scenario.yaml"))
SLOW = Scenario(
    given=CallSetup(direction="outbound", to="+14155550131", call={"amd": {"actionHook": "/amd"}}),
    hooks={"/call": Stub(reply=[{"verb": "pause", "length": 20}]), "/amd": Stub(status=200, delay=1.5)},
    people={"+14155550131": "machine"},
)
"""The application is slow to reply about the machine: the requests that follow have to wait."""


def simulation_of(file: Path) -> Simulation:
    wanted = scenario.read(file)
    return Simulation(wanted, json.dumps(Source.read(file.parent / wanted.flow).value) if wanted.flow else "")


def drawn_lines(simulation: Simulation) -> list[Line]:
    """Returns the lines of the event log of the simulation's first call."""

    async def read() -> tuple[list[bytes], Session]:
        store = simulation._switchboard.store
        record = await store.load(next(iter(simulation._calls)))
        assert record
        return await store.log(record.session), load(record.snapshot)

    return list(event_log.lines(*asyncio.run(read()), V2.render))


def essence(lines: Iterable[Line]) -> list[tuple[float, str, str, str]]:
    """Returns what both must have: when what went between whom. The log begins with the first event, the simulation before it."""
    seen = [line for line in lines if line.kind != "note" or line.name in ("ended", "problem")]
    return [(0.0 if line.name == "ended" else round(line.at - seen[0].at, 3), line.kind, line.leg, line.name) for line in seen]


@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: file.parent.name)
def test_a_call_is_drawn_from_its_log_as_it_went(file: Path) -> None:
    simulation = simulation_of(file)
    simulation.run()
    first_call = [line for line in simulation.lines if line.leg.partition(".")[0] not in simulation.scenario.calls]
    seen, drawn = essence(first_call), essence(drawn_lines(simulation))
    if "#rc=" in (file.parent / simulation.scenario.flow).read_text(encoding="utf-8"):
        retries = [line for line in seen if line not in drawn]
        assert [kind for _, kind, _, _ in retries] == ["reply", "hook"], "a hook that was asked again: the log has only its last answer"
        seen = [line for line in seen if line not in retries]
    assert drawn == seen


@pytest.mark.parametrize("file", [file for file in SAMPLES if file.parent.name in ("simring-screening", "amd-message-menu", "ivr-menu")])
def test_a_call_that_goes_on_is_drawn_as_far_as_it_has_come(file: Path) -> None:
    simulation = simulation_of(file)
    simulation._start()
    simulation._script.advance()
    lines = 0

    def has_new_lines() -> bool:
        following = simulation.clock.next_due() or 0.0  # a reply has its line first, and is handled in the same moment
        return simulation._is_over() or (len(simulation.lines) > lines and following > simulation.clock.now())

    while not simulation._is_over():
        simulation._loop.run(until=has_new_lines)
        assert len(simulation.lines) > lines
        lines = len(simulation.lines)
        drawn = [line for line in drawn_lines(simulation) if line.name != "ended"]
        assert essence(drawn) == essence(simulation.lines)
    assert lines > 20


def test_a_hook_that_had_to_wait_is_drawn_when_it_was_sent() -> None:
    simulation = Simulation(SLOW)
    simulation.run()
    drawn = drawn_lines(simulation)
    assert essence(drawn) == essence(simulation.lines)
    asked = [line.at for line in drawn if line.name == "POST /amd"]
    replied = [line.at for line in drawn if line.kind == "reply" and line.name == "/amd"]
    assert len(asked) == 4
    assert asked[2:] == replied[1:3], "one after the other, as they were sent"


def test_a_message_that_still_waits_is_not_drawn() -> None:
    simulation = Simulation(SLOW)
    simulation._start()
    simulation._loop.run(until=lambda: any(line.name == "POST /amd" for line in simulation.lines))
    asked_at = simulation.clock.now()
    simulation._loop.run(until=lambda: (simulation.clock.next_due() or 0.0) > asked_at + 1.0)
    drawn = drawn_lines(simulation)
    assert [line.name for line in drawn].count("POST /amd") == 1
    assert essence(drawn) == essence(simulation.lines)
    assert drawn[-1].name != "ended"


def test_it_ends_like_a_simulated_one() -> None:
    simulation = simulation_of(SAMPLES[0])
    simulation.run()
    (seen,) = [line for line in simulation.lines if line.name == "ended"]
    (*_, last) = drawn_lines(simulation)
    assert (last.text, last.body) == (seen.text, seen.body)
    assert last.text.startswith("over: completed, by c")


# --------------------------------------------------------------------------- which message was sent when


def entry(n: int, leg: str) -> OutboxEntry:
    return OutboxEntry(n, HangUp(leg=leg), 0, 0.0)


def test_messages_of_other_ordering_keys_do_not_wait() -> None:
    order = SendingOrder({1, 2, 3, 4})
    one, two, three, four = entry(1, "a"), entry(2, "a"), entry(3, "b1"), entry(4, "a")
    assert [order.add(each) for each in (one, two, three, four)] == [True, False, True, False]
    assert order.remove(3) == []
    assert order.remove(1) == [two]
    assert order.remove(1) == []
    assert order.remove(2) == [four]


def test_a_dropped_message_holds_up_no_other() -> None:
    order = SendingOrder({1, 4})
    assert order.add(entry(1, "a"))
    assert not order.add(entry(2, "a")), "dropped before it was sent"
    assert order.add(entry(3, "b1")), "sent, and the leg was gone before the answer"
    assert order.add(entry(4, "b1"))


def test_what_is_sent_again_is_drawn_again_unless_it_waits() -> None:
    order = SendingOrder({1, 2})
    one, two = entry(1, "a"), entry(2, "a")
    assert [order.add(each) for each in (one, two, two, one)] == [True, False, False, True]
    assert order.remove(1) == [two]
    assert order.add(two)
