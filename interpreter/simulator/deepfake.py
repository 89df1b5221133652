"""Looks for synthetic speech after the answer (deepfake_detection), from what the person is: `synthetic`, silent, or neither."""

from callverbs.interpreter.simulator.exchange import Exchange
from callverbs.interpreter.simulator.legs import SimulatedLeg
from callverbs.interpreter.simulator.refusals import Body

ANALYSIS_SECONDS = 4.0
"""From the answer to a finding; how long the carrier needs is undocumented."""
DEFAULT_TIMEOUT_SECONDS, DEFAULT_RTP_TIMEOUT_SECONDS = 15, 30
FINDINGS: dict[bool, Body] = {
    False: {"result": "real", "score": 0.05, "consistency": 0.9},
    True: {"result": "fake", "score": 0.95, "consistency": 0.9},
}
"""By whether the speech is synthetic."""
SILENCE: Body = {"result": "silence_timeout", "score": None, "consistency": None}


def start(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    """Schedules the finding about a leg that has just been answered, if a command asks for one."""
    wanted = body.get("deepfake_detection", {})
    if not wanted.get("enabled", False):
        return
    person = leg.party.person
    timeout = wanted.get("timeout", DEFAULT_TIMEOUT_SECONDS)
    after = wanted.get("rtp_timeout", DEFAULT_RTP_TIMEOUT_SECONDS) if person.silent else min(ANALYSIS_SECONDS, timeout)
    fields = SILENCE if person.silent else FINDINGS[person.synthetic]
    exchange.call_later(leg, after, lambda: exchange.send_webhook(leg, "call.deepfake_detection.result", fields))
