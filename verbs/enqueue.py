"""`enqueue`: put the caller into a queue of the carrier, until the `dequeue` of another call takes them."""

from typing import Any, Literal

from callverbs.verbs.language import meeting_commands as commands
from callverbs.verbs.language.context import Reply, VerbContext
from callverbs.verbs.language.events import CommandFailed, LegBridged, LegDequeued, LegEnqueued, ProgramEnded
from callverbs.verbs.language.query_answers import QueueCallRetrieved, QueueRetrieved
from callverbs.verbs.language.spec import Hook, Spec
from callverbs.verbs.language.verb import Verb
from callverbs.verbs.parts.calling import CALL_MAX_SECONDS

REPORT_SECONDS = 5.0
"""For the webhook of what the carrier was asked to do: after that, it counts as done."""
SECONDS_BETWEEN_REQUESTS = 0.5
"""From the end of what is heard to the next request (jambonz enqueue.js)."""
CHECK_SECONDS = 60.0
"""The carrier is asked so often whether the caller still waits, where nothing else asks."""
VANISHED_SECONDS = 10.0
"""For the webhook that says why the caller does not wait in the queue any longer."""
CONNECT_SECONDS = 20.0
"""From the end of the wait to the bridge (jambonz enqueue.js)."""

QueueResult = Literal["bridged", "hangup", "leave", "timeout", "error"]


class EnqueueSpec(Spec):
    """An enqueue as written."""

    name: str
    wait_hook: Hook | None = None
    action_hook: Hook | None = None
    carrier: dict[str, Any] = {}


