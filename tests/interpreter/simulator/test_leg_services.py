"""What can be switched on for a leg: forks, SIPREC, noise suppression, supervision, assistants, and what an answer begins."""

import asyncio
from typing import Any

import pytest

from callverbs.interpreter.simulator.agents import Agent, AgentDirectory
from callverbs.interpreter.simulator.api import CarrierServer
from callverbs.interpreter.simulator.fork_sockets import RTP_HEADER, packet
from callverbs.interpreter.simulator.stream_audio import SILENCE
from tests.interpreter.simulator.harness import OTHER, OURS, SPEECH, THEIRS, CarrierHarness, error


def test_a_fork() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "fork_start", rx="udp:127.0.0.1:9999", tx="udp:127.0.0.1:9998")
    assert error(harness.send(leg, "fork_start", rx="udp:127.0.0.1:9999")) == (422, "90045", "")
    harness.do(leg, "fork_stop")
    harness.do(leg, "fork_start", tx="udp:127.0.0.1:9998")
    harness.do(leg, "hangup")
    harness.run(1)
    assert harness.event_types() == ["fork.started", "fork.stopped"] * 2 + ["hangup"]


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({}, "10004", "/rx"),
        ({"rx": "127.0.0.1:1"}, "10015", "/rx"),
        ({"tx": "udp:x:0"}, "10033", "/tx"),
        ({"tx": "udp:x:65536"}, "10033", "/tx"),
    ],
)
def test_forks_that_lead_nowhere(body: dict[str, Any], code: str, pointer: str) -> None:
    harness = CarrierHarness()
    assert error(harness.send(harness.inbound(), "fork_start", **body)) == (422, code, pointer)


class Receiver(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.packets: asyncio.Queue[bytes] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.packets.put_nowait(data)


async def test_a_fork_over_the_network_is_rtp() -> None:
    transport, receiver = await asyncio.get_running_loop().create_datagram_endpoint(Receiver, local_addr=("127.0.0.1", 0))
    port = transport.get_extra_info("sockname")[1]
    try:
        async with CarrierServer() as server:
            leg = server.carrier.place(THEIRS, OURS)
            for name, body in (("answer", {}), ("fork_start", {"rx": f"udp:127.0.0.1:{port}", "tx": "udp:no.such.host.invalid:1"})):
                assert server.carrier.request("POST", f"/calls/{leg}/actions/{name}", body).status == 200
            async with asyncio.timeout(10):
                first, second = [await receiver.packets.get() for _ in range(2)]
    finally:
        transport.close()
    read = [RTP_HEADER.unpack(one[: RTP_HEADER.size]) for one in (first, second)]
    assert [(version, payload_type) for version, payload_type, *_ in read] == [(0x80, 0)] * 2
    assert [(number, at) for _, _, number, at, _ in read] == [(0, 0), (1, 160)]
    assert len(first) == RTP_HEADER.size + 160
    assert packet("tx", 70_000, SILENCE)[2:4] == (70_000 & 0xFFFF).to_bytes(2)


def test_siprec() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "siprec_start", connector_name="recorder")
    assert error(harness.send(leg, "siprec_start")) == (422, "10015", "")
    harness.run(1)
    harness.do(leg, "siprec_stop")
    harness.run(1)
    assert [one["data"]["event_type"] for one in harness.webhooks] == ["siprec.started", "siprec.stopped"]


def test_sip_info_and_noise() -> None:
    harness = CarrierHarness()
    a, b = harness.bridged()
    harness.do(a, "send_sip_info", body="ping", content_type="text/plain")
    harness.run(1)
    assert (harness.view(a).heard[-1].kind, harness.view(a).heard[-1].what) == ("info", "ping")
    received = harness.last("sip_info.received")
    assert (received["call_control_id"], received["body"], received["content_type"]) == (b, "ping", "text/plain")
    harness.do(a, "suppression_start", direction="both")
    assert harness.view(a).noise_suppression == "both"
    harness.do(a, "suppression_stop")
    assert harness.view(a).noise_suppression == ""


