"""A frozen clock over real sockets: nothing happens until it is advanced, and the application reacts to each event before the next."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from callverbs.interpreter.simulator.api import CarrierServer
from callverbs.interpreter.simulator.clock import FrozenClock, LiveClock, sleep
from tests.interpreter.simulator.harness import OTHER, OURS, THEIRS
from tests.interpreter.simulator.listener import Listener, Received


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    async with Listener() as listening:
        yield listening


async def test_time_stands_still_until_it_is_advanced(listener: Listener) -> None:
    async with CarrierServer(listener.url, speed=0) as server, httpx.AsyncClient(base_url=server.address) as web:
        began = server.live.clock.now()
        dialled = await web.post(
            "/v2/calls", json={"connection_id": "1", "from": OURS, "to": OTHER}, headers={"Authorization": "Bearer any"}
        )
        leg = dialled.json()["data"]["call_control_id"]
        await listener.until("initiated", leg)
        assert (await web.post("/_sim/clock/advance", json={"seconds": 2.9})).status_code == 200
        assert server.carrier.leg(leg).state == "ringing"
        shown = (await web.post("/_sim/clock/advance", json={"seconds": 30})).json()
        assert shown == (await web.get("/_sim/clock")).json()
        assert shown["speed"] == 0
        assert [one.name for one in listener.received] == ["answered"]
        assert server.live.clock.now() - began == pytest.approx(32.9)
        assert server.carrier.leg(leg).answered_at - began == pytest.approx(3)
        for wrong in ({"seconds": -1}, {"seconds": 1e9}, {"seconds": "soon"}, {}, {"second": 1}):
            assert (await web.post("/_sim/clock/advance", json=wrong)).status_code == 422
        assert (await web.post("/_sim/reset")).json() == {}
        for kept in ("legs", "requests", "webhooks"):
            assert (await web.get(f"/_sim/{kept}")).json() == {"data": []}
        assert (await web.get("/_sim/health")).json() == {"status": "ok"}


async def test_the_application_reacts_to_each_event_before_the_next() -> None:
    """It hangs up because of the answer, 0 s later, though ten seconds are asked for at once."""
    async with httpx.AsyncClient(headers={"Authorization": "Bearer any"}) as client:

        def answer(webhook: Received) -> int:
            if webhook.name == "answered":
                url = f"{server.base_url}/calls/{webhook.payload['call_control_id']}/actions/hangup"
                tasks.append(asyncio.create_task(client.post(url, json={})))
            return 200

        tasks: list[asyncio.Task[httpx.Response]] = []
        async with Listener(answer) as listening, CarrierServer(listening.url, speed=0) as server:
            dialled = await client.post(f"{server.base_url}/calls", json={"connection_id": "1", "from": OURS, "to": OTHER})
            await server.live.advance(10)
            (hangup,) = [one for one in listening.received if one.name == "hangup"]
            assert hangup.payload["end_time"][:19] == hangup.body["data"]["occurred_at"][:19]
            leg = server.carrier.leg(dialled.json()["data"]["call_control_id"])
            assert leg.ended_at - leg.answered_at < 0.001
            await asyncio.gather(*tasks)


async def test_what_comes_again_waits_for_the_clock(listener: Listener) -> None:
    statuses = iter([503, 503])
    async with Listener(lambda _: next(statuses, 200)) as busy, CarrierServer(busy.url, speed=0) as server:
        server.carrier.place(THEIRS, OURS)
        await server.live.advance(0)
        assert len(busy.received) == 1
        await server.live.advance(0.24)
        assert len(busy.received) == 1
        await server.live.advance(5)
        assert [one.body["meta"]["attempt"] for one in busy.received] == [1, 2, 3]


async def test_a_clock_that_runs_cannot_be_advanced() -> None:
    async with CarrierServer() as server, httpx.AsyncClient(base_url=server.address) as web:
        refused = await web.post("/_sim/clock/advance", json={"seconds": 1})
        assert (refused.status_code, "--frozen" in refused.text) == (422, True)


async def test_a_fast_clock() -> None:
    clock, called = LiveClock(speed=1_000), asyncio.Event()
    began = clock.now()
    clock.call_later(5, called.set)
    await asyncio.wait_for(called.wait(), 2)
    assert 5 <= clock.now() - began < 2_000


async def test_sleeping_by_a_frozen_clock() -> None:
    clock = FrozenClock(start=0.0)
    task = asyncio.create_task(sleep(clock, 5))
    await asyncio.sleep(0)
    clock.run(4)
    await asyncio.sleep(0)
    assert not task.done()
    clock.run(1)
    await task
    cancelled = asyncio.create_task(sleep(clock, 5))
    await asyncio.sleep(0)
    cancelled.cancel()
    await asyncio.sleep(0)
    assert clock.next_due() is None
