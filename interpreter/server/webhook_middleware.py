"""The route of the carrier's webhooks, as ASGI middleware: without Quart, which costs four times as much as receiving a request.

It verifies the signature over the raw bytes, passes the event to the switchboard, and answers 200 when the outcome is on disk.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from callverbs.interpreter.runtime.ports import Now
from callverbs.interpreter.runtime.switchboard import Switchboard, Verdict
from callverbs.interpreter.server.webhook_version import WebhookVersion
from callverbs.interpreter.telnyx.signature import SignatureError
from callverbs.interpreter.telnyx.webhooks import WebhookError

LOG = logging.getLogger("callverbs")
WEBHOOK_PATH = "/webhooks/telnyx"
MAX_WEBHOOK_BYTES = 1_000_000
BODY_SECONDS = 10.0
"""For the whole body of a webhook to come."""
STATUS_OF_VERDICT: dict[Verdict, int] = {Verdict.TAKEN: 200, Verdict.UNMATCHED: 200, Verdict.TOO_EARLY: 503, Verdict.NEWER: 503}
TEXT_OF_VERDICT: dict[Verdict, str] = {
    Verdict.TOO_EARLY: "this leg is not known yet: deliver it again",
    Verdict.NEWER: "a newer version of callverbs has this call: deliver it again",
}

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]


class WebhookMiddleware:
    """Handles webhooks, and passes every other request to `app`. `now` returns UTC seconds, `count` is told each status."""

    def __init__(
        self,
        app: Asgi,
        version: WebhookVersion,
        switchboard: Callable[[], Switchboard],
        now: Now,
        count: Callable[[int], None] = lambda status: None,
    ) -> None:
        self._app = app
        self._version = version
        self._switchboard = switchboard
        self._now = now
        self._count = count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _path(scope) != WEBHOOK_PATH:
            await self._app(scope, receive, send)
            return
        status, text = 405, "the carrier's webhooks come here, by POST"
        if scope["method"] == "POST":
            try:
                async with asyncio.timeout(BODY_SECONDS):
                    given = await _body(receive)
            except TimeoutError:
                status, text = 408, f"the body did not come within {BODY_SECONDS:g} s"
            else:
                if given is None:
                    return
                status, text = await self._handle(given, dict(scope["headers"]), _source(scope))
            self._count(status)
        body = b"{}" if status == 200 else text.encode()
        kind = b"application/json" if status == 200 else b"text/plain; charset=utf-8"
        headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), (b"allow", b"POST")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _handle(self, body: bytes, headers: Mapping[bytes, bytes], source: str) -> tuple[int, str]:
        """Returns the status of the response, and its text if it is not 200."""
        if len(body) > MAX_WEBHOOK_BYTES:
            return 413, f"a webhook has {MAX_WEBHOOK_BYTES} bytes at the most"
        try:
            self._version.verify(body, headers, self._now())
            event = self._version.read(body)
        except SignatureError as error:
            LOG.warning("a webhook from %s is refused: %s", source, error)
            return 403, str(error)
        except WebhookError as error:
            LOG.warning("a webhook from %s is refused: %s", source, error)
            return 400, str(error)
        if event is None:
            return 200, ""
        try:
            verdict = await self._switchboard().receive(event, body)
        except Exception:
            LOG.exception("a webhook could not be saved")
            return 500, "the event could not be saved: deliver it again"
        return STATUS_OF_VERDICT[verdict], TEXT_OF_VERDICT.get(verdict, "")


def _source(scope: Scope) -> str:
    """Returns the address that a request came from; behind a proxy, that of the proxy."""
    client = scope.get("client")
    return str(client[0]) if client else "an unknown address"


def _path(scope: Scope) -> str:
    """Returns the path of a request without the prefix that the application is mounted at."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


async def _body(receive: Receive) -> bytes | None:
    """Returns the body of a request; of one that is too long, a little more than the limit. None where the client has cut it off."""
    parts: list[bytes] = []
    length = 0
    more = True
    while more and length <= MAX_WEBHOOK_BYTES:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        part: bytes = message.get("body", b"")
        parts.append(part)
        length += len(part)
        more = message.get("more_body", False)
    return b"".join(parts)
