"""Forks a leg's audio as RTP to UDP addresses. Where there is a network, `exchange.fork` sends the packets."""

from callverbs.interpreter.simulator.exchange import Exchange
from callverbs.interpreter.simulator.legs import SimulatedLeg
from callverbs.interpreter.simulator.refusals import Body, RefusalError

STREAM_TYPE = "decrypted"


def start(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    """Starts a fork. Raises RefusalError where there is one, or nowhere to send to."""
    if leg.fork:
        raise RefusalError("90045", "the audio of this call is forked already")
    if not ("rx" in body or "tx" in body):
        raise RefusalError("10004", "say where to send the audio: rx or tx is missing", "/rx")
    for name in ("rx", "tx"):
        if name in body and not 0 < int(body[name].rpartition(":")[2]) < 65_536:
            raise RefusalError("10033", f"the port of {name} is a number from 1 to 65535", f"/{name}")
    leg.fork = exchange.fork(leg, body)
    exchange.send_webhook(leg, "call.fork.started", {"stream_type": STREAM_TYPE})


def stop(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    """Ends the fork. Raises RefusalError where there is none."""
    if leg.fork is None:
        raise RefusalError("90031", "the audio of this call is not forked")
    end_with_leg(exchange, leg)


def end_with_leg(exchange: Exchange, leg: SimulatedLeg) -> None:
    """Ends the fork of a leg that is about to end."""
    if leg.fork:
        leg.fork.close()
        leg.fork = None
        exchange.send_webhook(leg, "call.fork.stopped", {"stream_type": STREAM_TYPE})
