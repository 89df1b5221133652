"""Streams over a network: each connects to its WebSocket, sends audio every 20 ms, and takes what comes back."""

import asyncio
from collections import deque

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from callverbs.interpreter.simulator import streaming
from callverbs.interpreter.simulator.exchange import Exchange, format_time
from callverbs.interpreter.simulator.legs import Heard, SimulatedLeg, Stream
from callverbs.interpreter.simulator.stream_audio import PACKET_SECONDS, SILENCE, TONE, is_talking
from callverbs.interpreter.simulator.stream_frames import TOKEN_HEADER, Frames
from callverbs.interpreter.simulator.stream_playback import Playback

CONNECT_SECONDS = 5.0
"""For the WebSocket to accept; how long the carrier waits is undocumented."""
CLOSE_SECONDS = 1.0
MAX_MESSAGE_BYTES = 4_000_000
"""Of a message that comes back: 30 s of L16 at 48 kHz are 3.84 MB of base64."""
MAX_PENDING = 1_000
"""Messages that wait for the next packet; the oldest are dropped."""


class StreamSockets:
    """The connections of all streams. It runs in the event loop that calls it."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def connect(self, exchange: Exchange, leg: SimulatedLeg, stream: Stream, /) -> "StreamSocket":
        """Begins to connect a stream."""
        connection = StreamSocket(exchange, leg, stream)
        task = asyncio.create_task(connection.run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return connection

    async def stop(self) -> None:
        """Drops all connections."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class StreamSocket:
    """The connection of one stream."""

    def __init__(self, exchange: Exchange, leg: SimulatedLeg, stream: Stream) -> None:
        self._exchange = exchange
        self._leg = leg
        self._stream = stream
        self._frames = Frames(leg, stream)
        self._playback = Playback(stream.body)
        self._pending: deque[str] = deque(maxlen=MAX_PENDING)
        self._stopped = asyncio.Event()

    def close(self) -> None:
        """Ends the connection from the carrier's side."""
        self._stopped.set()

    def press(self, key: str) -> None:
        """Tells the WebSocket about a key."""
        self._pending.append(self._frames.dtmf(key, format_time(self._now())))

    async def run(self) -> None:
        """Connects, and streams until one side ends it."""
        token = self._stream.body.get("stream_auth_token")
        try:
            socket = await connect(
                self._stream.url,
                additional_headers={TOKEN_HEADER: token} if token else {},
                open_timeout=CONNECT_SECONDS,
                close_timeout=CLOSE_SECONDS,
                max_size=MAX_MESSAGE_BYTES,
                proxy=None,
            )
        except (OSError, ValueError, WebSocketException):
            streaming.failed(self._exchange, self._leg, self._stream)
            return
        try:
            await self._stream_over(socket)
        except ConnectionClosed:
            pass
        finally:
            streaming.closed(self._exchange, self._leg, self._stream)
            await socket.close()

    async def _stream_over(self, socket: ClientConnection) -> None:
        """Sends until the stream is stopped. Raises ConnectionClosed where the far end has closed."""
        if self._stopped.is_set():
            return
        streaming.opened(self._exchange, self._leg, self._stream)
        await socket.send(self._frames.connected())
        await socket.send(self._frames.start())
        receiving = asyncio.create_task(self._receive(socket))
        try:
            await self._send_packets(socket)
            await socket.send(self._frames.stop())
        finally:
            receiving.cancel()

    async def _send_packets(self, socket: ClientConnection) -> None:
        loop = asyncio.get_running_loop()
        began, count = loop.time(), 0
        while not self._stopped.is_set():
            self._pending.extend(map(self._frames.mark, self._playback.marks_due(self._now())))
            while self._pending:
                await socket.send(self._pending.popleft())
            for track in self._tracks():
                packet = TONE if self._is_heard(track, count * PACKET_SECONDS) else SILENCE
                await socket.send(self._frames.media(track, packet, round(count * PACKET_SECONDS * 1000)))
            count += 1
            await self._wait(began + count * PACKET_SECONDS - loop.time())

    async def _wait(self, seconds: float) -> None:
        """Waits for the next packet, or until the stream is stopped."""
        try:
            await asyncio.wait_for(self._stopped.wait(), max(seconds, 0.0))
        except TimeoutError:
            return

    async def _receive(self, socket: ClientConnection) -> None:
        async for message in socket:
            now = self._now()
            was_playing = self._playback.is_playing(now)
            if fault := self._playback.take(message, now):
                self._pending.append(self._frames.error(*fault))
            elif self._playback.is_playing(now) and not was_playing:
                self._leg.heard.append(Heard("stream", self._stream.url, now))

    def _tracks(self) -> tuple[str, ...]:
        track = self._stream.track
        return ("inbound", "outbound") if track == "both_tracks" else (track.removesuffix("_track"),)

    def _is_heard(self, track: str, seconds: float) -> bool:
        """Returns whether there is something to hear: what the party says, or what it hears."""
        if track == "inbound":
            return is_talking(seconds) and not self._leg.party.person.silent
        return self._leg.peer is not None or any(sound.is_playing for sound in self._leg.sounds) or self._playback.is_playing(self._now())

    def _now(self) -> float:
        return self._exchange.clock.now()
