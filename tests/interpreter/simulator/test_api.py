"""The carrier over real sockets: the official SDK sends commands, a small application takes webhooks, /_sim plays the people."""

import base64
import io
import socket
import wave
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import httpx
import pytest
from telnyx import AsyncTelnyx, AuthenticationError, Telnyx, UnprocessableEntityError
from telnyx.lib.webhooks_ed25519 import unwrap_with_ed25519

from callverbs.interpreter.runtime import embedded_server
from callverbs.interpreter.simulator.api import CarrierServer
from callverbs.interpreter.simulator.people import Person, PersonDirectory
from callverbs.interpreter.telnyx.commands import PATHS, REQUESTS
from callverbs.interpreter.telnyx.signature import Signer
from callverbs.verbs.language.commands import Query
from tests.interpreter.simulator.harness import FILE, OTHER, OURS, THEIRS
from tests.interpreter.simulator.judge import judge
from tests.interpreter.simulator.listener import Listener, Received

SEED = bytes(range(32))
STATE = base64.b64encode(b"state").decode()
QUICK = PersonDirectory(default=Person(answers=0.01, talks=None))
AUTHORIZED = {"Authorization": "Bearer any"}
VOICE = "AWS.Polly.Joanna"


class Line:
    """The SDK at one end, the application at the other, and a client that plays the people."""

    def __init__(self, server: CarrierServer, listener: Listener, client: AsyncTelnyx, web: httpx.AsyncClient) -> None:
        self.server, self.listener, self.client, self.web = server, listener, client, web
        self.used: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        """Returns a command of the SDK by its name at the carrier."""
        self.used.add(name)
        return getattr(self.client.calls.actions, SDK.get(name, name))

    async def until(self, name: str, leg: str = "", count: int = 1) -> dict[str, Any]:
        """Waits for a webhook, and lets the SDK unwrap it."""
        one: Received = await self.listener.until(name, leg, count)
        event = unwrap_with_ed25519(Telnyx(api_key="KEY"), one.raw, one.headers, key=self.server.public_key)
        assert event.data.event_type.removeprefix("call.") == name  # type: ignore[union-attr]
        judge(one.body)
        assert one.body["meta"] == {"attempt": 1, "delivered_to": self.listener.url}
        return one.payload

    async def sim(self, method: str, path: str, body: object = None, status: int = 200) -> Any:
        response = await self.web.request(method, f"{self.server.address}/_sim{path}", json=body)
        assert response.status_code == status, response.text
        return response.json()

    async def call(self, **person: Any) -> str:
        placed = await self.sim("POST", "/calls", {"from": THEIRS, "to": OURS, **person}, 201)
        leg: str = placed["call_control_id"]
        begun = await self.until("initiated", leg)
        assert {key: begun[key] for key in placed} == placed
        return leg


SDK = {
    "playback_start": "start_playback",
    "playback_stop": "stop_playback",
    "gather_stop": "stop_gather",
    "record_start": "start_recording",
    "record_stop": "stop_recording",
    "record_pause": "pause_recording",
    "record_resume": "resume_recording",
    "transcription_start": "start_transcription",
    "transcription_stop": "stop_transcription",
    "client_state_update": "update_client_state",
    "streaming_start": "start_streaming",
    "streaming_stop": "stop_streaming",
    "conversation_relay_start": "start_conversation_relay",
    "conversation_relay_stop": "stop_conversation_relay",
    "ai_assistant_start": "start_ai_assistant",
    "ai_assistant_stop": "stop_ai_assistant",
}


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    async with (
        Listener() as listener,
        CarrierServer(listener.url, seed=SEED, api_key="KEY", people=QUICK, media={FILE: 0.02}, latency=0.001) as server,
        AsyncTelnyx(api_key="KEY", base_url=server.base_url, max_retries=0) as client,
        httpx.AsyncClient() as web,
    ):
        yield Line(server, listener, client, web)


