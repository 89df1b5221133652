"""Bridges two legs, transfers a leg to a number, and refers a far end to another address.

A bridge always has two legs. A leg that is bridged anew leaves its bridge.
"""

from callverbs.interpreter.simulator import ending, queues, ringing
from callverbs.interpreter.simulator.exchange import Exchange
from callverbs.interpreter.simulator.legs import SimulatedLeg
from callverbs.interpreter.simulator.refusals import Body, RefusalError

REFER_HANGUP_SECONDS = 0.5
"""From the success of a REFER to the hangup of the far end."""
REFER_TIMEOUT_SECONDS = 30.0
"""How long the far end rings the address that it was referred to."""
REFER_TIMEOUT_SIP_STATUS = 480


def bridge(
    exchange: Exchange, leg: SimulatedLeg, other: SimulatedLeg, *, parks: bool = False, notified: tuple[SimulatedLeg, ...] = ()
) -> None:
    """Bridges two answered legs, which then wait in no queue. With `parks` the first one parks at the end.

    `notified` are the legs with a webhook, by default both.
    """
    for one in (leg, other):
        queues.leave(exchange, one, "bridged")
        ending.leave_conference(exchange, one)
    ending.unbridge(exchange, leg, keep=other)
    ending.unbridge(exchange, other, keep=leg)
    leg.peer, other.peer = other, leg
    leg.state = other.state = "bridged"
    leg.parks, other.parks = parks or leg.always_parks, other.always_parks
    for one in notified or (leg, other):
        exchange.send_webhook(one, "call.bridged")
    leg.party.on_bridged()
    other.party.on_bridged()


def check_bridge(leg: SimulatedLeg, other: SimulatedLeg, *, prevent_double_bridge: bool, pointer: str) -> None:
    """Raises RefusalError where two legs cannot be bridged. With `prevent_double_bridge`, also where the other one is bridged."""
    if other is leg:
        raise RefusalError("10015", "a call cannot be bridged with itself", pointer)
    if not other.is_up:
        raise RefusalError("90034", "the call to bridge with has not been answered", pointer)
    if prevent_double_bridge and other.peer:
        raise RefusalError("10015", "the call to bridge with is bridged already, and prevent_double_bridge is set", pointer)


def bridge_on_answer(exchange: Exchange, leg: SimulatedLeg, linked: SimulatedLeg, *, prevent_double_bridge: bool) -> None:
    """Bridges a leg that was dialled with bridge_on_answer, now that it is answered and its sound is over.

    A caller who still hears ringing is answered first.
    """
    if prevent_double_bridge and linked.peer:
        ending.hang_up_by_carrier(exchange, leg, ending.NORMAL_CLEARING)
    elif not linked.ended:
        if linked.direction == "incoming" and linked.state == "ringing":
            ringing.answer(exchange, linked)
        if linked.is_up:
            bridge(exchange, leg, linked)


def complete_transfer(exchange: Exchange, leg: SimulatedLeg, target: SimulatedLeg, *, parks: bool) -> None:
    """Bridges a leg with the target of its transfer, which has answered. A caller who still hears ringing is answered first."""
    leg.transfer_targets.remove(target)
    if leg.state == "ringing":
        ringing.answer(exchange, leg)
    bridge(exchange, leg, target, parks=parks, notified=(target,))


def refer(exchange: Exchange, leg: SimulatedLeg, address: str) -> None:
    """Lets the far end of a leg call an address and report the result. Where the call is answered, the far end leaves."""
    after, sip_status = exchange.people.callee(address).call_response()
    exchange.send_webhook(leg, "call.refer.started", _notify_fields(100))
    if after is None:
        exchange.call_later(leg, REFER_TIMEOUT_SECONDS, lambda: _fail_refer(exchange, leg, REFER_TIMEOUT_SIP_STATUS))
    elif sip_status:
        exchange.call_later(leg, after, lambda: _fail_refer(exchange, leg, sip_status))
    else:
        exchange.call_later(leg, after, lambda: _complete_refer(exchange, leg))


def _fail_refer(exchange: Exchange, leg: SimulatedLeg, sip_status: int) -> None:
    exchange.send_webhook(leg, "call.refer.failed", _notify_fields(sip_status))


def _complete_refer(exchange: Exchange, leg: SimulatedLeg) -> None:
    exchange.send_webhook(leg, "call.refer.completed", _notify_fields(200))
    exchange.call_later(leg, REFER_HANGUP_SECONDS, lambda: ending.hang_up_by_party(exchange, leg, ending.NORMAL_CLEARING))


def _notify_fields(sip_status: int) -> Body:
    return {"sip_notify_response": sip_status}
