"""Call status events of whole calls: their order, and exactly one final event of each leg."""

from collections import Counter
from typing import Any

import msgspec
import pytest

from callverbs.interpreter.engine.hook_payload import FINAL_STATUSES
from callverbs.interpreter.ladder.line import Line
from callverbs.interpreter.simulator.scenario import Scenario
from callverbs.interpreter.simulator.trial import try_flow
from callverbs.interpreter.text.source import Source
from tests.oracles.callbacks import judge

ONE, TWO = "+14155550121", "+14155550122"
TARGETS = [{"type": "phone", "number": number} for number in (ONE, TWO)]
SCREENING = [{"verb": "say", "text": "A call for you, please hold the line for a moment."}]


def dial(*target: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"verb": "dial", "actionHook": "/done", "target": list(target), "timeout": 20, **more}


CASES: dict[str, tuple[list[Any], dict[str, Any], list[str]]] = {
    "the callee hangs up": (
        [dial(TARGETS[0])],
        {"people": {ONE: {"answers": 2, "talks": 5}}},
        [
            "a trying 100",
            "a in-progress 200",
            "b1 trying 100",
            "b1 in-progress 200",
            "b1 completed 200",
            "/done",
            "a completed 200 jambonz",
        ],
    ),
    "the caller hangs up": (
        [dial(TARGETS[0])],
        {"people": {ONE: {"answers": 2, "talks": None}}, "caller": {"hangs_up": 8}},
        [
            "a trying 100",
            "a in-progress 200",
            "b1 trying 100",
            "b1 in-progress 200",
            "a completed 200 caller",
            "b1 completed 200",
            "/done",
        ],
    ),
    "the caller gives up while it rings": (
        [dial(TARGETS[0], answerOnBridge=True)],
        {"people": {ONE: {"no_answer": True}}, "caller": {"hangs_up": 5}},
        ["a trying 100", "b1 trying 100", "a no-answer 487 caller", "/done", "b1 no-answer 487"],
    ),
    "busy and declined": (
        [dial(*TARGETS)],
        {"people": {ONE: {"busy": True}, TWO: {"rejects": True}}},
        [
            "a trying 100",
            "a in-progress 200",
            "b1 trying 100",
            "b2 trying 100",
            "b1 busy 486",
            "b2 failed 603",
            "/done",
            "a completed 200 jambonz",
        ],
    ),
    "nobody answers": (
        [dial(TARGETS[0])],
        {"people": {ONE: {"no_answer": True}}},
        ["a trying 100", "a in-progress 200", "b1 trying 100", "b1 no-answer 487", "/done", "a completed 200 jambonz"],
    ),
    "a target loses": (
        [dial(*TARGETS)],
        {"people": {ONE: {"answers": 2, "talks": 5}, TWO: {"no_answer": True}}},
        [
            "a trying 100",
            "a in-progress 200",
            "b1 trying 100",
            "b2 trying 100",
            "b1 in-progress 200",
            "b2 no-answer 487",
            "b1 completed 200",
            "/done",
            "a completed 200 jambonz",
        ],
    ),
    "a target is screened and loses": (
        [dial(*TARGETS, confirmHook="/confirm")],
        {
            "people": {ONE: {"answers": 2, "talks": 5}, TWO: {"answers": 3}},
            "hooks": {"/confirm": {"reply": SCREENING}, "/done": {}, "/status": {}},
        },
        [
            "a trying 100",
            "a in-progress 200",
            "b1 trying 100",
            "b2 trying 100",
            "b1 in-progress 200",
            "/confirm",
            "b2 in-progress 200",
            "/confirm",
            "b2 completed 200",
            "b1 completed 200",
            "/done",
            "a completed 200 jambonz",
        ],
    ),
    "the carrier refuses the call": (
        [dial(TARGETS[0])],
        {"given": {"from": "anonymous", "to": "sip:shop@example.com"}},  # there is no number that the call could go out from
        [
            "a trying 100",
            "a in-progress 200",
            "/done",
            "- trying 100",
            "- failed 503",
            "a completed 200 jambonz",
        ],
    ),
    "a busy tone for the caller": (
        [{"verb": "sip:decline", "status": 486}],
        {},
        ["a trying 100", "a failed 486"],
    ),
    "a placed call": (
        [{"verb": "pause", "length": 1}],
        {"given": {"direction": "outbound", "call": {"from": "+14155550199", "to": {"type": "phone", "number": ONE}, "timeLimit": 60}}},
        ["a trying 100", "a in-progress 200", "a completed 200 jambonz"],
    ),
    "a placed call that is busy": (
        [{"verb": "pause", "length": 1}],
        {
            "given": {"direction": "outbound", "call": {"from": "+14155550199", "to": {"type": "phone", "number": ONE}}},
            "people": {ONE: {"busy": True}},
        },
        ["a trying 100", "a busy 486"],
    ),
}