async def test_every_command_that_we_use(line: Line) -> None:
    a = await line.call()
    assert (await line.answer(a, client_state=STATE)).data.result == "ok"
    assert (await line.until("answered", a))["client_state"] == STATE

    await line.speak(a, payload="Hi", voice=VOICE, command_id="1")
    await line.until("speak.started", a)
    assert (await line.until("speak.ended", a))["status"] == "completed"
    await line.playback_start(a, audio_url=FILE)
    assert (await line.until("playback.ended", a))["status"] == "completed"
    await line.playback_start(a, audio_url=FILE, loop="infinity")
    await line.playback_stop(a)
    assert (await line.until("playback.ended", a))["status"] == "cancelled"

    for name, prompt in (
        ("gather", {}),
        ("gather_using_speak", {"payload": "Hi", "voice": VOICE}),
        ("gather_using_audio", {"audio_url": FILE}),
    ):
        await getattr(line, name)(a, maximum_digits=1, **prompt)
        await line.sim("POST", f"/legs/{a}/press", {"keys": "7"})
        assert (await line.until("dtmf.received", a))["digit"] == "7"
        assert (await line.until("gather.ended", a))["digits"] == "7"
    await line.gather(a)
    await line.gather_stop(a)
    assert (await line.until("gather.ended", a))["status"] == "cancelled"

    await line.record_start(a, format="wav", channels="dual")
    await line.record_pause(a)
    await line.record_resume(a)
    await line.record_stop(a)
    await line.until("recording.saved")
    await line.transcription_start(a, transcription_engine="Google")
    await line.sim("POST", f"/legs/{a}/say", {"text": "sales", "confidence": 0.5, "recognized": "sails"})
    assert (await line.until("transcription", a))["transcription_data"] == {"confidence": 0.5, "is_final": True, "transcript": "sails"}
    await line.transcription_stop(a)

    dialled = await line.client.calls.dial(connection_id="1", from_=OURS, to=OTHER, link_to=a, answering_machine_detection="disabled")
    assert dialled.data
    b = dialled.data.call_control_id
    await line.until("answered", b)
    await line.bridge(a, call_control_id_to_bridge_with=b, park_after_unbridge="self")
    await line.until("bridged", count=2)
    await line.hangup(b)
    assert (await line.until("hangup", b))["hangup_cause"] == "normal_clearing"

    await line.transfer(a, to=OTHER, target_leg_client_state=STATE, park_after_unbridge="self")
    c = (await line.until("bridged"))["call_control_id"]
    await line.hangup(c)
    await line.until("hangup", c)

    await line.enqueue(a, queue_name="support")
    await line.until("enqueued", a)
    waiting = await line.client.queues.calls.retrieve(a, queue_name="support")
    assert waiting.data
    assert waiting.data.queue_position == 1
    queue = await line.client.queues.retrieve("support")
    assert queue.data
    assert queue.data.current_size == 1
    assert [one.call_control_id async for one in line.client.queues.calls.list("support", page_size=1)] == [a]
    await line.leave_queue(a)
    assert (await line.until("dequeued", a))["reason"] == "leave"

    await line.send_dtmf(a, digits="1")
    await line.client_state_update(a, client_state=STATE)
    alive = await line.client.calls.retrieve_status(a)
    assert alive.data
    assert alive.data.is_alive
    await line.refer(a, sip_address="sip:bob@example.com")
    assert (await line.until("refer.completed", a))["sip_notify_response"] == 200
    await line.until("hangup", a)
    over = await line.client.calls.retrieve_status(a)
    assert over.data
    assert not over.data.is_alive
    with pytest.raises(UnprocessableEntityError) as refused:
        await line.hangup(a)
    assert refused.value.body["errors"][0]["code"] == "90018"  # type: ignore[index]

    message: Any = {"from_": OURS, "to": THEIRS, "text": "Hello", "idempotency_key": "k"}
    sent = (await line.client.messages.send(**message)).data
    assert sent
    assert (await line.client.messages.send(**message)).data == sent
    (listed,) = (await line.sim("GET", "/messages"))["data"]
    assert (listed["id"], listed["text"]) == (sent.id, sent.text)

    d = await line.call()
    await line.reject(d, cause="USER_BUSY")
    assert (await line.until("hangup", d))["hangup_cause"] == "user_busy"
    e = await line.call()
    await line.answer(e)
    await line.streaming_start(e, stream_url="ws://127.0.0.1:1/audio")
    await line.until("streaming.failed", e)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        await line.streaming_start(e, stream_url=f"ws://127.0.0.1:{silent.getsockname()[1]}/audio")
        await line.streaming_stop(e)
        await line.until("streaming.stopped", e)
    await line.conversation_relay_start(e, url="wss://agent.example/socket")
    await line.conversation_relay_stop(e)
    await line.gather_using_ai(e, parameters={"type": "object", "properties": {}})
    await line.start_ai_assistant(e, assistant={"id": "assistant-1"})
    await line.ai_assistant_stop(e)
    await line.ai_assistant_start(e, assistant={"id": "assistant-1"})
    await line.send_sip_info(e, content_type="text/plain", body="4711")
    assert {name for kind, (name, _) in REQUESTS.items() if not issubclass(kind, Query) and kind not in PATHS} <= set(line.used)


