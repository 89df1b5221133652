"""How webhooks are brought: what is tried again, when, and in which order."""

import asyncio
from typing import Any

import httpx
import pytest

from interpreter.simulator.postman import Postman
from interpreter.telnyx.signature import SIGNATURE, TIMESTAMP, Signer, Verifier

NOW = 1_700_000_000.0
URL = "https://app.example/webhooks"
FAULTS = {0: httpx.ConnectError("nobody is there"), -1: RuntimeError("a bad status line")}


def webhook(leg: str, name: str) -> dict[str, Any]:
    return {
        "data": {"event_type": name, "payload": {"call_control_id": leg}},
        "meta": {"attempt": 1, "delivered_to": URL},
    }


class Door:
    """The application's door. `answers` are statuses by the number of the knock, 0 for nobody there, -1 for nonsense; 200 after the last.

    Whoever has to come again waits until so many others have come.
    """

    def __init__(self, *answers: int, others: int = 0) -> None:
        self.answers = list(answers)
        self.others = asyncio.Semaphore(0) if others else None
        self.came: list[tuple[str, str, int]] = []
        self.slept: list[float] = []
        self.verifier = Verifier(Signer(bytes(32)).public_key)

    async def open(self, request: httpx.Request) -> httpx.Response:
        raw = await request.aread()
        self.verifier.verify(raw, request.headers[SIGNATURE], request.headers[TIMESTAMP], NOW)
        assert str(request.url) == URL
        body = httpx.Response(200, content=raw).json()
        self.came.append((body["data"]["payload"]["call_control_id"], body["data"]["event_type"], body["meta"]["attempt"]))
        if self.others and self.came[-1][0] == "b":
            self.others.release()
        status = self.answers.pop(0) if self.answers else 200
        if status in FAULTS:
            raise FAULTS[status]
        return httpx.Response(status)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if self.others:
            await self.others.acquire()

    async def take(self, *webhooks: dict[str, Any]) -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(self.open)) as client:
            postman = Postman(client, Signer(bytes(32)), lambda: NOW, (1.0, 2.0), self.sleep)
            for one in webhooks:
                postman.take(one)
            await asyncio.gather(*postman._rounds)
            await postman.stop()


@pytest.mark.parametrize(
    ("answers", "attempts", "slept"),
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
async def test_attempts(answers: tuple[int, ...], attempts: int, slept: list[float]) -> None:
    door = Door(*answers)
    await door.take(webhook("a", "call.initiated"))
    assert door.came == [("a", "call.initiated", attempt) for attempt in range(1, attempts + 1)]
    assert door.slept == slept


async def test_webhooks_of_one_leg_keep_their_order() -> None:
    door = Door(503, others=1)
    await door.take(webhook("a", "call.initiated"), webhook("a", "call.answered"), webhook("b", "call.initiated"))
    assert door.came == [
        ("a", "call.initiated", 1),
        ("b", "call.initiated", 1),
        ("a", "call.initiated", 2),
        ("a", "call.answered", 1),
    ]


async def test_a_postman_who_stops_leaves_the_rest() -> None:
    waits = asyncio.Event()

    async def open_never(request: httpx.Request) -> httpx.Response:
        waits.set()
        await asyncio.Event().wait()
        raise AssertionError

    async with httpx.AsyncClient(transport=httpx.MockTransport(open_never)) as client:
        postman = Postman(client, Signer(bytes(32)), lambda: NOW)
        postman.take(webhook("a", "call.initiated"))
        await waits.wait()
        await postman.stop()
        assert not postman._rounds
