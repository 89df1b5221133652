"""Simulates answering machine detection, from what the person on the leg is: a human, a machine with its greeting, or silence.

Modes, results and thresholds are tables (Telnyx dial: answering_machine_detection and its config).
"""

from typing import NamedTuple

from callverbs.interpreter.simulator.exchange import Exchange
from callverbs.interpreter.simulator.legs import SimulatedLeg
from callverbs.interpreter.simulator.refusals import Body

HUMAN_DETECTION_SECONDS = 1.5
"""From the answer of a human to the result."""
WORDS_PER_SECOND = 2.5
"""Of a greeting."""
BEEP_SEARCH_SECONDS = 30.0
"""How long the carrier waits for a beep (KB: not_sure after 30 s)."""

DEFAULT_THRESHOLDS = {
    "total_analysis_time_millis": 3_500,
    "greeting_duration_millis": 3_500,
    "initial_silence_millis": 3_500,
    "maximum_number_of_words": 5,
    "greeting_total_analysis_time_millis": 5_000,
    "greeting_silence_duration_millis": 1_500,
}
"""The carrier's defaults of the thresholds that are simulated."""


class Mode(NamedTuple):
    """A mode of the detection: the prefix of its events, and its results. With an empty result there is no event of the greeting."""

    event_prefix: str = "call.machine"
    human: str = "human"
    silence: str = "machine"
    beep: str = ""
    no_beep: str = ""


PREMIUM = Mode("call.machine.premium", "human_residence", "silence", "beep_detected", "no_beep_detected")
MODES = {
    "detect": Mode(),
    "detect_beep": Mode(beep="beep_detected"),
    "detect_words": Mode(beep="beep_detected", no_beep="not_sure"),
    "greeting_end": Mode(beep="beep_detected", no_beep="ended"),
    "premium": PREMIUM,
    "premium_ios_call_screening_detection": PREMIUM,
}


class DetectionResult(NamedTuple):
    """A result, and the seconds from the answer to it."""

    result: str
    after: float


def start(exchange: Exchange, leg: SimulatedLeg) -> None:
    """Schedules the results of the detection on a leg that has just been answered."""
    mode = MODES.get(leg.dial_options.detection)
    if mode is None:
        return
    thresholds = {**DEFAULT_THRESHOLDS, **leg.dial_options.thresholds}
    detected = _detection_result(leg, mode, thresholds)
    _send_later(exchange, leg, f"{mode.event_prefix}.detection.ended", detected)
    if detected.result == "machine" and (greeting := _greeting_result(leg, mode, thresholds, detected.after)):
        _send_later(exchange, leg, f"{mode.event_prefix}.greeting.ended", greeting)


def _detection_result(leg: SimulatedLeg, mode: Mode, thresholds: Body) -> DetectionResult:
    """Returns who has answered."""
    person, machine = leg.party.person, leg.party.person.answering_machine
    limit = thresholds["total_analysis_time_millis"] / 1000
    if machine:
        words_seconds = BEEP_SEARCH_SECONDS if mode is PREMIUM else (thresholds["maximum_number_of_words"] + 1) / WORDS_PER_SECOND
        after = min(machine.greeting_seconds, thresholds["greeting_duration_millis"] / 1000, words_seconds)
        found = DetectionResult("machine", after)
    elif person.silent:
        found = DetectionResult(mode.silence, limit if mode is PREMIUM else thresholds["initial_silence_millis"] / 1000)
    else:
        found = DetectionResult(mode.human, HUMAN_DETECTION_SECONDS)
    return found if found.after <= limit else DetectionResult("not_sure", limit)


def _greeting_result(leg: SimulatedLeg, mode: Mode, thresholds: Body, detected: float) -> DetectionResult | None:
    """Returns how and when the greeting of a machine ended, `detected` seconds after the answer at the earliest; None for no event."""
    machine = leg.party.person.answering_machine
    greeting = machine.greeting_seconds if machine else 0.0
    beeps = machine is not None and machine.beep
    if mode.no_beep == "ended":
        latest = detected + thresholds["greeting_total_analysis_time_millis"] / 1000
        if beeps and greeting <= latest:
            return DetectionResult(mode.beep, max(greeting, detected))
        silence = thresholds["greeting_silence_duration_millis"] / 1000
        return DetectionResult("ended", min(max(greeting + silence, detected), latest))
    if beeps and greeting <= detected + BEEP_SEARCH_SECONDS:
        return DetectionResult(mode.beep, max(greeting, detected)) if mode.beep else None
    return DetectionResult(mode.no_beep, detected + BEEP_SEARCH_SECONDS) if mode.no_beep else None


def _send_later(exchange: Exchange, leg: SimulatedLeg, event_type: str, found: DetectionResult) -> None:
    exchange.call_later(leg, found.after, lambda: exchange.send_webhook(leg, event_type, {"result": found.result}))
