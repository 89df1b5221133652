"""Commands with which calls meet: in the carrier's queues, and in its conferences. Calls that are no legs of ours go by the carrier's ids.

Import the module under the name `commands`, as the other one.
"""

from callverbs.verbs.language.commands import Command, Query


class Enqueue(Command):
    """Put a leg at the end of a queue of the carrier, which makes the queue if there is none of that name."""

    queue: str


class LeaveQueue(Command):
    """Take a leg out of the queue that it waits in."""


class BridgeCall(Command):
    """Let a leg, which stays with us, hear a call that is no leg of ours, unless that hears another one. `call` is the carrier's id."""

    call: str


class RetrieveQueue(Query):
    """Ask how many calls wait in a queue."""

    queue: str


class RetrieveQueueCall(Query):
    """Ask at which place of a queue a leg waits."""

    queue: str


class FindQueueCall(Query):
    """Ask who has waited longest in a queue, or whether the call `sid` waits there. `not_these` are passed over."""

    queue: str
    sid: str = ""
    not_these: list[str] = []


class CheckCall(Query):
    """Ask whether a call that is no leg of ours still lives. `call` is the carrier's id."""

    call: str


class CreateConference(Command):
    """Make a conference, with the leg in it. `max_members` is 0 for the carrier's own limit."""

    name: str
    beep: bool = False
    max_members: int = 0


class JoinConference(Command):
    """Put a leg into a conference. `conference` is the carrier's id."""

    conference: str
    muted: bool = False
    beep: bool = False
    ends: bool = False
    """The conference ends when the leg leaves."""


class LeaveConference(Command):
    """Take a leg out of a conference."""

    conference: str


class MuteMember(Command):
    """Let nobody in a conference hear a leg."""

    conference: str


class EndWithMember(Command):
    """Let a conference end when a participant leaves. `participant` is the carrier's id."""

    conference: str
    participant: str


class FindConference(Query):
    """Ask for the conference of a name that goes on."""

    name: str


class FindParticipant(Query):
    """Ask for the leg's id as a participant of a conference."""

    conference: str
