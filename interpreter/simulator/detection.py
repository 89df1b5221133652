"""How the carrier finds out who has answered. It hears what the person is: somebody, a machine with its greeting, or nothing.

Modes, results and thresholds are tables (Telnyx dial: answering_machine_detection and its config).
"""

from typing import NamedTuple

from callverbs.interpreter.simulator.exchange import Body, Exchange
from callverbs.interpreter.simulator.legs import Leg

HELLO = 1.5
"""Seconds until a human answer is known as one."""
WORDS = 2.5
"""Words that a greeting has in a second."""
SEARCH = 30.0
"""Seconds that a beep is searched for (KB: not_sure after 30 s)."""

THRESHOLDS = {
    "total_analysis_time_millis": 3_500,
    "greeting_duration_millis": 3_500,
    "initial_silence_millis": 3_500,
    "maximum_number_of_words": 5,
    "greeting_total_analysis_time_millis": 5_000,
    "greeting_silence_duration_millis": 1_500,
}
"""The carrier's defaults of what counts here."""


class Mode(NamedTuple):
    """What one mode tells: its events, and what it calls people, silence, a beep, and a greeting without one ("" is not told)."""

    events: str = "call.machine"
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


class Finding(NamedTuple):
    """A result, and how many seconds after the answer."""

    result: str
    at: float


def watch(exchange: Exchange, leg: Leg) -> None:
    """Listen to a leg that has just been answered."""
    mode = MODES.get(leg.order.detection)
    if mode is None:
        return
    thresholds = {**THRESHOLDS, **leg.order.thresholds}
    found = _first(leg, mode, thresholds)
    _say(exchange, leg, f"{mode.events}.detection.ended", found)
    if found.result == "machine" and (ended := _second(leg, mode, thresholds, found.at)):
        _say(exchange, leg, f"{mode.events}.greeting.ended", ended)


def _first(leg: Leg, mode: Mode, thresholds: Body) -> Finding:
    """Who has answered."""
    person, machine = leg.party.person, leg.party.person.voicemail
    most = thresholds["total_analysis_time_millis"] / 1000
    if machine:
        words = SEARCH if mode is PREMIUM else (thresholds["maximum_number_of_words"] + 1) / WORDS
        found = Finding("machine", min(machine.lasts, thresholds["greeting_duration_millis"] / 1000, words))
    elif person.silent:
        found = Finding(mode.silence, most if mode is PREMIUM else thresholds["initial_silence_millis"] / 1000)
    else:
        found = Finding(mode.human, HELLO)
    return found if found.at <= most else Finding("not_sure", most)


def _second(leg: Leg, mode: Mode, thresholds: Body, detected: float) -> Finding | None:
    """When the greeting of a machine was over, and how."""
    machine = leg.party.person.voicemail
    greeting = machine.lasts if machine else 0.0
    beeps = machine is not None and machine.beep
    if mode.no_beep == "ended":
        latest = detected + thresholds["greeting_total_analysis_time_millis"] / 1000
        if beeps and greeting <= latest:
            return Finding(mode.beep, max(greeting, detected))
        return Finding("ended", min(max(greeting + thresholds["greeting_silence_duration_millis"] / 1000, detected), latest))
    if beeps and greeting <= detected + SEARCH:
        return Finding(mode.beep, max(greeting, detected)) if mode.beep else None
    return Finding(mode.no_beep, detected + SEARCH) if mode.no_beep else None


def _say(exchange: Exchange, leg: Leg, event_type: str, finding: Finding) -> None:
    exchange.later(leg, finding.at, lambda: exchange.tell(leg, event_type, {"result": finding.result}))
