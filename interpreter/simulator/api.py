"""The simulated carrier over HTTP: `/v2` is the carrier's own API, `/_sim` controls the people on its lines and shows what happened.

The server runs in the event loop that starts it.
"""

import asyncio
from types import TracebackType
from typing import Any, Self, cast
from urllib.parse import unquote

import msgspec
import uvicorn
from quart import Quart, Response, request
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from callverbs.interpreter.runtime import embedded_server
from callverbs.interpreter.runtime.embedded_server import EmbeddedServer
from callverbs.interpreter.simulator import clock as clocks
from callverbs.interpreter.simulator import control_routes
from callverbs.interpreter.simulator.account import Account
from callverbs.interpreter.simulator.carrier import SimulatedCarrier
from callverbs.interpreter.simulator.control_routes import error_response, json_response
from callverbs.interpreter.simulator.faults import FaultRule
from callverbs.interpreter.simulator.live_carrier import CarrierOptions, LiveCarrier
from callverbs.interpreter.simulator.refusals import HTTP_STATUS_OF_CODE, NOT_SIMULATED, ApiResponse, RefusalError
from callverbs.interpreter.simulator.traffic import RequestRecord

STOP_GRACE_SECONDS = 1
"""How long a request may still take when the carrier stops."""
RECORDINGS_PATH = "/_sim/recordings"
HTTP_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
MAX_BODY_BYTES = 16 * 1024 * 1024
"""Of a request: `playback_content` can hold a file."""
NO_RETRY = {"x-should-retry": "false"}
"""The header that tells the carrier's SDKs that another attempt is no use."""
CLOSE_EXTENSION = "callverbs.close"
"""The ASGI extension by which an application closes the connection of a request."""
CODE_OF_STATUS = {429: "10011", 401: "10009", 403: "10010", 404: "10005"}
"""The carrier's codes of errors that are faults; 10007 for all others."""


class CarrierProtocol(HttpToolsProtocol):
    """uvicorn's protocol, with an extension: an application can close the connection instead of answering."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        cast("dict[str, Any]", self.scope)["extensions"] = {CLOSE_EXTENSION: self.transport.abort}


def create_app(live: LiveCarrier) -> Quart:
    """Returns the web application of a carrier. `/v2` requires a Bearer token, that of the options if they have one; `/_sim` never does."""
    app = Quart(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.register_blueprint(control_routes.create_blueprint(live))

    @app.route("/v2/<path:path>", methods=HTTP_METHODS)
    async def call_control(path: str) -> Response:
        target = request.scope["raw_path"].decode("ascii", "replace").partition("?")[0].removeprefix("/v2")
        raw = await request.get_data()
        with live.activity:
            record, fault = _answer(live, request.method, target, raw)
        if fault and fault.fault == "slow":
            await clocks.sleep(live.clock, fault.seconds)
        response = json_response(record.status, record.response)
        if record.status == HTTP_STATUS_OF_CODE[NOT_SIMULATED] and not fault:
            response.headers.update(NO_RETRY)
        if fault and fault.fault == "error":
            response.headers.update(fault.headers)
        if fault and fault.fault == "lost_answer":
            close: Any = request.scope["extensions"][CLOSE_EXTENSION]
            close()
            await asyncio.sleep(0)  # the protocol notices
        return response

    @app.errorhandler(404)
    @app.errorhandler(405)
    async def no_such_route(error: Exception) -> Response:
        return error_response(404, f"the simulated carrier has no {request.method} {request.path}")

    @app.errorhandler(413)
    async def too_large(error: Exception) -> Response:
        return error_response(413, f"a body has {MAX_BODY_BYTES} bytes at the most")

    return app


def _answer(live: LiveCarrier, method: str, path: str, raw: str | bytes) -> tuple[RequestRecord, FaultRule | None]:
    """Answers a request of the application. Returns its record, and what goes wrong with the answer."""
    carrier, body, fault = live.carrier, None, None
    record = RequestRecord(carrier.now(), method, path, None, 0, None)
    try:
        _check_authorization(live.options.api_key, request.headers.get("Authorization", ""))
        record.body = body = _decoded(raw)
        _name(record, carrier)
        fault = live.faults.of_command(record.command or f"{method} {path}", record.leg)
        if fault and fault.fault == "error":
            answer = _faulty_answer(fault)
        else:
            query = request.query_string.decode("ascii", "replace")
            key = request.headers.get("Idempotency-Key", "")
            answer = carrier.request(method, path + (f"?{query}" if query else ""), body, idempotency_key=key)
    except RefusalError as refusal:
        answer = refusal.response
    record.status, record.response = answer
    if not record.leg:
        _name(record, carrier)  # a dial has its leg now
    live.traffic.add_request(record, f"fault: {fault.fault}" if fault else "")
    return record, fault


def _check_authorization(api_key: str, given: str) -> None:
    """Raises RefusalError for a request without a key, or with another one than the carrier's."""
    scheme, _, token = given.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise RefusalError("10009", "the header Authorization is missing: it must be Bearer and an API key")
    if api_key and token.strip() != api_key:
        raise RefusalError("10009", "the header Authorization must be Bearer and the API key of this carrier")


