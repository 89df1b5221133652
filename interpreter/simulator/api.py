"""The simulated carrier over HTTP: `/v2` is the carrier's own API, `/_sim` controls the people on its lines.

`POST /_sim/calls` lets a person call, `GET /_sim/legs` returns the state of every leg, and `POST /_sim/legs/<id>/<action>` lets the
party on a leg act. The server runs in the event loop that starts it.
"""

import asyncio
import secrets
import socket
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

import httpx
import msgspec
import uvicorn
from httpx_aiohttp import AiohttpTransport
from quart import Quart, Response, request

from callverbs.interpreter.runtime.embedded_server import EmbeddedServer
from callverbs.interpreter.simulator import audio
from callverbs.interpreter.simulator.agents import AgentDirectory
from callverbs.interpreter.simulator.carrier import SimulatedCarrier
from callverbs.interpreter.simulator.clock import LiveClock
from callverbs.interpreter.simulator.exchange import MediaDurations, RecordingOutcomes
from callverbs.interpreter.simulator.ids import Ids, RandomIds
from callverbs.interpreter.simulator.people import Duration, Keys, LegStateError, Person, PersonDirectory, PersonError, read_person
from callverbs.interpreter.simulator.refusals import Body, RefusalError
from callverbs.interpreter.simulator.relay_sockets import RelaySockets
from callverbs.interpreter.simulator.stream_sockets import StreamSockets
from callverbs.interpreter.simulator.stream_stubs import StreamStubs
from callverbs.interpreter.simulator.webhook_sender import PAUSES_SECONDS, WebhookSender
from callverbs.interpreter.telnyx.signature import Signer

STOP_GRACE_SECONDS = 1
"""How long a request may still take when the carrier stops."""
RECORDINGS_PATH = "/_sim/recordings"
CONTENT_TYPES = {"wav": "audio/wav", "mp3": "audio/mpeg"}
HTTP_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class CallBody(msgspec.Struct, rename={"from_": "from"}):
    """The body of `POST /_sim/calls`, which may also have every field of a person."""

    from_: str
    to: str
    caller_name: str = ""
    headers: dict[str, str] = {}


class ActionBody(msgspec.Struct, forbid_unknown_fields=True):
    """The body of `POST /_sim/legs/<id>/<action>`."""

    keys: Keys = ""
    text: str = ""
    confidence: float | None = None
    recognized: str | None = None
    greeting: Duration | None = None
    beep: bool = True
    status: int = 603


def _press(carrier: SimulatedCarrier, leg: str, body: ActionBody) -> None:
    if not body.keys:
        raise PersonError('say which keys: {"keys": "1"}')
    carrier.press(leg, body.keys)


def _say(carrier: SimulatedCarrier, leg: str, body: ActionBody) -> None:
    if not body.text:
        raise PersonError('say what: {"text": "sales"}')
    more = {"confidence": body.confidence, "recognized": body.recognized}
    carrier.say(leg, {"text": body.text, **{name: value for name, value in more.items() if value is not None}})


def _machine(carrier: SimulatedCarrier, leg: str, body: ActionBody) -> None:
    carrier.machine(leg, {"beep": body.beep} if body.greeting is None else {"beep": body.beep, "greeting": body.greeting})


ACTIONS: dict[str, Callable[[SimulatedCarrier, str, ActionBody], None]] = {
    "answer": lambda carrier, leg, body: carrier.answer(leg),
    "busy": lambda carrier, leg, body: carrier.busy(leg),
    "no_answer": lambda carrier, leg, body: carrier.no_answer(leg),
    "reject": lambda carrier, leg, body: carrier.rejects(leg, body.status),
    "machine": _machine,
    "press": _press,
    "say": _say,
    "hangup": lambda carrier, leg, body: carrier.hangup(leg),
    "hold": lambda carrier, leg, body: carrier.hold(leg),
    "unhold": lambda carrier, leg, body: carrier.hold(leg, on=False),
}


def create_app(carrier: SimulatedCarrier, *, api_key: str = "", public_key: str = "") -> Quart:
    """Returns the web application of a carrier. With an `api_key`, `/v2` requires it as Bearer token; `/_sim` never does."""
    app = Quart(__name__)

    @app.route("/v2/<path:path>", methods=HTTP_METHODS)
    async def call_control(path: str) -> Response:
        if api_key and request.headers.get("Authorization") != f"Bearer {api_key}":
            return _json(*RefusalError("10009", "the header Authorization must be Bearer and the API key of this carrier").response)
        try:
            raw = await request.get_data()
            body = msgspec.json.decode(raw) if raw else None
        except msgspec.DecodeError as error:
            return _json(*RefusalError("10015", f"the body is not JSON: {error}").response)
        key = request.headers.get("Idempotency-Key", "")
        encoded = request.scope["raw_path"].decode("ascii").partition("?")[0]
        query = request.query_string.decode("ascii")
        return _json(
            *carrier.request(request.method, encoded.removeprefix("/v2") + (f"?{query}" if query else ""), body, idempotency_key=key)
        )

    @app.get("/_sim/public_key")
    async def show_public_key() -> Response:
        return _json(200, {"public_key": public_key})

    @app.get("/_sim/legs")
    async def list_legs() -> Response:
        return _json(200, {"data": carrier.legs()})

    @app.get("/_sim/messages")
    async def list_messages() -> Response:
        return _json(200, {"data": carrier.messages()})

    @app.post("/_sim/calls")
    async def place_call() -> Response:
        body = await _json_object()
        call = msgspec.convert(body, CallBody)
        person = {name: value for name, value in body.items() if name not in ("from", "to", "caller_name", "headers")}
        leg = carrier.leg(carrier.place(call.from_, call.to, _person(person), call.caller_name, call.headers))
        ids = {"call_control_id": leg.id, "call_leg_id": leg.leg_id, "call_session_id": leg.session_id}
        return _json(201, ids)

    @app.post("/_sim/legs/<leg>/<action>")
    async def act(leg: str, action: str) -> Response:
        if action not in ACTIONS:
            return _error(404, f"nobody can {action}; there are {', '.join(ACTIONS)}")
        try:
            ACTIONS[action](carrier, leg, msgspec.convert(await _json_object(), ActionBody))
            return _json(200, {"data": carrier.leg(leg)})
        except KeyError:
            return _error(404, f"there is no leg {leg}")

    @app.get(f"{RECORDINGS_PATH}/<recording>/<file>")
    async def fetch_recording(recording: str, file: str) -> Response:
        found = carrier.recording(recording)
        if found is None:
            return _error(404, f"there is no recording {recording}, or its 10 minutes are over")
        size, pieces = audio.wav(found.seconds, found.channels) if found.format == "wav" else audio.mp3(found.seconds)
        response = Response(pieces, content_type=CONTENT_TYPES[found.format])
        response.content_length = size
        return response

    @app.errorhandler(PersonError)
    async def impossible_action(error: PersonError) -> Response:
        return _error(409 if isinstance(error, LegStateError) else 422, str(error))

    @app.errorhandler(msgspec.MsgspecError)
    async def invalid_body(error: msgspec.MsgspecError) -> Response:
        return _error(422, str(error))

    @app.errorhandler(404)
    @app.errorhandler(405)
    async def no_such_route(error: Exception) -> Response:
        return _error(404, f"the simulated carrier has no {request.method} {request.path}")

    return app


