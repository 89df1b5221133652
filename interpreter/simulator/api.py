"""The simulated carrier over HTTP: `/v2` is the carrier's own API, `/_sim` is for whoever plays the people on the line.

`POST /_sim/calls` lets somebody call, `GET /_sim/legs` tells how every leg stands, `POST /_sim/legs/<id>/<deed>` does something on
one. The rooms behind the routes are `carrier` and `postman`; this file runs in the loop that starts it, without signal handlers.
"""

import asyncio
import contextlib
import secrets
import socket
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Any, Self

import httpx
import msgspec
import uvicorn
from httpx_aiohttp import AiohttpTransport
from quart import Quart, request
from quart import Response as Reply

from callverbs.interpreter.simulator import people, webhook_sender
from callverbs.interpreter.simulator.carrier import SimulatedCarrier
from callverbs.interpreter.simulator.clock import LiveClock
from callverbs.interpreter.simulator.exchange import Files
from callverbs.interpreter.simulator.ids import Ids, RandomIds
from callverbs.interpreter.simulator.people import MomentError, People, PeopleError, Person
from callverbs.interpreter.simulator.refusals import RefusalError
from callverbs.interpreter.simulator.webhook_sender import WebhookSender
from callverbs.interpreter.telnyx.signature import Signer

Body = dict[str, Any]
GRACE = 1
"""Seconds that a request may still take when the carrier stops."""
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class Call(msgspec.Struct, rename={"from_": "from"}):
    """What `POST /_sim/calls` takes, besides everything that a person can be."""

    from_: str
    to: str
    caller_name: str = ""
    headers: dict[str, str] = {}


class Deed(msgspec.Struct, forbid_unknown_fields=True):
    """What the person on a leg can be told besides what to do."""

    keys: people.Keys = ""
    greeting: people.Duration | None = None
    beep: bool = True
    status: int = 603


def _press(carrier: SimulatedCarrier, leg: str, deed: Deed) -> None:
    if not deed.keys:
        raise PeopleError('say which keys: {"keys": "1"}')
    carrier.press(leg, deed.keys)


def _machine(carrier: SimulatedCarrier, leg: str, deed: Deed) -> None:
    carrier.machine(leg, {"beep": deed.beep} if deed.greeting is None else {"beep": deed.beep, "greeting": deed.greeting})


DEEDS: dict[str, Callable[[SimulatedCarrier, str, Deed], None]] = {
    "answer": lambda carrier, leg, deed: carrier.answer(leg),
    "busy": lambda carrier, leg, deed: carrier.busy(leg),
    "no_answer": lambda carrier, leg, deed: carrier.no_answer(leg),
    "reject": lambda carrier, leg, deed: carrier.rejects(leg, deed.status),
    "machine": _machine,
    "press": _press,
    "hangup": lambda carrier, leg, deed: carrier.hangup(leg),
    "hold": lambda carrier, leg, deed: carrier.hold(leg),
    "unhold": lambda carrier, leg, deed: carrier.hold(leg, on=False),
}


def create_app(carrier: SimulatedCarrier, *, api_key: str = "", public_key: str = "") -> Quart:
    """The carrier as a web application. With an `api_key`, `/v2` asks for it (Bearer); `/_sim` never does."""
    app = Quart(__name__)

    @app.route("/v2/<path:path>", methods=METHODS)
    async def call_control(path: str) -> Reply:
        if api_key and request.headers.get("Authorization") != f"Bearer {api_key}":
            return _json(*RefusalError("10009", "the header Authorization must be Bearer and the API key of this carrier").response)
        try:
            raw = await request.get_data()
            body = msgspec.json.decode(raw) if raw else None
        except msgspec.DecodeError as error:
            return _json(*RefusalError("10015", f"the body is not JSON: {error}").response)
        encoded = request.scope["raw_path"].decode("ascii").partition("?")[0]
        return _json(*carrier.request(request.method, encoded.removeprefix("/v2"), body))

    @app.get("/_sim/public_key")
    async def key() -> Reply:
        return _json(200, {"public_key": public_key})

    @app.get("/_sim/legs")
    async def legs() -> Reply:
        return _json(200, {"data": carrier.legs()})

    @app.post("/_sim/calls")
    async def place() -> Reply:
        body = await _object()
        call = msgspec.convert(body, Call)
        rest = {name: value for name, value in body.items() if name not in ("from", "to", "caller_name", "headers")}
        leg = carrier.leg(carrier.place(call.from_, call.to, _person(rest), call.caller_name, call.headers))
        ids = {"call_control_id": leg.id, "call_leg_id": leg.leg_id, "call_session_id": leg.session_id}
        return _json(201, ids)

    @app.post("/_sim/legs/<leg>/<deed>")
    async def act(leg: str, deed: str) -> Reply:
        if deed not in DEEDS:
            return _fault(404, f"nobody can {deed}; there are {', '.join(DEEDS)}")
        try:
            DEEDS[deed](carrier, leg, msgspec.convert(await _object(), Deed))
            return _json(200, {"data": carrier.leg(leg)})
        except KeyError:
            return _fault(404, f"there is no leg {leg}")

    @app.errorhandler(PeopleError)
    async def impossible(error: PeopleError) -> Reply:
        return _fault(409 if isinstance(error, MomentError) else 422, str(error))

    @app.errorhandler(msgspec.MsgspecError)
    async def unreadable(error: msgspec.MsgspecError) -> Reply:
        return _fault(422, str(error))

    @app.errorhandler(404)
    @app.errorhandler(405)
    async def nowhere(error: Exception) -> Reply:
        return _fault(404, f"the simulated carrier has no {request.method} {request.path}")

    return app


