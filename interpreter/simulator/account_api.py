"""What a program reads of its account at run time: applications, active calls, recordings, and what happened."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

import msgspec

from callverbs.interpreter.simulator.account import Application
from callverbs.interpreter.simulator.exchange import Exchange, SavedRecording, format_time
from callverbs.interpreter.simulator.pages import Query, page
from callverbs.interpreter.simulator.refusals import ApiResponse, Body, RefusalError

MAX_APPLICATIONS = 1_000
FILTER = re.compile(r"filter\[(call_leg_id|call_session_id|connection_id|conference_id|from|to)\]")
"""Filters of recordings that are exact values."""


def respond(exchange: Exchange, method: str, path: Sequence[str], body: object, query: Query) -> ApiResponse:
    """Returns the response to a request about the account. Raises RefusalError."""
    match method, list(path):
        case "GET", ["connections", connection_id, "active_calls"]:
            return page(_active_calls(exchange, connection_id), query)
        case "GET", ["connections"]:
            return page([_connection(one) for one in exchange.account.applications.values()], query)
        case "GET", ["connections", connection_id]:
            return ApiResponse(200, {"data": _connection(_application(exchange, connection_id))})
        case "GET", ["recordings"]:
            return page([one for one in map(_recording_of(exchange), exchange.recordings.values()) if _is_wanted(one, query)], query)
        case (("GET" | "DELETE"), ["recordings", recording_id]):
            return _recording(exchange, method, recording_id)
        case "POST", ["recordings", "actions", "delete"]:
            return _delete_recordings(exchange, body)
        case "GET", ["call_events"]:
            return page([one for one in exchange.events if _is_wanted(one, query)], query)
        case _, ["call_control_applications", *rest]:
            return _applications(exchange, method, rest, body, query)
    raise RefusalError("10005", f"there is no {method} /{'/'.join(path)}")


def _is_wanted(one: Body, query: Query) -> bool:
    wanted = {found[1]: value for name, value in query.items() if (found := FILTER.fullmatch(unquote(name)))}
    return all(one.get(name) == value for name, value in wanted.items())


# --------------------------------------------------------------------------- calls and recordings


def _active_calls(exchange: Exchange, connection_id: str) -> list[Body]:
    now = exchange.clock.now()
    return [
        {
            "record_type": "call",
            "call_control_id": leg.id,
            "call_leg_id": leg.leg_id,
            "call_session_id": leg.session.id,
            "client_state": leg.client_state or "",
            "call_duration": int(now - leg.answered_at) if leg.answered_at else 0,
        }
        for leg in exchange.legs.values()
        if leg.connection_id == connection_id and not leg.ended
    ]


def _recording_of(exchange: Exchange) -> Any:
    def data(one: SavedRecording) -> Body:
        leg, at = one.leg, format_time(one.saved_at)
        found: Body = {
            "record_type": "recording",
            "id": one.id,
            "call_control_id": leg.id,
            "call_leg_id": leg.leg_id,
            "call_session_id": leg.session.id,
            "connection_id": leg.connection_id,
            "channels": one.channels,
            "download_urls": {one.format: f"{exchange.recordings_url}/{one.id}/recording.{one.format}"},
            "duration_millis": round(one.seconds * 1000),
            "from": leg.from_,
            "to": leg.to,
            "recording_started_at": format_time(one.started_at),
            "recording_ended_at": format_time(one.ended_at),
            "source": "conference" if one.conference_id else "call",
            "status": "completed",
            "created_at": at,
            "updated_at": at,
        }
        return {**found, "conference_id": one.conference_id} if one.conference_id else found

    return data


def _recording(exchange: Exchange, method: str, recording_id: str) -> ApiResponse:
    if recording_id not in exchange.recordings:
        raise RefusalError("10005", f"there is no recording {recording_id}")
    data = _recording_of(exchange)(exchange.recordings[recording_id])
    if method == "DELETE":
        del exchange.recordings[recording_id]
    return ApiResponse(200, {"data": data})


def _delete_recordings(exchange: Exchange, body: object) -> ApiResponse:
    ids = body.get("ids") if isinstance(body, dict) else None
    if not (isinstance(ids, list) and all(isinstance(one, str) for one in ids)):
        raise RefusalError("10004", "ids is a list of the recordings to delete", "/ids")
    for one in ids:
        exchange.recordings.pop(one, None)
    return ApiResponse(200, {"status": "ok"})


# --------------------------------------------------------------------------- applications


def _application(exchange: Exchange, application_id: str) -> Application:
    found = exchange.account.applications.get(application_id)
    if found is None:
        raise RefusalError("10005", f"there is no application {application_id}")
    return found


def _connection(application: Application) -> Body:
    return {
        "record_type": "call_control_application",
        "id": application.id,
        "active": application.active,
        "connection_name": application.application_name,
        "webhook_event_url": application.webhook_event_url,
        "webhook_api_version": application.webhook_api_version,
    }


def _applications(exchange: Exchange, method: str, path: Sequence[str], body: object, query: Query) -> ApiResponse:
    account = exchange.account
    match method, list(path):
        case "GET", []:
            return page([_data(one) for one in account.applications.values()], query)
        case "POST", []:
            if len(account.applications) >= MAX_APPLICATIONS:
                raise RefusalError("10015", f"an account has {MAX_APPLICATIONS} applications at the most")
            return _saved(exchange, {"id": exchange.ids.uuid("application")}, body)
        case "GET", [application_id]:
            return ApiResponse(200, {"data": _data(_application(exchange, application_id))})
        case "PATCH", [application_id]:
            return _saved(exchange, msgspec.to_builtins(_application(exchange, application_id)), body)
        case "DELETE", [application_id]:
            data = _data(_application(exchange, application_id))
            if len(account.applications) == 1:
                raise RefusalError("10015", "the last application of the account cannot be deleted here")
            del account.applications[application_id]
            return ApiResponse(200, {"data": data})
    raise RefusalError("10005", f"there is no {method} /{'/'.join(('call_control_applications', *path))}")


def _saved(exchange: Exchange, before: Body, body: object) -> ApiResponse:
    """Adds an application, or changes one. What the simulation does not know of it is a warning."""
    if not isinstance(body, dict):
        raise RefusalError("10015", "the body must be a JSON object")
    known = {name: value for name, value in body.items() if name in Application.__struct_fields__ and name != "id"}
    if unknown := sorted(set(body) - set(known)):
        exchange.warn(f"of an application, {', '.join(unknown)} have no effect")
    try:
        application = msgspec.convert({**before, **known}, Application)
    except msgspec.ValidationError as error:
        raise RefusalError("10015", str(error)) from None
    exchange.account.replace(application)
    return ApiResponse(200, {"data": _data(application)})


def _data(application: Application) -> Body:
    return {"record_type": "call_control_application", **msgspec.to_builtins(application)}
