"""`dequeue`: take the caller who has waited longest in a queue, and talk to them.

The carrier lets one of two talk on alone when the other one goes, and that is us: whoever was taken is hung up with us. It does not tell
us when the other one goes, so we ask.
"""

from typing import Any, Literal

from msgspec import field

from callverbs.verbs.language import commands, meeting_commands
from callverbs.verbs.language.context import VerbContext
from callverbs.verbs.language.events import CommandFailed, LegBridged, PlaybackEnded
from callverbs.verbs.language.query_answers import CallChecked, QueueCallFound
from callverbs.verbs.language.spec import Hook, Spec
from callverbs.verbs.language.verb import Verb
from callverbs.verbs.parts.calling import CALL_MAX_SECONDS

BEEP = "beep"
LOOK_SECONDS = 5.0
"""From one look into the queue to the next (jambonz dequeue.js)."""
RETRY_SECONDS = 1.0
"""The next look after somebody else has taken the caller."""
BRIDGE_REPORT_SECONDS = 5.0
"""From the bridge to its webhook; after that the two hear each other all the same."""
CHECK_SECONDS = 5.0
"""The carrier is asked so often whether the other one is still there."""
MAX_MISSED = 10
"""Calls that could not be connected, and are passed over as long as another one waits."""

DequeueResult = Literal["complete", "timeout", "hangup"]


class DequeueSpec(Spec):
    """A dequeue as written. `timeout` is in seconds; 0 waits for ever."""

    name: str
    timeout: float = 0.0
    beep: bool = False
    call_sid: str | None = None
    action_hook: Hook | None = None
    carrier: dict[str, Any] = {}


class Dequeue(Verb[DequeueSpec], needs_answer=True, connects=True, command="bridge"):
    """looking → (beeping) → connecting → talking → over. Who loses a race for a caller looks again."""

    phase: Literal["looking", "beeping", "connecting", "talking"] = "looking"
    other: str = ""
    """The carrier's id of the call that is being taken; it is a leg of another session."""
    missed: list[str] = field(default_factory=list)
    asking: bool = False
    """The carrier was asked something, and has not answered."""
    until: float = 0.0
    """When the wait for a caller is over, in UTC seconds; 0 for never."""

    # ------------------------------------------------------------- looking

    def start(self, call: VerbContext) -> None:
        if self.spec.timeout:
            self.until = call.at + self.spec.timeout
            call.start_timer(self.on_timeout_timer, self.spec.timeout)
        self.on_look_timer(call)

    def on_look_timer(self, call: VerbContext) -> None:
        call.start_timer(self.on_look_timer, LOOK_SECONDS)
        if not self.asking:
            self.asking = True
            wanted = self.spec.call_sid or ""
            call.command(meeting_commands.FindQueueCall(leg=call.leg.name, queue=self.spec.name, sid=wanted, not_these=self.missed))

    def on_queue_call_found(self, call: VerbContext, event: QueueCallFound) -> None:
        self.asking = False
        if self.phase != "looking":
            return
        self.other = event.call
        if not self.other:
            self.missed = []
        elif self.spec.beep:
            self.phase = "beeping"
            call.command(commands.Play(leg=call.leg.name, sound=BEEP))
        else:
            self._connect(call)

    def on_timeout_timer(self, call: VerbContext) -> None:
        """A caller who is being connected is not lost any more; if that fails, the time is over."""
        if self.phase in ("looking", "beeping"):
            self._finish(call, "timeout")

    def on_playback_ended(self, call: VerbContext, event: PlaybackEnded) -> None:
        self._connect(call)

    # ------------------------------------------------------------- connecting

    def _connect(self, call: VerbContext) -> None:
        self.phase = "connecting"
        call.stop_timer(self.on_look_timer)
        call.command(meeting_commands.BridgeCall(leg=call.leg.name, call=self.other, carrier=self.spec.carrier))
        call.start_timer(self.on_connect_timer, BRIDGE_REPORT_SECONDS)

    def on_command_failed(self, call: VerbContext, event: CommandFailed) -> None:
        if event.command == "bridge_call":
            self._miss(call)
        elif event.command == "play":
            self._connect(call)
        else:  # a question: it is asked again when its timer fires
            self.asking = False

    def _miss(self, call: VerbContext) -> None:
        """Somebody else has taken the caller, or the caller has hung up."""
        call.note(f"{self.other} could not be taken out of {self.spec.name}")
        self.missed = [*self.missed, self.other][-MAX_MISSED:]
        self.phase, self.other = "looking", ""
        for handler in (self.on_connect_timer, self.on_check_timer, self.on_limit_timer):
            call.stop_timer(handler)
        if self.until and call.at >= self.until:
            self._finish(call, "timeout")
        else:
            call.start_timer(self.on_look_timer, RETRY_SECONDS)

    def on_leg_bridged(self, call: VerbContext, event: LegBridged) -> None:
        if self.phase == "connecting":
            self.on_connect_timer(call)

    def on_connect_timer(self, call: VerbContext) -> None:
        self.phase = "talking"
        for handler in (self.on_connect_timer, self.on_timeout_timer):
            call.stop_timer(handler)
        call.start_timer(self.on_check_timer, CHECK_SECONDS)
        call.start_timer(self.on_limit_timer, CALL_MAX_SECONDS)

    # ------------------------------------------------------------- talking

    def on_check_timer(self, call: VerbContext) -> None:
        call.start_timer(self.on_check_timer, CHECK_SECONDS)
        if not self.asking:
            self.asking = True
            call.command(meeting_commands.CheckCall(leg=call.leg.name, call=self.other))

    def on_call_checked(self, call: VerbContext, event: CallChecked) -> None:
        self.asking = False
        if self.phase == "talking" and not event.alive:
            self._finish(call, "complete")

    def on_limit_timer(self, call: VerbContext) -> None:
        self._finish(call, "complete")

    def on_interrupted(self, call: VerbContext) -> None:
        self._finish(call, "complete" if self.phase == "talking" else "hangup")

    def _finish(self, call: VerbContext, result: DequeueResult) -> None:
        call.finish(dequeue_result=result)
