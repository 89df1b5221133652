"""How webhooks are delivered: which are sent again, when, and in which order."""

import asyncio
from typing import Any

import httpx
import pytest

from callverbs.interpreter.simulator.webhook_sender import WebhookSender
from callverbs.interpreter.telnyx.signature import SIGNATURE_HEADER, TIMESTAMP_HEADER, Signer, Verifier

NOW = 1_700_000_000.0
URL = "https://app.example/webhooks"
FAULTS = {0: httpx.ConnectError("no server listens"), -1: RuntimeError("a bad status line")}


def webhook(leg: str, name: str) -> dict[str, Any]:
    return {
        "data": {"event_type": name, "payload": {"call_leg_id": leg}},
        "meta": {"attempt": 1, "delivered_to": URL},
    }


class Application:
    """Answers attempts with `statuses`, one after the other, and with 200 after the last; 0 is no server, -1 is no HTTP.

    With `others`, a webhook that has to be sent again waits until another leg's has come.
    """

    def __init__(self, *statuses: int, others: bool = False) -> None:
        self.statuses = list(statuses)
        self.others = asyncio.Semaphore(0) if others else None
        self.came: list[tuple[str, str, int]] = []
        self.slept: list[float] = []
        self.verifier = Verifier(Signer(bytes(32)).public_key)

    async def respond(self, request: httpx.Request) -> httpx.Response:
        raw = await request.aread()
        self.verifier.verify(raw, request.headers[SIGNATURE_HEADER], request.headers[TIMESTAMP_HEADER], NOW)
        assert str(request.url) == URL
        body = httpx.Response(200, content=raw).json()
        self.came.append((body["data"]["payload"]["call_leg_id"], body["data"]["event_type"], body["meta"]["attempt"]))
        if self.others and self.came[-1][0] == "b":
            self.others.release()
        status = self.statuses.pop(0) if self.statuses else 200
        if status in FAULTS:
            raise FAULTS[status]
        return httpx.Response(status)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if self.others:
            await self.others.acquire()

    async def take(self, *webhooks: dict[str, Any]) -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(self.respond)) as client:
            sender = WebhookSender(client, Signer(bytes(32)), lambda: NOW, (1.0, 2.0), self.sleep)
            for one in webhooks:
                sender.send(one)
            await asyncio.gather(*sender._tasks)
            await sender.stop()


@pytest.mark.parametrize(
    ("statuses", "attempts", "slept"),
    [
        ((), 1, []),
        ((204,), 1, []),
        ((503,), 2, [1.0]),
        ((408, 429), 3, [1.0, 2.0]),
        ((0, 500), 3, [1.0, 2.0]),
        ((-1,), 2, [1.0]),
        ((500, 500, 500), 3, [1.0, 2.0]),
        ((403,), 1, []),
        ((301,), 1, []),
    ],
)
async def test_attempts(statuses: tuple[int, ...], attempts: int, slept: list[float]) -> None:
    application = Application(*statuses)
    await application.take(webhook("a", "call.initiated"))
    assert application.came == [("a", "call.initiated", attempt) for attempt in range(1, attempts + 1)]
    assert application.slept == slept


async def test_webhooks_of_one_leg_keep_their_order() -> None:
    application = Application(503, others=True)
    await application.take(webhook("a", "call.initiated"), webhook("a", "call.answered"), webhook("b", "call.initiated"))
    assert application.came == [
        ("a", "call.initiated", 1),
        ("b", "call.initiated", 1),
        ("a", "call.initiated", 2),
        ("a", "call.answered", 1),
    ]


async def test_a_sender_that_stops_leaves_the_rest() -> None:
    waits = asyncio.Event()

    async def never_respond(request: httpx.Request) -> httpx.Response:
        waits.set()
        await asyncio.Event().wait()
        raise AssertionError

    async with httpx.AsyncClient(transport=httpx.MockTransport(never_respond)) as client:
        sender = WebhookSender(client, Signer(bytes(32)), lambda: NOW)
        sender.send(webhook("a", "call.initiated"))
        await waits.wait()
        await sender.stop()
        assert not sender._tasks
