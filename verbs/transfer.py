"""`transfer`: hand the caller over to somebody else."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec
from msgspec import field

from callverbs.schemas import Diagnostic
from callverbs.verbs.language import commands
from callverbs.verbs.language.app import App
from callverbs.verbs.language.context import Reply, VerbContext
from callverbs.verbs.language.events import (
    CommandFailed,
    LegAnswered,
    LegBridged,
    LegHungUp,
    ReferCompleted,
    ReferFailed,
    ReferStarted,
)
from callverbs.verbs.language.leg import Leg
from callverbs.verbs.language.spec import Amd, Hook, Spec
from callverbs.verbs.language.target import Target, header_values
from callverbs.verbs.language.verb import Verb
from callverbs.verbs.language.word import Word
from callverbs.verbs.parts import calling, machine_detection
from callverbs.verbs.parts.calling import CALL_MAX_SECONDS, calling_number, party
from callverbs.verbs.parts.machine_detection import Findings, MachineDetection

RING_SECONDS = 30.0
CONNECT_SECONDS = 60.0
"""From the target's answer to the bridge, an announcement to the target included."""
REFER_START_SECONDS = 32.0
"""For a far end to take up a REFER (RFC 3261 timer F)."""
REFER_NOTIFY_SECONDS = 15.0
"""For it to report how it went (jambonz sip-refer.js)."""
REFER_LEAVE_SECONDS = 4.0
"""For a far end that has followed a REFER to hang up here: it does that by itself, after it has reported how it went."""
DIAL_ONLY = ("confirmHook", "trunk")
"""Properties of a target that only dial has a use for."""
NOT_IN_REFER = ("callerId", "callerName", "timeout", "timeLimit", "amd", "carrier")
"""Properties of a transfer that a REFER has no place for."""

Then = Literal["return", "voicemail", "hangup"]
DECLINED = 603
REASON_OF_STATUS = {486: "busy", 600: "busy", DECLINED: "declined", 408: "no-answer", 480: "no-answer", 487: "no-answer"}
"""What the SIP status of a REFER's outcome means."""
DISPOSITION_OF_REASON = {"no-answer": "on_no_answer", "busy": "on_busy", "declined": "on_decline", "error": "on_failure"}


class Disposition(Word, rename="camel"):
    """What to do when the target is not reached."""

    on_no_answer: Then = "return"
    on_busy: Then = "return"
    on_decline: Then = "return"
    on_failure: Then = "return"
    voicemail_url: str = ""


class TransferSpec(Spec):
    """A transfer as written. Times in seconds."""

    mode: Literal["blind"]
    target: list[Target]
    blind_method: Literal["dial", "refer"] = "dial"
    caller_id: str | None = None
    caller_name: str | None = None
    timeout: float = RING_SECONDS
    time_limit: float | None = None
    headers: dict[str, Any] = {}
    amd: Amd | None = None
    disposition: Disposition = Disposition()
    action_hook: Hook | None = None
    carrier: dict[str, Any] = {}


