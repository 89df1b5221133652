"""The webhooks of machine detection: mode by mode, party by party. Times are seconds after the answer."""

from typing import Any

import pytest

from callverbs.interpreter.simulator.people import read_person
from tests.interpreter.simulator.harness import OTHER, CarrierHarness

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
    harness = CarrierHarness({OTHER: person})
    harness.dial(answering_machine_detection=mode, **({"answering_machine_detection_config": config} if config else {}))
    harness.run(100)
    found = [
        (body["data"]["event_type"].removeprefix("call."), body["data"]["payload"]["result"], round(at - 1, 2))
        for body, at in zip(harness.webhooks, harness.times, strict=True)
        if "machine" in body["data"]["event_type"]
    ]
    assert found == wanted


def test_a_script_makes_it_a_machine() -> None:
    harness = CarrierHarness(default="no_answer")
    leg = harness.dial(answering_machine_detection="detect_words")
    harness.carrier.machine(leg, {"greeting": 4})
    harness.run(10)
    assert harness.event_types() == ["initiated", "answered", DETECTION, GREETED]
    assert harness.at(GREETED) == 4.0


def test_a_leg_that_is_over_reports_nothing() -> None:
    harness = CarrierHarness({OTHER: MACHINE})
    leg = harness.outbound(answering_machine_detection="detect")
    harness.do(leg, "hangup")
    harness.run()
    assert harness.event_types() == ["hangup"]


def test_a_transfer_detects_too() -> None:
    harness = CarrierHarness({OTHER: read_person(HUMAN)})
    harness.do(harness.inbound(), "transfer", to=OTHER, answering_machine_detection="detect")
    harness.run(5)
    assert harness.event_types() == ["initiated", "answered", "bridged", DETECTION]
