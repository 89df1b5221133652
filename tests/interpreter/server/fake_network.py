"""The network around servers that are killed: a carrier with people, an application, and every request between them and the servers.

All requests pass here and are recorded. A test waits for one, and can lose it, or its answer.
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol
from urllib.parse import unquote

import httpx
import msgspec
from httpx_aiohttp import AiohttpTransport

from callverbs.interpreter.server.webhook_middleware import WEBHOOK_PATH
from callverbs.interpreter.simulator.api import CarrierServer
from callverbs.interpreter.simulator.legs import LegView
from callverbs.interpreter.simulator.people import Person, PersonDirectory
from tests.interpreter.server.traffic import Kind, Request, place_of, place_of_number
from tests.interpreter.telnyx.v1_carrier import address, bound, serving

HOUSE = Path(__file__).parents[3]
OURS = "+14155550199"
WAIT_SECONDS = 25.0
"""How long a test waits for something."""
START_SECONDS = 60.0
"""How long a server may take to start: one with workers imports everything several times, and the machine may be busy."""
PAUSES_SECONDS = (0.1,) * 250
"""Between the attempts of a webhook: the carrier's own first pauses are as short, and here they go on."""
Documents = Callable[[str, dict[str, Any]], list[dict[str, Any]]]
"""What the application replies, by the path of a hook and its payload."""


@dataclass
class Interception:
    """A request that is held up each time it is sent: before it has arrived (`lost`), or after (`unanswered`).

    When that is over, a sender that still waits gets a 503, or the answer.
    """

    kind: Kind
    name: str
    how: Literal["lost", "unanswered"]
    leg: str = "a"
    call: str = ""
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def matches(self, one: Request) -> bool:
        return (self.kind, self.name, self.call, self.leg) == (one.kind, one.name, one.call, one.leg)


class Answer(NamedTuple):
    """What a request is answered with."""

    status: int
    body: Any


class Server(Protocol):
    """A server, wherever it runs."""

    address: str

    async def close(self) -> None: ...


class Worker:
    """A server in a process of its own."""

    def __init__(self, network: "FakeNetwork", folder: Path, port: int = 0, store: str = "", workers: int = 1) -> None:
        self.address = self.log = ""
        self._logged = asyncio.Condition()
        self._network, self._folder, self._port, self._workers = network, folder, port, workers
        self._store = store or f"sqlite:///{folder}/calls.sqlite"
        self._process: asyncio.subprocess.Process

    async def start(self) -> None:
        """Starts it, and waits until it listens: at a second start on the same port."""
        network = self._network
        command = f"-m callverbs serve --app {network.url}/call --port {self._port} --store {self._store} --workers {self._workers}"
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": str(HOUSE),
            "PYTHONUNBUFFERED": "1",
            "TELNYX_API_KEY": "KEY",
            "TELNYX_PUBLIC_KEY": network.server.public_key,
            "TELNYX_BASE_URL": f"{network.url}/v2",
            "CALLVERBS_CONNECTION_ID": "1",
            "CALLVERBS_TOKEN": "operator",
        }
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, *command.split(), stdout=pipe, stderr=pipe, env=environment, cwd=self._folder
        )
        assert self._process.stdout
        assert self._process.stderr
        self._reading = asyncio.create_task(self._read_log(self._process.stderr))
        async with asyncio.timeout(START_SECONDS):
            self.address = (await self._process.stdout.readline()).decode().removeprefix("callverbs serves on ").strip()
        self._port = httpx.URL(self.address).port or 0

    async def wait(self) -> int:
        """Waits for its end, and returns its exit code."""
        async with asyncio.timeout(WAIT_SECONDS):
            await self._reading
            return await self._process.wait()

    async def kill(self) -> None:
        self._process.kill()
        await self.wait()

    def terminate(self) -> None:
        self._process.terminate()

    def reload(self) -> None:
        self._process.send_signal(signal.SIGHUP)

    async def close(self) -> None:
        if self._process.returncode is None:
            await self.kill()

    async def _read_log(self, lines: asyncio.StreamReader) -> None:
        async for line in lines:
            async with self._logged:
                self.log += line.decode()
                self._logged.notify_all()

    async def logged(self, text: str) -> None:
        """Waits until its log has a text."""
        async with asyncio.timeout(WAIT_SECONDS), self._logged:
            await self._logged.wait_for(lambda: text in self.log)


