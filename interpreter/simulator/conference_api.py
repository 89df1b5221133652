"""The requests below `/conferences`: they make one, change who is in it and what is heard there, and say how it stands."""

from collections.abc import Callable, Sequence

from callverbs.interpreter.simulator import conference_media, conferences, ending
from callverbs.interpreter.simulator.exchange import Exchange
from callverbs.interpreter.simulator.legs import SimulatedLeg
from callverbs.interpreter.simulator.meeting_places import Conference
from callverbs.interpreter.simulator.pages import Query, page
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
            return page([conferences.participant_data(conference, leg) for leg in conference.members], query)
        case "GET", [conference_id, "participants", participant_id]:
            return _retrieve_participant(conferences.find(exchange, conference_id), participant_id)
        case "PATCH", [conference_id, "participants", participant_id]:
            return _update_participant(exchange, conferences.find_live(exchange, conference_id), participant_id, body)
        case "POST", [conference_id, "actions", name] if name in ACTIONS:
            checked = exchange.checked(f"conference_{name}", body)
            ACTIONS[name](exchange, conferences.find_live(exchange, conference_id), checked)
            return OK
    raise RefusalError("10005", f"there is no {method} /{'/'.join(('conferences', *path))}")


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
    if limit := body.get("duration_minutes"):
        exchange.call_anyway(limit * 60.0, lambda: _time_out(exchange, conference))
    return ApiResponse(200, {"data": conferences.conference_data(conference)})


def _time_out(exchange: Exchange, conference: Conference) -> None:
    if not conference.ended_at:
        ending.end_conference(exchange, conference, "time_exceeded")


def _join(exchange: Exchange, conference: Conference, body: Body) -> None:
    leg = _answered_leg(exchange, body)
    ending.unbridge(exchange, leg)
    conferences.join(exchange, conference, leg, body)
    leg.client_state = body.get("client_state", leg.client_state)
    if body.get("hold", False):
        conference_media.hold_member(exchange, conference, leg, body, "hold_")


def _leave(exchange: Exchange, conference: Conference, body: Body) -> None:
    leg = exchange.live_leg(body["call_control_id"], "/call_control_id")
    if leg.conference is not conference:
        raise RefusalError("10015", f"the call is not in the conference {conference.name}", "/call_control_id")
    ending.leave_conference(exchange, leg)


def _end(exchange: Exchange, conference: Conference, body: Body) -> None:
    ending.end_conference(exchange, conference, "host_left")


def _mute(exchange: Exchange, conference: Conference, body: Body) -> None:
    conferences.set_muted(conference, body.get("call_control_ids", []), muted=True)


def _unmute(exchange: Exchange, conference: Conference, body: Body) -> None:
    conferences.set_muted(conference, body.get("call_control_ids", []), muted=False)


def _update(exchange: Exchange, conference: Conference, body: Body) -> None:
    (leg,) = conference_media.participants(conference, [body["call_control_id"]])
    member = conference.members[leg]
    member.supervisor_role = body["supervisor_role"]
    member.whispers_to = body.get("whisper_call_control_ids", [])


def _retrieve_participant(conference: Conference, participant_id: str) -> ApiResponse:
    leg, _ = conferences.member_of(conference, participant_id)
    return ApiResponse(200, {"data": _participant_data(conference, leg)})


def _update_participant(exchange: Exchange, conference: Conference, participant_id: str, body: object) -> ApiResponse:
    leg, member = conferences.member_of(conference, participant_id)
    checked = exchange.checked("update_conference_participant", body)
    member.ends_conference = checked.get("end_conference_on_exit", member.ends_conference)
    return ApiResponse(200, {"data": _participant_data(conference, leg)})


def _participant_data(conference: Conference, leg: SimulatedLeg) -> Body:
    """Returns what the carrier says of one participant: other fields than in a list."""
    data = conferences.participant_data(conference, leg)
    conference_id = data.pop("conference")["id"]
    del data["record_type"]
    return {**data, "conference_id": conference_id}


ACTIONS: dict[str, Callable[[Exchange, Conference, Body], None]] = {
    "join": _join,
    "leave": _leave,
    "end": _end,
    "mute": _mute,
    "unmute": _unmute,
    "hold": conference_media.hold,
    "unhold": conference_media.unhold,
    "play": conference_media.play,
    "speak": conference_media.speak,
    "stop": conference_media.stop,
    "send_dtmf": conference_media.send_dtmf,
    "gather_using_audio": conference_media.gather_using_audio,
    "record_start": conference_media.record_start,
    "record_stop": conference_media.record_stop,
    "record_pause": conference_media.record_pause,
    "record_resume": conference_media.record_resume,
    "update": _update,
}
"""By the last part of the path."""
