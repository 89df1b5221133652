"""Streams to real WebSockets on the loopback: the messages in both directions, and how a stream ends."""

import asyncio
import base64
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from websockets.asyncio.server import ServerConnection, serve

from callverbs.interpreter.simulator.api import CarrierServer
from callverbs.interpreter.simulator.people import Person, PersonDirectory
from callverbs.interpreter.simulator.stream_audio import SILENCE, TONE
from callverbs.interpreter.simulator.stream_stubs import StreamStub
from tests.interpreter.simulator.harness import FILE, OURS, THEIRS
from tests.interpreter.simulator.judge import judge
from tests.interpreter.simulator.listener import Listener

STATE = base64.b64encode(b"state").decode()
TOKEN_HEADER = "x-telnyx-streaming-auth-token"
WAIT_SECONDS = 10.0

Frame = dict[str, Any]


class Bot:
    """The WebSocket at the far end of a stream."""

    def __init__(self) -> None:
        self.url = ""
        self.headers: dict[str, str] = {}
        self.frames: list[Frame] = []
        self._connected: asyncio.Future[ServerConnection] = asyncio.get_running_loop().create_future()

    async def serve(self, connection: ServerConnection) -> None:
        assert connection.request
        self.headers = {name.lower(): value for name, value in connection.request.headers.raw_items()}
        self._connected.set_result(connection)
        await connection.wait_closed()

    async def connection(self) -> ServerConnection:
        return await asyncio.wait_for(asyncio.shield(self._connected), WAIT_SECONDS)

    async def until(self, event: str, **wanted: object) -> Frame:
        """Returns the next message of a kind whose inner object has these values."""
        connection = await self.connection()
        while True:
            frame: Frame = json.loads(await asyncio.wait_for(connection.recv(), WAIT_SECONDS))
            self.frames.append(frame)
            if frame["event"] == event and wanted.items() <= frame.get(event, {}).items():
                return frame

    async def send(self, **frame: object) -> None:
        await (await self.connection()).send(json.dumps(frame))

    async def play(self, size: int) -> None:
        await self.send(event="media", media={"payload": base64.b64encode(bytes(size)).decode()})


class Line:
    """A caller who was answered, the application's webhooks, and the bot."""

    def __init__(self, server: CarrierServer, listener: Listener, bot: Bot, leg: str) -> None:
        self.server, self.listener, self.bot, self.leg = server, listener, bot, leg

    def start(self, **body: Any) -> None:
        self.command("streaming_start", stream_url=self.bot.url, **body)

    def command(self, name: str, **body: Any) -> None:
        response = self.server.carrier.request("POST", f"/calls/{self.leg}/actions/{name}", body)
        assert response.status == 200, response

    async def webhook(self, name: str) -> Frame:
        one = await self.listener.until(name, self.leg)
        judge(one.body)
        return one.payload


@asynccontextmanager
async def calling(person: Person | None = None, **options: Any) -> AsyncIterator[Line]:
    bot = Bot()
    people = PersonDirectory(default=Person())
    async with (
        Listener() as listener,
        CarrierServer(listener.url, people=people, media={FILE: 60}, latency=0.001, **options) as server,
        serve(bot.serve, "127.0.0.1", 0) as websocket,
    ):
        bot.url = f"ws://127.0.0.1:{next(iter(websocket.sockets)).getsockname()[1]}/audio"
        leg = server.carrier.place(THEIRS, OURS, person or Person())
        line = Line(server, listener, bot, leg)
        line.command("answer", client_state=STATE)
        await line.webhook("answered")
        yield line


async def test_what_a_websocket_gets() -> None:
    async with calling() as line:
        line.start(custom_parameters=[{"name": "language", "value": "en-US"}], stream_auth_token="Basic Y2E6c2g=")
        connected = await line.bot.until("connected")
        assert connected == {"event": "connected", "version": "1.0.0", "connected": {TOKEN_HEADER: "Basic Y2E6c2g="}}
        assert line.bot.headers[TOKEN_HEADER] == "Basic Y2E6c2g="
        start = await line.bot.until("start")
        assert start["sequence_number"] == "1"
        view = line.server.carrier.leg(line.leg)
        told = start["start"]
        assert (told["call_control_id"], told["call_session_id"]) == (line.leg, view.session_id)
        assert (told["from"], told["to"], told["client_state"]) == (THEIRS, OURS, STATE)
        assert told["custom_parameters"] == {"language": "en-US"}
        assert told["media_format"] == {"encoding": "PCMU", "sample_rate": 8000, "channels": 1}
        packets = [(await line.bot.until("media")) for _ in range(5)]
        assert [packet["media"]["track"] for packet in packets] == ["inbound"] * 5
        assert [packet["media"]["chunk"] for packet in packets] == ["1", "2", "3", "4", "5"]
        assert [packet["media"]["timestamp"] for packet in packets] == ["0", "20", "40", "60", "80"]
        assert [packet["sequence_number"] for packet in packets] == ["2", "3", "4", "5", "6"]
        assert {packet["stream_id"] for packet in packets} == {start["stream_id"]}
        assert base64.b64decode(packets[0]["media"]["payload"]) == TONE
        assert (await line.webhook("streaming.started"))["stream_url"] == line.bot.url
        line.command("streaming_stop")
        assert (await line.bot.until("stop"))["stop"]["call_control_id"] == line.leg
        assert (await line.webhook("streaming.stopped"))["stream_url"] == line.bot.url