async def _json_object() -> Body:
    raw = await request.get_data()
    return msgspec.json.decode(raw, type=Body) if raw else {}


def _person(written: Body) -> Person | None:
    return read_person(written) if written else None


def _json(status: int, body: object) -> Response:
    return Response(msgspec.json.encode(body), status, content_type="application/json")


def _error(status: int, detail: str) -> Response:
    return _json(status, {"errors": [{"code": str(status), "title": "The simulation cannot do that", "detail": detail}]})


# --------------------------------------------------------------------------- running it


class CarrierServer:
    """A simulated carrier at an address: `async with CarrierServer(webhook_url) as carrier`, or start and stop. Port 0 takes a free one.

    Webhooks go to `webhook_url`, signed with the Ed25519 key of `seed` (32 bytes; without it, a random key). `connection_id` is the
    only one that may dial; with None, every one may. `latency` and `pauses` are in seconds. Streams go to their WebSockets, those in
    `streams` to stubs. The other parameters are those of SimulatedCarrier and WebhookSender.
    """

    def __init__(
        self,
        webhook_url: str,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        api_key: str = "",
        seed: bytes | None = None,
        people: PersonDirectory | None = None,
        ids: Ids | None = None,
        connection_id: str | None = None,
        latency: float = 0.02,
        media: MediaDurations | None = None,
        agents: AgentDirectory | None = None,
        recordings: RecordingOutcomes | None = None,
        streams: StreamStubs | None = None,
        pauses: Sequence[float] = PAUSES_SECONDS,
    ) -> None:
        self.carrier: SimulatedCarrier
        """The carrier behind the routes, once it is started."""
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
        self._agents = agents
        self._recordings = recordings
        self._streams = streams
        self._pauses = pauses

    @property
    def address(self) -> str:
        """Its URL: http://host:port."""
        return f"http://[{self._host}]:{self._port}" if ":" in self._host else f"http://{self._host}:{self._port}"

    @property
    def base_url(self) -> str:
        """The URL that replaces https://api.telnyx.com/v2 in an application."""
        return f"{self.address}/v2"

    @property
    def public_key(self) -> str:
        """The public key of its webhooks, as the carrier's portal shows it."""
        return self._signer.public_key

    async def start(self) -> None:
        """Starts to listen. Raises OSError where the address cannot be bound."""
        bound = socket.create_server((self._host, self._port), family=socket.AF_INET6 if ":" in self._host else socket.AF_INET)
        self._port = bound.getsockname()[1]
        clock = LiveClock(asyncio.get_running_loop())
        self._sockets = StreamSockets()
        self._relays = RelaySockets()
        self._client = httpx.AsyncClient(transport=AiohttpTransport())
        self._webhooks = WebhookSender(self._client, self._signer, clock.now, self._pauses)
        self.carrier = SimulatedCarrier(
            clock,
            self._webhooks.send,
            self._people,
            self._ids,
            connection_id=self._connection_id,
            latency=self._latency,
            media=self._media,
            streams=self._streams,
            sockets=self._sockets,
            url=self.webhook_url,
            relays=self._relays,
            agents=self._agents,
            recordings=self._recordings,
            recordings_url=f"{self.address}{RECORDINGS_PATH}",
        )
        app = create_app(self.carrier, api_key=self._api_key, public_key=self.public_key)
        config = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="off", ws="none", timeout_graceful_shutdown=STOP_GRACE_SECONDS
        )
        listening = asyncio.Event()
        self._server = EmbeddedServer(config, listening.set)
        self._serving = asyncio.create_task(self._server.serve(sockets=[bound]))
        await listening.wait()

    async def stop(self) -> None:
        """Cancels everything that is scheduled, stops listening, and drops webhooks that are not delivered yet."""
        self.carrier.close()
        await self._sockets.stop()
        self._server.should_exit = True
        await self._serving
        await self._relays.stop()
        await self._webhooks.stop()
        await self._client.aclose()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.stop()
