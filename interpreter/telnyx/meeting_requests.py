"""Builds the requests with which calls meet: in the carrier's queues, and in its conferences.

Its tables are parts of those of `commands`.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from callverbs.verbs.language import meeting_commands as commands
from callverbs.verbs.language.commands import Command

if TYPE_CHECKING:
    from callverbs.interpreter.telnyx.commands import RequestContext

Body = dict[str, Any]
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


MEETING_REQUESTS: dict[type[Command], tuple[str, Callable[[Any, "RequestContext"], Body]]] = {
    commands.BridgeCall: ("bridge", _bridge_call),
    commands.Enqueue: ("enqueue", _enqueue),
    commands.LeaveQueue: ("leave_queue", _empty),
    commands.RetrieveQueue: ("retrieve_call_queue", _empty),
    commands.RetrieveQueueCall: ("retrieve_call_from_queue", _empty),
    commands.FindQueueCall: ("list_queue_calls", _find_queue_call),
    commands.CheckCall: ("retrieve_call", _empty),
}
MEETING_PATHS: dict[type[Command], str] = {
    commands.RetrieveQueue: "/queues/{queue}",
    commands.RetrieveQueueCall: "/queues/{queue}/calls/{leg}",
    commands.FindQueueCall: "/queues/{queue}/calls",
    commands.CheckCall: "/calls/{call}",
}
