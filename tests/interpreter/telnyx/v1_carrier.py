"""A small carrier with version 1 of the API only: it takes commands on the loopback, and sends signed webhooks.

It is written from the carrier's pages and shares no code with ours: it has its own names, answers without an envelope, and signature.
"""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import itertools
import json
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import httpx
import uvicorn

from callverbs.interpreter.runtime.embedded_server import EmbeddedServer
from callverbs.interpreter.server import settings
from callverbs.interpreter.server.app import create_app
from callverbs.interpreter.server.runtime import Runtime
from callverbs.interpreter.server.webhook_middleware import WEBHOOK_PATH

OURS, THEIRS, OTHER = "+14155550199", "+14155550100", "+14155550177"
SECRET = "the secret of webhooks"
Body = dict[str, Any]


class Sent(NamedTuple):
    """A command as it arrived."""

    name: str
    leg: str
    body: Body


class CarrierV1:
    """One account. `target` is what the called party does: answers, busy."""

    def __init__(self, url: str, target: str = "answers", reply: list[Body] | None = None) -> None:
        self.url = url
        self.commands: list[Sent] = []
        self.webhooks: list[tuple[str, str, int]] = []
        """Event type, leg, and the status of the response."""
        self.webhook_url = ""
        self._target, self._reply = target, reply
        self._states: dict[str, str] = {}
        self._gone: set[str] = set()
        self._ids = itertools.count()
        self._client = httpx.AsyncClient()
        self._tasks: set[asyncio.Task[None]] = set()
        self._received = asyncio.Condition()

    # ------------------------------------------------------------- commands

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        raw, more = b"", True
        while more:
            message = await receive()
            raw, more = raw + message["body"], message["more_body"]
        status, answer = self._take(scope["raw_path"].decode(), dict(scope["headers"]), json.loads(raw or b"{}"))
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    def _take(self, path: str, headers: dict[bytes, bytes], body: Body) -> tuple[int, Any]:
        if path == "/app":
            return 200, self._reply
        if headers.get(b"authorization") != b"Basic " + base64.b64encode(b"KEY:SECRET"):
            return 401, {"code": "10009", "title": "Authentication failed"}
        parts = [unquote(part) for part in path.split("/")[1:]]
        if parts == ["calls"]:
            self._do(Sent("dial", "", body))
            return 200, {"result": "ok", "call_leg_id": "leg of v2:out", "call_control_id": "v2:out", "call_session_id": "session"}
        match parts:
            case ["calls", leg, "actions", ("answer" | "transfer" | "hangup") as name]:
                if leg in self._gone:
                    self.commands.append(Sent(name, leg, body))
                    return 422, {"code": "90018", "title": "Call has already ended", "detail": "This call is no longer active."}
                self._do(Sent(name, leg, body))
                return 200, {"result": "ok"}
        return 404, {"code": "10005", "title": "Resource not found"}

    def _do(self, sent: Sent) -> None:
        self.commands.append(sent)
        task = asyncio.create_task(getattr(self, f"_{sent.name}")(sent))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ------------------------------------------------------------- webhooks

    async def call(self) -> None:
        """Calls our number."""
        await self.send_webhook("call_initiated", "v2:in", direction="incoming", state="parked", **{"from": THEIRS, "to": OURS})

    async def _answer(self, sent: Sent) -> None:
        self._states[sent.leg] = sent.body["client_state"]
        await self.send_webhook("call_answered", sent.leg, state="answered")

    async def _dial(self, sent: Sent) -> None:
        self._states["v2:out"] = sent.body["client_state"]
        await self.send_webhook("call_initiated", "v2:out", direction="outgoing", **{"from": sent.body["from"], "to": sent.body["to"]})
        await self.send_webhook("call_answered", "v2:out")

    async def _transfer(self, sent: Sent) -> None:
        self._states |= {sent.leg: sent.body["client_state"], "v2:new": sent.body["target_leg_client_state"]}
        await self.send_webhook("call_initiated", "v2:new", direction="outgoing", **{"from": sent.body["from"], "to": sent.body["to"]})
        if self._target == "busy":
            await self.end("v2:new", cause="user_busy", sip="486")
            return
        await self.send_webhook("call_answered", "v2:new")
        await self.send_webhook("call_bridged", sent.leg)
        await self.send_webhook("call_bridged", "v2:new")

    async def _hangup(self, sent: Sent) -> None:
        await self.end(sent.leg)

    async def end(self, *legs: str, cause: str = "normal_clearing", sip: str = "200") -> None:
        """Ends legs together, and sends their webhooks one after the other."""
        self._gone |= set(legs)
        for leg in legs:
            await self.send_webhook("call_hangup", leg, hangup_cause=cause, hangup_source="callee", sip_hangup_cause=sip)

    async def send_webhook(self, event_type: str, leg: str, **payload: Any) -> None:
        """Sends a webhook, and keeps the status of its response."""
        addresses = {"call_control_id": leg, "call_leg_id": f"leg of {leg}", "call_session_id": "session", "connection_id": "77"}
        body = json.dumps(
            {
                "record_type": "event",
                "id": f"event {next(self._ids)}",
                "event_type": event_type,
                "created_at": "2026-11-21T10:00:00.000000Z",
                "payload": {**addresses, "client_state": self._states.get(leg), **payload},
            }
        ).encode()
        answer = await self._client.post(self.webhook_url, content=body, headers=signed(body))
        async with self._received:
            self.webhooks.append((event_type, leg, answer.status_code))
            self._received.notify_all()

    async def until(self, event_type: str, leg: str) -> None:
        """Waits until a webhook has been accepted."""
        async with self._received:
            await asyncio.wait_for(self._received.wait_for(lambda: (event_type, leg, 200) in self.webhooks), 10)

    async def close(self) -> None:
        await asyncio.gather(*self._tasks)
        await self._client.aclose()