def _decoded(raw: str | bytes) -> object:
    """Returns the value of a body; None for an empty one. Raises RefusalError where it is not JSON."""
    try:
        return msgspec.json.decode(raw) if raw else None
    except RecursionError:
        raise RefusalError("10023", "the body is nested too deeply") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RefusalError("10023", f"the body is not JSON: {error}") from None


def _faulty_answer(fault: FaultRule) -> ApiResponse:
    code = CODE_OF_STATUS.get(fault.status, "10007")
    return ApiResponse(fault.status, {"errors": [{"code": code, "title": "Unexpected error", "detail": "a fault of the simulation"}]})


def _name(record: RequestRecord, carrier: SimulatedCarrier) -> None:
    """Says in the record of a request what it does, and on which leg."""
    parts = [unquote(part) for part in record.path.strip("/").split("/")]
    prefix = {"conferences": "conference_"}.get(parts[0], "")
    record.command = prefix + parts[-1] if "actions" in parts else "dial" if (record.method, parts) == ("POST", ["calls"]) else ""
    data = record.response.get("data") if isinstance(record.response, dict) else None
    named = [*parts[1:2], *(one.get("call_control_id") for one in (data, record.body) if isinstance(one, dict))]
    leg = next((leg for leg in map(carrier.find_leg, named) if leg), None)
    if leg:
        record.session, record.leg = leg.session_id, leg.label


# --------------------------------------------------------------------------- running it


class CarrierServer:
    """A simulated carrier at an address: `async with CarrierServer(webhook_url) as carrier`, or start and stop. Port 0 takes a free one.

    Webhooks go to `webhook_url`, or to the applications of an `account`. `connection_id` is the only one that may dial; with None,
    every one may. The other options are those of CarrierOptions.
    """

    def __init__(
        self,
        webhook_url: str = "",
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        connection_id: str | None = None,
        account: Account | None = None,
        **options: Any,
    ) -> None:
        self.options = CarrierOptions(account=account or Account.of_one(webhook_url, connection_id), **options)
        self.live: LiveCarrier
        """The carrier in its event loop, once it is started."""
        self._host = host
        self._port = port

    @property
    def carrier(self) -> SimulatedCarrier:
        """The carrier behind the routes, once it is started."""
        return self.live.carrier

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
        return self.options.public_key

    async def start(self) -> None:
        """Starts to listen. Raises OSError where the address cannot be bound."""
        bound = embedded_server.bind(self._host, self._port)
        self._port = bound.getsockname()[1]
        self.live = LiveCarrier(self.options, f"{self.address}{RECORDINGS_PATH}")
        config = uvicorn.Config(
            create_app(self.live),
            http=CarrierProtocol,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=STOP_GRACE_SECONDS,
        )
        listening = asyncio.Event()
        self._server = EmbeddedServer(config, listening.set)
        self._serving = asyncio.create_task(self._server.serve(sockets=[bound]))
        await listening.wait()

    async def stop(self) -> None:
        """Cancels everything that is scheduled, stops listening, and drops webhooks that are not delivered yet."""
        self.live.carrier.close()
        self._server.should_exit = True
        await self._serving
        await self.live.stop()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.stop()
