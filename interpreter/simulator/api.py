"""The simulated carrier over HTTP: `/v2` is the carrier's own API, `/_sim` controls the people on its lines and shows what happened.

The server runs in the event loop that starts it.
"""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self
from urllib.parse import unquote

import httpx
import msgspec
import uvicorn
from httpx_aiohttp import AiohttpTransport
from quart import Quart, Response, request

from callverbs.interpreter.ladder.line import Line
from callverbs.interpreter.runtime import embedded_server
from callverbs.interpreter.runtime.embedded_server import EmbeddedServer
from callverbs.interpreter.simulator import control_routes
from callverbs.interpreter.simulator.account import Account
from callverbs.interpreter.simulator.agents import AgentDirectory
from callverbs.interpreter.simulator.carrier import SimulatedCarrier
from callverbs.interpreter.simulator.clock import LiveClock
from callverbs.interpreter.simulator.control_routes import error_response, json_response
from callverbs.interpreter.simulator.exchange import MediaDurations, RecordingOutcomes
from callverbs.interpreter.simulator.ids import Ids, RandomIds
from callverbs.interpreter.simulator.people import PersonDirectory
from callverbs.interpreter.simulator.refusals import ApiResponse, RefusalError
from callverbs.interpreter.simulator.relay_sockets import RelaySockets
from callverbs.interpreter.simulator.routing import Webhook
from callverbs.interpreter.simulator.stream_sockets import StreamSockets
from callverbs.interpreter.simulator.stream_stubs import StreamStubs
from callverbs.interpreter.simulator.traffic import RequestRecord, Traffic
from callverbs.interpreter.simulator.webhook_sender import PAUSES_SECONDS, WebhookSender
from callverbs.interpreter.telnyx.signature import Signer

STOP_GRACE_SECONDS = 1
"""How long a request may still take when the carrier stops."""
RECORDINGS_PATH = "/_sim/recordings"
HTTP_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
MAX_BODY_BYTES = 16 * 1024 * 1024
"""Of a request: `playback_content` can hold a file."""
NO_RETRY = {"x-should-retry": "false"}
"""The header that tells the carrier's SDKs that another attempt is no use."""


