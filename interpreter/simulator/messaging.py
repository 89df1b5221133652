"""Text messages at the simulated carrier: it takes or refuses them. Nobody receives them, and no delivery is reported.

Sources: the carrier's pages on errors of messages, and the SDK's models.
"""

import re
from collections import deque
from typing import Any

from callverbs.interpreter.simulator.exchange import Exchange, format_time
from callverbs.interpreter.simulator.refusals import ApiResponse, Body, RefusalError

NUMBER = re.compile(r"[+][1-9][0-9]{6,14}|[1-9][0-9]{3,7}")
"""A telephone number in E.164, or a short code."""
ALPHANUMERIC = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")
"""A sender's name."""
MAX_MESSAGES = 100
"""So many messages can be looked at."""


class Messages:
    """The messages of one account: the last that were taken, and the responses by which a repeat is recognised."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._responses: dict[str, ApiResponse] = {}
        self.taken: deque[Body] = deque(maxlen=MAX_MESSAGES)

    def clear(self) -> None:
        """Forgets everything."""
        self._responses.clear()
        self.taken.clear()

    def send(self, body: object, idempotency_key: str) -> ApiResponse:
        """Takes a message. One with a known Idempotency-Key is the same message; how long the carrier knows it is undocumented."""
        if idempotency_key in self._responses:
            return self._responses[idempotency_key]
        message = _take(self._exchange, self._exchange.checked("send_message", body))
        self.taken.append(message)
        response = ApiResponse(200, {"data": message})
        if idempotency_key:
            self._responses[idempotency_key] = response
            if len(self._responses) > MAX_MESSAGES:
                del self._responses[next(iter(self._responses))]
        return response


def _take(exchange: Exchange, body: Body) -> Body:
    """Returns the carrier's record of a message that it takes. Raises RefusalError."""
    receiver, sender = body["to"], body["from"]
    if not NUMBER.fullmatch(receiver):
        raise RefusalError("40310", "the 'to' address must be a number in +E.164 format, or a short code", "/to")
    if not (NUMBER.fullmatch(sender) or (ALPHANUMERIC.fullmatch(sender) and "messaging_profile_id" in body)):
        raise RefusalError("40305", "the 'from' address must be a number of the messaging profile, or a sender id with a profile", "/from")
    if not (body.get("text") or body.get("media_urls")):
        raise RefusalError("40316", "a message needs text or media_urls")
    if exchange.people.opted_out(receiver):
        raise RefusalError("40300", "messages cannot be sent from this number to one that has replied STOP", "/to")
    return _record(exchange, body)


def _record(exchange: Exchange, body: Body) -> Body:
    record: dict[str, Any] = {
        "record_type": "message",
        "direction": "outbound",
        "id": exchange.ids.uuid("message"),
        "type": body.get("type", "MMS" if "media_urls" in body else "SMS"),
        "from": {"phone_number": body["from"]},
        "to": [{"phone_number": body["to"], "status": "queued"}],
        "text": body.get("text", ""),
        "media": [{"url": url} for url in body.get("media_urls", [])],
        "received_at": format_time(exchange.clock.now()),
    }
    return record | {key: body[key] for key in ("messaging_profile_id", "subject", "webhook_url", "webhook_failover_url") if key in body}
