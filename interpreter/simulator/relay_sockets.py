"""Relays over a network: the carrier's end of an agent's WebSocket, with the carrier's frames (developer pages, ConversationRelay channel).

To the agent: setup, prompt, dtmf, interrupt, error. From the agent: text, play, sendDigits, language, end.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from callverbs.interpreter.simulator import conversing, media, ringing
from callverbs.interpreter.simulator.exchange import Exchange
from callverbs.interpreter.simulator.legs import Conversation, SimulatedLeg
from callverbs.interpreter.simulator.refusals import Body

CONNECT_SECONDS = 5.0
"""For the agent to accept; how long the carrier waits is undocumented."""
CLOSE_SECONDS = 1.0
MAX_FRAME_BYTES = 100_000
MAX_TEXT_CHARACTERS = 3_000
"""Of one turn, as in every other speech (SPEC: greeting)."""
MAX_INVALID_FRAMES = 10
"""The carrier closes the socket after so many in a row (developer pages)."""
MAX_PENDING_FRAMES = 1_000
"""Frames for an agent that does not read; then the oldest are dropped."""


class FrameError(Exception):
    """The agent has sent a frame that is none."""


class RelaySockets:
    """The sockets of all relays. It runs in the event loop that calls it."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def connect(self, exchange: Exchange, leg: SimulatedLeg, conversation: Conversation, body: Body, /) -> "RelaySocket":
        """Begins to connect a leg with its agent."""
        socket = RelaySocket(exchange, leg, conversation, body, self._spawn)
        self._spawn(socket.run())
        return socket

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Drops all connections."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class RelaySocket:
    """The connection of one relay. `spawn` runs work of its own beside it."""

    def __init__(
        self,
        exchange: Exchange,
        leg: SimulatedLeg,
        conversation: Conversation,
        body: Body,
        spawn: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._exchange = exchange
        self._leg = leg
        self._conversation = conversation
        self._body = body
        self._spawn = spawn
        self._socket: ClientConnection | None = None
        self._closed = False
        self._pending: asyncio.Queue[Body] = asyncio.Queue()
        self._turn = ""
        """What the agent has sent of its present turn."""
        self._invalid = 0

    def tell(self, frame: Body) -> None:
        """Sends the agent a frame, behind those that it has not read yet."""
        if self._pending.qsize() >= MAX_PENDING_FRAMES:
            self._pending.get_nowait()
        self._pending.put_nowait(frame)

    def close(self) -> None:
        """Ends the connection from the carrier's side."""
        self._closed = True
        if self._socket:
            self._spawn(self._socket.close())

    async def run(self) -> None:
        """Connects, and relays until one side ends it."""
        url = self._body["url"]
        try:
            async with connect(
                url, open_timeout=CONNECT_SECONDS, close_timeout=CLOSE_SECONDS, max_size=MAX_FRAME_BYTES, proxy=None
            ) as socket:
                if not self._closed:
                    self._socket = socket
                    await self._relay(socket)
        except (OSError, ValueError, WebSocketException):
            pass  # it cannot be reached, or is lost
        finally:
            conversing.disconnected(self._exchange, self._leg, self._conversation)

    async def _relay(self, socket: ClientConnection) -> None:
        """Takes what the agent sends, until it closes the socket. Raises WebSocketException where the socket is lost."""
        await socket.send(msgspec.json.encode(self._setup()).decode())
        if greeting := self._body.get("greeting", ""):
            conversing.say(self._exchange, self._leg, self._conversation, greeting)
        sending = asyncio.create_task(self._send(socket))
        try:
            async for message in socket:
                self._take(message)
                if self._invalid >= MAX_INVALID_FRAMES:
                    return
        finally:
            sending.cancel()

    async def _send(self, socket: ClientConnection) -> None:
        while True:
            await socket.send(msgspec.json.encode(await self._pending.get()).decode())

    def _setup(self) -> Body:
        leg = self._leg
        return {
            "type": "setup",
            "sessionId": self._conversation.id,
            "accountSid": leg.connection_id,
            "callSid": leg.id,
            "callControlId": leg.id,
            "callSessionId": leg.session.id,
            "callLegId": leg.leg_id,
            "from": leg.from_,
            "to": leg.to,
            "direction": "inbound" if leg.direction == "incoming" else "outbound",
            "callerName": leg.caller_name,
            "callStatus": "active",
            "customParameters": self._body.get("custom_parameters", {}),
        }

    # ------------------------------------------------------------- frames of the agent

    def _take(self, message: str | bytes) -> None:
        """Does what a frame says. One that is none is answered with an error."""
        try:
            frame = msgspec.json.decode(message, type=Body)
            kind = frame.get("type")
            if kind not in FRAMES:
                raise FrameError(f"unknown type: {kind}")
            FRAMES[kind](self, frame)
            self._invalid = 0
        except (FrameError, msgspec.MsgspecError, RecursionError) as error:
            self._invalid += 1
            self.tell({"type": "error", "description": f"Invalid message: {error}"})

    def take_text(self, frame: Body) -> None:
        """Speaks a turn, as soon as it is whole."""
        self._turn += _field(frame, "token")
        if len(self._turn) > MAX_TEXT_CHARACTERS:
            self._turn = ""
            raise FrameError(f"a turn is longer than {MAX_TEXT_CHARACTERS} characters")
        if frame.get("last") is True:
            turn, self._turn = self._turn.strip(), ""
            if turn:
                conversing.say(self._exchange, self._leg, self._conversation, turn)

    def take_play(self, frame: Body) -> None:
        """Plays a file."""
        sound = media.file_sound(self._exchange, {"audio_url": _field(frame, "source")})
        if sound:
            sound.has_webhooks = False
            self._conversation.sounds.append(sound)
            media.play(self._exchange, self._leg, sound)

    def take_send_digits(self, frame: Body) -> None:
        """Sends keys to the party."""
        ringing.send_digits(self._exchange, self._leg, _field(frame, "digits"))

    def take_language(self, frame: Body) -> None:
        """Is checked, and changes nothing: the simulated carrier understands every language."""
        if not (frame.get("ttsLanguage") or frame.get("transcriptionLanguage")):
            raise FrameError("missing required field: ttsLanguage or transcriptionLanguage")

    def take_end(self, frame: Body) -> None:
        """Ends the conversation. What is handed over arrives nowhere: SPEC names no field of the webhook for it."""
        conversing.completed(self._exchange, self._leg, self._conversation)


def _field(frame: Body, name: str) -> str:
    """Returns a text of a frame. Raises FrameError where there is none."""
    value = frame.get(name)
    if not isinstance(value, str):
        raise FrameError(f"missing required field: {name}")
    return value


FRAMES: dict[object, Callable[[RelaySocket, Body], None]] = {
    "text": RelaySocket.take_text,
    "play": RelaySocket.take_play,
    "sendDigits": RelaySocket.take_send_digits,
    "language": RelaySocket.take_language,
    "end": RelaySocket.take_end,
}
