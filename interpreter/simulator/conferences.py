"""Conferences of the simulated carrier: who is in which, who is muted, and what ends one.

Webhooks of a conference carry the client_state that its creator had when it was made (SPEC: POST /conferences, client_state).
"""

from callverbs.interpreter.simulator.exchange import Exchange, format_time
from callverbs.interpreter.simulator.legs import SimulatedLeg
from callverbs.interpreter.simulator.meeting_places import Conference, Member
from callverbs.interpreter.simulator.refusals import Body, RefusalError

DEFAULT_MAX_PARTICIPANTS = 250


def create(exchange: Exchange, leg: SimulatedLeg, body: Body) -> Conference:
    """Makes a conference, and puts the leg into it. Raises RefusalError where a conference of that name goes on."""
    name = body["name"]
    if any(one.name == name and not one.ended_at for one in exchange.conferences.values()):
        raise RefusalError("90033", f"a conference with the name {name} is in progress", "/name")
    conference = Conference(
        id=exchange.ids.uuid("conference"),
        name=name,
        connection_id=leg.connection_id,
        client_state=body.get("client_state"),
        owner=leg,
        max_participants=body.get("max_participants", DEFAULT_MAX_PARTICIPANTS),
        created_at=exchange.clock.now(),
        started=body.get("start_conference_on_create", True),
    )
    exchange.conferences[conference.id] = conference
    send(exchange, conference, leg, "conference.created")
    _enter(exchange, conference, leg, Member(exchange.ids.uuid("participant"), joined_at=exchange.clock.now()))
    return conference


def find(exchange: Exchange, conference_id: str) -> Conference:
    """Returns a conference. Raises RefusalError where there is none."""
    if conference_id not in exchange.conferences:
        raise RefusalError("90058", f"there is no conference {conference_id}")
    return exchange.conferences[conference_id]


def find_live(exchange: Exchange, conference_id: str) -> Conference:
    """Returns a conference that goes on. Raises RefusalError where there is none."""
    conference = find(exchange, conference_id)
    if conference.ended_at:
        raise RefusalError("90019", f"the conference {conference.name} has ended")
    return conference


def join(exchange: Exchange, conference: Conference, leg: SimulatedLeg, body: Body) -> None:
    """Puts a leg into a conference. Raises RefusalError where it is full, or the leg is in one."""
    if leg.conference is conference:
        raise RefusalError("90044", f"the call is in the conference {conference.name} already")
    if len(conference.members) >= conference.max_participants:
        raise RefusalError("90032", f"the conference {conference.name} has {conference.max_participants} participants, and takes no more")
    leave(exchange, leg)
    member = Member(
        exchange.ids.uuid("participant"),
        muted=body.get("mute", False),
        on_hold=body.get("hold", False),
        ends_conference=body.get("end_conference_on_exit", False),
        supervisor_role=body.get("supervisor_role", "none"),
        whispers_to=body.get("whisper_call_control_ids", []),
        joined_at=exchange.clock.now(),
        softly=body.get("soft_end_conference_on_exit", False),
    )
    conference.started = conference.started or body.get("start_conference_on_enter", False)
    _enter(exchange, conference, leg, member)


def _enter(exchange: Exchange, conference: Conference, leg: SimulatedLeg, member: Member) -> None:
    conference.members[leg] = member
    leg.conference = conference
    send(exchange, conference, leg, "conference.participant.joined")
    leg.party.on_bridged()


def leave(exchange: Exchange, leg: SimulatedLeg) -> list[SimulatedLeg]:
    """Takes a leg out of its conference, if it is in one, and returns the legs that are to be hung up because of that."""
    conference = leg.conference
    if conference is None:
        return []
    member = conference.members.pop(leg)
    leg.conference = None
    leg.party.on_unbridged()
    send(exchange, conference, leg, "conference.participant.left")
    if member.ends_conference:
        return end(exchange, conference, "host_left")
    if member.softly:
        end(exchange, conference, "host_left")
        return []
    if not conference.members:
        end(exchange, conference, "all_left")
    return []


def end(exchange: Exchange, conference: Conference, reason: str) -> list[SimulatedLeg]:
    """Ends a conference, and returns those who were in it: the carrier hangs them up (SPEC: join, end_conference_on_exit)."""
    exchange.end_conference_media(conference)
    conference.ended_at, conference.end_reason = exchange.clock.now(), reason
    left = list(conference.members)
    for leg in left:
        del conference.members[leg]
        leg.conference = None
        send(exchange, conference, leg, "conference.participant.left")
    send(exchange, conference, conference.owner, "conference.ended", {"reason": reason})
    return left


def member_of(conference: Conference, participant_id: str) -> tuple[SimulatedLeg, Member]:
    """Returns a participant by the id. Raises RefusalError where there is none."""
    for leg, member in conference.members.items():
        if member.id == participant_id:
            return leg, member
    raise RefusalError("10005", f"no participant {participant_id} is in the conference {conference.name}")


def set_muted(conference: Conference, call_control_ids: list[str], muted: bool) -> None:
    """Mutes the participants of some calls, or lets them be heard; all of them where none is named."""
    for leg, member in conference.members.items():
        if not call_control_ids or leg.id in call_control_ids:
            member.muted = muted


def send(exchange: Exchange, conference: Conference, leg: SimulatedLeg, event_type: str, fields: Body | None = None) -> None:
    """Sends a webhook about a conference, or a leg in it."""
    exchange.send_webhook(leg, event_type, {"conference_id": conference.id, "client_state": conference.client_state, **(fields or {})})


def conference_data(conference: Conference) -> Body:
    """Returns what the carrier says of a conference."""
    data: Body = {
        "record_type": "conference",
        "id": conference.id,
        "name": conference.name,
        "connection_id": conference.connection_id,
        "status": "completed" if conference.ended_at else "in_progress" if conference.started else "init",
        "created_at": format_time(conference.created_at),
        "expires_at": format_time(conference.created_at + 4 * 3600),
    }
    return {**data, "end_reason": conference.end_reason} if conference.end_reason else data


def participant_data(conference: Conference, leg: SimulatedLeg) -> Body:
    """Returns what the carrier says of a participant."""
    member = conference.members[leg]
    at = format_time(member.joined_at)
    return {
        "record_type": "participant",
        "id": member.id,
        "call_control_id": leg.id,
        "call_leg_id": leg.leg_id,
        "conference": {"id": conference.id, "name": conference.name},
        "whisper_call_control_ids": member.whispers_to,
        "created_at": at,
        "updated_at": at,
        "end_conference_on_exit": member.ends_conference,
        "soft_end_conference_on_exit": member.softly,
        "status": "joined",
        "muted": member.muted,
        "on_hold": member.on_hold or not conference.started,
    }