async def _object() -> Body:
    raw = await request.get_data()
    return msgspec.json.decode(raw, type=Body) if raw else {}


def _person(written: Body) -> Person | None:
    return people.read(written) if written else None


def _json(status: int, body: object) -> Reply:
    return Reply(msgspec.json.encode(body), status, content_type="application/json")


def _fault(status: int, detail: str) -> Reply:
    return _json(status, {"errors": [{"code": str(status), "title": "The simulation cannot do that", "detail": detail}]})


# --------------------------------------------------------------------------- running it


class CarrierServer:
    """A carrier at an address: `async with CarrierServer(webhook_url) as carrier`, or start and stop. Port 0 takes a free one.

    Webhooks go to `webhook_url`, signed with the Ed25519 key of `seed` (32 bytes; a new key without one). `connection_id` is the
    only one that may dial; without one, all may. Everything else is as with `SimulatedCarrier` and `Postman`.
    """

    def __init__(
        self,
        webhook_url: str,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        api_key: str = "",
        seed: bytes | None = None,
        people: People | None = None,
        ids: Ids | None = None,
        connection_id: str | None = None,
        latency: float = 0.02,
        media: Files | None = None,
        pauses: Sequence[float] = webhook_sender.PAUSES,
    ) -> None:
        self.carrier: SimulatedCarrier
        """The carrier itself, once it is started."""
        self.webhook_url = webhook_url
        self._host = host
        self._port = port
        self._api_key = api_key
        self._signer = Signer(seed or secrets.token_bytes(32))
        self._people = people
        self._ids = ids or RandomIds()
        self._connection_id = connection_id
        self._latency = latency
        self._media = media
        self._pauses = pauses

    @property
    def address(self) -> str:
        """Where it is: http://host:port."""
        return f"http://[{self._host}]:{self._port}" if ":" in self._host else f"http://{self._host}:{self._port}"

    @property
    def base_url(self) -> str:
        """What an application gives its client instead of https://api.telnyx.com/v2."""
        return f"{self.address}/v2"

    @property
    def public_key(self) -> str:
        """What webhooks are verified with, as the carrier's portal shows it."""
        return self._signer.public_key

    async def start(self) -> None:
        """Listen. Raises OSError where somebody else has the address."""
        listening = socket.create_server((self._host, self._port), family=socket.AF_INET6 if ":" in self._host else socket.AF_INET)
        self._port = listening.getsockname()[1]
        clock = LiveClock(asyncio.get_running_loop())
        self._client = httpx.AsyncClient(transport=AiohttpTransport())
        self._webhooks = WebhookSender(self._client, self._signer, clock.now, self._pauses)
        self.carrier = SimulatedCarrier(
            clock,
            self._webhooks.take,
            self._people,
            self._ids,
            connection_id=self._connection_id,
            latency=self._latency,
            media=self._media,
            url=self.webhook_url,
        )
        app = create_app(self.carrier, api_key=self._api_key, public_key=self.public_key)
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", ws="none", timeout_graceful_shutdown=GRACE)
        self._server = _Server(config)
        self._serving = asyncio.create_task(self._server.serve(sockets=[listening]))
        await self._server.listens.wait()

    async def stop(self) -> None:
        """Let nothing happen any more, listen no more, and leave webhooks that were not taken yet."""
        self.carrier.close()
        self._server.should_exit = True
        await self._serving
        await self._webhooks.stop()
        await self._client.aclose()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.stop()


class _Server(uvicorn.Server):
    """Says when it listens, and leaves signals to whoever runs the loop."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
