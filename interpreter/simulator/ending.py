"""Ends legs: the reasons there are, the webhook of the hangup, and what follows for the peer.

Sounds and the gather of the leg end first, then the leg, then its bridge: a peer that does not park is hung up too.
"""

from typing import NamedTuple

from callverbs.interpreter.simulator import (
    conferences,
    conversing,
    forking,
    gathering,
    media,
    queues,
    recording,
    siprec,
    streaming,
    supervising,
)
from callverbs.interpreter.simulator.exchange import Exchange, format_time
from callverbs.interpreter.simulator.legs import SimulatedLeg
from callverbs.interpreter.simulator.meeting_places import Conference
from callverbs.interpreter.simulator.refusals import Body


class HangupReason(NamedTuple):
    """Why a leg ends: the hangup cause, and the SIP status (Telnyx call.hangup: hangup_cause, sip_hangup_cause)."""

    cause: str
    sip_status: int


NORMAL_CLEARING = HangupReason("normal_clearing", 200)
ORIGINATOR_CANCEL = HangupReason("originator_cancel", 487)
USER_BUSY = HangupReason("user_busy", 486)
NOT_FOUND = HangupReason("not_found", 404)
NO_ANSWER = HangupReason("no_answer", 487)
"""Nobody has answered in time, and the carrier tries no other route (retry_on_timeout is false)."""
TIMEOUT = HangupReason("timeout", 487)
TIME_LIMIT = HangupReason("time_limit", 200)
DECLINED_SIP_STATUS = 603

CAUSE_OF_SIP_STATUS = {
    486: "user_busy",
    600: "user_busy",
    404: "not_found",
    410: "not_found",
    604: "not_found",
    408: "no_answer",
    480: "no_answer",
}
"""Other 5xx are unspecified, and all the rest is a rejection (our reading: the carrier publishes no such table)."""

REASON_OF_REJECT_CAUSE = {
    "CALL_REJECTED": HangupReason("call_rejected", DECLINED_SIP_STATUS),
    "USER_BUSY": USER_BUSY,
    "NOT_FOUND": NOT_FOUND,
    "TEMPORARILY_UNAVAILABLE": HangupReason("unspecified", 480),
}
"""By the parameter `cause` of the command reject."""


def rejection(sip_status: int) -> HangupReason:
    """Returns the reason where a party rejects a call with a SIP status."""
    default = "unspecified" if 500 <= sip_status < 600 else "call_rejected"
    return HangupReason(CAUSE_OF_SIP_STATUS.get(sip_status, default), sip_status)


def hang_up_by_carrier(exchange: Exchange, leg: SimulatedLeg, reason: HangupReason) -> None:
    """Ends a leg from the carrier's side."""
    hang_up(exchange, leg, reason, "caller" if leg.direction == "outgoing" else "callee")


def hang_up_by_party(exchange: Exchange, leg: SimulatedLeg, reason: HangupReason) -> None:
    """Ends a leg from its party's side."""
    hang_up(exchange, leg, reason, "callee" if leg.direction == "outgoing" else "caller")


def hang_up(exchange: Exchange, leg: SimulatedLeg, reason: HangupReason, source: str = "unknown") -> None:
    """Ends a leg. `source` is the side that ends it, as the leg names its sides (Telnyx call.hangup: hangup_source)."""
    if leg.ended:
        return
    conversing.end_with_leg(exchange, leg)
    media.end_with_leg(exchange, leg)
    gathering.end_with_leg(exchange, leg)
    streaming.end_with_leg(exchange, leg)
    forking.end_with_leg(exchange, leg)
    siprec.end_with_leg(exchange, leg)
    queues.hang_up(exchange, leg)
    recording.end_with_leg(exchange, leg)
    peer = leg.peer
    leg.state, leg.peer, leg.hangup_cause = "ended", None, reason.cause
    exchange.retire(leg)
    fields: Body = {
        "state": "hangup",
        "start_time": format_time(leg.started_at),
        "hangup_cause": reason.cause,
        "end_time": format_time(leg.ended_at),
        "hangup_source": source,
        "sip_hangup_cause": str(reason.sip_status),
    }
    if headers := leg.command_headers.get("answer"):
        fields["custom_headers"] = [{"name": name, "value": value} for name, value in headers.items()]
    exchange.send_webhook(leg, "call.hangup", fields)
    if peer:
        _handle_lost_peer(exchange, peer)
    leave_conference(exchange, leg)
    hang_up_all(exchange, supervising.end_with_leg(leg))
    for target in leg.transfer_targets:
        hang_up_by_carrier(exchange, target, ORIGINATOR_CANCEL if target.state == "ringing" else NORMAL_CLEARING)


def hang_up_all(exchange: Exchange, legs: list[SimulatedLeg]) -> None:
    """Ends the legs of those whose conference is over."""
    for leg in legs:
        hang_up_by_carrier(exchange, leg, NORMAL_CLEARING)


def end_conference(exchange: Exchange, conference: Conference, reason: str) -> None:
    """Ends a conference, and hangs up those who are in it."""
    hang_up_all(exchange, conferences.end(exchange, conference, reason))


def leave_conference(exchange: Exchange, leg: SimulatedLeg) -> None:
    """Takes a leg out of its conference, if it is in one."""
    hang_up_all(exchange, conferences.leave(exchange, leg))


def unbridge(exchange: Exchange, leg: SimulatedLeg, keep: SimulatedLeg | None = None) -> None:
    """Ends the bridge of a leg that is bridged anew. Its old peer parks or is hung up, unless it is `keep`."""
    peer = leg.peer
    if peer is None:
        return
    leg.peer, leg.state = None, "answered"
    leg.party.on_unbridged()
    if peer is keep:
        peer.peer, peer.state = None, "answered"
        peer.party.on_unbridged()
    else:
        _handle_lost_peer(exchange, peer)


def _handle_lost_peer(exchange: Exchange, leg: SimulatedLeg) -> None:
    """Hangs up a leg whose peer has left the bridge, unless it parks."""
    leg.peer, leg.state = None, "answered"
    leg.party.on_unbridged()
    if not leg.parks:
        hang_up_by_carrier(exchange, leg, NORMAL_CLEARING)
