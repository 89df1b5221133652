"""Builds the requests with which calls meet: in the carrier's queues, and in its conferences.

Its tables are parts of those of `commands`.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from callverbs import schemas
from callverbs.verbs.language import meeting_commands as commands
from callverbs.verbs.language.commands import Command

if TYPE_CHECKING:
    from callverbs.interpreter.telnyx.commands import RequestContext

Body = dict[str, Any]
MEMBERS: dict[str, Any] = schemas.load("components/limits")["$defs"]["max_participants"]
FIRST_PAGE_SIZE, MAX_PAGE_SIZE = 20, 250
"""Calls on a page of a list (SPEC: page[size])."""


def _empty(command: Command, context: "RequestContext") -> Body:
    return {}


def _bridge_call(command: commands.BridgeCall, context: "RequestContext") -> Body:
    return {"call_control_id": command.call, "park_after_unbridge": "self", "prevent_double_bridge": True}


def _enqueue(command: commands.Enqueue, context: "RequestContext") -> Body:
    """Returns the body of an enqueue. Without `keep_after_hangup` a caller who has hung up leaves the queue."""
    return {"queue_name": command.queue, "keep_after_hangup": False, "client_state": context.client_state(command.leg)}


def _find_queue_call(command: commands.FindQueueCall, context: "RequestContext") -> Body:
    """Returns the query of a list of calls: of the longest page, where one call is searched for."""
    return {"page[size]": MAX_PAGE_SIZE if command.sid else FIRST_PAGE_SIZE}


def _create_conference(command: commands.CreateConference, context: "RequestContext") -> Body:
    return {
        "call_control_id": context.ids[command.leg],
        "name": command.name,
        "beep_enabled": _beep(command.beep),
        "max_participants": _members(command.max_members),
        "client_state": context.client_state(command.leg),
    }


def _join_conference(command: commands.JoinConference, context: "RequestContext") -> Body:
    return {
        "call_control_id": context.ids[command.leg],
        "mute": command.muted,
        "beep_enabled": _beep(command.beep),
        "end_conference_on_exit": command.ends,
        "start_conference_on_enter": True,
        "client_state": context.client_state(command.leg),
    }


def _members(wanted: int) -> int | None:
    """Returns how many may be in: 0 and 1 set no limit (jambonz conference.js), and others are brought into the carrier's range."""
    return min(max(wanted, MEMBERS["minimum"]), MEMBERS["maximum"]) if wanted > 1 else None


def _beep(wanted: bool) -> str:
    """Returns when a beep is heard: jambonz plays one when somebody joins."""
    return "on_enter" if wanted else "never"


def _leave_conference(command: commands.LeaveConference, context: "RequestContext") -> Body:
    return {"call_control_id": context.ids[command.leg]}


def _mute_member(command: commands.MuteMember, context: "RequestContext") -> Body:
    return {"call_control_ids": [context.ids[command.leg]]}


def _end_with_member(command: commands.EndWithMember, context: "RequestContext") -> Body:
    return {"end_conference_on_exit": True}


def _find_conference(command: commands.FindConference, context: "RequestContext") -> Body:
    return {"filter[name]": command.name, "filter[status]": "in_progress"}


def _find_participant(command: commands.FindParticipant, context: "RequestContext") -> Body:
    return {"page[size]": MAX_PAGE_SIZE}


MEETING_REQUESTS: dict[type[Command], tuple[str, Callable[[Any, "RequestContext"], Body]]] = {
    commands.BridgeCall: ("bridge", _bridge_call),
    commands.Enqueue: ("enqueue", _enqueue),
    commands.LeaveQueue: ("leave_queue", _empty),
    commands.RetrieveQueue: ("retrieve_call_queue", _empty),
    commands.RetrieveQueueCall: ("retrieve_call_from_queue", _empty),
    commands.FindQueueCall: ("list_queue_calls", _find_queue_call),
    commands.CheckCall: ("retrieve_call", _empty),
    commands.CreateConference: ("create_conference", _create_conference),
    commands.JoinConference: ("conference_join", _join_conference),
    commands.LeaveConference: ("conference_leave", _leave_conference),
    commands.MuteMember: ("conference_mute", _mute_member),
    commands.EndWithMember: ("update_conference_participant", _end_with_member),
    commands.FindConference: ("list_conferences", _find_conference),
    commands.FindParticipant: ("list_conference_participants", _find_participant),
}
MEETING_PATHS: dict[type[Command], str] = {
    commands.RetrieveQueue: "/queues/{queue}",
    commands.RetrieveQueueCall: "/queues/{queue}/calls/{leg}",
    commands.FindQueueCall: "/queues/{queue}/calls",
    commands.CheckCall: "/calls/{call}",
    commands.CreateConference: "/conferences",
    commands.JoinConference: "/conferences/{conference}/actions/join",
    commands.LeaveConference: "/conferences/{conference}/actions/leave",
    commands.MuteMember: "/conferences/{conference}/actions/mute",
    commands.EndWithMember: "/conferences/{conference}/participants/{participant}",
    commands.FindConference: "/conferences",
    commands.FindParticipant: "/conferences/{conference}/participants",
}
