"""`transfer`: hand the caller over to somebody else."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec
from msgspec import field

from callverbs.schemas import Diagnostic
from callverbs.verbs.language import commands
from callverbs.verbs.language.app import App
from callverbs.verbs.language.context import Reply, VerbContext
from callverbs.verbs.language.events import CommandFailed, LegHungUp
from callverbs.verbs.language.leg import Leg
from callverbs.verbs.language.party import Party
from callverbs.verbs.language.spec import Hook
from callverbs.verbs.language.target import Target, header_values
from callverbs.verbs.language.verb import Verb
from callverbs.verbs.parts import calling, transfer_spec
from callverbs.verbs.parts.bridging import Bridge
from callverbs.verbs.parts.calling import CALL_MAX_SECONDS, calling_number, party
from callverbs.verbs.parts.consultation import PARKED, PRESENT, UNASKED, Callee, Consultation, Step
from callverbs.verbs.parts.machine_detection import Findings
from callverbs.verbs.parts.parking import Parked
from callverbs.verbs.parts.referring import Referral, Referring
from callverbs.verbs.parts.transfer_spec import RING_SECONDS, Then, TransferSpec

CONNECT_SECONDS = 60.0
"""From the answer of a target that the carrier transfers to, to the bridge; an announcement to the target included."""
CONSULTATION_SECONDS = 600.0
"""For the brief and the question, in the carrier's limit of the call."""
REFER_LEAVE_SECONDS = 4.0
"""For a far end that has followed a REFER to hang up here: it does that by itself, after it has reported how it went."""

OK, TIMEOUT, NO_ANSWER, UNAVAILABLE, DECLINED = 200, 408, 487, 503, 603
REASON_OF_STATUS = {486: "busy", 600: "busy", DECLINED: "declined", TIMEOUT: "no-answer", 480: "no-answer", NO_ANSWER: "no-answer"}
"""What the SIP status of an outcome means."""
STATUS_OF_REASON = {"no-answer": NO_ANSWER, "declined": DECLINED, "error": UNAVAILABLE}
"""The SIP status of a target that we have let go, by the reason."""
DISPOSITION_OF_REASON = {"no-answer": "on_no_answer", "busy": "on_busy", "declined": "on_decline", "error": "on_failure"}


