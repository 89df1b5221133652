"""`dial`: call up to ten targets at once, and connect the caller with the first that accepts."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, field

from callverbs.schemas import Diagnostic
from callverbs.verbs.language import commands
from callverbs.verbs.language.context import Reply, VerbContext
from callverbs.verbs.language.events import CommandFailed, KeyPressed, LegAnswered, LegHungUp, ProgramEnded
from callverbs.verbs.language.spec import Amd, Hook, Spec
from callverbs.verbs.language.target import Target, unique_targets
from callverbs.verbs.language.verb import Verb
from callverbs.verbs.parts import calling, machine_detection, media_stream, transcribing
from callverbs.verbs.parts.bridging import Bridge, Bridging
from callverbs.verbs.parts.calling import CALL_MAX_SECONDS, calling_number, party
from callverbs.verbs.parts.dtmf_capture import Capture, KeyBuffer
from callverbs.verbs.parts.hold import Hold, HoldMusic
from callverbs.verbs.parts.machine_detection import Findings, MachineDetection
from callverbs.verbs.parts.media_stream import ListenSpec, StreamedConversation, Streaming
from callverbs.verbs.parts.ringback import Ringback
from callverbs.verbs.parts.transcribing import TranscribeSpec, transcribe_conversation

RING_SECONDS = 60.0
MAX_TARGETS = 10
"""jambonz dial.js: the first ten."""
SCREENING_SECONDS = 600.0
"""For the screening of a target, in the carrier's limit of the call."""


class DialSpec(Spec):
    """A dial as written. `timeout` and `time_limit` are in seconds."""

    target: list[Target]
    action_hook: Hook | None = None
    answer_on_bridge: bool = False
    caller_id: str | None = None
    caller_name: str | None = None
    confirm_hook: Hook | None = None
    dial_music: str | None = None
    dtmf_capture: Capture | list[str] = []
    dtmf_hook: Hook | None = None
    headers: dict[str, Any] = {}
    on_hold_hook: Hook | None = None
    timeout: float = RING_SECONDS
    time_limit: float | None = None
    amd: Amd | None = None
    tag: dict[str, Any] | None = None
    listen: ListenSpec | None = None
    stream: ListenSpec | None = None
    transcribe: TranscribeSpec | None = None
    srtp_encryption: str | None = None
    carrier: dict[str, Any] = {}

    @property
    def targets(self) -> list[Target]:
        """The targets, each address once."""
        return unique_targets(self.target)

    @property
    def conversation_stream(self) -> ListenSpec | None:
        """What is streamed while the two talk: listen, or stream, which is the same."""
        return self.listen or self.stream


class Callee(Struct, omit_defaults=True):
    """A party that was called: which target it is, and whether it has answered and is asked to accept."""

    target: int
    screening: bool = False


