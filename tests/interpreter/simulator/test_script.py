"""A script waits for what is expected, and then lets people act; what never happens is a failure that says so."""

import json
from typing import Any

import msgspec
import pytest

from callverbs.interpreter.simulator.people import PersonError
from callverbs.interpreter.simulator.scenario import Scenario
from callverbs.interpreter.simulator.script import ACTION_CHECKS, Step
from callverbs.interpreter.simulator.trial import Trial, try_flow
from callverbs.interpreter.text.source import Source

MENU: list[dict[str, Any]] = [
    {"verb": "gather", "numDigits": 1, "timeout": 5, "actionHook": "/menu", "say": {"text": "Press 1."}},
    {"verb": "say", "text": "Goodbye."},
]
RINGS: list[dict[str, Any]] = [
    {"verb": "dial", "timeout": 30, "target": [{"type": "phone", "number": "+14155550101"}]},
    {"verb": "say", "text": "Goodbye."},
]


def acted(document: list[dict[str, Any]], **scenario: Any) -> Trial:
    wanted = msgspec.convert({"hooks": {"/menu": {}}, "people": {"b1": "no_answer"}, **scenario}, Scenario)
    return try_flow(Source("flow.json", json.dumps(document), []), wanted, "script")


def shown(trial: Trial) -> list[str]:
    return [f"{line.leg} {line.name}" for line in trial.lines]


def test_steps_come_one_after_the_other() -> None:
    script = [
        {"expect": {"say": "Press 1."}},
        {"wait": "1s"},
        {"press": "1"},
        {"expect": {"hook": {"path": "/menu", "json": {"digits": "1"}}}},
        {"expect": {"say": "Goodbye."}},
        {"caller": "hangup"},
        {"expect": {"ended": {"by": "caller"}}},
    ]
    trial = acted(MENU, script=script)
    assert trial.failures == []
    pressed = next(line for line in trial.lines if line.name == "call.dtmf.received")
    asked = next(line for line in trial.lines if line.name == "gather_using_speak")
    assert pressed.at - asked.at == pytest.approx(1.02, abs=0.001)


def test_a_line_that_came_before_the_one_expected_last_does_not_count() -> None:
    trial = acted(MENU, script=[{"expect": {"say": "Goodbye."}}, {"expect": {"say": "Press 1."}}])
    (failure,) = trial.failures
    assert failure.startswith("step 2 of the script did not happen\n  expected  say: Press 1.\n")


def test_what_comes_too_late_is_a_failure() -> None:
    trial = acted(MENU, script=[{"expect": "answer"}, {"expect": {"say": "Goodbye."}, "within": "2s"}, {"caller": "hangup"}])
    assert trial.failures[0].startswith("step 2 of the script did not happen within 2 s\n")
    (ended,) = [line for line in trial.lines if line.name == "ended"]
    assert ended.body["by"] == "callverbs"


def test_what_comes_in_time_is_none() -> None:
    assert acted(MENU, script=[{"expect": "answer"}, {"expect": {"say": "Press 1."}, "within": 1}]).failures == []


def test_a_step_after_the_end_is_a_failure() -> None:
    trial = acted(MENU, script=[{"expect": {"ended": {}}}, {"wait": 5}, {"press": 1}])
    assert trial.failures == ["step 3 of the script was never reached"]


def test_a_callee_can_be_played_as_soon_as_the_leg_exists() -> None:
    script = [
        {"leg b1": "answer"},
        {"expect": {"bridged": "b1"}},
        {"leg b1": {"press": "5"}},
        {"leg b1": "hangup"},
        {"expect": {"say": "Goodbye."}},
    ]
    trial = acted(RINGS, script=script)
    assert trial.failures == []
    assert "b1 call.dtmf.received" in shown(trial)


def test_a_leg_that_never_exists() -> None:
    trial = acted(RINGS, script=[{"leg b2": "answer"}], **{"for": "40s"})
    assert trial.failures == ["step 1 of the script: there was never a leg b2 on which somebody could answer"]


@pytest.mark.parametrize(
    ("action", "line"),
    [
        ({"leg b1": "busy"}, ("b1", {"hangup_cause": "user_busy", "sip_hangup_cause": "486"})),
        ({"leg b1": {"rejects": 480}}, ("b1", {"sip_hangup_cause": "480"})),
        ({"leg b1": {"rejects": True}}, ("b1", {"sip_hangup_cause": "603"})),
        ({"leg b1": "no_answer"}, ("b1", {"hangup_cause": "no_answer"})),
        ({"leg b1": "hangup"}, ("b1", {"sip_hangup_cause": "603"})),
        ({"caller": "hangup"}, ("a", {"hangup_cause": "normal_clearing"})),
        ({"hangup": None}, ("a", {"hangup_cause": "normal_clearing"})),
    ],
)
def test_a_call_can_end_in_every_way(action: dict[str, Any], line: tuple[str, dict[str, str]]) -> None:
    leg, payload = line
    ended = {"webhook": {"name": "call.hangup", "leg": leg, "payload": payload}}
    trial = acted(RINGS, script=[{"expect": {"webhook": {"name": "call.initiated", "leg": "b1"}}}, action, {"expect": ended}])
    assert trial.failures == []


@pytest.mark.parametrize("written", [{"answer": "machine"}, {"machine": {"greeting": "2s"}}, {"machine": None}])
def test_a_voicemail_can_answer(written: dict[str, Any]) -> None:
    document = [{**RINGS[0], "amd": {"actionHook": "/amd"}}]
    expected = {"hook": {"path": "/amd", "json": {"type": "amd_machine_detected"}}}
    trial = acted(document, script=[{"leg b1": written}, {"expect": expected}, {"caller": "hangup"}], hooks={"/amd": {}})
    assert trial.failures == []


def test_a_party_can_be_held_and_come_back() -> None:
    script = [
        {"leg b1": "answer"},
        {"expect": {"bridged": "b1"}},
        {"leg b1": {"hold": True}},
        {"leg b1": {"hold": False}},
        {"wait": 1},
        {"caller": "hangup"},
    ]
    trial = acted(RINGS, script=script)
    assert [line for line in shown(trial) if "hold" in line] == ["b1 call.hold", "b1 call.unhold"]


def test_what_no_party_can_do_at_that_moment_is_a_failure() -> None:
    trial = acted(RINGS, script=[{"leg b1": {"press": "1"}}, {"caller": "hangup"}])
    assert trial.failures == ["nobody can press on leg b1: the call has not been answered"]


@pytest.mark.parametrize("action", ACTION_CHECKS)
def test_no_action_takes_nonsense(action: str) -> None:
    with pytest.raises(PersonError):
        Step({"leg b1": {action: {"no": "sense"}}})
