"""Records legs with SIPREC: a session with a recorder that nobody simulates, from its start to its end, and the webhooks about it."""

from callverbs.interpreter.simulator.exchange import Exchange
from callverbs.interpreter.simulator.legs import SimulatedLeg
from callverbs.interpreter.simulator.refusals import Body, RefusalError

CONNECT_SECONDS = 0.1
"""From the command to the recorder's answer."""
NORMAL_CLEARING = "NORMAL_CLEARING"


def start(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    """Begins a session. Raises RefusalError where there is one."""
    if leg.siprec:
        raise RefusalError("10015", "this call is recorded with SIPREC already")
    leg.siprec = True
    exchange.call_later(leg, CONNECT_SECONDS, lambda: _started(exchange, leg))


def _started(exchange: Exchange, leg: SimulatedLeg) -> None:
    if leg.siprec:
        exchange.send_webhook(leg, "siprec.started")


def stop(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    """Ends the session. Raises RefusalError where there is none."""
    if not leg.siprec:
        raise RefusalError("10015", "this call is not recorded with SIPREC")
    end_with_leg(exchange, leg)


def end_with_leg(exchange: Exchange, leg: SimulatedLeg) -> None:
    """Ends the session of a leg that is about to end."""
    if leg.siprec:
        leg.siprec = False
        exchange.send_webhook(leg, "siprec.stopped", {"hangup_cause": NORMAL_CLEARING})