async def test_without_a_token_and_parameters() -> None:
    async with calling() as line:
        line.start()
        assert await line.bot.until("connected") == {"event": "connected", "version": "1.0.0"}
        assert TOKEN_HEADER not in line.bot.headers
        assert (await line.bot.until("start"))["start"]["custom_parameters"] == {}


async def test_both_tracks_of_somebody_who_is_silent_and_hears_a_file() -> None:
    async with calling(Person(silent=True)) as line:
        line.start(stream_track="both_tracks")
        heard = {
            track: base64.b64decode((await line.bot.until("media", track=track))["media"]["payload"]) for track in ("inbound", "outbound")
        }
        assert heard == {"inbound": SILENCE, "outbound": SILENCE}
        line.command("playback_start", audio_url=FILE)
        payload = base64.b64encode(TONE).decode()
        assert (await line.bot.until("media", track="outbound", payload=payload))["media"]["payload"] == payload


async def test_keys_are_told() -> None:
    async with calling() as line:
        line.start()
        await line.bot.until("start")
        line.server.carrier.press(line.leg, "5")
        frame = await line.bot.until("dtmf")
        assert frame["dtmf"] == {"digit": "5"}
        assert frame["occurred_at"].endswith("Z")


async def test_audio_that_comes_back_is_heard_and_its_mark_returns() -> None:
    async with calling() as line:
        line.start(stream_bidirectional_mode="rtp")
        await line.bot.until("start")
        await line.bot.play(400)
        await line.bot.send(event="mark", mark={"name": "first"})
        await line.bot.until("mark", name="first")
        assert [(one.kind, one.what) for one in line.server.carrier.leg(line.leg).heard] == [("stream", line.bot.url)]
        await line.bot.play(240_000)
        await line.bot.send(event="mark", mark={"name": "second"})
        await line.bot.send(event="clear")
        await line.bot.until("mark", name="second")


async def test_what_cannot_be_played_is_an_error() -> None:
    async with calling() as line:
        line.start(stream_bidirectional_mode="rtp")
        await line.bot.until("start")
        await line.bot.send(event="playAudio", data={"audioContent": ""})
        error = await line.bot.until("error")
        assert error["payload"]["title"] == "malformed_frame"
        assert "playAudio" in error["payload"]["detail"]
        await (await line.bot.connection()).send(b"\x00\x01")
        await line.bot.until("error")
        await line.bot.until("media")


async def test_the_websocket_closes_the_connection() -> None:
    async with calling() as line:
        line.start()
        await line.bot.until("media")
        await (await line.bot.connection()).close()
        await line.webhook("streaming.stopped")
        assert line.server.carrier.leg(line.leg).stream == ""
        line.start()


async def test_a_hangup_ends_the_stream() -> None:
    async with calling() as line:
        line.start()
        await line.bot.until("media")
        line.server.carrier.hangup(line.leg)
        await line.bot.until("stop")
        await line.webhook("streaming.stopped")
        await line.webhook("hangup")


Refusal = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def no_websocket(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    writer.close()


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


@pytest.mark.parametrize("behavior", [no_websocket, hang_up])
async def test_a_server_that_takes_no_stream(behavior: Refusal) -> None:
    async with calling() as line, await asyncio.start_server(behavior, "127.0.0.1", 0) as server:
        line.bot.url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        line.start()
        failed = await line.webhook("streaming.failed")
        assert failed["failure_reason"] == "connection_failed"
        assert failed["stream_params"] == {"stream_url": line.bot.url, "track": "inbound_track"}


async def test_an_address_where_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    async with calling() as line:
        line.bot.url = f"ws://127.0.0.1:{port}/"
        line.start()
        await line.webhook("streaming.failed")


async def test_an_impossible_url() -> None:
    async with calling() as line:
        line.bot.url = "ws://[::"
        line.start()
        await line.webhook("streaming.failed")


async def test_a_stub_stands_for_a_websocket() -> None:
    url = "wss://bot.example/audio"
    async with calling(streams={url: StreamStub(connects=0.01, closes=0.01)}) as line:
        line.command("streaming_start", stream_url=url)
        await line.webhook("streaming.started")
        await line.webhook("streaming.stopped")


async def test_a_carrier_that_stops_drops_its_streams() -> None:
    async with calling() as line:
        line.start()
        await line.bot.until("media")
    async with httpx.AsyncClient() as web:
        with pytest.raises(httpx.ConnectError):
            await web.get(f"{line.server.address}/_sim/legs")
