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
