"""Posts signed webhooks to the application. Those of one leg are sent one after the other.

A webhook is retried after no connection, 5xx, 408 and 429. Every other status than 2xx loses it (KB, voice-api-webhooks).
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence

import httpx
import msgspec

from callverbs.interpreter.runtime.ports import Sleep
from callverbs.interpreter.simulator.refusals import Body
from callverbs.interpreter.telnyx.signature import Signer

LOG = logging.getLogger("callverbs")

PAUSES_SECONDS = (0.25, 1.0, 2.0, 5.0)
"""The pause before the second, third … attempt (the carrier's own schedule is documented in three ways)."""
WEBHOOK_TIMEOUT_SECONDS = 10.0
"""How long the application may take for its answer (SKILLS, webhooks guide)."""
RETRIED_STATUSES = (408, 429)


class WebhookSender:
    """Posts every webhook to its `delivered_to`. `now` returns UTC seconds."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        signer: Signer,
        now: Callable[[], float],
        pauses: Sequence[float] = PAUSES_SECONDS,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._client = client
        self._signer = signer
        self._now = now
        self._pauses = pauses
        self._sleep = sleep
        self._queues: dict[str, deque[Body]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def send(self, body: Body) -> None:
        """Queues a webhook, and returns at once."""
        leg = body["data"]["payload"]["call_leg_id"]  # a saved recording has no call_control_id
        if leg in self._queues:
            self._queues[leg].append(body)
            return
        self._queues[leg] = deque([body])
        task = asyncio.create_task(self._send_queue(leg))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Drops the webhooks that are not delivered yet."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _send_queue(self, leg: str) -> None:
        queue = self._queues[leg]
        try:
            while queue:
                await self._send_with_retries(queue.popleft())
        finally:
            del self._queues[leg]

    async def _send_with_retries(self, body: Body) -> None:
        url, event_type = body["meta"]["delivered_to"], body["data"]["event_type"]
        for attempt, pause in enumerate((*self._pauses, None), 1):
            body["meta"]["attempt"] = attempt
            try:
                status = await self._post(url, msgspec.json.encode(body))
            except Exception as error:  # of httpx, and some of aiohttp's own that httpx-aiohttp passes through
                status, result = 0, f"{type(error).__name__} {error}".strip()
            else:
                result = f"status {status}"
            if 200 <= status < 300:
                return
            if pause is None or (0 < status < 500 and status not in RETRIED_STATUSES):
                LOG.warning("%s is lost: %s says %s", event_type, url, result)
                return
            LOG.info("%s comes again in %s s: %s says %s", event_type, pause, url, result)
            await self._sleep(pause)

    async def _post(self, url: str, raw: bytes) -> int:
        headers = {"Content-Type": "application/json", "User-Agent": "telnyx-webhooks", **self._signer.headers(raw, self._now())}
        return (await self._client.post(url, content=raw, headers=headers, timeout=WEBHOOK_TIMEOUT_SECONDS)).status_code
