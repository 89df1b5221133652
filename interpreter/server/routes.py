"""The routes of operators: the health of the server, the list of calls, one call as JSON or as a ladder, placing and ending calls."""

import hmac
import logging
import re
import uuid
from hashlib import blake2b
from typing import Any

import msgspec
from prometheus_client import CONTENT_TYPE_LATEST
from quart import Blueprint, Response, request
from werkzeug.exceptions import MethodNotAllowed

from callverbs.interpreter.engine.session import SnapshotError, load
from callverbs.interpreter.ladder.drawing import draw
from callverbs.interpreter.ladder.event_log import lines
from callverbs.interpreter.ladder.line import masked_line
from callverbs.interpreter.runtime.records import Record
from callverbs.interpreter.runtime.switchboard import Verdict
from callverbs.interpreter.server.readiness import OK
from callverbs.interpreter.server.runtime import Runtime
from callverbs.interpreter.text.masking import masked
from callverbs.verbs.language import call_request, hook_urls
from callverbs.verbs.language.app import App
from callverbs.verbs.language.events import CallRequested, HangUpRequested
from callverbs.verbs.language.spec import HookSpec

LOG = logging.getLogger("callverbs")
MAX_LISTED_CALLS = 1000
OPEN_PATHS = ("/healthz", "/readyz")
"""Paths that need no token."""
MAX_BODY_BYTES = 1_000_000
BODY_SECONDS = 10
"""For the whole body of a request to come."""
KEY_HEADER = "Idempotency-Key"
MAX_KEY_CHARACTERS = 255
FORMATS = ("json", "ladder")
LIMIT_PATTERN = re.compile("[1-9][0-9]{0,3}")