@pytest.mark.parametrize(("written", "channels"), [("wav", "single"), ("wav", "dual"), ("mp3", "single")])
async def test_a_recording_can_be_fetched(line: Line, written: str, channels: str) -> None:
    a = await line.call()
    await line.answer(a)
    await line.until("answered", a)
    await line.record_start(a, format=written, channels=channels)
    await line.sim("POST", f"/legs/{a}/press", {"keys": "1"})
    await line.until("dtmf.received", a)
    await line.record_stop(a)
    saved = await line.until("recording.saved")
    began, ended = (datetime.fromisoformat(saved[f"recording_{name}_at"]) for name in ("started", "ended"))
    url = saved["recording_urls"][written]
    assert url.startswith(f"{line.server.address}/_sim/recordings/")
    fetched = await line.web.get(url)
    assert fetched.status_code == 200
    assert fetched.headers["content-length"] == str(len(fetched.content))
    if written == "wav":
        assert fetched.headers["content-type"] == "audio/wav"
        with wave.open(io.BytesIO(fetched.content)) as file:
            assert file.getnchannels() == {"single": 1, "dual": 2}[channels]
            assert file.getnframes() / file.getframerate() == pytest.approx((ended - began).total_seconds(), abs=0.01)
    else:
        assert fetched.headers["content-type"] == "audio/mpeg"
        assert fetched.content[:2] == b"\xff\xe3"
    assert (await line.web.get(f"{line.server.address}/_sim/recordings/other/a.wav")).status_code == 404


async def test_playing_the_people(line: Line) -> None:
    assert await line.sim("GET", "/public_key") == {"public_key": Signer(SEED).public_key}
    a = await line.call(caller_name="Ann", headers={"X-A": "1"}, hears=[{"pattern": "hi", "hangup": True, "after": "10ms"}])
    await line.answer(a)
    await line.sim("POST", f"/legs/{a}/hold")
    await line.until("hold", a)
    await line.sim("POST", f"/legs/{a}/unhold")
    await line.until("unhold", a)
    await line.speak(a, payload="Hi", voice=VOICE)
    await line.until("hangup", a)
    (leg,) = (await line.sim("GET", "/legs"))["data"]
    assert (leg["id"], leg["from"], leg["state"], leg["heard"][0]["what"], leg["headers"]) == (a, THEIRS, "ended", "Hi", {"X-A": "1"})
    for path, body, status in (
        (f"/legs/{a}/press", {"keys": "1"}, 409),
        (f"/legs/{a}/press", {}, 422),
        (f"/legs/{a}/press", {"keys": ""}, 422),
        (f"/legs/{a}/say", {"text": "sales"}, 409),
        (f"/legs/{a}/say", {}, 422),
        (f"/legs/{a}/reject", {"status": 200}, 422),
        (f"/legs/{a}/press", {"key": "1"}, 422),
        (f"/legs/{a}/dance", {}, 404),
        ("/legs/v3:nobody/hangup", {}, 404),
        ("/calls", {"from": THEIRS}, 422),
        ("/calls", {"from": THEIRS, "to": OURS, "busy": "very"}, 422),
        ("/calls", [], 422),
        ("/nowhere", {}, 404),
    ):
        assert (await line.sim("POST", path, body, status))["errors"][0]["detail"]
    await line.sim("DELETE", "/legs", status=404)


async def test_playing_the_called() -> None:
    async with (
        Listener() as listener,
        CarrierServer(listener.url, people=PersonDirectory(default=Person(no_answer=True)), latency=0.0) as server,
        httpx.AsyncClient(base_url=server.address) as web,
    ):
        for action, body, name, cause in (
            ("answer", None, "answered", None),
            ("machine", {"greeting": "1s", "beep": False}, "answered", None),
            ("machine", None, "answered", None),
            ("busy", None, "hangup", "user_busy"),
            ("no_answer", None, "hangup", "no_answer"),
            ("reject", {"status": 404}, "hangup", "not_found"),
            ("hangup", None, "hangup", "call_rejected"),
        ):
            dialled = await web.post("/v2/calls", json={"connection_id": "any", "from": OURS, "to": OTHER}, headers=AUTHORIZED)
            leg = dialled.json()["data"]["call_control_id"]
            assert (await web.post(f"/_sim/legs/{leg}/{action}", json=body)).status_code == 200
            assert (await listener.until(name, leg)).payload.get("hangup_cause") == cause


async def test_a_wrong_api_key_is_refused(line: Line) -> None:
    async with AsyncTelnyx(api_key="OTHER", base_url=line.server.base_url, max_retries=0) as other:
        with pytest.raises(AuthenticationError) as refused:
            await other.calls.retrieve_status("v3:nobody")
    assert refused.value.body["errors"][0]["code"] == "10009"  # type: ignore[index]
    for headers in ({}, {"Authorization": "Bearer"}, {"Authorization": "Basic KEY"}):
        assert (await line.web.post(f"{line.server.base_url}/calls", json={}, headers=headers)).status_code == 401


