"""An application that listens: a small server on the loopback that keeps every webhook, and lets tests wait for them."""

import asyncio
import socket
from collections.abc import Callable
from types import TracebackType
from typing import Any, NamedTuple, Self

import msgspec
import uvicorn

from callverbs.interpreter.runtime.embedded_server import EmbeddedServer


class Received(NamedTuple):
    """A webhook as it came."""

    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        found: dict[str, Any] = msgspec.json.decode(self.raw)
        return found

    @property
    def payload(self) -> dict[str, Any]:
        found: dict[str, Any] = self.body["data"]["payload"]
        return found

    @property
    def name(self) -> str:
        return str(self.body["data"]["event_type"]).removeprefix("call.")


class Listener:
    """Takes webhooks, and answers with the status that `answers` returns; with 200 without it."""

    def __init__(self, answers: Callable[[Received], int] | None = None) -> None:
        self.received: list[Received] = []
        self._answers = answers or (lambda _: 200)
        self._came = asyncio.Condition()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/webhooks"

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        raw, more = b"", True
        while more:
            message = await receive()
            raw, more = raw + message["body"], message["more_body"]
        one = Received({name.decode(): value.decode() for name, value in scope["headers"]}, raw)
        await send({"type": "http.response.start", "status": self._answers(one), "headers": []})
        await send({"type": "http.response.body", "body": b""})
        async with self._came:
            self.received.append(one)
            self._came.notify_all()

    async def until(self, name: str, leg: str = "", count: int = 1) -> Received:
        """Waits for a webhook of a type, the `count`-th since the last call; drops what came before it."""
        found: list[int] = []

        def there() -> bool:
            found[:] = [
                index for index, one in enumerate(self.received) if one.name == name and (not leg or one.payload["call_control_id"] == leg)
            ]
            return len(found) >= count

        async with self._came:
            await asyncio.wait_for(self._came.wait_for(there), 10)
            one = self.received[found[count - 1]]
            del self.received[: found[count - 1] + 1]
            return one

    async def __aenter__(self) -> Self:
        config = uvicorn.Config(self, log_config=None, access_log=False, lifespan="off", ws="none", timeout_graceful_shutdown=1)
        listening = asyncio.Event()
        self._server = EmbeddedServer(config, listening.set)
        self._serving = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        await listening.wait()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.should_exit = True
        await self._serving
