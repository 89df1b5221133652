"""Faults that are wanted: of webhooks and of commands, over real sockets, and the same again with the same seed."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from telnyx import APIConnectionError, AsyncTelnyx, InternalServerError, RateLimitError

from callverbs.interpreter.simulator.api import CarrierServer
from callverbs.interpreter.simulator.clock import VirtualClock
from callverbs.interpreter.simulator.faults import MAX_RULES, FaultError, FaultRule, Faults
from callverbs.interpreter.simulator.faulty_delivery import FaultyDelivery
from callverbs.interpreter.simulator.routing import Route, Webhook
from tests.interpreter.simulator.harness import OURS, THEIRS

VOICE = "AWS.Polly.Joanna"


def webhook(event_type: str, leg: str = "a") -> Webhook:
    return Webhook({"data": {"event_type": f"call.{event_type}"}}, Route("https://app.example"), leg, leg)


@pytest.mark.parametrize(
    ("rule", "at_once", "in_the_end"),
    [
        ({"fault": "duplicate"}, ["initiated", "answered", "answered", "hangup"], ["initiated", "answered", "answered", "hangup"]),
        ({"fault": "drop"}, ["initiated", "hangup"], ["initiated", "hangup"]),
        ({"fault": "delay", "seconds": 3}, ["initiated", "hangup"], ["initiated", "hangup", "answered"]),
        ({"fault": "reorder"}, ["initiated", "hangup", "answered"], ["initiated", "hangup", "answered"]),
    ],
)
def test_webhooks(rule: dict[str, Any], at_once: list[str], in_the_end: list[str]) -> None:
    clock, came, notes = VirtualClock(), [], []
    faults = Faults([FaultRule(webhook="call.ans*", **rule)])
    delivery = FaultyDelivery(lambda one: came.append(one.event_type[5:]), faults, clock, lambda _, text: notes.append(text))
    for name in ("initiated", "answered", "hangup"):
        delivery.deliver(webhook(name))
    assert came == at_once
    clock.run(2.9)
    assert came == at_once
    clock.run(1)
    assert came == in_the_end
    assert len(notes) == 1
    assert notes[0].startswith("fault: call.answered ")


def test_nothing_overtakes_what_nothing_follows() -> None:
    clock, came = VirtualClock(), []
    rules = [FaultRule(webhook="*", fault="reorder", seconds=2, times=1)]
    delivery = FaultyDelivery(lambda one: came.append(one.event_type), Faults(rules), clock, lambda *_: None)
    delivery.deliver(webhook("hangup"))
    delivery.deliver(webhook("initiated", "other"))
    assert came == ["call.initiated"]
    clock.run(2)
    assert came == ["call.initiated", "call.hangup"]
    delivery.deliver(webhook("hangup"))
    delivery.close()
    assert came[2:] == ["call.hangup"]


def strikes(seed: str, legs: tuple[str, ...] = ("a", "b1")) -> list[bool]:
    faults = Faults([FaultRule(command="*", fault="error", probability=0.5)], seed)
    return [bool(faults.of_command("speak", leg)) for _ in range(20) for leg in legs]


def test_the_same_seed_makes_the_same_go_wrong() -> None:
    assert strikes("1") == strikes("1") != strikes("2")
    assert strikes("1")[::2] == strikes("1", ("a",)), "what happens on another leg changes nothing"
    assert 10 < sum(strikes("1")) < 30


def test_a_fault_can_be_rare() -> None:
    faults = Faults([FaultRule(command="speak", fault="slow", times=2), FaultRule(command="*", fault="error")])
    struck = [faults.of_command(name, "a") for name in ("speak", "gather", "speak", "speak")]
    assert [one and one.fault for one in struck] == ["slow", "error", "slow", "error"]
    assert faults.of_webhook("call.answered", "a") is None
    faults.reset()
    assert faults.of_command("speak", "a") == faults.rules[0]
    with pytest.raises(FaultError, match="100 faults"):
        faults.replace([FaultRule(command="*", fault="error")] * (MAX_RULES + 1))


@pytest.mark.parametrize(
    "rule",
    [
        {"fault": "drop"},
        {"fault": "drop", "command": "speak"},
        {"fault": "error", "webhook": "*"},
        {"fault": "error", "webhook": "*", "command": "*"},
        {"fault": "error", "command": "*", "status": 200},
        {"fault": "slow", "command": "*", "seconds": 601},
        {"fault": "slow", "command": "*", "probability": 1.1},
        {"fault": "slow", "command": "*", "times": -1},
    ],
)
def test_rules_that_are_none(rule: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"fault of|status|seconds|probability|times"):
        FaultRule(**rule)


@pytest.fixture
async def server() -> AsyncIterator[CarrierServer]:
    async with CarrierServer(api_key="KEY") as started:
        yield started


async def test_commands(server: CarrierServer) -> None:
    leg = server.carrier.place(THEIRS, OURS)
    async with (
        AsyncTelnyx(api_key="KEY", base_url=server.base_url, max_retries=0) as client,
        httpx.AsyncClient(base_url=server.address) as web,
    ):
        rules = [
            {"command": "answer", "fault": "error", "status": 503, "times": 1},
            {
                "command": "speak",
                "fault": "error",
                "status": 429,
                "headers": {"retry-after": "1", "x-ratelimit-remaining": "0"},
                "times": 1,
            },
            {"command": "speak", "fault": "lost_answer", "times": 1},
            {"command": "hangup", "fault": "slow", "seconds": 0.01},
        ]
        assert len((await web.post("/_sim/faults", json=rules)).json()["data"]) == 4
        with pytest.raises(InternalServerError):
            await client.calls.actions.answer(leg)
        assert server.carrier.leg(leg).state == "ringing"
        await client.calls.actions.answer(leg)
        with pytest.raises(RateLimitError) as limited:
            await client.calls.actions.speak(leg, payload="Hi", voice=VOICE)
        assert limited.value.response.headers["retry-after"] == "1"
        assert not server.carrier.leg(leg).heard
        with pytest.raises(APIConnectionError):
            await client.calls.actions.speak(leg, payload="Hi", voice=VOICE)
        assert [one.what for one in server.carrier.leg(leg).heard] == ["Hi"]
        await client.calls.actions.hangup(leg)
        assert [one.status for one in server.live.traffic.requests] == [503, 200, 429, 200, 200]
        assert (await web.get("/_sim/faults")).json()["data"][0]["fault"] == "error"
        assert (await web.delete("/_sim/faults")).json()["data"] == []
        for wrong in (b"{", b'{"fault": "drop"}', b'{"fault": "explode", "command": "*"}', b"[" * 100_000):
            assert (await web.post("/_sim/faults", content=wrong)).status_code == 422
        assert (await web.post("/_sim/faults", json=[{"command": "*", "fault": "slow"}] * (MAX_RULES + 1))).status_code == 422


async def test_an_sdk_that_repeats_a_lost_dial_places_one_call(server: CarrierServer) -> None:
    server.live.faults.replace([FaultRule(command="dial", fault="lost_answer", times=1)])
    async with AsyncTelnyx(api_key="KEY", base_url=server.base_url, max_retries=2) as client:
        dialled = await client.calls.dial(connection_id="1", from_=OURS, to=THEIRS, command_id="once")
    assert dialled.data
    assert [leg.id for leg in server.carrier.legs()] == [dialled.data.call_control_id]
