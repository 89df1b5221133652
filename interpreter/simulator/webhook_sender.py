"""Posts signed webhooks to the application: each at once, beside the others, or in strict order one after the other for each leg.

A webhook is sent again after no connection, 5xx, 408 and 429, and redirects are followed. Every other status than 2xx loses it (KB,
voice-api-webhooks). An attempt that fails goes to the failover URL too, where the application has one.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal, NamedTuple
from urllib.parse import urlencode

import httpx
import msgspec

from callverbs.interpreter.runtime.ports import Sleep
from callverbs.interpreter.simulator import older_webhooks
from callverbs.interpreter.simulator.refusals import Body
from callverbs.interpreter.simulator.routing import Route, Webhook
from callverbs.interpreter.simulator.stepping import Activity
from callverbs.interpreter.telnyx.signature import Signer

LOG = logging.getLogger("callverbs")

PAUSES_SECONDS = (0.25, 1.0, 2.0, 5.0)
"""The pause before the second, third … attempt (the carrier's own schedule is documented in three ways)."""
RETRIED_STATUSES = (408, 429)
REDIRECTS = (301, 302, 303, 307, 308)
MAX_REDIRECTS = 3
"""Redirects of one attempt that are followed (KB, voice-api-webhooks)."""
MAX_CONCURRENT = 100
"""Webhooks that are being posted at the same time."""
MAX_WAITING = 10_000
"""Webhooks that wait; more are lost."""


Outcome = Literal["delivered", "again", "lost"]
"""What comes of an attempt. After `again` there is another one: later, or at the failover URL."""


class Attempt(NamedTuple):
    """An attempt to deliver a webhook. A status of 0 means that no response came; `error` says why."""

    webhook: Webhook
    number: int
    url: str
    status: int
    error: str = ""
    outcome: Outcome = "delivered"

    @property
    def is_delivered(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_retried(self) -> bool:
        """Whether the carrier sends the webhook again after such an answer."""
        return self.status == 0 or self.status >= 500 or self.status in RETRIED_STATUSES

    def __str__(self) -> str:
        return f"{self.url} says {self.error or f'status {self.status}'}"


class WebhookSender:
    """Posts every webhook to its route. `now` returns UTC seconds, `on_attempt` is told of every attempt.

    With `in_order`, a webhook of a leg waits until the one before it is delivered or lost. `activity` counts what is under way.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        signer: Signer,
        now: Callable[[], float],
        pauses: Sequence[float] = PAUSES_SECONDS,
        sleep: Sleep = asyncio.sleep,
        *,
        in_order: bool = False,
        on_attempt: Callable[[Attempt], None] = lambda attempt: None,
        activity: Activity | None = None,
    ) -> None:
        self._client = client
        self._signer = signer
        self._now = now
        self._pauses = tuple(pauses)
        self._sleep = sleep
        self._in_order = in_order
        self._on_attempt = on_attempt
        self._activity = activity or Activity()
        self._queues: dict[str, deque[Webhook]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(MAX_CONCURRENT)
        self._waiting = 0

    def send(self, webhook: Webhook) -> None:
        """Sends a webhook, and returns at once."""
        if self._waiting >= MAX_WAITING:
            LOG.warning("%s is lost: %s webhooks wait already", webhook.event_type, MAX_WAITING)
            return
        self._waiting += 1
        if not self._in_order:
            self._spawn(self._send_one(webhook))
        elif webhook.key in self._queues:
            self._queues[webhook.key].append(webhook)
        else:
            self._queues[webhook.key] = deque([webhook])
            self._spawn(self._send_queue(webhook.key))

    async def stop(self) -> None:
        """Drops the webhooks that are not delivered yet."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send_queue(self, key: str) -> None:
        queue = self._queues[key]
        try:
            while queue:
                await self._send_one(queue.popleft())
        finally:
            del self._queues[key]

    async def _send_one(self, webhook: Webhook) -> None:
        try:
            await self._send_with_retries(webhook)
        finally:
            self._waiting -= 1

    async def _send_with_retries(self, webhook: Webhook) -> None:
        route = webhook.route
        for number, pause in enumerate((*(self._pauses if route.pauses is None else route.pauses), None), 1):
            attempt = await self._attempt(webhook, route.url, number)
            if route.failover_url and not attempt.is_delivered:
                self._on_attempt(attempt._replace(outcome="again"))
                attempt = await self._attempt(webhook, route.failover_url, number)
            if attempt.is_delivered:
                self._on_attempt(attempt)
                return
            if pause is None or not attempt.is_retried:
                LOG.warning("%s is lost: %s", webhook.event_type, attempt)
                self._on_attempt(attempt._replace(outcome="lost"))
                return
            LOG.info("%s comes again in %s s: %s", webhook.event_type, pause, attempt)
            self._on_attempt(attempt._replace(outcome="again"))
            await self._sleep(pause)

    async def _attempt(self, webhook: Webhook, url: str, number: int) -> Attempt:
        body = {**webhook.body, "meta": {"attempt": number, "delivered_to": url}}
        with self._activity:
            try:
                async with self._slots:
                    return Attempt(webhook, number, url, await self._deliver(webhook.route, url, body))
            except Exception as error:  # of httpx, and some of aiohttp's own that httpx-aiohttp passes through
                return Attempt(webhook, number, url, 0, f"{type(error).__name__} {error}".strip())

    async def _deliver(self, route: Route, url: str, body: Body) -> int:
        """Delivers a body, also where redirects lead. Returns the status of the last response."""
        response = await self._request(route, url, body)
        for _ in range(MAX_REDIRECTS):
            if response.status_code not in REDIRECTS or "location" not in response.headers:
                break
            url = str(httpx.URL(url).join(response.headers["location"]))
            response = await self._request(route, url, body)
        return response.status_code

    async def _request(self, route: Route, url: str, body: Body) -> httpx.Response:
        """Sends a body once; with GET as parameters of the query (their layout is undocumented), which nothing signs."""
        is_older = route.api_version == "1"
        body = older_webhooks.older(body) if is_older else body
        raw = b"" if route.method == "GET" else msgspec.json.encode(body)
        signed = older_webhooks.headers(raw, self._now(), self._signer.public_key) if is_older else self._signer.headers(raw, self._now())
        headers = {"User-Agent": "telnyx-webhooks", **signed}
        if route.method == "GET":
            query = urlencode({name: msgspec.json.encode(part).decode() for name, part in body.items()})
            url += ("&" if "?" in url else "?") + query
        else:
            headers["Content-Type"] = "application/json"
        return await self._client.request(route.method, url, content=raw, headers=headers, timeout=route.timeout_seconds)
