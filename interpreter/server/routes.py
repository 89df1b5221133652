"""What operators may ask for: how it is, which calls there are, one call for programs or for eyes, a call placed, a call ended."""

import hmac
import re
import uuid
from typing import Any

import msgspec
from quart import Blueprint, Response, request
from werkzeug.exceptions import MethodNotAllowed

from callverbs.interpreter.engine.session import Session, load
from callverbs.interpreter.ladder.drawing import draw
from callverbs.interpreter.ladder.event_log import lines
from callverbs.interpreter.runtime.records import Record
from callverbs.interpreter.server.runtime import Runtime
from callverbs.verbs.language import call_request
from callverbs.verbs.language.app import App
from callverbs.verbs.language.events import CallRequested, HangUpRequested
from callverbs.verbs.language.spec import HookSpec

MAX_CALLS = 1000
"""Calls of one listing."""
FORMATS = ("json", "ladder")
LIMIT = re.compile("[1-9][0-9]{0,3}")


def create(runtime: Runtime) -> Blueprint:
    """The routes of one server."""
    routes = Blueprint("calls", __name__)

    @routes.get("/healthz")
    async def healthz() -> Response:
        return _json({"status": "ok", "foreign_webhooks": runtime.switchboard.unmatched})

    @routes.before_request
    async def protect() -> Response | None:
        if request.path == "/healthz":
            return None
        token = runtime.settings.token
        if not token:
            return _json({"msg": "no token is set for /calls: set CALLVERBS_TOKEN and send it as a Bearer token"}, 403)
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode("latin-1"), token.encode()):
            return None
        refused = _json({"msg": "the Bearer token is not the right one"}, 401)
        refused.headers["WWW-Authenticate"] = "Bearer"
        return refused

    @routes.errorhandler(500)
    async def failed(error: Exception) -> Response:
        return _json({"msg": "this could not be done; the log says why"}, 500)

    @routes.app_errorhandler(404)
    async def not_found(error: Exception) -> Response:
        return _json({"msg": f"there is nothing at {request.path}"}, 404)

    @routes.app_errorhandler(405)
    async def wrong_method(error: MethodNotAllowed) -> Response:
        refused = _json({"msg": f"{request.path} does not take {request.method}"}, 405)
        refused.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
        return refused

    @routes.get("/calls")
    async def calls() -> Response:
        limit = request.args.get("limit", "100")
        if not LIMIT.fullmatch(limit) or int(limit) > MAX_CALLS:
            return _json({"msg": f"limit must be a number from 1 to {MAX_CALLS}"}, 400)
        return _json([_brief(load(record.snapshot)) for record in await runtime.store.recent(int(limit))])

    @routes.get("/calls/<call>")
    async def call(call: str) -> Response:
        record = await _find(call)
        if record is None:
            return _json({"msg": f"there is no call {call}"}, 404)
        form = request.args.get("format", "json")
        if form not in FORMATS:
            return _json({"msg": f"format must be {' or '.join(FORMATS)}, not {form}"}, 400)
        if form == "ladder":
            rows = await runtime.store.log(record.session)
            drawn = draw(lines(rows, load(record.snapshot), runtime.api_version.render))
            return Response("\n".join([*drawn, ""]), content_type="text/plain; charset=utf-8")
        return Response(record.snapshot, content_type="application/json")

    @routes.post("/calls")
    async def place() -> Response:
        try:
            body = msgspec.json.decode(await request.get_data())
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return _json({"msg": f"the body is not JSON: {error}", "errors": [{"pointer": "", "message": str(error)}]}, 400)
        if wrong := call_request.diagnose(body):
            errors = [{"pointer": one.pointer, "message": one.message} for one in wrong]
            return _json({"msg": wrong[0].message, "errors": errors}, 400)
        wanted = call_request.read(body)
        app = _app(wanted)
        if isinstance(app, str):
            return _json({"msg": app}, 400)
        session = uuid.uuid4().hex
        placed = await runtime.place(CallRequested(id=session, from_=wanted.from_, spec=wanted.spec, tag=wanted.tag), app)
        if placed and placed.legs["a"].gone and not placed.legs["a"].call_leg_id:
            return _json({"msg": placed.problems[-1].text if placed.problems else "the call was not placed", "id": session}, 502)
        return _json({"sid": placed.legs["a"].call_leg_id if placed else session, "id": session}, 201)

    @routes.delete("/calls/<call>")
    async def hang_up(call: str) -> Response:
        record = await _find(call)
        if record is None:
            return _json({"msg": f"there is no call {call}"}, 404)
        await runtime.switchboard.receive(HangUpRequested(id=uuid.uuid4().hex), session=record.session)
        return Response("", 202)

    async def _find(call: str) -> Record | None:
        return await runtime.store.load(call) or await runtime.store.load(await runtime.store.find([call]) or "")

    def _app(wanted: call_request.CallRequest) -> App | str:
        application = runtime.settings.application(wanted.app)
        if application is None:
            return f"the settings know no application {wanted.app}"
        app = application.app
        hook = wanted.call_hook.url if isinstance(wanted.call_hook, HookSpec) else wanted.call_hook
        if hook and not hook.startswith(("http://", "https://")):
            return f"call_hook must be an http or https URL, not {hook}"
        if wanted.call_hook:
            app = msgspec.structs.replace(app, call_hook=wanted.call_hook)
        if wanted.status_hook:
            app = msgspec.structs.replace(app, status_hook=wanted.status_hook)
        if not app.connection_id:
            return "there is no connection to call through: set CALLVERBS_CONNECTION_ID, or connection_id of the application"
        return app

    return routes


def _json(value: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, content_type="application/json")


def _brief(session: Session) -> dict[str, Any]:
    """A call in a line."""
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
