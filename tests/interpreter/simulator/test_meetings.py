"""Calls that meet in the carrier's queue, however their times cross: the races between who waits, who hangs up, and who takes.

Each example is several calls on one virtual clock, each a session of its own, with nothing in common but the carrier.
"""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from callverbs.interpreter.ladder.line import Line
from callverbs.interpreter.simulator.people import Person
from callverbs.interpreter.simulator.scenario import OtherCall, Scenario, Stub
from callverbs.interpreter.simulator.simulation import Simulation
from tests.conftest import CALM

MOMENTS = st.integers(0, 1200).map(lambda ticks: ticks / 100)
"""Steps of 10 ms: shorter than a webhook or a command is on its way (20 ms), so that these cross."""
CALLER = [{"verb": "enqueue", "name": "q", "waitHook": "/wait", "actionHook": "/waited"}]
AGENT = [{"verb": "dequeue", "name": "q", "timeout": 9, "actionHook": "/taken"}]


def simulated(calls: dict[str, OtherCall]) -> Simulation:
    """Runs the calls beside a first one that only waits for the others."""
    hooks: dict[str, list[Stub] | Stub] = {
        "/caller": Stub(reply=CALLER),
        "/agent": Stub(reply=AGENT),
        "/wait": Stub(reply=[{"verb": "say", "text": "Please hold the line."}, {"verb": "pause", "length": 1}]),
        "/waited": Stub(status=204),
        "/taken": Stub(status=204),
    }
    simulation = Simulation(Scenario(hooks=hooks, calls=calls, for_=60.0), json.dumps([{"verb": "pause", "length": 15}]))
    simulation.run()
    return simulation


def results(lines: list[Line], key: str) -> dict[str, Any]:
    """Returns what each call has reported to its actionHook. Fails where one has reported twice."""
    found = [(line.leg, line.body[key]) for line in lines if line.kind == "hook" and key in (line.body or {})]
    assert len(dict(found)) == len(found), found
    return dict(found)


@given(
    callers=st.lists(st.tuples(MOMENTS, MOMENTS), min_size=1, max_size=3),
    agents=st.lists(st.tuples(MOMENTS, MOMENTS), min_size=1, max_size=3),
)
@settings(max_examples=40, suppress_health_check=CALM, deadline=None)
def test_every_call_meets_at_most_one_other_and_ends(callers: list[tuple[float, float]], agents: list[tuple[float, float]]) -> None:
    calls = {
        **{
            f"caller{n}": OtherCall(after=after, app="/caller", caller=Person(hangs_up=1 + stays))
            for n, (after, stays) in enumerate(callers)
        },
        **{f"agent{n}": OtherCall(after=after, app="/agent", caller=Person(hangs_up=1 + stays)) for n, (after, stays) in enumerate(agents)},
    }
    simulation = simulated(calls)
    assert simulation.failures == []
    assert not [line for line in simulation.lines if line.name == "problem" and line.body["whose"] == "callverbs"]
    bridged = [line.leg for line in simulation.lines if line.name == "call.bridged"]
    assert sorted(set(bridged)) == sorted(bridged), "somebody was connected twice"
    waited, taken = results(simulation.lines, "queue_result"), results(simulation.lines, "dequeue_result")
    talked = {leg for leg in bridged if leg.startswith("caller")}
    assert len(talked) * 2 == len(bridged)
    assert {leg for leg, result in waited.items() if result == "bridged"} == talked
    assert {leg for leg, result in taken.items() if result == "complete"} == set(bridged) - talked
    ended = {line.leg for line in simulation.lines if line.name == "ended"}
    assert ended == {"a", *calls}


def test_two_agents_take_one_caller_at_the_same_moment() -> None:
    agents = {name: OtherCall(after=3, app="/agent", caller=Person(hangs_up=20)) for name in ("ann", "bob")}
    simulation = simulated({"caller": OtherCall(app="/caller", caller=Person(hangs_up=9)), **agents})
    assert simulation.failures == []
    assert [line.leg for line in simulation.lines if line.name == "bridge"] == ["ann", "bob"]
    assert results(simulation.lines, "dequeue_result") == {"ann": "complete", "bob": "timeout"}
    (problem,) = [line for line in simulation.lines if line.name == "problem"]
    assert (problem.leg, problem.body["whose"]) == ("bob", "carrier")