async def test_requests_that_are_refused() -> None:
    async with CarrierServer("http://127.0.0.1:9") as server, httpx.AsyncClient() as web:
        for method, path, content, status, code in (
            ("POST", "/v2/calls", b"{", 400, "10023"),
            ("POST", "/v2/calls", b"[]", 422, "10015"),
            ("POST", "/v2/calls", b"", 422, "10004"),
            ("GET", "/v2/calls/v3%3Anobody", b"", 404, "10005"),
            ("GET", "/v2/calls/v3:nobody?page=1", b"", 404, "10005"),
            ("DELETE", "/v2/calls", b"", 404, "10005"),
            ("GET", "/v2", b"", 404, "404"),
            ("GET", "/v2/phone_numbers", b"", 501, "not_simulated"),
            ("POST", "/v2/calls", b'{"a":' * 100_000, 400, "10023"),
            ("POST", "/v2/calls", b'{"connection_id": 1e999}', 400, "10023"),
        ):
            response = await web.request(method, server.address + path, content=content, headers=AUTHORIZED)
            assert (response.status_code, response.json()["errors"][0]["code"]) == (status, code)
            assert response.headers.get("x-should-retry") == ("false" if status == 501 else None)
        assert [one.status for one in server.live.traffic.requests] == [400, 422, 422, 404, 404, 404, 501, 400, 400]
        placed = await web.post(f"{server.address}/_sim/calls", content=b"[" * 100_000)
        assert placed.status_code == 422
        assert (await web.post(f"{server.address}/v2/calls", content=b"x" * (16 * 1024 * 1024 + 1), headers=AUTHORIZED)).status_code == 413


async def test_an_address_that_is_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        await CarrierServer("http://127.0.0.1:9", port=taken.getsockname()[1]).start()


async def test_nothing_waits_for_more_on_a_connection() -> None:
    """asyncio switches Nagle's algorithm off only for sockets that name their protocol."""
    with embedded_server.bind("127.0.0.1", 0) as bound:
        assert bound.proto == socket.IPPROTO_TCP


async def test_what_went_over_the_wire(line: Line) -> None:
    a = await line.call()
    await line.answer(a, extra_body={"clientState": "aGk="})
    await line.until("answered", a)
    with pytest.raises(UnprocessableEntityError):
        await line.speak(a, payload="", voice=VOICE)
    (answered, refused) = (await line.sim("GET", "/requests"))["data"]
    assert (answered["command"], answered["leg"], answered["status"]) == ("answer", "a", 200)
    assert answered["warnings"] == ["answer has no property clientState; did you mean client_state? (at /clientState; it has no effect)"]
    assert (refused["status"], refused["response"]["errors"][0]["code"]) == (422, "90010")
    webhooks = (await line.sim("GET", "/webhooks"))["data"]
    assert [(one["event_type"], one["leg"], one["outcome"]) for one in webhooks] == [
        ("call.initiated", "a", "delivered"),
        ("call.answered", "a", "delivered"),
    ]
    assert webhooks[0]["attempts"][0]["status"] == 200
    drawn = (await line.web.get(f"{line.server.address}/_sim/ladder")).text.splitlines()
    assert drawn[0].split() == ["time", "leg", "carrier", "application"]
    assert [row[16:] for row in drawn[1:]] == [
        "●──▶    call.initiated from=+14155550100 to=+14155550199",
        "◀──●    answer",
        "         · answer has no property clientState; did you mean client_state? (at /clientState; it has no effect)",
        "●──▶    call.answered",
        '◀──●    speak ""',
        "         · speak is refused: 422 90010 payload must not be empty",
    ]
    session = answered["session"]
    assert len((await line.web.get(f"{line.server.address}/_sim/ladder?format=json&session={session}")).json()) == 6
    assert (await line.web.get(f"{line.server.address}/_sim/ladder?format=json&session=other")).json() == []


async def test_webhooks_come_again_until_they_are_taken() -> None:
    busy = iter([503, 500])
    async with (
        Listener(lambda _: next(busy, 200)) as listener,
        CarrierServer(listener.url, latency=0.0, pauses=(0.0, 0.0, 0.0)) as server,
    ):
        server.carrier.place(THEIRS, OURS)
        third = await listener.until("initiated", count=3)
        assert third.body["meta"]["attempt"] == 3


async def test_a_carrier_stops_in_the_middle_of_everything() -> None:
    async with Listener() as listener:
        server = CarrierServer(listener.url, latency=60.0)
        await server.start()
        leg = server.carrier.place(THEIRS, OURS, Person(hangs_up=60))
        await server.stop()
        assert server.carrier.leg(leg).state == "ringing"
        assert listener.received == []
