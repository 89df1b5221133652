"""Who hears whom: two legs are bridged, one leg is transferred to a number, a far end is sent elsewhere by REFER.

A bridge has two legs, always. Whoever is bridged anew leaves the bridge before.
"""

from callverbs.interpreter.simulator import ending, ringing
from callverbs.interpreter.simulator.exchange import Body, Exchange
from callverbs.interpreter.simulator.legs import Leg
from callverbs.interpreter.simulator.refusals import RefusalError

NOTIFY = 0.5
"""Seconds from the end of a REFER to the far end's hangup."""
PATIENCE = 30.0
"""Seconds that a far end rings whom it was referred to."""
UNREACHED = 480


def connect(exchange: Exchange, leg: Leg, other: Leg, *, parks: bool = False, told: tuple[Leg, ...] = ()) -> None:
    """Let two answered legs hear each other; `parks` keeps the first one when the bridge is over. `told` are whose webhooks are sent."""
    ending.part(exchange, leg, keep=other)
    ending.part(exchange, other, keep=leg)
    leg.peer, other.peer = other, leg
    leg.state = other.state = "bridged"
    leg.parks, other.parks = parks or leg.stays, other.stays
    for one in told or (leg, other):
        exchange.tell(one, "call.bridged")
    leg.party.bridged()
    other.party.bridged()


def check(leg: Leg, other: Leg, *, once: bool, pointer: str) -> None:
    """Raises RefusalError where two legs cannot be bridged. `once`: nor if it would end a bridge (prevent_double_bridge)."""
    if other is leg:
        raise RefusalError("10015", "a call cannot be bridged with itself", pointer)
    if not other.is_up:
        raise RefusalError("90034", "the call to bridge with has not been answered", pointer)
    if once and other.peer:
        raise RefusalError("10015", "the call to bridge with is bridged already, and prevent_double_bridge is set", pointer)


def on_answer(exchange: Exchange, leg: Leg, link: Leg, *, once: bool) -> None:
    """A leg dialled with bridge_on_answer has answered (and heard its sound): bridge it, if the other one still can be."""
    if once and link.peer:
        ending.by_us(exchange, leg, ending.CLEARED)
    elif link.is_up:
        connect(exchange, leg, link)


def transferred(exchange: Exchange, leg: Leg, new: Leg, *, parks: bool) -> None:
    """Whom a leg is transferred to has answered: bridge them. A caller who still hears ringing is answered now."""
    leg.calling.remove(new)
    if leg.state == "ringing":
        ringing.answer(exchange, leg)
    connect(exchange, leg, new, parks=parks, told=(new,))


def refer(exchange: Exchange, leg: Leg, address: str) -> None:
    """The far end of a leg calls somebody else, reports, and leaves where that went well."""
    after, status = exchange.people.called(address).takes_a_call()
    exchange.tell(leg, "call.refer.started", _notified(100))
    if after is None:
        exchange.later(leg, PATIENCE, lambda: exchange.tell(leg, "call.refer.failed", _notified(UNREACHED)))
    elif status:
        exchange.later(leg, after, lambda: exchange.tell(leg, "call.refer.failed", _notified(status)))
    else:
        exchange.later(leg, after, lambda: _followed(exchange, leg))


def _followed(exchange: Exchange, leg: Leg) -> None:
    exchange.tell(leg, "call.refer.completed", _notified(200))
    exchange.later(leg, NOTIFY, lambda: ending.by_party(exchange, leg, ending.CLEARED))


def _notified(status: int) -> Body:
    return {"sip_notify_response": status}