def create_blueprint(runtime: Runtime) -> Blueprint:
    """Returns the routes of a server."""
    routes = Blueprint("calls", __name__)
    shows_keys = runtime.settings.privacy.show_keys

    @routes.get("/healthz")
    async def healthz() -> Response:
        store, clock = await runtime.readiness.store(), runtime.readiness.clock()
        status = "ok" if (store, clock) == (OK, OK) else "degraded"
        return _json({"status": status, "store": store, "clock": clock, "foreign_webhooks": runtime.switchboard.unmatched})

    @routes.get("/readyz")
    async def readyz() -> Response:
        ready = runtime.readiness
        found = {"store": await ready.store(), "carrier": await ready.carrier(), "clock": ready.clock()}
        is_ready = all(one == OK for one in found.values())
        return _json({"status": "ready" if is_ready else "not ready", **found}, 200 if is_ready else 503)

    @routes.get("/metrics")
    async def metrics() -> Response:
        return Response(runtime.render_metrics(), content_type=CONTENT_TYPE_LATEST)

    @routes.before_request
    async def check_token() -> Response | None:
        if request.path in OPEN_PATHS:
            return None
        token = runtime.settings.token
        if not token:
            return _json({"msg": "no token is set for /calls: set CALLVERBS_TOKEN and send it as a Bearer token"}, 403)
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode("latin-1"), token.encode()):
            return None
        runtime.metrics.refused.inc()
        LOG.warning("a request of an operator is refused: %s %s from %s", request.method, request.path, request.remote_addr)
        refused = _json({"msg": "the Bearer token is not the right one"}, 401)
        refused.headers["WWW-Authenticate"] = "Bearer"
        return refused

    @routes.errorhandler(500)
    async def internal_error(error: Exception) -> Response:
        return _json({"msg": "this could not be done; the log says why"}, 500)

    @routes.app_errorhandler(404)
    async def not_found(error: Exception) -> Response:
        return _json({"msg": f"there is nothing at {request.path}"}, 404)

    @routes.app_errorhandler(413)
    async def too_long(error: Exception) -> Response:
        return _json({"msg": f"a body may have {MAX_BODY_BYTES} bytes"}, 413)

    @routes.app_errorhandler(408)
    async def too_slow(error: Exception) -> Response:
        return _json({"msg": f"the body did not come within {BODY_SECONDS} s"}, 408)

    @routes.app_errorhandler(405)
    async def wrong_method(error: MethodNotAllowed) -> Response:
        refused = _json({"msg": f"{request.path} does not take {request.method}"}, 405)
        refused.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
        return refused

    @routes.get("/calls")
    async def list_calls() -> Response:
        limit = request.args.get("limit", "100")
        if not LIMIT_PATTERN.fullmatch(limit) or int(limit) > MAX_LISTED_CALLS:
            return _json({"msg": f"limit must be a number from 1 to {MAX_LISTED_CALLS}"}, 400)
        return _json([_call_summary(record) for record in await runtime.store.recent(int(limit))])

    @routes.get("/calls/<call>")
    async def show_call(call: str) -> Response:
        record = await _find(call)
        if record is None:
            return _json({"msg": f"there is no call {call}"}, 404)
        form = request.args.get("format", "json")
        if form not in FORMATS:
            return _json({"msg": f"format must be {' or '.join(FORMATS)}, not {form}"}, 400)
        if form == "ladder":
            rows = await runtime.store.log(record.session)
            try:
                session = load(record.snapshot)
            except SnapshotError as error:
                return _json({"msg": f"the record of this call cannot be read: {error}"}, 409)
            found = lines(rows, session, runtime.api_version.render)
            drawn = draw(masked_line(line, keys=not shows_keys) for line in found)
            return Response("\n".join([*drawn, ""]), content_type="text/plain; charset=utf-8")
        try:
            shown = masked(msgspec.json.decode(record.snapshot), keys=not shows_keys)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return _json({"msg": f"the record of this call cannot be read: {error}"}, 409)
        return _json(shown)

    @routes.post("/calls")
    async def place_call() -> Response:
        try:
            body = msgspec.json.decode(await request.get_data())
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return _json({"msg": f"the body is not JSON: {error}", "errors": [{"pointer": "", "message": str(error)}]}, 400)
        if diagnostics := call_request.diagnose(body):
            errors = [{"pointer": one.pointer, "message": one.message} for one in diagnostics]
            return _json({"msg": diagnostics[0].message, "errors": errors}, 400)
        call = call_request.read(body)
        app = _app_of(call)
        if isinstance(app, str):
            return _json({"msg": app}, 400)
        key = request.headers.get(KEY_HEADER, "")
        if len(key) > MAX_KEY_CHARACTERS:
            return _json({"msg": f"{KEY_HEADER} may have {MAX_KEY_CHARACTERS} characters"}, 400)
        session = uuid.uuid4().hex
        if key:
            session = session_of_key(key)
            earlier = await runtime.store.load(session)
            if earlier and not runtime.is_placing(session):
                return _repeated(earlier, call)
        if full := runtime.live.full(app):
            return _json({"msg": f"{full.text}: calls under [{full.section}] of the settings"}, 429)
        placed = await runtime.place(CallRequested(id=session, from_=call.from_, spec=call.spec, tag=call.tag), app)
        if placed and placed.legs["a"].gone and not placed.legs["a"].call_control_id:
            return _json({"msg": placed.problems[-1].text if placed.problems else "the call was not placed", "id": session}, 502)
        return _json({"sid": placed.legs["a"].call_leg_id if placed else session, "id": session}, 201)

    @routes.delete("/calls/<call>")
    async def end_call(call: str) -> Response:
        record = await _find(call)
        if record is None:
            return _json({"msg": f"there is no call {call}"}, 404)
        verdict = await runtime.switchboard.receive(HangUpRequested(id=uuid.uuid4().hex), session=record.session)
        if verdict is Verdict.NEWER:
            return _json({"msg": "a newer version of callverbs has this call: ask a server of that version"}, 409)
        return Response("", 202)

    async def _find(call: str) -> Record | None:
        """Returns a call by our id, or by one of the carrier's."""
        return await runtime.store.load(call) or await runtime.store.load(await runtime.store.find([call]) or "")

    def _app_of(call: call_request.CallRequest) -> App | str:
        """Returns the application that runs a call, with the hooks of the request; a sentence where the call cannot be placed."""
        application = runtime.settings.application(call.app)
        if application is None:
            return f"the settings name no application {call.app}"
        app = application.app
        hook = call.call_hook.url if isinstance(call.call_hook, HookSpec) else call.call_hook
        if hook and not hook_urls.origin(hook):
            return f"call_hook must be an http or https URL, not {hook}"
        status = call.status_hook.url if isinstance(call.status_hook, HookSpec) else call.status_hook or ""
        if status and ("://" in status or ":" in status.partition("/")[0]) and not hook_urls.origin(status):
            return f"call_status_hook must be an http or https URL, or a path, not {status}"
        if call.call_hook:
            app = msgspec.structs.replace(app, call_hook=call.call_hook)
        if call.status_hook:
            app = msgspec.structs.replace(app, status_hook=call.status_hook)
        if not app.connection_id:
            return "there is no connection to call through: set CALLVERBS_CONNECTION_ID, or connection_id of the application"
        return app

    return routes


def session_of_key(key: str) -> str:
    """Returns the id of the call that an idempotency key stands for: the same key always makes the same."""
    return blake2b(b"key:" + key.encode(), digest_size=16).hexdigest()


def _repeated(record: Record, call: call_request.CallRequest) -> Response:
    """Returns the answer to a request that came before; one of another call with the same key is refused."""
    try:
        session = load(record.snapshot)
    except SnapshotError as error:
        return _json({"msg": f"the record of this call cannot be read: {error}", "id": record.session}, 409)
    leg = session.legs["a"]
    if (leg.from_, leg.to) != (call.from_, call.spec.to.label):
        return _json({"msg": f"this {KEY_HEADER} was used for another call", "id": session.id}, 409)
    return _json({"sid": leg.call_leg_id or session.id, "id": session.id}, 201)


def _json(value: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, content_type="application/json")


def _call_summary(record: Record) -> dict[str, Any]:
    """Returns an item of the list of calls."""
    try:
        session = load(record.snapshot)
    except SnapshotError as error:
        return {"id": record.session, "unreadable": str(error), "ended": record.ended or None}
    leg = session.legs["a"]
    return {
        "id": session.id,
        "call_sid": leg.call_leg_id,
        "application": session.app.name,
        "direction": leg.direction,
        "from": leg.from_,
        "to": leg.to,
        "call_status": leg.call_status,
        "began": session.began,
        "ended": session.ended or None,
        "problems": len(session.problems),
    }
