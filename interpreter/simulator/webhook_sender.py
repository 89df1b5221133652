"""Brings webhooks to the application: signed, and again where they were not taken. Those of one leg go one after the other.

What is tried again: no connection, 5xx, 408 and 429; every other answer than 2xx loses the webhook (KB, voice-api-webhooks).
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

import httpx
import msgspec

from callverbs.interpreter.simulator.exchange import Body
from callverbs.interpreter.telnyx.signature import Signer

LOG = logging.getLogger("callverbs")

PAUSES = (0.25, 1.0, 2.0, 5.0)
"""Seconds before the second attempt and those after it (the carrier's own schedule is documented in three ways)."""
TIMEOUT = 10.0
"""Seconds that the application may take (SKILLS, webhooks guide)."""
RETRIED = (408, 429)

Sleep = Callable[[float], Awaitable[None]]


class WebhookSender:
    """Posts every webhook to the URL that it says it is delivered to."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        signer: Signer,
        now: Callable[[], float],
        pauses: Sequence[float] = PAUSES,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._client = client
        self._signer = signer
        self._now = now
        self._pauses = pauses
        self._sleep = sleep
        self._queues: dict[str, deque[Body]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def take(self, body: Body) -> None:
        """Take a webhook along."""
        leg = body["data"]["payload"]["call_control_id"]
        if leg in self._queues:
            self._queues[leg].append(body)
            return
        self._queues[leg] = deque([body])
        task = asyncio.create_task(self._go(leg))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Leave everything that is not delivered yet."""
        rounds = list(self._tasks)
        for task in rounds:
            task.cancel()
        await asyncio.gather(*rounds, return_exceptions=True)

    async def _go(self, leg: str) -> None:
        queue = self._queues[leg]
        try:
            while queue:
                await self._bring(queue.popleft())
        finally:
            del self._queues[leg]

    async def _bring(self, body: Body) -> None:
        url, event_type = body["meta"]["delivered_to"], body["data"]["event_type"]
        for attempt, pause in enumerate((*self._pauses, None), 1):
            body["meta"]["attempt"] = attempt
            try:
                status = await self._post(url, msgspec.json.encode(body))
            except Exception as error:  # httpx's own, and those of aiohttp that its transport lets through (a bad status line)
                status, said = 0, f"{type(error).__name__} {error}".strip()
            else:
                said = f"status {status}"
            if 200 <= status < 300:
                return
            if pause is None or (0 < status < 500 and status not in RETRIED):
                LOG.warning("%s is lost: %s says %s", event_type, url, said)
                return
            LOG.info("%s comes again in %s s: %s says %s", event_type, pause, url, said)
            await self._sleep(pause)

    async def _post(self, url: str, raw: bytes) -> int:
        headers = {"Content-Type": "application/json", "User-Agent": "telnyx-webhooks", **self._signer.headers(raw, self._now())}
        return (await self._client.post(url, content=raw, headers=headers, timeout=TIMEOUT)).status_code
