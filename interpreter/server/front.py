"""The webhook path, in front of everything else: bare ASGI, because Quart's own cost is four times that of receiving a request.

It verifies the signature on the raw bytes, hands the event over, and says 200 when what it came to is on disk.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from interpreter.switchboard import Switchboard, Verdict
from interpreter.telnyx.signature import SignatureError
from interpreter.telnyx.webhooks import WebhookError
from verbs._events import LegEvent

LOG = logging.getLogger("callverbs")
PATH = "/webhooks/telnyx"
LONGEST = 1_000_000
"""Bytes of a webhook, at the most."""
ANSWERS: dict[Verdict, int] = {Verdict.TAKEN: 200, Verdict.FOREIGN: 200, Verdict.LATER: 503}

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]


class Border(Protocol):
    """One version of the carrier's webhooks: who may send them, and what they say."""

    def verify(self, body: bytes, headers: Mapping[bytes, bytes], now: float) -> None: ...
    def read(self, body: bytes) -> LegEvent | None: ...


class Front:
    """Takes webhooks, and leaves every other request to `behind`."""

    def __init__(self, behind: Asgi, border: Border, board: Callable[[], Switchboard], now: Callable[[], float]) -> None:
        self._behind = behind
        self._border = border
        self._board = board
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH:
            await self._behind(scope, receive, send)
            return
        status, words = 405, "the carrier's webhooks come here, by POST"
        if scope["method"] == "POST":
            status, words = await self._take(await _body(receive), dict(scope["headers"]))
        body = b"{}" if status == 200 else words.encode()
        kind = b"application/json" if status == 200 else b"text/plain; charset=utf-8"
        headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), (b"allow", b"POST")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _take(self, body: bytes, headers: Mapping[bytes, bytes]) -> tuple[int, str]:
        if len(body) > LONGEST:
            return 413, f"a webhook has {LONGEST} bytes at the most"
        try:
            self._border.verify(body, headers, self._now())
            event = self._border.read(body)
        except SignatureError as error:
            LOG.warning("a webhook is refused: %s", error)
            return 403, str(error)
        except WebhookError as error:
            LOG.warning("a webhook is refused: %s", error)
            return 400, str(error)
        if event is None:
            return 200, ""
        try:
            return ANSWERS[await self._board().receive(event, body)], "this leg is not known yet: deliver it again"
        except Exception:
            LOG.exception("a webhook could not be saved")
            return 500, "the event could not be saved: deliver it again"


async def _body(receive: Receive) -> bytes:
    """The body of a request, or a little more than is allowed of one that is too long."""
    parts: list[bytes] = []
    length = 0
    more = True
    while more and length <= LONGEST:
        message = await receive()
        part: bytes = message.get("body", b"")
        parts.append(part)
        length += len(part)
        more = message.get("more_body", False)
    return b"".join(parts)
