"""The routes below `/_sim`: they control the people on the lines, and show what happened."""

from collections.abc import Callable

import msgspec
from quart import Blueprint, Response, request

from callverbs.interpreter.ladder.drawing import draw
from callverbs.interpreter.ladder.line import to_json
from callverbs.interpreter.simulator import audio
from callverbs.interpreter.simulator.carrier import SimulatedCarrier
from callverbs.interpreter.simulator.exchange import format_time
from callverbs.interpreter.simulator.faults import FaultError, FaultRule
from callverbs.interpreter.simulator.live_carrier import ClockError, LiveCarrier
from callverbs.interpreter.simulator.people import Duration, Keys, LegStateError, Person, PersonError, read_person
from callverbs.interpreter.simulator.refusals import Body

NO_CONTENT = 204
CONTENT_TYPES = {"wav": "audio/wav", "mp3": "audio/mpeg"}
COLUMNS = ("carrier", "application", "")
"""Of a ladder: here the carrier speaks with the application itself."""


class CallBody(msgspec.Struct, rename={"from_": "from"}):
    """The body of `POST /_sim/calls`, which may also have every field of a person."""

    from_: str
    to: str
    caller_name: str = ""
    headers: dict[str, str] = {}


class AdvanceBody(msgspec.Struct, forbid_unknown_fields=True):
    """The body of `POST /_sim/clock/advance`."""

    seconds: float


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


def create_blueprint(live: LiveCarrier) -> Blueprint:
    """Returns the routes of a carrier."""
    routes = Blueprint("control", __name__, url_prefix="/_sim")
    carrier, traffic = live.carrier, live.traffic

    @routes.get("/health")
    async def show_health() -> Response:
        return json_response(200, {"status": "ok"})

    @routes.get("/clock")
    async def show_clock() -> Response:
        return json_response(200, {"now": format_time(live.clock.now()), "speed": live.options.speed})

    @routes.post("/clock/advance")
    async def advance() -> Response:
        await live.advance(msgspec.convert(await _json_object(), AdvanceBody).seconds)
        return json_response(200, {"now": format_time(live.clock.now()), "speed": live.options.speed})

    @routes.post("/reset")
    async def reset() -> Response:
        await live.reset()
        return json_response(200, {})

    @routes.get("/faults")
    async def list_faults() -> Response:
        return json_response(200, {"data": live.faults.rules, "seed": live.faults.seed})

    @routes.post("/faults")
    async def add_faults() -> Response:
        raw = await request.get_data()
        written = msgspec.json.decode(raw)
        rules = msgspec.convert(written if isinstance(written, list) else [written], list[FaultRule])
        live.faults.replace([*live.faults.rules, *rules])
        return await list_faults()

    @routes.delete("/faults")
    async def remove_faults() -> Response:
        live.faults.replace([])
        return await list_faults()

    @routes.get("/public_key")
    async def show_public_key() -> Response:
        return json_response(200, {"public_key": live.options.public_key})

    @routes.get("/legs")
    async def list_legs() -> Response:
        return json_response(200, {"data": carrier.legs()})

    @routes.get("/messages")
    async def list_messages() -> Response:
        return json_response(200, {"data": carrier.messages()})

    @routes.get("/requests")
    async def list_requests() -> Response:
        return json_response(200, {"data": list(traffic.requests)})

    @routes.get("/webhooks")
    async def list_webhooks() -> Response:
        return json_response(200, {"data": list(traffic.webhooks)})

    @routes.get("/ladder")
    async def show_ladder() -> Response:
        lines = traffic.lines(request.args.get("session", ""))
        if request.args.get("format") == "json":
            return Response(f"[{','.join(map(to_json, lines))}]", content_type="application/json")
        return Response("".join(f"{row}\n" for row in draw(lines, columns=COLUMNS)), content_type="text/plain; charset=utf-8")

    @routes.post("/calls")
    async def place_call() -> Response:
        body = await _json_object()
        call = msgspec.convert(body, CallBody)
        person = {name: value for name, value in body.items() if name not in ("from", "to", "caller_name", "headers")}
        leg = carrier.leg(carrier.place(call.from_, call.to, _person(person), call.caller_name, call.headers))
        ids = {"call_control_id": leg.id, "call_leg_id": leg.leg_id, "call_session_id": leg.session_id}
        return json_response(201, ids)

    @routes.post("/legs/<leg>/<action>")
    async def act(leg: str, action: str) -> Response:
        if action not in ACTIONS:
            return error_response(404, f"nobody can {action}; there are {', '.join(ACTIONS)}")
        try:
            ACTIONS[action](carrier, leg, msgspec.convert(await _json_object(), ActionBody))
            return json_response(200, {"data": carrier.leg(leg)})
        except KeyError:
            return error_response(404, f"there is no leg {leg}")

    @routes.get("/recordings/<recording>/<file>")
    async def fetch_recording(recording: str, file: str) -> Response:
        found = carrier.recording(recording)
        if found is None:
            return error_response(404, f"there is no recording {recording}, or its 10 minutes are over")
        size, pieces = audio.wav(found.seconds, 2 if found.channels == "dual" else 1) if found.format == "wav" else audio.mp3(found.seconds)
        response = Response(pieces, content_type=CONTENT_TYPES[found.format])
        response.content_length = size
        return response

    @routes.errorhandler(PersonError)
    async def impossible_action(error: PersonError) -> Response:
        return error_response(409 if isinstance(error, LegStateError) else 422, str(error))

    @routes.errorhandler(msgspec.MsgspecError)
    async def invalid_body(error: msgspec.MsgspecError) -> Response:
        return error_response(422, str(error))

    @routes.errorhandler(ClockError)
    @routes.errorhandler(FaultError)
    async def impossible_wish(error: ValueError) -> Response:
        return error_response(422, str(error))

    @routes.errorhandler(RecursionError)
    async def deep_body(error: RecursionError) -> Response:
        return error_response(422, "the body is nested too deeply")

    return routes


async def _json_object() -> Body:
    raw = await request.get_data()
    return msgspec.json.decode(raw, type=Body) if raw else {}


def _person(written: Body) -> Person | None:
    return read_person(written) if written else None


def json_response(status: int, body: object) -> Response:
    """Returns a response with a body in JSON; without one for 204, where a body would be the beginning of the next response."""
    if status == NO_CONTENT:
        return Response(status=status)
    return Response(msgspec.json.encode(body), status, content_type="application/json")


def error_response(status: int, detail: str) -> Response:
    """Returns a response that says what the simulation cannot do."""
    return json_response(status, {"errors": [{"code": str(status), "title": "The simulation cannot do that", "detail": detail}]})