class Transfer(Consultation, Referring, Verb[TransferSpec], needs_answer=True, connects=True, command="transfer"):
    """Calls targets, or lets the carrier or the far end do it; the caller's leg stays with us and goes on afterwards.

    calling → connecting → talking → returned, or calling → not reached → returned, voicemail, or hung up. The actionHook is asked as
    soon as the result is known; verbs in its reply run when the caller is back.
    """

    phase: Literal["calling", "connecting", "talking", "returned"] = "calling"
    """returned: the caller is back, and the actionHook has not replied yet."""
    callees: dict[str, Callee] = field(default_factory=dict)
    winner: str = ""
    bridge: Bridge = field(default_factory=Bridge)
    referral: Referral = field(default_factory=Referral)
    parked: Parked = field(default_factory=Parked)
    findings: dict[str, Findings] = field(default_factory=dict)
    sid: str = ""
    """Of the target that was reached, or lost last."""
    reason: str = ""
    """Why nobody was reached, once the caller is on the way to voicemail."""
    asking: bool = False
    verbs_after: list[msgspec.Raw] = field(default_factory=list)

    @classmethod
    def diagnose(cls, spec: TransferSpec) -> Iterable[Diagnostic]:
        return transfer_spec.diagnose(spec)

    @classmethod
    def without_effect(cls, body: Mapping[str, Any]) -> Iterable[Diagnostic]:
        return transfer_spec.without_effect(body)

    def action_hook(self, app: App) -> Hook | None:
        return None if self.asking else self.spec.action_hook

    # ------------------------------------------------------------- calling

    def start(self, call: VerbContext) -> None:
        spec = self.spec
        if spec.method == "refer":
            target = spec.targets[0]
            headers = header_values({**spec.headers, **target.headers})
            self.refer(call, commands.Refer(leg=call.leg.name, to=target.sip_address, headers=headers, auth=target.auth))
        elif spec.method == "transfer":
            self._transfer(call, spec.targets[0])
        else:
            self._dial(call)

    @property
    def steps(self) -> tuple[Step, ...]:
        if self._is_carriers:
            return UNASKED
        return PRESENT if self.spec.is_warm and self.spec.caller_present else PARKED

    @property
    def _is_carriers(self) -> bool:
        """Whether the carrier calls and connects."""
        return self._to_voicemail or self.spec.method == "transfer"

    @property
    def _to_voicemail(self) -> bool:
        return bool(self.reason)

    def _transfer(self, call: VerbContext, target: Target) -> None:
        """Lets the carrier call and connect; nobody else can win."""
        called = self._party(call, target, CONNECT_SECONDS)
        leg = call.new_leg(to=target.label, from_=called.from_)
        self.callees, self.winner, self.bridge = {leg: Callee(target.label)}, leg, Bridge(attempts=1)
        call.command(commands.Transfer(leg=call.leg.name, other=leg, party=called, carrier=self.spec.carrier))
        call.start_timer(self.on_ring_timer, called.timeout)
        self.report_of(call, "calling", leg)

    def _dial(self, call: VerbContext) -> None:
        spec = self.spec
        for target in spec.targets:
            leg = calling.dial(call, target, self._party(call, target, CONSULTATION_SECONDS), carrier=spec.dial_carrier)
            self.callees[leg] = Callee(target.label)
            self.report_of(call, "calling", leg)
        call.start_timer(self.on_ring_timer, spec.timeout or RING_SECONDS)
        if spec.is_warm and not spec.caller_present:
            self.park(call)
        else:
            self.play_ringback(call, call.app.ringback)

    def _party(self, call: VerbContext, target: Target, before_seconds: float) -> Party:
        spec = self.spec
        return party(
            target,
            calling_number(call, target, spec.caller_id),
            name=spec.caller_name,
            ring_seconds=spec.timeout or RING_SECONDS,
            time_limit=spec.time_limit,
            before_seconds=before_seconds,
            headers=spec.headers,
            amd=None if self._to_voicemail else spec.amd,
        )

    def on_ring_timer(self, call: VerbContext) -> None:
        for leg, callee in self.callees.items():
            if callee.step == "ring":
                self.let_go(call, leg, "no-answer")

    @property
    def detects(self) -> bool:
        return not self._to_voicemail and super().detects

    def report_of(self, call: VerbContext, event: str, leg: str) -> None:
        if not self._to_voicemail:
            super().report_of(call, event, leg)

    # ------------------------------------------------------------- reached

    def connect(self, call: VerbContext, leg: str) -> None:
        self.winner, self.phase = leg, "connecting"
        call.stop_timer(self.on_ring_timer)
        if self._is_carriers:
            call.start_timer(self.on_connect_timer, CONNECT_SECONDS)
            return
        for other in self.callees:
            if other != leg:
                call.hang_up(other)
        self.unpark(call)
        self.on_bridge_timer(call)

    def two_connected(self, call: VerbContext) -> None:
        self.callees[self.winner].step = "connect"  # the carrier's report of it may come before that of the answer
        super().two_connected(call)

    def talk(self, call: VerbContext, leg: str) -> None:
        self.sid = call.legs[leg].call_leg_id
        self._reach(call)
        call.start_timer(self.on_limit_timer, self.spec.time_limit or CALL_MAX_SECONDS)
        self.report_machine(call, leg)

    def _reach(self, call: VerbContext) -> None:
        self._stop_waiting(call)
        self.phase = "talking"
        result, reason = ("voicemail", self.reason) if self._to_voicemail else ("bridged", "completed")
        if self.spec.action_hook:
            self.asking = True
            label = {"verb_id": self.label} if self.label else {}
            told = {**self._result(call, result, reason, OK), **label}
            call.ask(self.spec.action_hook, self.on_result_reply, action=True, extra=told)

    def _stop_waiting(self, call: VerbContext) -> None:
        for handler in (self.on_ring_timer, self.on_connect_timer, self.on_bridge_timer, self.on_refer_timer, self.on_notify_timer):
            call.stop_timer(handler)

    def may_report_machine(self, call: VerbContext, leg: str) -> bool:
        """At once where a machine declines; else when there is somebody to talk to it, because verbs in the reply end the transfer."""
        if self.spec.is_warm:
            return leg in self.callees and super().may_report_machine(call, leg)
        return self.phase == "talking" and leg == self.winner and not self._to_voicemail

    def on_amd_reply(self, call: VerbContext, leg: str, reply: Reply) -> None:
        if not self.spec.is_warm:
            super().on_amd_reply(call, leg, reply)

    def on_limit_timer(self, call: VerbContext) -> None:
        call.hang_up(self.winner)

    def on_leave_timer(self, call: VerbContext) -> None:
        self._return(call)

    def on_result_reply(self, call: VerbContext, leg: str, reply: Reply) -> None:
        self.verbs_after = [msgspec.Raw(msgspec.json.encode(spec)) for spec in reply.verbs]
        self.asking = False
        if self.phase == "returned":
            call.replace_rest(self.verbs_after)

    def _return(self, call: VerbContext) -> None:
        """The target is gone, or the caller has not left after a REFER: the caller goes on, when the actionHook has answered."""
        self.phase = "returned"
        call.stop_timer(self.on_limit_timer)
        if not self.asking:
            call.replace_rest(self.verbs_after)

    # ------------------------------------------------------------- lost

    def on_leg_hung_up(self, call: VerbContext, event: LegHungUp) -> None:
        if event.leg in self.callees:
            self._lose(call, event.leg, *_why_lost(call.legs[event.leg], self.callees[event.leg]))

    def on_command_failed(self, call: VerbContext, event: CommandFailed) -> None:
        if event.command == "bridge":
            self.bridge_refused(call)
        elif event.command == "dial":
            self._lose(call, event.leg, "error", UNAVAILABLE)
        elif event.command == "transfer":
            self._lose(call, self.winner, "error", UNAVAILABLE)
        elif event.command == "refer" and self.phase == "calling":
            self._miss(call, "error", UNAVAILABLE)

    def _lose(self, call: VerbContext, leg: str, reason: str, sip_status: int) -> None:
        """A target is gone. Without the winner, or anybody else who may still accept, nobody is reached."""
        if leg not in self.callees:
            return
        del self.callees[leg]
        self.findings.pop(leg, None)
        if self.winner and leg != self.winner:
            return
        self.sid = call.legs[leg].call_leg_id
        if self.phase == "talking":
            self._return(call)
        elif self.winner or not self.callees:
            self._miss(call, reason, sip_status)

    def _miss(self, call: VerbContext, reason: str, sip_status: int) -> None:
        """Nobody is reached. What follows is the author's choice; a voicemail that is not reached gives the caller back."""
        self._stop_waiting(call)
        self.callees, self.winner, self.phase = {}, "", "calling"
        then: Then = getattr(self.spec.disposition, DISPOSITION_OF_REASON[reason])
        if self._to_voicemail:
            call.finish(**self._result(call, "failed", self.reason, sip_status))
        elif then == "hangup":
            call.hang_up(call.leg.name)
            call.finish(**self._result(call, "failed", reason, sip_status))
        elif then == "voicemail":
            self._go_to_voicemail(call, reason, sip_status)
        else:
            call.finish(**self._result(call, "returned", reason, sip_status))

    def _go_to_voicemail(self, call: VerbContext, reason: str, sip_status: int) -> None:
        """The caller's music goes on while a hook is asked, and ends with its answer."""
        url = self.spec.disposition.voicemail_url
        self.reason = reason
        if url.lower().startswith("http"):
            result = self._result(call, "voicemail", reason, sip_status)
            if self.spec.action_hook:
                call.notify(self.spec.action_hook, extra=result)
            call.ask(url, self.on_voicemail_reply, extra=result)
        else:
            self.unpark(call)
            self._transfer(call, Target(type="sip", sip_uri=url))

    def on_voicemail_reply(self, call: VerbContext, leg: str, reply: Reply) -> None:
        call.replace_rest(reply.verbs)

    # ------------------------------------------------------------- REFER

    def refer_ended(self, call: VerbContext, sip_status: int) -> None:
        if self.phase != "calling":
            return
        if self.referral.accepted and sip_status <= OK:
            self._reach(call)
            call.start_timer(self.on_leave_timer, REFER_LEAVE_SECONDS)
        elif sip_status:
            self._miss(call, REASON_OF_STATUS.get(sip_status, "error"), sip_status)
        else:
            self._miss(call, "error", TIMEOUT)

    # ------------------------------------------------------------- interrupted

    def on_interrupted(self, call: VerbContext) -> None:
        for leg in self.callees:
            call.hang_up(leg)
        if self.phase not in ("talking", "returned"):
            call.finish(**self._result(call, "failed", "caller-abandoned" if call.leg.gone else "error", NO_ANSWER))

    def _result(self, call: VerbContext, result: str, reason: str, sip_status: int) -> dict[str, Any]:
        told: dict[str, Any] = {"transfer_result": result, "transfer_reason": reason, "sip_status": sip_status}
        sid = self.sid or next((call.legs[leg].call_leg_id for leg in self.callees if call.legs[leg].call_leg_id), "")
        return told | ({"dial_call_sid": sid} if sid else {})


def _why_lost(leg: Leg, callee: Callee) -> tuple[str, int]:
    """Returns why a target was not reached, and its SIP status. Who hangs up before being connected declines."""
    if callee.lost:
        return callee.lost, STATUS_OF_REASON[callee.lost]
    if leg.answered_at or leg.sip_status == DECLINED:
        return "declined", DECLINED
    known = {"busy": "busy", "no-answer": "no-answer"}.get(leg.call_status)
    return known or REASON_OF_STATUS.get(leg.sip_status, "error"), leg.sip_status
