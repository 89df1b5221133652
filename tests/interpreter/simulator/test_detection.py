"""What machine detection tells: mode by mode, party by party. Times are seconds after the answer."""

from typing import Any

import pytest

from interpreter.simulator.people import read
from tests.interpreter.simulator.stage import OTHER, Stage

LONG = {
    "total_analysis_time_millis": 15_000,
    "greeting_duration_millis": 15_000,
    "maximum_number_of_words": 8,
    "initial_silence_millis": 15_000,
}
GREETING = {"greeting_total_analysis_time_millis": 60_000, "greeting_silence_duration_millis": 2_000}
HUMAN = {"answers": 1}
MACHINE = {"machine": {"answers": 1, "greeting": 8}}
NO_BEEP = {"machine": {"answers": 1, "greeting": 8, "beep": False}}
SHORT = {"machine": {"answers": 1, "greeting": 2}}
SILENT = {"answers": 1, "silent": True}

DETECTION, GREETED = "machine.detection.ended", "machine.greeting.ended"
PREMIUM, PREMIUM_GREETED = "machine.premium.detection.ended", "machine.premium.greeting.ended"


@pytest.mark.parametrize(
    ("mode", "config", "person", "wanted"),
    [
        ("disabled", {}, MACHINE, []),
        ("detect", {}, HUMAN, [(DETECTION, "human", 1.5)]),
        ("detect", {}, MACHINE, [(DETECTION, "machine", 2.4)]),
        ("detect", {}, SHORT, [(DETECTION, "machine", 2.0)]),
        ("detect", LONG, MACHINE, [(DETECTION, "machine", 3.6)]),
        ("detect", {"maximum_number_of_words": 99, "total_analysis_time_millis": 9_000}, MACHINE, [(DETECTION, "machine", 3.5)]),
        ("detect", {"total_analysis_time_millis": 1_000}, HUMAN, [(DETECTION, "not_sure", 1.0)]),
        ("detect", {"total_analysis_time_millis": 1_000}, MACHINE, [(DETECTION, "not_sure", 1.0)]),
        ("detect", {}, SILENT, [(DETECTION, "machine", 3.5)]),
        ("detect", LONG, SILENT, [(DETECTION, "machine", 15.0)]),
        ("greeting_end", {}, HUMAN, [(DETECTION, "human", 1.5)]),
        ("greeting_end", GREETING, MACHINE, [(DETECTION, "machine", 2.4), (GREETED, "beep_detected", 8.0)]),
        ("greeting_end", GREETING, NO_BEEP, [(DETECTION, "machine", 2.4), (GREETED, "ended", 10.0)]),
        ("greeting_end", {}, MACHINE, [(DETECTION, "machine", 2.4), (GREETED, "ended", 7.4)]),
        ("greeting_end", {}, SILENT, [(DETECTION, "machine", 3.5), (GREETED, "ended", 3.5)]),
        ("detect_words", {}, MACHINE, [(DETECTION, "machine", 2.4), (GREETED, "beep_detected", 8.0)]),
        ("detect_words", {}, NO_BEEP, [(DETECTION, "machine", 2.4), (GREETED, "not_sure", 32.4)]),
        ("detect_beep", {}, MACHINE, [(DETECTION, "machine", 2.4), (GREETED, "beep_detected", 8.0)]),
        ("detect_beep", {}, NO_BEEP, [(DETECTION, "machine", 2.4)]),
        ("premium", {}, HUMAN, [(PREMIUM, "human_residence", 1.5)]),
        ("premium", {}, MACHINE, [(PREMIUM, "machine", 3.5), (PREMIUM_GREETED, "beep_detected", 8.0)]),
        ("premium", {}, NO_BEEP, [(PREMIUM, "machine", 3.5), (PREMIUM_GREETED, "no_beep_detected", 33.5)]),
        ("premium", {"total_analysis_time_millis": 5_000}, SILENT, [(PREMIUM, "silence", 5.0)]),
        ("premium", {"total_analysis_time_millis": 1_000}, HUMAN, [(PREMIUM, "not_sure", 1.0)]),
    ],
)
def test_findings(mode: str, config: dict[str, Any], person: object, wanted: list[tuple[str, str, float]]) -> None:
    stage = Stage({OTHER: person})
    stage.dial(answering_machine_detection=mode, **({"answering_machine_detection_config": config} if config else {}))
    stage.run(100)
    found = [
        (body["data"]["event_type"].removeprefix("call."), body["data"]["payload"]["result"], round(at - 1, 2))
        for body, at in zip(stage.webhooks, stage.times, strict=True)
        if "machine" in body["data"]["event_type"]
    ]
    assert found == wanted


def test_a_script_says_that_it_is_a_machine() -> None:
    stage = Stage(default="no_answer")
    leg = stage.dial(answering_machine_detection="detect_words")
    stage.carrier.machine(leg, {"greeting": 4})
    stage.run(10)
    assert stage.told() == ["initiated", "answered", DETECTION, GREETED]
    assert stage.at(GREETED) == 4.0


def test_a_leg_that_is_over_tells_nothing() -> None:
    stage = Stage({OTHER: MACHINE})
    leg = stage.outbound(answering_machine_detection="detect")
    stage.do(leg, "hangup")
    stage.run()
    assert stage.told() == ["hangup"]


def test_a_transfer_detects_too() -> None:
    stage = Stage({OTHER: read(HUMAN)})
    stage.do(stage.inbound(), "transfer", to=OTHER, answering_machine_detection="detect")
    stage.run(5)
    assert stage.told() == ["initiated", "answered", "bridged", DETECTION]