class Dial(
    Bridging,
    Ringback,
    StreamedConversation,
    HoldMusic,
    MachineDetection,
    Verb[DialSpec],
    connects=True,
    command="dial",
    dialect_hooks={"cognigy": "dial"},
):
    """Rings everybody; the first that answers, or is screened and stays, is the winner, and the others are let go.

    calling → (answering the caller) → talking → over. What was found about a machine is kept, and reported of the winner only.
    """

    callees: dict[str, Callee] = field(default_factory=dict)
    winner: str = ""
    talking: bool = False
    bridge: Bridge = field(default_factory=Bridge)
    status: str = "failed"
    sip_status: int = 500
    sid: str = ""
    keys: dict[str, KeyBuffer] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    findings: dict[str, Findings] = field(default_factory=dict)
    streaming: Streaming = field(default_factory=Streaming)

    @classmethod
    def diagnose(cls, spec: DialSpec) -> Iterable[Diagnostic]:
        if len(spec.targets) > MAX_TARGETS:
            yield Diagnostic(("target",), "CV302", f"target may have at most {MAX_TARGETS} addresses; it has {len(spec.targets)}")
        yield from calling.diagnose_numbers(spec.target)

    @classmethod
    def without_effect(cls, body: Mapping[str, Any]) -> Iterable[Diagnostic]:
        yield from calling.changed_numbers(body)
        yield from machine_detection.without_effect(body)
        yield from media_stream.without_effect(body)
        if "transcribe" in body:
            yield from transcribing.without_effect(body["transcribe"], "transcribe", parties=2)

    @classmethod
    def answers(cls, spec: DialSpec) -> bool:
        return not spec.answer_on_bridge

    # ------------------------------------------------------------- calling

    def start(self, call: VerbContext) -> None:
        if call.leg.answered:
            self.play_ringback(call, self.spec.dial_music or call.app.ringback)
        elif self.spec.dial_music:
            call.note("dialMusic is not heard: with answerOnBridge the caller is not answered yet")
        call.start_timer(self.on_ring_timer, self.spec.timeout or RING_SECONDS)
        for index, target in enumerate(self.spec.targets):
            self.callees[self._call(call, target)] = Callee(index)

    def _call(self, call: VerbContext, target: Target) -> str:
        spec = self.spec
        called = party(
            target,
            calling_number(call, target, spec.caller_id),
            name=spec.caller_name,
            ring_seconds=spec.timeout or RING_SECONDS,
            time_limit=spec.time_limit,
            before_seconds=SCREENING_SECONDS if spec.confirm_hook or target.confirm_hook else 0.0,
            headers=spec.headers,
            amd=spec.amd,
        )
        return calling.dial(call, target, called, carrier=spec.carrier, tag=spec.tag, encryption=spec.srtp_encryption or "")

    def on_command_failed(self, call: VerbContext, event: CommandFailed) -> None:
        if event.command == "dial":
            self._lose(call, event.leg, "failed", 503)
        elif event.command == "bridge":
            self.bridge_refused(call)
        elif event.command == "answer":
            self.two_not_connected(call)
        elif event.command == "start_stream":
            self.stream_failed(call, event.title)

    def on_ring_timer(self, call: VerbContext) -> None:
        """The ring time is over. Who is being screened has answered in time; the others have not."""
        self.status, self.sip_status = "no-answer", 487
        for leg, callee in self.callees.items():
            if not callee.screening:
                call.hang_up(leg)

    # ------------------------------------------------------------- answered, screened

    def on_leg_answered(self, call: VerbContext, event: LegAnswered) -> None:
        if event.leg == call.leg.name:
            self._talk(call)
            return
        if not self._may_accept(call, event.leg):
            call.hang_up(event.leg)
            return
        self.sid = call.legs[event.leg].call_leg_id
        callee = self.callees[event.leg]
        self.watch_for_machine(call, event.leg)
        hook = self.spec.targets[callee.target].confirm_hook or self.spec.confirm_hook
        if hook:
            callee.screening = True
            call.ask(hook, self.on_confirm_reply, leg=event.leg, allowed="screening")
        else:
            self._accept(call, event.leg)

    def on_confirm_reply(self, call: VerbContext, leg: str, reply: Reply) -> None:
        if not self._may_accept(call, leg):
            return
        if reply.failed:
            call.hang_up(leg)
        elif reply.verbs:
            call.run(leg, reply.verbs, screening=True)
        else:
            self._accept(call, leg)

    def on_program_ended(self, call: VerbContext, event: ProgramEnded) -> None:
        """The screening is over: whoever is still there has accepted. After `gone` the leg's own end follows."""
        self.hold_music_ended(call, event)
        if not self._may_accept(call, event.leg):
            return
        if event.result in ("completed", "stranded"):
            self._accept(call, event.leg)
        elif event.result == "failed":
            call.hang_up(event.leg)

    def _may_accept(self, call: VerbContext, leg: str) -> bool:
        """Nobody else has won, and we have not let this one go."""
        return leg in self.callees and not self.winner and not call.legs[leg].ending

    def _accept(self, call: VerbContext, winner: str) -> None:
        """Decides the race in this step: whoever comes later finds a winner."""
        self.winner = winner
        call.stop_timer(self.on_ring_timer)
        for leg in self.callees:
            if leg != winner:
                call.hang_up(leg)
        self.status, self.sip_status, self.sid = "completed", 200, call.legs[winner].call_leg_id
        if call.leg.can_be_rejected:
            call.command(commands.Answer(leg=call.leg.name))
        else:
            self._talk(call)

    # ------------------------------------------------------------- talking

    def _talk(self, call: VerbContext) -> None:
        if not self.winner or self.talking:
            return
        self.talking = True
        self.on_bridge_timer(call)
        call.start_timer(self.on_limit_timer, self.spec.time_limit or CALL_MAX_SECONDS)

    @property
    def needs_report(self) -> bool:
        return bool(self.spec.amd or self.spec.conversation_stream or self.spec.transcribe)

    def two_connected(self, call: VerbContext) -> None:
        """The two hear each other. Only now a machine is reported: verbs of that hook's reply end the dial, so there has to be one."""
        self.start_stream(call, self.winner)
        if self.spec.transcribe:
            transcribe_conversation(call, self.spec.transcribe, self.winner)
        self.report_machine(call, self.winner)

    def two_not_connected(self, call: VerbContext) -> None:
        """Lets the winner go, and the caller goes on."""
        self.status, self.sip_status = "failed", 500
        call.hang_up(self.winner)

    def on_limit_timer(self, call: VerbContext) -> None:
        call.hang_up(self.winner)

    def may_report_machine(self, call: VerbContext, leg: str) -> bool:
        return self.bridge.connected and leg == self.winner

    def held_leg(self, call: VerbContext, holder: str) -> str:
        if not self.talking or holder not in (call.leg.name, self.winner):
            return ""
        return self.winner if holder == call.leg.name else call.leg.name

    def on_key_pressed(self, call: VerbContext, event: KeyPressed) -> None:
        self.key_in_stream(call, event.leg, event.digit)
        if not self.talking or not self.spec.dtmf_hook or event.leg not in (call.leg.name, self.winner):
            return
        capture = Capture.of(self.spec.dtmf_capture)
        patterns = capture.parent_call if event.leg == call.leg.name else capture.child_call
        if match := self.keys.setdefault(event.leg, KeyBuffer()).press(event.digit, event.occurred_at, patterns):
            call.notify(self.spec.dtmf_hook, leg=event.leg, extra={"dtmf": match})

    # ------------------------------------------------------------- the end

    def on_leg_hung_up(self, call: VerbContext, event: LegHungUp) -> None:
        if event.leg == self.winner:
            self._finish(call)
        elif event.leg in self.callees:
            leg = call.legs[event.leg]
            self._lose(call, event.leg, *((leg.call_status, leg.sip_status) if not leg.answered_at else ("no-answer", 487)))

    def _lose(self, call: VerbContext, leg: str, status: str, sip_status: int) -> None:
        del self.callees[leg]
        self.findings.pop(leg, None)
        if self.winner:
            return
        if self.status != "no-answer":  # it stays, whatever a leg that is let go reports (jambonz dial.js)
            self.status, self.sip_status = status, sip_status
        self.sid = call.legs[leg].call_leg_id
        if not self.callees:
            self._finish(call)

    def on_interrupted(self, call: VerbContext) -> None:
        """The caller is gone, or does something else now: nobody is left ringing."""
        for leg in self.callees:
            call.hang_up(leg)
        if not self.winner:
            self.status, self.sip_status = "no-answer", 487
        self._finish(call)

    def _finish(self, call: VerbContext) -> None:
        self.end_stream(call, "interrupted")
        call.finish(**self._result(call))

    def _result(self, call: VerbContext) -> dict[str, Any]:
        """Returns what the hook is told. The ids are those of the leg of which something was reported last (jambonz dial.js)."""
        result: dict[str, Any] = {"dial_call_status": self.status, "dial_sip_status": self.sip_status}
        called = [call.legs[leg] for leg in self.callees if call.legs[leg].call_leg_id]
        sid = self.sid or (called[-1].call_leg_id if called else "")
        leg = next((one for one in call.legs.values() if sid and one.call_leg_id == sid), None)
        if leg:
            result["dial_call_sid"] = sid
            result |= {"dial_sbc_callid": leg.call_session_id} if leg.call_session_id else {}
        return result
