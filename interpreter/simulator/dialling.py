"""What the carrier does when it is asked to call somebody: by dial, or by transfer of a leg that is there already.

Recording, streaming, transcription, conferences and supervision are taken and come to nothing: no webhook tells of them.
"""

from callverbs.interpreter.simulator import bridging, media, ringing
from callverbs.interpreter.simulator.exchange import Body, Exchange
from callverbs.interpreter.simulator.legs import Leg, Order
from callverbs.interpreter.simulator.refusals import RefusalError


def dial(exchange: Exchange, body: Body) -> Leg:
    """Call somebody. Of several destinations only the first one rings: what the others would do is undocumented."""
    if exchange.connection_id not in (None, body["connection_id"]):
        raise RefusalError(
            "10015", f"the connection {body['connection_id']} is no Call Control application of this account", "/connection_id"
        )
    link = exchange.alive(body["link_to"], "/link_to") if "link_to" in body else None
    destinations = body["to"] if isinstance(body["to"], list) else [body["to"]]
    to, _, digits = destinations[0].partition(",")
    order = _order(exchange, body)
    order.retries = body.get("retry_on_timeout", True)
    order.digits = order.digits or digits
    from_ = link.from_ if link and body.get("bridge_intent") else body["from"]
    leg = _leg(exchange, body, from_, to, order, link)
    leg.client_state = body.get("client_state")
    leg.stays = "park_after_unbridge" in body
    if link and body.get("bridge_on_answer"):
        once = body.get("prevent_double_bridge", False)
        order.then = lambda: bridging.on_answer(exchange, leg, link, once=once)
    ringing.begin(exchange, leg)
    return leg


def transfer(exchange: Exchange, leg: Leg, body: Body) -> None:
    """Call somebody for a leg, and bridge the two at the answer. The caller id is, by default, the number that the leg had called."""
    to, _, digits = body["to"].partition(",")
    order = _order(exchange, body)
    order.digits = order.digits or digits
    new = _leg(exchange, body, body.get("from", leg.to), to, order, leg)
    new.client_state = body.get("target_leg_client_state")
    leg.calling.append(new)
    parks = "park_after_unbridge" in body
    order.then = lambda: bridging.transferred(exchange, leg, new, parks=parks)
    ringing.begin(exchange, new)


def _order(exchange: Exchange, body: Body) -> Order:
    return Order(
        timeout=body.get("timeout_secs", 30),
        time_limit=body.get("time_limit_secs", 14_400),
        detection=body.get("answering_machine_detection", "disabled"),
        thresholds=body.get("answering_machine_detection_config", {}),
        sound=media.file(exchange, body),
        digits=body.get("send_digits_on_answer", ""),
    )


def _leg(exchange: Exchange, body: Body, from_: str, to: str, order: Order, link: Leg | None) -> Leg:
    leg = ringing.create(
        exchange,
        "outgoing",
        from_,
        to,
        session=link.session if link else None,
        connection_id=body.get("connection_id") or (link.connection_id if link else ""),
        headers=headers(body),
        order=order,
    )
    leg.url = body.get("webhook_url", "")
    return leg


def headers(body: Body) -> dict[str, str]:
    """The SIP headers of a body."""
    return {one["name"]: one["value"] for one in [*body.get("custom_headers", []), *body.get("sip_headers", [])]}
