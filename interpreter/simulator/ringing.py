"""Creates, rings and answers legs."""

from callverbs.interpreter.simulator import detection, ending, from_answer, media
from callverbs.interpreter.simulator.exchange import Exchange, format_time
from callverbs.interpreter.simulator.legs import CallSession, DialOptions, Direction, Heard, SimulatedLeg
from callverbs.interpreter.simulator.people import Person
from callverbs.interpreter.simulator.refusals import Body

INBOUND_RING_SECONDS = 180.0
"""After so long the network of a caller who is not answered gives up (RFC 3261, 16.6: timer C)."""
INITIAL_STATES = {"incoming": "parked", "outgoing": "bridging"}
"""The field `state` of call.initiated."""


def create_leg(
    exchange: Exchange,
    direction: Direction,
    from_: str,
    to: str,
    *,
    session: CallSession | None = None,
    connection_id: str = "",
    person: Person | None = None,
    headers: dict[str, str] | None = None,
    caller_name: str = "",
    dial_options: DialOptions | None = None,
) -> SimulatedLeg:
    """Returns a new leg, whose party plays `person`, by default the person at the address."""
    session = session or CallSession(exchange.ids.uuid("session"))
    leg = SimulatedLeg(
        id=exchange.ids.call_control_id(),
        leg_id=exchange.ids.uuid("leg"),
        session=session,
        connection_id=connection_id or exchange.account.called(to).id,
        label=session.next_label(),
        direction=direction,
        from_=from_,
        to=to,
        started_at=exchange.clock.now(),
        caller_name=caller_name,
        headers=headers or {},
        dial_options=dial_options or DialOptions(),
    )
    leg.party = exchange.create_party(leg, person or _person_at_address(exchange, leg))
    exchange.add(leg)
    return leg


def _person_at_address(exchange: Exchange, leg: SimulatedLeg) -> Person:
    people = exchange.people
    return people.callee(leg.to, leg.label) if leg.direction == "outgoing" else people.caller(leg.from_, leg.label)


def start_ringing(exchange: Exchange, leg: SimulatedLeg) -> None:
    """Lets a new leg ring, until it is answered or the time to ring is over."""
    fields: Body = {"direction": leg.direction, "state": INITIAL_STATES[leg.direction], "start_time": format_time(leg.started_at)}
    if leg.caller_name:
        fields["caller_id_name"] = leg.caller_name
    if leg.headers:
        fields["custom_headers"] = [{"name": name, "value": value} for name, value in leg.headers.items()]
    exchange.send_webhook(leg, "call.initiated", fields | {"calling_party_type": leg.calling_party_type})
    if leg.direction == "outgoing":
        reason = ending.TIMEOUT if leg.dial_options.retry_on_timeout else ending.NO_ANSWER
        leg.ring_timer = exchange.call_later(leg, leg.dial_options.ring_seconds, lambda: ending.hang_up(exchange, leg, reason))
    else:
        leg.ring_timer = exchange.call_later(leg, INBOUND_RING_SECONDS, leg.party.hang_up)
    leg.party.on_ringing()


def answer(exchange: Exchange, leg: SimulatedLeg) -> None:
    """Answers a leg: the party has picked up, or the application has sent the command answer."""
    options = leg.dial_options
    leg.state, leg.answered_at = "answered", exchange.clock.now()
    if leg.ring_timer:
        leg.ring_timer.cancel()
    fields: Body = {"state": "answered", "start_time": format_time(leg.started_at)}
    if headers := leg.command_headers.get("answer"):
        fields["custom_headers"] = [{"name": name, "value": value} for name, value in headers.items()]
    exchange.send_webhook(leg, "call.answered", fields)
    from_answer.start(exchange, leg)
    if leg.direction == "outgoing":
        exchange.call_later(leg, options.time_limit, lambda: ending.hang_up(exchange, leg, ending.TIME_LIMIT))
        detection.start(exchange, leg)
    if options.digits:
        send_digits(exchange, leg, options.digits)
    leg.party.on_answered()
    if options.sound:
        options.sound.on_ended = options.on_answered
        media.play(exchange, leg, options.sound)
    elif options.on_answered:
        options.on_answered()


def send_digits(exchange: Exchange, leg: SimulatedLeg, digits: str) -> None:
    """Lets the party hear keys (send_dtmf, send_digits_on_answer). There is no webhook of it."""
    leg.heard.append(Heard("keys", digits, exchange.clock.now(), whole=True))
