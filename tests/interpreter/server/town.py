"""The rest of the world of servers that are killed: a carrier with people, an application, and every road between them.

All traffic passes here and is written down. A test waits until something comes by, and can have it lost, or its answer.
"""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol
from urllib.parse import unquote

import httpx
import msgspec
from httpx_aiohttp import AiohttpTransport

from interpreter.server.front import PATH
from interpreter.simulator.api import CarrierServer
from interpreter.simulator.legs import LegView
from interpreter.simulator.people import People, Person
from tests.interpreter.server.story import Kind, Passing, who, whose
from tests.interpreter.telnyx.v1_carrier import address, bound, serving

HOUSE = Path(__file__).parents[3]
OURS = "+14155550199"
SECONDS = 25.0
"""After which nobody waits any longer."""
PAUSES = (0.1,) * 250
"""Seconds between the attempts of a webhook: the carrier's own first ones are as short, and here they go on."""
Documents = Callable[[str, dict[str, Any]], list[dict[str, Any]]]
"""What the application answers: the path of a hook, and what it is told."""


@dataclass
class Stop:
    """Something that is stopped on its way, each time that it is tried: before it has arrived (`lost`), or after (`unanswered`).

    When the stop is over, whoever still waits is told to try again, or hears the answer.
    """

    kind: Kind
    name: str
    how: Literal["lost", "unanswered"]
    leg: str = "a"
    call: str = ""
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def stops(self, one: Passing) -> bool:
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

    def __init__(self, town: "Town", folder: Path, port: int = 0) -> None:
        self.address = ""
        self._town, self._folder, self._port = town, folder, port
        self._process: asyncio.subprocess.Process

    async def start(self) -> None:
        """Run, and wait until it listens: at the second start where it did before."""
        town = self._town
        command = f"-m interpreter serve --app {town.url}/call --port {self._port} --store sqlite:///{self._folder}/calls.sqlite"
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": str(HOUSE),
            "PYTHONUNBUFFERED": "1",
            "TELNYX_API_KEY": "KEY",
            "TELNYX_PUBLIC_KEY": town.server.public_key,
            "TELNYX_BASE_URL": f"{town.url}/v2",
            "CALLVERBS_CONNECTION_ID": "1",
            "CALLVERBS_TOKEN": "operator",
        }
        with (self._folder / "log.txt").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, *command.split(), stdout=asyncio.subprocess.PIPE, stderr=log, env=environment, cwd=self._folder
            )
        assert self._process.stdout
        async with asyncio.timeout(SECONDS):
            self.address = (await self._process.stdout.readline()).decode().removeprefix("callverbs serves on ").strip()
        self._port = httpx.URL(self.address).port or 0

    async def ends(self) -> int:
        """Wait for its end; its exit code."""
        async with asyncio.timeout(SECONDS):
            return await self._process.wait()

    async def is_killed(self) -> None:
        """Nothing of it happens any longer, and nobody is told."""
        self._process.kill()
        await self.ends()

    def is_told_to_stop(self) -> None:
        self._process.terminate()

    async def close(self) -> None:
        if self._process.returncode is None:
            await self.is_killed()

    @property
    def log(self) -> str:
        return (self._folder / "log.txt").read_text()