class Transfer(MachineDetection, Verb[TransferSpec], needs_answer=True, connects=True, command="transfer"):
    """The carrier calls the target and connects the two; the caller's leg stays with us and goes on afterwards.

    calling → talking → over, or calling → not reached → returned, voicemail, or hung up. The actionHook is asked as soon as the result
    is known; verbs in its reply run when the caller is back.
    """

    other: str = ""
    """The target's leg; empty for a REFER."""
    talking: bool = False
    returned: bool = False
    """The caller is back, and the actionHook has not replied yet."""
    asking: bool = False
    reason: str = ""
    """Why the target was not reached, once the caller is on the way to voicemail."""
    verbs_after: list[msgspec.Raw] = field(default_factory=list)
    findings: dict[str, Findings] = field(default_factory=dict)

    @classmethod
    def diagnose(cls, spec: TransferSpec) -> Iterable[Diagnostic]:
        return () if spec.blind_method == "refer" else calling.diagnose_numbers(spec.target)

    @classmethod
    def without_effect(cls, body: Mapping[str, Any]) -> Iterable[Diagnostic]:
        if body.get("blindMethod") != "refer":
            yield from calling.changed_numbers(body)
        for index, target in enumerate(body["target"]):
            for key in DIAL_ONLY:
                if key in target:
                    yield Diagnostic(("target", index, key), "CV109", f"a transfer has no {key}: use dial, or leave it out", at_key=True)
        if body.get("blindMethod") == "refer":
            for key in NOT_IN_REFER:
                if key in body:
                    why = f"with blindMethod refer, {key} has no effect: the far end makes the call"
                    yield Diagnostic((key,), "CV109", why, at_key=True)
        else:
            yield from machine_detection.without_effect(body)

    def action_hook(self, app: App) -> Hook | None:
        return None if self.asking else self.spec.action_hook

    # ------------------------------------------------------------- calling

    def start(self, call: VerbContext) -> None:
        spec = self.spec
        (target,) = spec.target
        if spec.blind_method == "refer":
            headers = header_values({**spec.headers, **target.headers})
            call.command(commands.Refer(leg=call.leg.name, to=target.sip_address, headers=headers, auth=target.auth))
            call.start_timer(self.on_refer_timer, REFER_START_SECONDS)
        else:
            self._call(call, target)

    def _call(self, call: VerbContext, target: Target) -> None:
        spec = self.spec
        number = calling_number(call, target, spec.caller_id)
        self.other = call.new_leg(to=target.label, from_=number)
        called = party(
            target,
            number,
            name=spec.caller_name,
            ring_seconds=spec.timeout or RING_SECONDS,
            time_limit=spec.time_limit,
            before_seconds=CONNECT_SECONDS,
            headers=spec.headers,
            amd=None if self.reason else spec.amd,
        )
        call.command(commands.Transfer(leg=call.leg.name, other=self.other, party=called, carrier=spec.carrier))
        call.start_timer(self.on_ring_timer, spec.timeout or RING_SECONDS)

    def on_ring_timer(self, call: VerbContext) -> None:
        call.hang_up(self.other)

    def on_leg_answered(self, call: VerbContext, event: LegAnswered) -> None:
        call.stop_timer(self.on_ring_timer)
        call.start_timer(self.on_connect_timer, CONNECT_SECONDS)
        if not self.reason:
            self.watch_for_machine(call, event.leg)

    def on_leg_bridged(self, call: VerbContext, event: LegBridged) -> None:
        if event.leg == self.other and not call.legs[self.other].ending:  # one that was let go in the same moment is not reached
            self._reach(call)

    def on_connect_timer(self, call: VerbContext) -> None:
        self._reach(call)

    # ------------------------------------------------------------- reached

    def _reach(self, call: VerbContext) -> None:
        if self.talking:
            return
        self.talking = True
        for handler in (self.on_ring_timer, self.on_connect_timer, self.on_notify_timer, self.on_refer_timer):
            call.stop_timer(handler)
        result = self._result("voicemail", self.reason, call) if self.reason else self._result("bridged", "completed", call)
        if self.other:
            call.start_timer(self.on_limit_timer, self.spec.time_limit or CALL_MAX_SECONDS)
        else:
            call.start_timer(self.on_leave_timer, REFER_LEAVE_SECONDS)
        if self.spec.action_hook:
            self.asking = True
            label = {"verb_id": self.label} if self.label else {}
            call.ask(self.spec.action_hook, self.on_result_reply, action=True, extra={**result, **label})
        if self.other:
            self.report_machine(call, self.other)

    def may_report_machine(self, call: VerbContext, leg: str) -> bool:
        return self.talking and not self.reason

    def on_limit_timer(self, call: VerbContext) -> None:
        call.hang_up(self.other)

    def on_leave_timer(self, call: VerbContext) -> None:
        self._end(call)

    def on_result_reply(self, call: VerbContext, leg: str, reply: Reply) -> None:
        self.verbs_after = [msgspec.Raw(msgspec.json.encode(spec)) for spec in reply.verbs]
        self.asking = False
        if self.returned:
            call.replace_rest(self.verbs_after)

    # ------------------------------------------------------------- over, or not reached

    def on_leg_hung_up(self, call: VerbContext, event: LegHungUp) -> None:
        if event.leg != self.other:
            return
        if self.talking:
            self._end(call)
        else:
            self._miss(call, *_why_missed(call.legs[event.leg]))

    def _end(self, call: VerbContext) -> None:
        """The target is gone, or the caller has not left after a REFER: the caller goes on, when the actionHook has answered."""
        if self.asking:
            self.returned = True
            call.stop_timer(self.on_limit_timer)
        else:
            call.replace_rest(self.verbs_after)

    def on_command_failed(self, call: VerbContext, event: CommandFailed) -> None:
        if self.other or not self.talking:
            self._miss(call, "error", 503)

    def _miss(self, call: VerbContext, reason: str, sip_status: int) -> None:
        """The target is not reached. What follows is the author's choice; a voicemail that is not reached gives the caller back."""
        for handler in (self.on_ring_timer, self.on_connect_timer, self.on_notify_timer, self.on_refer_timer):
            call.stop_timer(handler)
        call.stop_timer(self.on_speech_timer, self.other)
        then: Then = getattr(self.spec.disposition, DISPOSITION_OF_REASON[reason])
        if self.reason:
            call.finish(**self._result("failed", self.reason, call, sip_status))
        elif then == "hangup":
            call.hang_up(call.leg.name)
            call.finish(**self._result("failed", reason, call, sip_status))
        elif then == "voicemail":
            self._go_to_voicemail(call, reason, sip_status)
        else:
            call.finish(**self._result("returned", reason, call, sip_status))

    def _go_to_voicemail(self, call: VerbContext, reason: str, sip_status: int) -> None:
        url = self.spec.disposition.voicemail_url
        self.reason = reason
        if url.lower().startswith("http"):
            result = self._result("voicemail", reason, call, sip_status)
            if self.spec.action_hook:
                call.notify(self.spec.action_hook, extra=result)
            call.ask(url, self.on_voicemail_reply, extra=result)
        else:
            self._call(call, Target(type="sip", sip_uri=url))

    def on_voicemail_reply(self, call: VerbContext, leg: str, reply: Reply) -> None:
        call.replace_rest(reply.verbs)

    # ------------------------------------------------------------- REFER

    def on_refer_timer(self, call: VerbContext) -> None:
        self._miss(call, "error", 408)

    def on_refer_started(self, call: VerbContext, event: ReferStarted) -> None:
        if not self.talking:
            call.stop_timer(self.on_refer_timer)
            call.start_timer(self.on_notify_timer, REFER_NOTIFY_SECONDS)

    def on_notify_timer(self, call: VerbContext) -> None:
        self._reach(call)

    def on_refer_completed(self, call: VerbContext, event: ReferCompleted) -> None:
        self._reach(call)

    def on_refer_failed(self, call: VerbContext, event: ReferFailed) -> None:
        if not self.talking:
            self._miss(call, REASON_OF_STATUS.get(event.sip_status, "error"), event.sip_status)

    # ------------------------------------------------------------- interrupted

    def on_interrupted(self, call: VerbContext) -> None:
        if self.other:
            call.hang_up(self.other)
        if not self.talking:
            call.finish(**self._result("failed", "caller-abandoned" if call.leg.gone else "error", call, 487))

    def _result(self, result: str, reason: str, call: VerbContext, sip_status: int = 200) -> dict[str, Any]:
        payload: dict[str, Any] = {"transfer_result": result, "transfer_reason": reason, "sip_status": sip_status}
        sid = call.legs[self.other].call_leg_id if self.other in call.legs else ""
        return payload | ({"dial_call_sid": sid} if sid else {})


def _why_missed(leg: Leg) -> tuple[str, int]:
    """Returns why the target was not reached, and its SIP status. Who hangs up before being connected declines."""
    if leg.ending:
        return "no-answer", 487
    if leg.answered_at or leg.sip_status == DECLINED:
        return "declined", DECLINED
    known = {"busy": "busy", "no-answer": "no-answer"}.get(leg.call_status)
    return known or REASON_OF_STATUS.get(leg.sip_status, "error"), leg.sip_status