def create_app(carrier: SimulatedCarrier, traffic: Traffic, *, api_key: str = "", public_key: str = "") -> Quart:
    """Returns the web application of a carrier. With an `api_key`, `/v2` requires it as Bearer token; `/_sim` never does."""
    app = Quart(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.register_blueprint(control_routes.create_blueprint(carrier, traffic, public_key=public_key))

    @app.route("/v2/<path:path>", methods=HTTP_METHODS)
    async def call_control(path: str) -> Response:
        target = request.scope["raw_path"].decode("ascii", "replace").partition("?")[0].removeprefix("/v2")
        body, answer = None, ApiResponse(500, {})
        try:
            if api_key and request.headers.get("Authorization") != f"Bearer {api_key}":
                raise RefusalError("10009", "the header Authorization must be Bearer and the API key of this carrier")
            body = _decoded(await request.get_data())
            query = request.query_string.decode("ascii", "replace")
            key = request.headers.get("Idempotency-Key", "")
            answer = carrier.request(request.method, target + (f"?{query}" if query else ""), body, idempotency_key=key)
        except RefusalError as refusal:
            answer = refusal.response
        traffic.add_request(_record(carrier, request.method, target, body, answer))
        response = json_response(answer.status, answer.body)
        if answer.status >= 500:
            response.headers.update(NO_RETRY)
        return response

    @app.errorhandler(404)
    @app.errorhandler(405)
    async def no_such_route(error: Exception) -> Response:
        return error_response(404, f"the simulated carrier has no {request.method} {request.path}")

    @app.errorhandler(413)
    async def too_large(error: Exception) -> Response:
        return error_response(413, f"a body has {MAX_BODY_BYTES} bytes at the most")

    return app


def _decoded(raw: str | bytes) -> object:
    """Returns the value of a body; None for an empty one. Raises RefusalError where it is not JSON."""
    try:
        return msgspec.json.decode(raw) if raw else None
    except RecursionError:
        raise RefusalError("10023", "the body is nested too deeply") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RefusalError("10023", f"the body is not JSON: {error}") from None


def _record(carrier: SimulatedCarrier, method: str, path: str, body: object, answer: ApiResponse) -> RequestRecord:
    """Returns the record of a request: what it does, and on which leg."""
    parts = [unquote(part) for part in path.strip("/").split("/")]
    record = RequestRecord(carrier.now(), method, path, body, answer.status, answer.body)
    record.command = parts[-1] if "actions" in parts else "dial" if (method, parts) == ("POST", ["calls"]) else ""
    data = answer.body.get("data")
    named = [*parts[1:2], *(one.get("call_control_id") for one in (data, body) if isinstance(one, dict))]
    leg = next((leg for leg in map(carrier.find_leg, named) if leg), None)
    if leg:
        record.session, record.leg = leg.session_id, leg.label
    return record


# --------------------------------------------------------------------------- running it


class CarrierServer:
    """A simulated carrier at an address: `async with CarrierServer(webhook_url) as carrier`, or start and stop. Port 0 takes a free one.

    Webhooks go to `webhook_url`, signed with the Ed25519 key of `seed` (32 bytes; without it, a random key). `connection_id` is the
    only one that may dial; with None, every one may. `latency` and `pauses` are in seconds. Streams go to their WebSockets, those in
    `streams` to stubs. With `is_strict`, unknown parameters are refused. `on_line` is told of every line of the traffic. The other
    parameters are those of SimulatedCarrier and WebhookSender.
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
        in_order: bool = False,
        is_strict: bool = False,
        on_line: Callable[[Line], None] = lambda line: None,
    ) -> None:
        self.carrier: SimulatedCarrier
        """The carrier behind the routes, once it is started."""
        self.traffic: Traffic
        """What went over the wire, once it is started."""
        self.webhook_url = webhook_url
        self._host = host
        self._port = port
        self._api_key = api_key
        self._signer = Signer(seed or secrets.token_bytes(32))
        self._people = people
        self._ids = ids or RandomIds()
        self._account = Account.of_one(webhook_url, connection_id)
        self._in_order = in_order
        self._is_strict = is_strict
        self._on_line = on_line
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
        bound = embedded_server.bind(self._host, self._port)
        self._port = bound.getsockname()[1]
        clock = LiveClock(asyncio.get_running_loop())
        self._sockets = StreamSockets()
        self._relays = RelaySockets()
        self._client = httpx.AsyncClient(transport=AiohttpTransport())
        self.traffic = Traffic(clock.now, self._on_line)
        self._webhooks = WebhookSender(
            self._client, self._signer, clock.now, self._pauses, in_order=self._in_order, on_attempt=self.traffic.add_attempt
        )
        self.carrier = SimulatedCarrier(
            clock,
            self._send,
            self._people,
            self._ids,
            account=self._account,
            latency=self._latency,
            media=self._media,
            streams=self._streams,
            sockets=self._sockets,
            relays=self._relays,
            agents=self._agents,
            recordings=self._recordings,
            recordings_url=f"{self.address}{RECORDINGS_PATH}",
            warn=None if self._is_strict else self.traffic.warn,
        )
        app = create_app(self.carrier, self.traffic, api_key=self._api_key, public_key=self.public_key)
        config = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="off", ws="none", timeout_graceful_shutdown=STOP_GRACE_SECONDS
        )
        listening = asyncio.Event()
        self._server = EmbeddedServer(config, listening.set)
        self._serving = asyncio.create_task(self._server.serve(sockets=[bound]))
        await listening.wait()

    def _send(self, webhook: Webhook) -> None:
        self.traffic.add_webhook(webhook)
        if webhook.route.url:
            self._webhooks.send(webhook)

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