class Town:
    """Webhooks go to its workers by turns. The application answers what `documents` says."""

    def __init__(self, people: dict[str, Person], documents: Documents) -> None:
        self.passed: list[Passing] = []
        self.stops: list[Stop] = []
        self.workers: Sequence[Server] = []
        self.told_twice: set[str] = set()
        """Calls whose every webhook goes to all of them at once."""
        self.server: CarrierServer
        self._people = people
        self._documents = documents
        self._turn = 0
        self._came = asyncio.Condition()
        self._client = httpx.AsyncClient(transport=AiohttpTransport())

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator["Town"]:
        with bound() as taken:
            self.url = address(taken)
            self.server = CarrierServer(f"{self.url}{PATH}", people=People(self._people), connection_id="1", pauses=PAUSES, latency=0.005)
            async with serving(self, taken), self._client, self.server:
                try:
                    yield self
                finally:
                    await asyncio.gather(*(worker.close() for worker in self.workers))

    # ------------------------------------------------------------- what happens

    async def call(self, call: str, stop: Stop | None = None) -> None:
        """Somebody calls; where something is stopped, wait for it."""
        if stop:
            stop.call = call
            self.stops.append(stop)
        self.server.carrier.place(f"{call}00", OURS, Person())
        if stop:
            async with asyncio.timeout(SECONDS):
                await stop.reached.wait()

    async def is_gone(self) -> None:
        """Wait until a server is seen not to listen any more."""
        await self._wait(lambda: any(one.kind == "webhook" and one.status == 502 for one in self.passed))

    def lets_all_pass(self) -> None:
        """Nothing is stopped any more."""
        for stop in self.stops:
            stop.over.set()
        self.stops.clear()

    # ------------------------------------------------------------- looking

    def leg(self, call: str, name: str) -> LegView:
        """A leg of a call; each number has one."""
        (found,) = [leg for leg in self.server.carrier.legs() if whose(leg) == (call, name)]
        return found

    def legs(self, call: str) -> dict[str, LegView]:
        return {whose(leg)[1]: leg for leg in self.server.carrier.legs() if whose(leg)[0] == call}

    def of(self, call: str, kind: Kind, name: str = "", leg: str = "") -> list[Passing]:
        """What has come by of a call."""
        return [one for one in self.passed if (one.call, one.kind) == (call, kind) and name in ("", one.name) and leg in ("", one.leg)]

    async def until(self, call: str, kind: Kind, name: str, leg: str = "", times: int = 1) -> None:
        """Wait until something has come by so often and was taken."""
        await self._wait(lambda: len([one for one in self.of(call, kind, name, leg) if one.status == 200]) >= times)

    async def over(self, call: str) -> None:
        """Wait until everybody is gone, and was heard to go."""
        await self._wait(
            lambda: all(any(one.status == 200 for one in self.of(call, "webhook", "call.hangup", name)) for name in ("a", *self.legs(call)))
        )

    async def _wait(self, comes: Callable[[], bool]) -> None:
        async with asyncio.timeout(SECONDS), self._came:
            await self._came.wait_for(comes)

    # ------------------------------------------------------------- the roads

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        raw, more = b"", True
        while more:
            message = await receive()
            raw, more = raw + message.get("body", b""), message.get("more_body", False)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        path, body = scope["raw_path"].decode(), msgspec.json.decode(raw or b"{}")
        if path == PATH:
            answer = await self._webhook(body["data"], raw, headers)
        else:
            one = self._command(path, body) if path.startswith("/v2/") else self._hook(path, body, headers)
            await self._note(one)
            stop = next((stop for stop in self.stops if stop.stops(one)), None)
            answer = Answer(503, None)
            if stop is None or stop.how == "unanswered":
                answer = self._carrier(scope["method"], path, body) if one.kind == "command" else Answer(200, self._documents(path, body))
            if stop:
                stop.reached.set()
                await stop.over.wait()
            await self._note(one, answer.status)
        await send({"type": "http.response.start", "status": answer.status, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": msgspec.json.encode(answer.body)})

    async def _note(self, one: Passing, status: int = 0) -> None:
        async with self._came:
            one.status = status
            if not status:
                self.passed.append(one)
            self._came.notify_all()

    def _command(self, path: str, body: Any) -> Passing:
        """`/v2/calls` is a dial, `/v2/calls/<id>` an enquiry, `/v2/calls/<id>/actions/<name>` the rest."""
        _, _, _, leg, _, name = [*path.split("/"), "", "", ""][:6]
        place = whose(self.server.carrier.leg(unquote(leg))) if leg else who(body["to"])
        return Passing("command", name or ("report" if leg else "dial"), *place, body.get("command_id", ""), body)

    def _carrier(self, method: str, path: str, body: Any) -> Answer:
        return Answer(*self.server.carrier.request(method, path.removeprefix("/v2"), body or None))

    def _hook(self, path: str, told: Any, headers: dict[str, str]) -> Passing:
        leg = next(leg for leg in self.server.carrier.legs() if leg.leg_id == told["call_sid"])
        return Passing("hook", path, *whose(leg), headers["x-callverbs-request-id"], told)

    async def _webhook(self, event: Any, raw: bytes, headers: dict[str, str]) -> Answer:
        leg = self.server.carrier.leg(event["payload"]["call_control_id"])
        one = Passing("webhook", event["event_type"], *whose(leg), event["id"], event["payload"])
        await self._note(one)
        self._turn += 1
        now = self._turn % len(self.workers)
        workers = [*self.workers[now:], *self.workers[:now]][: len(self.workers) if one.call in self.told_twice else 1]
        kept = {name: value for name, value in headers.items() if name.startswith("telnyx-")}
        status = min(await asyncio.gather(*(self._bring(worker, raw, kept) for worker in workers)))
        await self._note(one, status)
        return Answer(status, {})

    async def _bring(self, worker: Server, raw: bytes, headers: dict[str, str]) -> int:
        try:
            return (await self._client.post(worker.address + PATH, content=raw, headers=headers)).status_code
        except Exception:  # there is nobody
            return 502