def requests(name: str) -> list[Line]:
    """Returns the requests to hooks of a case, in the order in which they were sent."""
    document, fields, _ = CASES[name]
    written = msgspec.convert({"flow": "flow.json", "status_hook": True, "hooks": {"/done": {}, "/status": {}}, **fields}, Scenario)
    trial = try_flow(Source("flow.json", msgspec.json.encode(document).decode(), []), written, name)
    assert not [finding for finding in trial.findings if finding.severity == "error"]
    return [line for line in trial.lines if line.kind == "hook" and path(line).startswith("/")]


def path(line: Line) -> str:
    return line.name.removeprefix("POST ")


def words(line: Line) -> str:
    """Returns leg (- for one that the carrier never had), status and who has ended it; of another hook only its path."""
    if path(line) != "/status":
        return path(line)
    payload = line.body
    return " ".join([line.leg or "-", payload["call_status"], str(payload["sip_status"]), payload.get("call_termination_by", "")]).rstrip()


@pytest.mark.parametrize("name", CASES)
def test_the_events_of_a_call(name: str) -> None:
    sent = requests(name)
    assert [words(line) for line in sent] == CASES[name][2]
    final = Counter(line.body["call_sid"] for line in sent if path(line) == "/status" and line.body["call_status"] in FINAL_STATUSES)
    assert set(final) == {line.body["call_sid"] for line in sent}
    assert set(final.values()) == {1}
    for line in sent:
        judge(line.body, "status" if path(line) == "/status" else path(line)[1:] if path(line) == "/confirm" else "")
    for line in sent:
        assert ("duration" in line.body) == (line.body["call_status"] == "completed")


def test_a_hook_that_has_to_wait_tells_how_the_call_stands_when_it_is_sent() -> None:
    document = [dial(TARGETS[0], amd={"actionHook": "/amd"})]
    scenario = {
        "flow": "flow.json",
        "people": {ONE: {"answers": 2, "talks": None}},
        "hooks": {"/amd": {"delay": 8}, "/done": {}},
        "caller": {"hangs_up": 8},
    }
    lines = try_flow(Source("flow.json", msgspec.json.encode(document).decode(), []), msgspec.convert(scenario, Scenario), "late").lines
    told = [(line.body["type"], line.body["call_status"]) for line in lines if line.kind == "hook" and path(line) == "/amd"]
    assert told == [("amd_human_detected", "in-progress"), ("amd_stopped", "completed")]


def test_a_fallback_hook_of_the_settings_stands_in_for_the_first_hook() -> None:
    say = [{"verb": "say", "text": "We are closed."}]
    hooks = {"/call": {"status": 500}, "/closed": {"reply": say}}
    simulated = msgspec.convert({"app": "https://shop.example/call", "settings": {"fallback_hook": "/closed"}, "hooks": hooks}, Scenario)
    trial = try_flow(None, simulated, "fallback")
    assert [line.name for line in trial.lines if line.kind == "hook"] == ["POST /call", "POST /closed"]
    assert trial.heard["a"] == ["We are closed."]
