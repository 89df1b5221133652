"""Consultation: what happens to targets from their call to the bridge. A machine is let go, a person is briefed, and accepts by a key.

Every target that answers is taken through the same steps, whichever it needs; the first to reach the bridge is the winner. A caller who
is present is bridged before the target is briefed, and both hear the brief.
"""

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from callverbs.verbs.language.context import VerbContext
from callverbs.verbs.language.events import KeyPressed, LegAnswered, ProgramEnded
from callverbs.verbs.language.spec import Synthesizer
from callverbs.verbs.parts.bridging import Bridging
from callverbs.verbs.parts.event_hook import EventReports
from callverbs.verbs.parts.machine_detection import MachineDetection
from callverbs.verbs.parts.parking import Parking
from callverbs.verbs.parts.transfer_spec import TransferSpec
from callverbs.verbs.play import PlaySpec
from callverbs.verbs.say import SaySpec

CONFIRM_SECONDS = 10.0
"""From the end of the question to the key."""

Step = Literal["ring", "detect", "brief", "confirm", "connect", "talk"]
PARKED: tuple[Step, ...] = ("ring", "detect", "brief", "confirm", "connect", "talk")
PRESENT: tuple[Step, ...] = ("ring", "detect", "connect", "brief", "confirm", "talk")
UNASKED: tuple[Step, ...] = ("ring", "connect", "talk")
BOTH_HEAR = {"target_legs": "both"}
"""The parameter of the carrier's speak and playback_start with which both legs of a bridge hear it."""

Lost = Literal["", "no-answer", "declined", "error"]


class Callee(Struct, omit_defaults=True):
    """A party that was called: what the author calls it, the step that it is at, and why we let it go, if we do."""

    target: str
    step: Step = "ring"
    lost: Lost = ""


class Consultation(Bridging, Parking, MachineDetection, EventReports):
    """The handlers of a verb that calls targets for its caller. The verb says how a target is connected, and what follows."""

    __slots__ = ()

    if TYPE_CHECKING:  # fields of the verb, which msgspec would read here too
        spec: TransferSpec
        callees: dict[str, Callee]

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of every target; the methods that begin one have its name."""
        return PARKED

    def connect(self, call: VerbContext, leg: str) -> None:
        """Connects the caller with a target, which is the winner from now on; `two_connected` follows."""

    def talk(self, call: VerbContext, leg: str) -> None:
        """Handles that caller and target talk now, and nothing is left to be done."""

    def on_leg_answered(self, call: VerbContext, event: LegAnswered) -> None:
        callee = self._live(call, event.leg)
        if callee and callee.step == "ring":
            self.report_of(call, "answered", event.leg)
            self.watch_for_machine(call, event.leg)
            self._go_on(call, event.leg)

    def _go_on(self, call: VerbContext, leg: str) -> None:
        """Takes a target to its next step."""
        callee = self.callees[leg]
        callee.step = self.steps[self.steps.index(callee.step) + 1]
        getattr(self, callee.step)(call, leg)

    # ------------------------------------------------------------- the steps

    def detect(self, call: VerbContext, leg: str) -> None:
        """Waits for what is found out about whoever has answered: a machine hears no brief."""
        if self.spec.is_warm and self.detects:
            self.report_machine(call, leg)
        else:
            self._go_on(call, leg)

    def brief(self, call: VerbContext, leg: str) -> None:
        brief = self.spec.brief
        if brief and self.spec.is_warm:
            self.report_of(call, "brief-started", leg)
            call.run(leg, [SaySpec(text=brief.text, synthesizer=brief.synthesizer, carrier=self._hearers)])
        else:
            self._go_on(call, leg)

    def confirm(self, call: VerbContext, leg: str) -> None:
        confirm = self.spec.confirm
        if not confirm:
            self._go_on(call, leg)
            return
        self.report_of(call, "confirm-started", leg)
        if confirm.prompt.startswith(("http:", "https:")):
            call.run(leg, [PlaySpec(url=confirm.prompt)])
        else:
            voice = self.spec.brief.synthesizer if self.spec.brief else Synthesizer()
            call.run(leg, [SaySpec(text=confirm.prompt, synthesizer=voice)])

    @property
    def _hearers(self) -> dict[str, str]:
        return BOTH_HEAR if self.spec.caller_present else {}

    # ------------------------------------------------------------- what takes a target on, or lets it go

    def report_machine(self, call: VerbContext, leg: str) -> None:
        """Tells the hook what is known of a leg. A machine declines, also one that is found out late."""
        super().report_machine(call, leg)
        if self.spec.is_warm:
            self._judge(call, leg)

    def _judge(self, call: VerbContext, leg: str) -> None:
        callee, findings = self._live(call, leg), self.findings.get(leg)
        if callee and findings and callee.step not in ("ring", "talk"):
            if findings.is_machine:
                self._decline(call, leg)
            elif findings.words and callee.step == "detect":
                self._go_on(call, leg)

    def on_program_ended(self, call: VerbContext, event: ProgramEnded) -> None:
        """The caller's music is over, or a target has heard its brief, or the question that it has to answer now."""
        self.park_program_ended(call, event)
        callee = self._live(call, event.leg)
        if not callee or event.result == "gone":
            return
        if callee.step == "brief":
            self._go_on(call, event.leg)
        elif callee.step == "confirm":
            call.start_timer(self.on_confirm_timer, CONFIRM_SECONDS, event.leg)

    def on_key_pressed(self, call: VerbContext, event: KeyPressed) -> None:
        """The first key decides; nobody has to listen to the end."""
        callee = self._live(call, event.leg)
        if not callee or not self.spec.confirm or callee.step not in ("brief", "confirm"):
            return
        if event.digit == self.spec.confirm.digit:
            call.stop_timer(self.on_confirm_timer, event.leg)
            call.stop(event.leg)
            callee.step = "confirm"
            self.report_of(call, "accepted", event.leg)
            self._go_on(call, event.leg)
        else:
            self._decline(call, event.leg)

    def on_confirm_timer(self, call: VerbContext, leg: str) -> None:
        if self._live(call, leg):
            self._decline(call, leg)

    def _decline(self, call: VerbContext, leg: str) -> None:
        self.report_of(call, "declined", leg)
        self.let_go(call, leg, "declined")

    def let_go(self, call: VerbContext, leg: str, why: Lost) -> None:
        """Hangs up a target."""
        self.callees[leg].lost = why
        call.stop_timer(self.on_confirm_timer, leg)
        call.hang_up(leg)

    def _live(self, call: VerbContext, leg: str) -> Callee | None:
        """Returns a target that is there, and that nobody has let go."""
        return self.callees.get(leg) if leg in self.callees and not call.legs[leg].ending else None

    def two_connected(self, call: VerbContext) -> None:
        self._go_on(call, self.winner)

    def two_not_connected(self, call: VerbContext) -> None:
        self.let_go(call, self.winner, "error")

    def report_of(self, call: VerbContext, event: str, leg: str) -> None:
        """Tells the eventHook what happens to a target."""
        sid = call.legs[leg].call_leg_id if leg in call.legs else ""
        self.report_event(call, event, target=self.callees[leg].target, **({"dial_call_sid": sid} if sid else {}))
