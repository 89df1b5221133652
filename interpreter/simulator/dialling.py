"""The commands that call somebody: dial, and transfer of a leg.

What else they ask for begins with the answer: module `from_answer`.
"""

from callverbs.interpreter.simulator import bridging, from_answer, media, ringing
from callverbs.interpreter.simulator.exchange import Exchange
from callverbs.interpreter.simulator.legs import DialOptions, SimulatedLeg
from callverbs.interpreter.simulator.refusals import Body, RefusalError


def dial(exchange: Exchange, body: Body) -> SimulatedLeg:
    """Calls a destination, and returns the new leg. Of several destinations only the first rings: the others are undocumented."""
    if not exchange.account.may_dial(body["connection_id"]):
        raise RefusalError(
            "10015", f"the connection {body['connection_id']} is no Call Control application of this account", "/connection_id"
        )
    linked = exchange.live_leg(body["link_to"], "/link_to") if "link_to" in body else None
    if "supervise_call_control_id" in body:
        exchange.live_leg(body["supervise_call_control_id"], "/supervise_call_control_id")
    destinations = body["to"] if isinstance(body["to"], list) else [body["to"]]
    to, _, digits = destinations[0].partition(",")
    options = _dial_options(exchange, body)
    options.retry_on_timeout = body.get("retry_on_timeout", True)
    options.digits = options.digits or digits
    from_ = linked.from_ if linked and body.get("bridge_intent") else body["from"]
    leg = _create_leg(exchange, body, from_, to, options, linked)
    leg.client_state = body.get("client_state")
    leg.always_parks = "park_after_unbridge" in body
    from_answer.ask(exchange, leg, body)
    if linked and body.get("bridge_on_answer"):
        prevent = body.get("prevent_double_bridge", False)
        options.on_answered = lambda: bridging.bridge_on_answer(exchange, leg, linked, prevent_double_bridge=prevent)
    ringing.start_ringing(exchange, leg)
    return leg


def transfer(exchange: Exchange, leg: SimulatedLeg, body: Body) -> None:
    """Calls a target for a leg, and bridges them when it answers. The default caller id is the number that the leg had called."""
    to, _, digits = body["to"].partition(",")
    options = _dial_options(exchange, body)
    options.digits = options.digits or digits
    target = _create_leg(exchange, body, body.get("from", leg.to), to, options, leg)
    target.client_state = body.get("target_leg_client_state")
    leg.transfer_targets.append(target)
    from_answer.ask(exchange, target, body)
    parks = "park_after_unbridge" in body
    options.on_answered = lambda: bridging.complete_transfer(exchange, leg, target, parks=parks)
    ringing.start_ringing(exchange, target)


def _dial_options(exchange: Exchange, body: Body) -> DialOptions:
    return DialOptions(
        ring_seconds=body.get("timeout_secs", 30),
        time_limit=body.get("time_limit_secs", 14_400),
        detection=body.get("answering_machine_detection", "disabled"),
        thresholds=body.get("answering_machine_detection_config", {}),
        sound=media.file_sound(exchange, body),
        digits=body.get("send_digits_on_answer", ""),
    )


def _create_leg(exchange: Exchange, body: Body, from_: str, to: str, options: DialOptions, linked: SimulatedLeg | None) -> SimulatedLeg:
    leg = ringing.create_leg(
        exchange,
        "outgoing",
        from_,
        to,
        session=linked.session if linked else None,
        connection_id=body.get("connection_id") or (linked.connection_id if linked else ""),
        headers=sip_headers(body),
        dial_options=options,
    )
    leg.routing.take(body)
    return leg


def sip_headers(body: Body) -> dict[str, str]:
    """Returns the SIP headers of a command's body."""
    return {one["name"]: one["value"] for one in [*body.get("custom_headers", []), *body.get("sip_headers", [])]}