class FakeNetwork:
    """Webhooks go to the workers by turns. The application replies what `documents` says."""

    def __init__(self, people: dict[str, Person], documents: Documents) -> None:
        self.requests: list[Request] = []
        self.interceptions: list[Interception] = []
        self.workers: Sequence[Server] = []
        self.delivered_twice: set[str] = set()
        """Calls whose webhooks go to all workers at once."""
        self.server: CarrierServer
        self._people = people
        self._documents = documents
        self._turn = 0
        self._changed = asyncio.Condition()
        self._client = httpx.AsyncClient(transport=AiohttpTransport(), timeout=WAIT_SECONDS)

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator["FakeNetwork"]:
        with bound() as listening:
            self.url = address(listening)
            people = PersonDirectory(self._people)
            webhook_url = f"{self.url}{WEBHOOK_PATH}"
            self.server = CarrierServer(webhook_url, people=people, connection_id="1", pauses=PAUSES_SECONDS, latency=0.005)
            async with serving(self, listening), self._client, self.server:
                try:
                    yield self
                finally:
                    await asyncio.gather(*(worker.close() for worker in self.workers))

    # ------------------------------------------------------------- what happens

    async def place(self, call: str, interception: Interception | None = None) -> None:
        """Lets a caller call; where a request is to be intercepted, waits for it."""
        if interception:
            interception.call = call
            self.interceptions.append(interception)
        self.server.carrier.place(f"{call}00", OURS, Person())
        if interception:
            async with asyncio.timeout(WAIT_SECONDS):
                await interception.reached.wait()

    async def refused(self) -> None:
        """Waits until a webhook has found no server that listens."""
        await self._wait(lambda: any(one.kind == "webhook" and one.status == 502 for one in self.requests))

    def release_all(self) -> None:
        """Ends all interceptions."""
        for interception in self.interceptions:
            interception.over.set()
        self.interceptions.clear()

    # ------------------------------------------------------------- what has happened

    def leg(self, call: str, name: str) -> LegView:
        """Returns a leg of a call; each number has one."""
        (found,) = [leg for leg in self.server.carrier.legs() if place_of(leg) == (call, name)]
        return found

    def legs(self, call: str) -> dict[str, LegView]:
        return {place_of(leg)[1]: leg for leg in self.server.carrier.legs() if place_of(leg)[0] == call}

    def requests_of(self, call: str, kind: Kind, name: str = "", leg: str = "") -> list[Request]:
        """Returns the requests of a call."""
        return [one for one in self.requests if (one.call, one.kind) == (call, kind) and name in ("", one.name) and leg in ("", one.leg)]

    async def until(self, call: str, kind: Kind, name: str, leg: str = "", times: int = 1) -> None:
        """Waits until a request was made so often and was taken."""
        await self._wait(lambda: self._taken(call, kind, name, leg) >= times)

    async def over(self, call: str) -> None:
        """Waits until every leg has hung up, and its webhook was taken."""
        await self._wait(lambda: all(self._taken(call, "webhook", "call.hangup", name) for name in ("a", *self.legs(call))))

    def _taken(self, call: str, kind: Kind, name: str, leg: str) -> int:
        return len([one for one in self.requests_of(call, kind, name, leg) if one.status == 200])

    async def _wait(self, comes: Callable[[], bool]) -> None:
        async with asyncio.timeout(WAIT_SECONDS), self._changed:
            await self._changed.wait_for(comes)

    # ------------------------------------------------------------- requests

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        raw, more = b"", True
        while more:
            message = await receive()
            raw, more = raw + message.get("body", b""), message.get("more_body", False)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        path, body = scope["raw_path"].decode(), msgspec.json.decode(raw or b"{}")
        if path == WEBHOOK_PATH:
            answer = await self._webhook(body["data"], raw, headers)
        else:
            one = self._command(path, body) if path.startswith("/v2/") else self._hook(path, body, headers)
            await self._note(one)
            interception = next((some for some in self.interceptions if some.matches(one)), None)
            answer = Answer(503, None)
            if interception is None or interception.how == "unanswered":
                answer = self._carrier(scope["method"], path, body) if one.kind == "command" else Answer(200, self._documents(path, body))
            if interception:
                interception.reached.set()
                await interception.over.wait()
            await self._note(one, answer.status)
        await send({"type": "http.response.start", "status": answer.status, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": msgspec.json.encode(answer.body)})

    async def _note(self, one: Request, status: int = 0) -> None:
        async with self._changed:
            one.status = status
            if not status:
                self.requests.append(one)
            self._changed.notify_all()

    def _command(self, path: str, body: Any) -> Request:
        """`/v2/calls` is a dial, `/v2/calls/<id>` asks how a call stands, `/v2/calls/<id>/actions/<name>` is every other command."""
        _, _, _, leg, _, name = [*path.split("/"), "", "", ""][:6]
        place = place_of(self.server.carrier.leg(unquote(leg))) if leg else place_of_number(body["to"])
        return Request("command", name or ("retrieve_call" if leg else "dial"), *place, body.get("command_id", ""), body)

    def _carrier(self, method: str, path: str, body: Any) -> Answer:
        return Answer(*self.server.carrier.request(method, path.removeprefix("/v2"), body or None))

    def _hook(self, path: str, payload: Any, headers: dict[str, str]) -> Request:
        leg = next(leg for leg in self.server.carrier.legs() if leg.leg_id == payload["call_sid"])
        return Request("hook", path, *place_of(leg), headers["x-callverbs-request-id"], payload)

    async def _webhook(self, event: Any, raw: bytes, headers: dict[str, str]) -> Answer:
        leg = self.server.carrier.leg(event["payload"]["call_control_id"])
        one = Request("webhook", event["event_type"], *place_of(leg), event["id"], event["payload"])
        await self._note(one)
        self._turn += 1
        turn = self._turn % len(self.workers)
        workers = [*self.workers[turn:], *self.workers[:turn]][: len(self.workers) if one.call in self.delivered_twice else 1]
        kept = {name: value for name, value in headers.items() if name.startswith("telnyx-")}
        status = min(await asyncio.gather(*(self._deliver(worker, raw, kept) for worker in workers)))
        await self._note(one, status)
        return Answer(status, {})

    async def _deliver(self, worker: Server, raw: bytes, headers: dict[str, str]) -> int:
        try:
            return (await self._client.post(worker.address + WEBHOOK_PATH, content=raw, headers=headers)).status_code
        except Exception:  # no server listens
            return 502