class Enqueue(Verb[EnqueueSpec], needs_answer=True, connects=True, command="enqueue"):
    """joining → waiting → taken, or → leaving → left. The carrier keeps the queue; what the caller hears is a program of ours.

    The music: `due` where the hook is asked as soon as the caller's place is known, then asked and playing; `over` where it has said
    nothing, so that the caller waits in silence.
    """

    phase: Literal["joining", "waiting", "leaving", "taken"] = "joining"
    music: Literal["due", "asked", "playing", "over"] = "due"
    began: float = 0.0
    left_at: float = 0.0
    """When the wait was over; both are in UTC seconds."""
    enqueued_at: float = 0.0
    bridged_at: float = 0.0
    """When the carrier has put the caller into the queue, and connected them, by its clock."""
    open_queries: int = 0
    """Questions to the carrier that it has not answered."""
    size: int = 0
    position: int = 0
    """What the carrier has answered to the last ones: how many calls wait, and the caller's place; 0 where it has not said."""

    def start(self, call: VerbContext) -> None:
        self.began = call.at
        if not self.spec.wait_hook:
            self.music = "over"
        call.command(commands.Enqueue(leg=call.leg.name, queue=self.spec.name, carrier=self.spec.carrier))
        call.start_timer(self.on_join_timer, REPORT_SECONDS)

    def on_leg_enqueued(self, call: VerbContext, event: LegEnqueued) -> None:
        if self.phase == "joining":
            self.enqueued_at = event.occurred_at
            self.on_join_timer(call)

    def on_join_timer(self, call: VerbContext) -> None:
        call.stop_timer(self.on_join_timer)
        self.phase = "waiting"
        self.on_wait_timer(call)

    # ------------------------------------------------------------- waiting

    def on_wait_timer(self, call: VerbContext) -> None:
        """Asks the carrier for the caller's place, and from time to time whether the caller waits at all: its webhook may be lost."""
        call.start_timer(self.on_wait_timer, CHECK_SECONDS)
        if not self.open_queries:
            self.open_queries, self.size, self.position = 2, 0, 0
            call.command(commands.RetrieveQueueCall(leg=call.leg.name, queue=self.spec.name))
            call.command(commands.RetrieveQueue(leg=call.leg.name, queue=self.spec.name))

    def on_queue_retrieved(self, call: VerbContext, event: QueueRetrieved) -> None:
        self.size = event.size
        self._look(call)

    def on_queue_call_retrieved(self, call: VerbContext, event: QueueCallRetrieved) -> None:
        self.position = event.position
        if event.position:
            call.stop_timer(self.on_vanished_timer)
        elif self.phase == "waiting":
            call.start_timer(self.on_vanished_timer, VANISHED_SECONDS)
        self._look(call)

    def _look(self, call: VerbContext) -> None:
        """Asks what the caller hears, once the place in the queue is known. Hooks count places from 0, the carrier from 1."""
        self.open_queries -= 1
        if self.open_queries or self.phase != "waiting" or self.music != "due" or not self.position or not self.spec.wait_hook:
            return
        self.music = "asked"
        place = {"queue_size": max(self.size, self.position), "queue_position": self.position - 1}
        call.ask(self.spec.wait_hook, self.on_wait_reply, allowed="queueing", extra={**self._queue(call, call.at), **place})

    def on_wait_reply(self, call: VerbContext, leg: str, reply: Reply) -> None:
        if self.phase != "waiting":
            return
        self.music = "playing" if reply.verbs else "over"
        if reply.verbs:
            call.run(leg, reply.verbs)
        else:
            call.note(f"{leg} waits in silence: the waitHook has {'failed' if reply.failed else 'given no verbs'}")

    def on_program_ended(self, call: VerbContext, event: ProgramEnded) -> None:
        if self.phase != "waiting":
            return
        if event.result == "left":
            self.phase = "leaving"
            call.command(commands.LeaveQueue(leg=call.leg.name))
            call.start_timer(self.on_leave_timer, REPORT_SECONDS)
        elif event.result == "failed":
            self.music = "over"
        else:
            self.music = "due"
            call.start_timer(self.on_wait_timer, SECONDS_BETWEEN_REQUESTS)

    # ------------------------------------------------------------- the end of the wait

    def on_leg_dequeued(self, call: VerbContext, event: LegDequeued) -> None:
        """One of an earlier queue may come late: only who waits can leave."""
        if self.phase == "taken" or event.queue != self.spec.name:
            return
        if event.reason in ("bridged", "bridging-in-process"):
            self._take(call)
            if event.reason != "bridged" and self.bridged_at < event.occurred_at:
                call.start_timer(self.on_connect_timer, CONNECT_SECONDS)
        elif event.reason in ("leave", "timeout") and self.phase != "joining":
            self._finish(call, "timeout" if event.reason == "timeout" else "leave")

    def on_leg_bridged(self, call: VerbContext, event: LegBridged) -> None:
        """It may come before we hear that the wait is over. One of an earlier dial may come late."""
        self.bridged_at = event.occurred_at
        call.stop_timer(self.on_connect_timer)
        if self.phase in ("waiting", "leaving") and event.occurred_at > self.enqueued_at:
            self._take(call)

    def _take(self, call: VerbContext) -> None:
        """Somebody talks to the caller now, until one of them hangs up."""
        self.phase, self.left_at = "taken", call.at
        call.stop(call.leg.name)
        for handler in (self.on_join_timer, self.on_wait_timer, self.on_vanished_timer, self.on_leave_timer):
            call.stop_timer(handler)
        call.start_timer(self.on_limit_timer, CALL_MAX_SECONDS)

    def on_connect_timer(self, call: VerbContext) -> None:
        self._finish(call, "error")

    def on_vanished_timer(self, call: VerbContext) -> None:
        call.note(f"{call.leg.name} waits in {self.spec.name} no longer, and the carrier has not said why")
        self._finish(call, "error")

    def on_leave_timer(self, call: VerbContext) -> None:
        self._finish(call, "leave")

    def on_limit_timer(self, call: VerbContext) -> None:
        self._finish(call, "bridged")

    def on_command_failed(self, call: VerbContext, event: CommandFailed) -> None:
        """Who cannot join does not wait. Who cannot leave is being taken: the webhook follows. Without a place, the hook is
        asked later.
        """
        if event.command == "enqueue":
            self._finish(call, "error")
        elif event.command != "leave_queue":
            self._look(call)

    def on_interrupted(self, call: VerbContext) -> None:
        if self.phase != "taken" and not call.leg.gone:
            call.command(commands.LeaveQueue(leg=call.leg.name))
        self._finish(call, "bridged" if self.phase == "taken" else "hangup")

    def _finish(self, call: VerbContext, result: QueueResult) -> None:
        call.finish(**self._queue(call, self.left_at or call.at), queue_result=result)

    def _queue(self, call: VerbContext, until: float) -> dict[str, Any]:
        """Returns what every hook is told: which queue it is, and for how many seconds the caller has waited."""
        return {"queue_sid": f"queue:{call.app.account_sid}:{self.spec.name}", "queue_time": int(until - self.began)}
