"""How a leg ends, and what its end does to the leg that it is bridged with. This file knows every reason there is.

What was to be heard or typed ends first, then the leg, then its bridge: a peer that does not park is hung up too.
"""

from typing import NamedTuple

from callverbs.interpreter.simulator import gathering, media
from callverbs.interpreter.simulator.exchange import Body, Exchange, written
from callverbs.interpreter.simulator.legs import Leg


class Reason(NamedTuple):
    """Why a leg ends: the carrier's word, and the SIP status (Telnyx call.hangup: hangup_cause, sip_hangup_cause)."""

    cause: str
    sip: int


CLEARED = Reason("normal_clearing", 200)
CANCELLED = Reason("originator_cancel", 487)
BUSY = Reason("user_busy", 486)
NOT_FOUND = Reason("not_found", 404)
NO_ANSWER = Reason("no_answer", 487)
"""The time to ring is over, and no other route is tried (retry_on_timeout false)."""
TIMEOUT = Reason("timeout", 487)
TIME_LIMIT = Reason("time_limit", 200)
DECLINED = 603

CAUSES = {486: "user_busy", 600: "user_busy", 404: "not_found", 410: "not_found", 604: "not_found", 408: "no_answer", 480: "no_answer"}
"""Of SIP statuses; other 5xx are unspecified, all the rest is a rejection (our reading: the carrier publishes no such table)."""

REJECTED = {
    "CALL_REJECTED": Reason("call_rejected", DECLINED),
    "USER_BUSY": BUSY,
    "NOT_FOUND": NOT_FOUND,
    "TEMPORARILY_UNAVAILABLE": Reason("unspecified", 480),
}
"""The causes of the command reject."""


def rejected(status: int) -> Reason:
    """A party's refusal with a SIP status."""
    return Reason(CAUSES.get(status, "unspecified" if 500 <= status < 600 else "call_rejected"), status)


def by_us(exchange: Exchange, leg: Leg, reason: Reason) -> None:
    """The carrier's side ends a leg."""
    hang_up(exchange, leg, reason, "caller" if leg.direction == "outgoing" else "callee")


def by_party(exchange: Exchange, leg: Leg, reason: Reason) -> None:
    """The party ends its leg."""
    hang_up(exchange, leg, reason, "callee" if leg.direction == "outgoing" else "caller")


def hang_up(exchange: Exchange, leg: Leg, reason: Reason, source: str = "unknown") -> None:
    """End a leg. `source` is who did, seen from that leg (Telnyx call.hangup: hangup_source)."""
    if leg.ended:
        return
    media.cut(exchange, leg)
    gathering.cut(exchange, leg)
    peer = leg.peer
    leg.state, leg.peer, leg.cause = "ended", None, reason.cause
    exchange.remove(leg)
    fields: Body = {
        "state": "hangup",
        "start_time": written(leg.started_at),
        "hangup_cause": reason.cause,
        "hangup_source": source,
        "sip_hangup_cause": str(reason.sip),
    }
    if headers := leg.sent.get("answer"):
        fields["custom_headers"] = [{"name": name, "value": value} for name, value in headers.items()]
    exchange.tell(leg, "call.hangup", fields)
    if peer:
        _alone(exchange, peer)
    for other in leg.calling:
        by_us(exchange, other, CANCELLED if other.state == "ringing" else CLEARED)


def part(exchange: Exchange, leg: Leg, keep: Leg | None = None) -> None:
    """A leg's bridge ends because the leg goes elsewhere; its peer parks or is hung up, unless it goes along."""
    peer = leg.peer
    if peer is None:
        return
    leg.peer, leg.state = None, "answered"
    leg.party.parted()
    if peer is keep:
        peer.peer, peer.state = None, "answered"
        peer.party.parted()
    else:
        _alone(exchange, peer)


def _alone(exchange: Exchange, leg: Leg) -> None:
    """The other end of a leg's bridge is gone."""
    leg.peer, leg.state = None, "answered"
    leg.party.parted()
    if not leg.parks:
        by_us(exchange, leg, CLEARED)
