"""The relay over a real WebSocket: the carrier's frames to an agent, the agent's to the carrier, and every way in which it ends."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from callverbs.interpreter.simulator.agents import Agent, AgentDirectory
from callverbs.interpreter.simulator.carrier import SimulatedCarrier
from callverbs.interpreter.simulator.clock import LiveClock
from callverbs.interpreter.simulator.relay_sockets import MAX_INVALID_FRAMES, RelaySockets
from callverbs.interpreter.simulator.routing import Webhook
from tests.interpreter.simulator.judge import judge

ENDED = "call.conversation.ended"
SECONDS = 10.0
"""How long a test waits for anything."""

Frames = Callable[[ServerConnection], Awaitable[None]]


class Caller:
    """A caller at a carrier with a network, and the webhooks about the call."""

    def __init__(self, agents: AgentDirectory | None = None) -> None:
        self.webhooks: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.sockets = RelaySockets()
        clock = LiveClock(asyncio.get_running_loop())
        self.said: asyncio.Queue[str] = asyncio.Queue()
        """What the agent says, as soon as it does."""
        self.carrier = SimulatedCarrier(
            clock, self._take, latency=0.0, relays=self.sockets, agents=agents, note=lambda _, text: self.said.put_nowait(text)
        )
        self.leg = self.carrier.place("+14155550100", "+14155550199")

    def _take(self, webhook: Webhook) -> None:
        judge(webhook.body)
        self.webhooks.put_nowait(webhook.body["data"])

    def send(self, name: str, **body: Any) -> dict[str, Any]:
        response = self.carrier.request("POST", f"/calls/{self.leg}/actions/{name}", body)
        assert response.status == 200, response
        data: dict[str, Any] = response.body["data"]
        return data

    async def webhook(self, kind: str) -> dict[str, Any]:
        """Returns the payload of the next webhook of a type."""
        async with asyncio.timeout(SECONDS):
            while (data := await self.webhooks.get())["event_type"] != kind:
                pass
        payload: dict[str, Any] = data["payload"]
        return payload


@asynccontextmanager
async def relayed(frames: Frames, **body: Any) -> AsyncIterator[Caller]:
    """Yields a caller whose relay has been started with an agent that does this."""
    caller = Caller()
    async with serve(frames, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        caller.send("answer")
        caller.send("conversation_relay_start", url=f"ws://127.0.0.1:{port}/agent", **body)
        yield caller
        await caller.sockets.stop()
    caller.carrier.close()


async def received(socket: ServerConnection) -> Any:
    """Returns the next frame that an agent gets."""
    return json.loads(await asyncio.wait_for(socket.recv(), SECONDS))


async def sent(socket: ServerConnection, *frames: Any) -> None:
    for frame in frames:
        await socket.send(frame if isinstance(frame, str) else json.dumps(frame))


async def test_a_conversation_from_the_setup_to_the_end() -> None:
    seen: list[Any] = []

    async def agent(socket: ServerConnection) -> None:
        seen.append(await received(socket))
        await sent(socket, {"type": "text", "token": "Hel"}, {"type": "text", "token": "lo", "last": True})
        seen.append(await received(socket))
        await sent(socket, {"type": "end", "handoffData": "x"})
        await socket.wait_closed()

    async with relayed(agent, dtmf_detection=True, interruptible="none", custom_parameters={"customer": "4711"}) as caller:
        assert await asyncio.wait_for(caller.said.get(), SECONDS) == 'the agent says "Hello"'
        caller.carrier.press(caller.leg, "5")
        ended = await caller.webhook(ENDED)
        leg = caller.carrier.leg(caller.leg)
    assert ended["reason"] == "completed"
    setup, key = seen
    assert key == {"type": "dtmf", "digit": "5"}
    assert setup["type"] == "setup"
    assert setup["sessionId"] == ended["conversation_id"]
    assert (setup["callControlId"], setup["callLegId"], setup["callSessionId"]) == (leg.id, leg.leg_id, leg.session_id)
    assert (setup["from"], setup["to"], setup["direction"]) == ("+14155550100", "+14155550199", "inbound")
    assert setup["customParameters"] == {"customer": "4711"}


async def test_a_key_stops_the_greeting_and_the_agent_is_told_how_much_was_heard() -> None:
    seen: list[Any] = []

    async def agent(socket: ServerConnection) -> None:
        await received(socket)
        seen.append(await received(socket))
        await socket.close()

    async with relayed(agent, greeting="a" * 1000) as caller:
        await asyncio.wait_for(caller.said.get(), SECONDS)
        caller.carrier.press(caller.leg, "5")
        assert (await caller.webhook(ENDED))["reason"] == "customer_disconnect"
        assert not caller.carrier.leg(caller.leg).heard[0].whole
    assert seen[0]["type"] == "interrupt"
    assert len(seen[0]["utteranceUntilInterrupt"]) < 100


async def test_what_the_caller_says_reaches_the_agent_as_text_and_stops_its_speech() -> None:
    seen: list[Any] = []

    async def agent(socket: ServerConnection) -> None:
        await received(socket)
        await sent(socket, {"type": "text", "token": "a" * 1000, "last": True})
        seen.extend([await received(socket), await received(socket)])
        await sent(socket, {"type": "end"})
        await socket.wait_closed()

    async with relayed(agent, language="en-GB") as caller:
        await asyncio.wait_for(caller.said.get(), SECONDS)
        caller.carrier.say(caller.leg, "hi")
        assert (await caller.webhook(ENDED))["reason"] == "completed"
    assert [one["type"] for one in seen] == ["interrupt", "prompt"]
    assert seen[1] == {"type": "prompt", "voicePrompt": "hi", "lang": "en-GB", "last": True}


async def test_frames_that_are_none_are_answered_and_too_many_end_it() -> None:
    seen: list[Any] = []

    async def agent(socket: ServerConnection) -> None:
        await received(socket)
        wrong = ['"', "[]", {"type": "foo"}, {"type": "text"}, {"type": "language"}, {"type": "text", "token": "x" * 4000}]
        await sent(socket, *wrong, {"type": "language", "ttsLanguage": "es"})
        seen.extend([await received(socket) for _ in wrong])
        await sent(socket, *["nonsense"] * MAX_INVALID_FRAMES)
        await socket.wait_closed()

    async with relayed(agent) as caller:
        assert (await caller.webhook(ENDED))["reason"] == "customer_disconnect"
    assert {one["type"] for one in seen} == {"error"}
    assert seen[2]["description"] == "Invalid message: unknown type: foo"
    assert seen[3]["description"] == "Invalid message: missing required field: token"


async def test_files_and_keys_of_the_agent_reach_the_caller() -> None:
    async def agent(socket: ServerConnection) -> None:
        await received(socket)
        await sent(socket, {"type": "sendDigits", "digits": "12"}, {"type": "play", "source": "https://x.example/a.mp3"}, {"type": "end"})
        await socket.wait_closed()

    async with relayed(agent) as caller:
        await caller.webhook(ENDED)
        assert [(one.kind, one.what) for one in caller.carrier.leg(caller.leg).heard] == [
            ("keys", "12"),
            ("file", "https://x.example/a.mp3"),
        ]


def stop(caller: Caller) -> None:
    caller.send("conversation_relay_stop")


def hang_up(caller: Caller) -> None:
    caller.carrier.hangup(caller.leg)


@pytest.mark.parametrize(("end", "reason"), [(stop, "stopped"), (hang_up, "hangup")])
async def test_the_carrier_closes_the_socket_of_a_relay_that_ends(end: Callable[[Caller], None], reason: str) -> None:
    closed: asyncio.Queue[bool] = asyncio.Queue()

    async def agent(socket: ServerConnection) -> None:
        await received(socket)
        await closed.put(False)
        await socket.wait_closed()
        await closed.put(True)

    async with relayed(agent) as caller:
        assert await asyncio.wait_for(closed.get(), SECONDS) is False
        end(caller)
        assert (await caller.webhook(ENDED))["reason"] == reason
        assert await asyncio.wait_for(closed.get(), SECONDS) is True


async def test_a_socket_that_nobody_answers() -> None:
    caller = Caller()
    caller.send("answer")
    caller.send("conversation_relay_start", url="ws://127.0.0.1:1/agent")
    assert (await caller.webhook(ENDED))["reason"] == "customer_disconnect"
    await caller.sockets.stop()
    caller.carrier.close()


async def test_an_agent_of_the_scenario_comes_first() -> None:
    caller = Caller(AgentDirectory({"ws://127.0.0.1:1/agent": Agent(after=0)}))
    caller.send("answer")
    caller.send("conversation_relay_start", url="ws://127.0.0.1:1/agent")
    assert (await caller.webhook(ENDED))["reason"] == "completed"
    caller.carrier.close()