def signed(body: bytes, secret: str = SECRET, now: float | None = None) -> dict[str, str]:
    """Returns the header of a webhook in the default layout of the settings."""
    at = str(int(time.time() if now is None else now))
    digest = hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).digest()
    return {"X-Telnyx-Signature": f"t={at},h={base64.b64encode(digest).decode()}"}


@contextlib.asynccontextmanager
async def serving(app: Any, taken: socket.socket, lifespan: Any = "off") -> AsyncIterator[None]:
    """Serves an ASGI application on the loopback."""
    listens = asyncio.Event()
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan=lifespan, ws="none", timeout_graceful_shutdown=5)
    server = EmbeddedServer(config, listens.set)
    task = asyncio.create_task(server.serve(sockets=[taken]))
    await listens.wait()
    try:
        yield
    finally:
        server.should_exit = True
        await task


def bound() -> socket.socket:
    """Returns a socket on the loopback; without its protocol asyncio leaves Nagle's algorithm on, and answers take 40 ms."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.bind(("127.0.0.1", 0))
    return made


def address(taken: socket.socket) -> str:
    return f"http://127.0.0.1:{taken.getsockname()[1]}"


class Setup(NamedTuple):
    """A carrier at one end, callverbs at the other, and an operator's client."""

    carrier: CarrierV1
    runtime: Runtime
    operator: httpx.AsyncClient


@contextlib.asynccontextmanager
async def served(folder: Path, document: list[Body] | None, **carrier: Any) -> AsyncIterator[Setup]:
    """callverbs serves a document (or what the carrier's /app replies) with `[carrier] api = 1`."""
    with bound() as theirs, bound() as ours:
        first = CarrierV1(address(theirs), **carrier)
        (folder / "flow.json").write_text(json.dumps(document))
        file = folder / "callverbs.toml"
        file.write_text(
            f"""
            [server]
            store = "memory:"
            token = "operator"
            [carrier]
            api = 1
            api_key = "KEY:SECRET"
            public_key = "{SECRET}"
            base_url = "{first.url}"
            connection_id = "77"
            [applications.main]
            app = "{"flow.json" if document else first.url + "/app"}"
            """
        )
        runtime = Runtime(settings.read({}, {}, file))
        first.webhook_url = address(ours) + WEBHOOK_PATH
        headers = {"Authorization": "Bearer operator"}
        async with (
            serving(first, theirs),
            serving(create_app(runtime), ours, "on"),
            httpx.AsyncClient(base_url=address(ours), headers=headers) as operator,
        ):
            try:
                yield Setup(first, runtime, operator)
            finally:
                await first.close()