@pytest.mark.parametrize(("role", "heard"), [("monitor", (False, False)), ("whisper", (True, False)), ("barge", (True, True))])
def test_supervision(role: str, heard: tuple[bool, bool]) -> None:
    """The agent is b, whom the supervisor listens to; the caller is a."""
    harness = CarrierHarness(default={"answers": 1, "talks": None})
    a, b = harness.bridged()
    for leg in (a, b):
        harness.do(leg, "transcription_start", transcription_tracks="outbound")
    boss = harness.outbound(supervise_call_control_id=b, supervisor_role="monitor")
    harness.do(boss, "switch_supervisor_role", role=role)
    assert (harness.view(boss).supervises, harness.view(boss).supervisor_role) == (b, role)
    harness.forget()
    harness.carrier.say(boss, "hello")
    harness.run(3)
    said = [one["data"]["payload"]["call_control_id"] for one in harness.webhooks if one["data"]["event_type"] == "call.transcription"]
    assert (b in said, a in said) == heard
    harness.do(b, "speak", **SPEECH)
    assert harness.view(boss).heard[-1].what == SPEECH["payload"]
    assert error(harness.send(boss, "speak", **SPEECH)) == (422, "90102", "")
    harness.do(b, "hangup")
    assert harness.view(boss).state == "ended"


def test_a_supervisor_who_hangs_up_leaves_the_others() -> None:
    harness = CarrierHarness(default={"answers": 1, "talks": None})
    a, b = harness.bridged()
    boss = harness.outbound(supervise_call_control_id=b)
    harness.carrier.hangup(boss)
    harness.run(1)
    assert (harness.view(a).state, harness.view(b).state, harness.view(boss).state) == ("bridged", "bridged", "ended")
    assert error(harness.try_dial(supervise_call_control_id=boss)) == (422, "90018", "/supervise_call_control_id")
    warnings: list[str] = []
    ringing = CarrierHarness(default={"answers": 1, "talks": None}, warn=warnings.append)
    ringing.outbound(supervise_call_control_id=ringing.carrier.place(THEIRS, OURS))
    assert "has not been answered" in warnings[0]


def test_an_assistant() -> None:
    harness = CarrierHarness(agents=AgentDirectory({"assistant-1": Agent(says=("How are you?",), after=1)}))
    leg = harness.inbound()
    started = harness.send(leg, "ai_assistant_start", assistant={"id": "assistant-1"}, greeting="Hello!")
    conversation = started.body["data"]["conversation_id"]
    harness.do(leg, "ai_assistant_add_messages", messages=[{"role": "user", "content": "Hi"}])
    joined = harness.send(leg, "ai_assistant_join", conversation_id=conversation, participant={"id": leg, "role": "user"})
    assert joined.body["data"]["conversation_id"] == conversation
    assert error(harness.send(leg, "ai_assistant_start")) == (422, "90061", "")
    harness.run(30)
    assert [one.what for one in harness.view(leg).heard] == ["Hello!", "How are you?"]
    assert harness.last("conversation.ended")["reason"] == "completed"


@pytest.mark.parametrize(
    ("person", "result", "after"),
    [({}, "real", 4), ({"synthetic": True}, "fake", 4), ({"silent": True}, "silence_timeout", 30)],
)
def test_deepfake_detection(person: dict[str, Any], result: str, after: float) -> None:
    harness = CarrierHarness(default={"answers": 1, "talks": None, **person})
    harness.dial(deepfake_detection={"enabled": True})
    harness.run(60)
    assert harness.last("deepfake_detection.result")["result"] == result
    assert harness.at("deepfake_detection.result") - harness.at("answered") == pytest.approx(after, abs=0.001)


def test_what_begins_with_the_answer() -> None:
    agents = AgentDirectory({"assistant-1": Agent(says="Hi", fault="silent")})
    harness = CarrierHarness(default={"answers": 1, "talks": None}, agents=agents)
    stream = {"stream_url": "wss://bot.example/audio", "transcription": True, "transcription_config": {"transcription_engine": "Telnyx"}}
    leg = harness.dial(**stream, assistant={"id": "assistant-1"})
    harness.run(10)
    view = harness.view(leg)
    assert (view.stream, view.listening, [one.what for one in view.heard]) == ("wss://bot.example/audio", True, ["Hi"])
    relay = harness.inbound()
    assert harness.view(relay).state == "answered"
    first = harness.dial(conference_config={"conference_name": "room", "end_conference_on_exit": True})
    second = harness.dial(conference_config={"conference_name": "room", "mute": True})
    harness.run(3)
    (conference,) = harness.carrier.request("GET", "/conferences?filter[name]=room").body["data"]
    listed = harness.carrier.request("GET", f"/conferences/{conference['id']}/participants").body["data"]
    assert [(one["call_control_id"], one["muted"]) for one in listed] == [(first, False), (second, True)]
    third = harness.dial(OTHER, conference_config={"id": conference["id"]})
    harness.run(3)
    assert len(harness.carrier.request("GET", f"/conferences/{conference['id']}/participants").body["data"]) == 3
    assert harness.view(third).state == "answered"
