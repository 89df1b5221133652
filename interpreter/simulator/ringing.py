"""How a leg begins, and how it is answered: the first ring, the end of the ringing, and what follows the answer."""

from callverbs.interpreter.simulator import detection, ending, media
from callverbs.interpreter.simulator.exchange import ANY, Body, Exchange, written
from callverbs.interpreter.simulator.legs import Direction, Heard, Leg, Order, Session
from callverbs.interpreter.simulator.people import Person

STATES = {"incoming": "parked", "outgoing": "bridging"}
"""What the carrier calls a leg that has just begun."""


def create(
    exchange: Exchange,
    direction: Direction,
    from_: str,
    to: str,
    *,
    session: Session | None = None,
    connection_id: str = "",
    person: Person | None = None,
    headers: dict[str, str] | None = None,
    caller_name: str = "",
    order: Order | None = None,
) -> Leg:
    """A leg with somebody at its other end: the person given, else whoever is at the address that is called."""
    session = session or Session(exchange.ids.uuid("session"))
    leg = Leg(
        id=exchange.ids.call_control_id(),
        leg_id=exchange.ids.uuid("leg"),
        session=session,
        connection_id=connection_id or exchange.connection_id or ANY,
        label=session.label(),
        direction=direction,
        from_=from_,
        to=to,
        started_at=exchange.clock.now(),
        caller_name=caller_name,
        headers=headers or {},
        order=order or Order(),
    )
    leg.party = exchange.meet(leg, person or _somebody(exchange, leg))
    exchange.add(leg)
    return leg


def _somebody(exchange: Exchange, leg: Leg) -> Person:
    people = exchange.people
    return people.called(leg.to, leg.label) if leg.direction == "outgoing" else people.calling(leg.from_, leg.label)


def begin(exchange: Exchange, leg: Leg) -> None:
    """The first ring."""
    fields: Body = {"direction": leg.direction, "state": STATES[leg.direction], "start_time": written(leg.started_at)}
    if leg.caller_name:
        fields["caller_id_name"] = leg.caller_name
    if leg.headers:
        fields["custom_headers"] = [{"name": name, "value": value} for name, value in leg.headers.items()]
    exchange.tell(leg, "call.initiated", fields)
    if leg.direction == "outgoing":
        reason = ending.TIMEOUT if leg.order.retries else ending.NO_ANSWER
        leg.ringer = exchange.later(leg, leg.order.timeout, lambda: ending.hang_up(exchange, leg, reason))
    leg.party.rings()


def answer(exchange: Exchange, leg: Leg) -> None:
    """The ringing is over: the party has picked up, or the carrier has on behalf of the application."""
    order = leg.order
    leg.state, leg.answered_at = "answered", exchange.clock.now()
    if leg.ringer:
        leg.ringer.cancel()
    fields: Body = {"state": "answered", "start_time": written(leg.started_at)}
    if headers := leg.sent.get("answer"):
        fields["custom_headers"] = [{"name": name, "value": value} for name, value in headers.items()]
    exchange.tell(leg, "call.answered", fields)
    if leg.direction == "outgoing":
        exchange.later(leg, order.time_limit, lambda: ending.hang_up(exchange, leg, ending.TIME_LIMIT))
        detection.watch(exchange, leg)
    if order.digits:
        send(exchange, leg, order.digits)
    leg.party.answered()
    if order.sound:
        order.sound.then = order.then
        media.play(exchange, leg, order.sound)
    elif order.then:
        order.then()


def send(exchange: Exchange, leg: Leg, digits: str) -> None:
    """The party hears keys (send_dtmf, send_digits_on_answer); no webhook tells of it."""
    leg.heard.append(Heard("keys", digits, exchange.clock.now(), whole=True))
