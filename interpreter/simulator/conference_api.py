"""The requests below `/conferences`: they make one, change who is in it, and say how it stands."""

from collections.abc import Callable, Sequence

from callverbs.interpreter.simulator import conferences, ending
from callverbs.interpreter.simulator.exchange import Exchange
from callverbs.interpreter.simulator.legs import SimulatedLeg
from callverbs.interpreter.simulator.meeting_places import Conference
from callverbs.interpreter.simulator.queue_api import Query, page
from callverbs.interpreter.simulator.refusals import OK, ApiResponse, Body, RefusalError


def respond(exchange: Exchange, method: str, path: Sequence[str], body: object, query: Query) -> ApiResponse:
    """Returns the response to a request below `/conferences`. Raises RefusalError."""
    match method, list(path):
        case "GET", []:
            listed = [one for one in map(conferences.conference_data, exchange.conferences.values()) if _is_wanted(one, query)]
            return page(listed, query)
        case "POST", []:
            return _create(exchange, exchange.checked("create_conference", body))
        case "GET", [conference_id]:
            return ApiResponse(200, {"data": conferences.conference_data(conferences.find(exchange, conference_id))})
        case "GET", [conference_id, "participants"]:
            conference = conferences.find(exchange, conference_id)
            return page([conferences.participant_data(exchange, conference, leg) for leg in conference.members], query)
        case "PATCH", [conference_id, "participants", participant_id]:
            return _update_participant(exchange, conferences.find_live(exchange, conference_id), participant_id, body)
        case "POST", [conference_id, "actions", name] if name in ACTIONS:
            checked = exchange.checked(f"conference_{name}", body)
            ACTIONS[name](exchange, conferences.find_live(exchange, conference_id), checked)
            return OK
    raise RefusalError("10005", f"the simulated carrier has no {method} /{'/'.join(('conferences', *path))}")


def _is_wanted(listed: Body, query: Query) -> bool:
    return all(listed[name] == query.get(f"filter[{name}]", listed[name]) for name in ("name", "status"))


def _answered_leg(exchange: Exchange, body: Body) -> SimulatedLeg:
    """Returns the leg of a command. Raises RefusalError where it has not been answered, or has ended."""
    leg = exchange.live_leg(body["call_control_id"], "/call_control_id")
    if not leg.is_up:
        raise RefusalError("90034", "the call has not been answered", "/call_control_id")
    return leg


def _create(exchange: Exchange, body: Body) -> ApiResponse:
    leg = _answered_leg(exchange, body)
    before = leg.client_state
    leg.client_state = body.get("client_state", before)
    try:
        conference = conferences.create(exchange, leg, body)
    except RefusalError:
        leg.client_state = before
        raise
    return ApiResponse(200, {"data": conferences.conference_data(conference)})


def _join(exchange: Exchange, conference: Conference, body: Body) -> None:
    leg = _answered_leg(exchange, body)
    ending.unbridge(exchange, leg)
    conferences.join(exchange, conference, leg, body)
    leg.client_state = body.get("client_state", leg.client_state)


def _leave(exchange: Exchange, conference: Conference, body: Body) -> None:
    leg = exchange.live_leg(body["call_control_id"], "/call_control_id")
    if leg.conference is not conference:
        raise RefusalError("10015", f"the call is not in the conference {conference.name}", "/call_control_id")
    ending.leave_conference(exchange, leg)


def _end(exchange: Exchange, conference: Conference, body: Body) -> None:
    ending.hang_up_all(exchange, conferences.end(exchange, conference, "host_left"))


def _mute(exchange: Exchange, conference: Conference, body: Body) -> None:
    conferences.set_muted(conference, body.get("call_control_ids", []), muted=True)


def _unmute(exchange: Exchange, conference: Conference, body: Body) -> None:
    conferences.set_muted(conference, body.get("call_control_ids", []), muted=False)


def _update_participant(exchange: Exchange, conference: Conference, participant_id: str, body: object) -> ApiResponse:
    leg, member = conferences.member_of(conference, participant_id)
    checked = exchange.checked("update_conference_participant", body)
    member.ends_conference = checked.get("end_conference_on_exit", member.ends_conference)
    data = conferences.participant_data(exchange, conference, leg)
    conference_id = data.pop("conference")["id"]
    del data["record_type"]
    return ApiResponse(200, {"data": {**data, "conference_id": conference_id}})


ACTIONS: dict[str, Callable[[Exchange, Conference, Body], None]] = {
    "join": _join,
    "leave": _leave,
    "end": _end,
    "mute": _mute,
    "unmute": _unmute,
}
"""By the last part of the path."""