def test_a_caller_hangs_up_while_being_taken() -> None:
    calls = {
        "caller": OtherCall(app="/caller", caller=Person(hangs_up=3.13)),
        "agent": OtherCall(after=3, app="/agent", caller=Person(hangs_up=20)),
    }
    simulation = simulated(calls)
    assert simulation.failures == []
    assert any("bridge came too late" in line.text for line in simulation.lines)
    assert results(simulation.lines, "dequeue_result") == {"agent": "timeout"}
    assert results(simulation.lines, "queue_result") == {"caller": "hangup"}


# --------------------------------------------------------------------------- conferences

MEMBER = [{"verb": "conference", "name": "c", "actionHook": "/left"}]
HOST = [{"verb": "conference", "name": "c", "endConferenceOnExit": True, "actionHook": "/left"}]
GUEST = [{"verb": "conference", "name": "c", "startConferenceOnEnter": False, "actionHook": "/left"}]


def in_conference(calls: dict[str, OtherCall]) -> Simulation:
    """Runs calls that meet in a conference."""
    hooks: dict[str, list[Stub] | Stub] = {
        "/member": Stub(reply=MEMBER),
        "/host": Stub(reply=HOST),
        "/guest": Stub(reply=GUEST),
        "/left": Stub(status=204),
    }
    simulation = Simulation(Scenario(hooks=hooks, calls=calls, for_=60.0), json.dumps([{"verb": "pause", "length": 15}]))
    simulation.run()
    return simulation


@given(st.lists(st.tuples(st.sampled_from(["member", "host", "guest"]), MOMENTS, MOMENTS), min_size=2, max_size=4))
@settings(max_examples=40, suppress_health_check=CALM, deadline=None)
def test_one_conference_at_a_time_and_every_call_ends(people: list[tuple[str, float, float]]) -> None:
    calls = {
        f"{role}{n}": OtherCall(after=after, app=f"/{role}", caller=Person(hangs_up=1 + stays))
        for n, (role, after, stays) in enumerate(people)
    }
    simulation = in_conference(calls)
    assert simulation.failures == []
    assert not [line for line in simulation.lines if line.name == "problem" and line.body["whose"] == "callverbs"]
    going_on: set[str] = set()
    members: set[str] = set()
    for line in simulation.lines:
        conference = str(line.body["data"]["payload"].get("conference_id", "")) if line.kind == "webhook" else ""
        if line.name == "conference.created":
            assert not going_on, "two conferences of one name at once"
            going_on.add(conference)
        elif line.name == "conference.ended":
            going_on.discard(conference)
        elif line.name == "conference.participant.joined":
            members.add(line.leg)
        elif line.name == "conference.participant.left":
            members.remove(line.leg)
    assert not going_on
    assert not members
    left = [line.leg for line in simulation.lines if line.kind == "hook" and line.name == "POST /left"]
    assert sorted(set(left)) == sorted(left), "somebody has left twice"
    assert {line.leg for line in simulation.lines if line.name == "ended"} == {"a", *calls}


def test_two_make_a_conference_at_the_same_moment() -> None:
    calls = {name: OtherCall(app="/member", caller=Person(hangs_up=9)) for name in ("ann", "bob")}
    simulation = in_conference(calls)
    assert simulation.failures == []
    commands = [(line.leg, line.name) for line in simulation.lines if line.name in ("create_conference", "conference_join")]
    assert commands == [("ann", "create_conference"), ("bob", "create_conference"), ("bob", "conference_join")]


def test_the_host_leaves_while_one_joins() -> None:
    calls = {
        "host": OtherCall(app="/host", caller=Person(hangs_up=5.12)),
        "late": OtherCall(after=5, app="/member", caller=Person(hangs_up=9)),
    }
    simulation = in_conference(calls)
    assert simulation.failures == []
    commands = [(line.leg, line.name) for line in simulation.lines if line.name in ("create_conference", "conference_join")]
    assert commands == [("host", "create_conference"), ("late", "conference_join"), ("late", "create_conference")]
