"""`transfer`: hand the caller over to somebody else."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Literal

import msgspec
from msgspec import Struct, field

from schemas import Fault
from verbs._amd import Amd, Watch
from verbs._amd import remarks as remarks_of_amd
from verbs._app import App
from verbs._call import Call
from verbs._calling import LONGEST, calling_number
from verbs._commands import Party, Refer
from verbs._commands import Transfer as HandOver
from verbs._events import (
    CommandFailed,
    GreetingEnded,
    HookFailed,
    HookReplied,
    LegAnswered,
    LegBridged,
    LegHungUp,
    MachineDetected,
    ReferCompleted,
    ReferFailed,
    ReferStarted,
    TimerFired,
)
from verbs._leg import Leg
from verbs._spec import Hook, Spec
from verbs._target import Target, texts
from verbs._verb import Verb

RING_TIME = 30.0
CONNECTING = 60.0
"""Seconds from the target's answer to the bridge, an announcement to the target included."""
REFERRING = 32.0
"""Seconds for a far end to take up a REFER (RFC 3261 timer F)."""
NOTIFYING = 15.0
"""Seconds for it to tell how it went (jambonz sip-refer.js)."""

LEAVING = 4.0
"""Seconds for a far end that has followed a REFER to hang up here: it does that by itself, after it has told how it went."""
TARGET_ALONE = ("confirmHook", "trunk")
"""Properties of a target that only dial has a use for."""
REFERRED = ("callerId", "callerName", "timeout", "timeLimit", "amd", "carrier")
"""Properties of a transfer that a REFER has no place for."""

Then = Literal["return", "voicemail", "hangup"]
DECLINED = 603
REFUSALS = {486: "busy", 600: "busy", DECLINED: "declined", 408: "no-answer", 480: "no-answer", 487: "no-answer"}
"""What the SIP status of a REFER's outcome means."""
FURTHER: dict[str, str] = {"no-answer": "on_no_answer", "busy": "on_busy", "declined": "on_decline", "error": "on_failure"}


class Disposition(Struct, frozen=True, omit_defaults=True, rename="camel"):
    """What to do when the target is not reached."""

    on_no_answer: Then = "return"
    on_busy: Then = "return"
    on_decline: Then = "return"
    on_failure: Then = "return"
    voicemail_url: str = ""


class TransferSpec(Spec, frozen=True, kw_only=True, tag="transfer"):
    """A transfer as written. Times in seconds."""

    mode: Literal["blind"]
    target: list[Target]
    blind_method: Literal["dial", "refer"] = "dial"
    caller_id: str | None = None
    caller_name: str | None = None
    timeout: float = RING_TIME
    time_limit: float | None = None
    headers: dict[str, Any] = {}
    amd: Amd | None = None
    disposition: Disposition = Disposition()
    action_hook: Hook | None = None
    carrier: dict[str, Any] = {}


class Transfer(Verb, kw_only=True, tag="transfer"):
    """The carrier calls the target and connects the two; the caller's leg stays with us and goes on afterwards.

    calling → talking → over, or calling → not reached → returned, voicemail, or hung up. The actionHook is asked as soon
    as it is settled; verbs in its reply are run when the caller is back.
    """

    name: ClassVar[str] = "transfer"
    Spec: ClassVar[type[Spec]] = TransferSpec
    needs_answer: ClassVar[bool] = True
    command: ClassVar[str] = "transfer"

    spec: TransferSpec
    other: str = ""
    """The target's leg; empty for a REFER."""
    talking: bool = False
    back: bool = False
    """The caller is back, and the actionHook has not replied yet."""
    asking: bool = False
    reason: str = ""
    """Why the target was not reached, once the caller is on the way to voicemail."""
    after: list[msgspec.Raw] = field(default_factory=list)
    watch: Watch = field(default_factory=Watch)

    @classmethod
    def remarks(cls, body: Mapping[str, Any]) -> Iterable[Fault]:
        for index, target in enumerate(body["target"]):
            for key in TARGET_ALONE:
                if key in target:
                    yield Fault(("target", index, key), "CV109", f"a transfer has no {key}: use dial, or leave it out", at_key=True)
        if body.get("blindMethod") == "refer":
            for key in REFERRED:
                if key in body:
                    yield Fault((key,), "CV109", f"with blindMethod refer, {key} has no effect: the far end makes the call", at_key=True)
        else:
            yield from remarks_of_amd(body)

    def action_hook(self, app: App) -> Hook | None:
        return None if self.asking else self.spec.action_hook

    # ------------------------------------------------------------- calling

    def start(self, call: Call) -> None:
        spec = self.spec
        (target,) = spec.target
        if spec.blind_method == "refer":
            call.command(
                Refer(leg=call.leg.name, to=target.sip_address, headers=texts({**spec.headers, **target.headers}), auth=target.auth)
            )
            call.timer("refer", REFERRING)
        else:
            self._call(call, target)

    def _call(self, call: Call, target: Target) -> None:
        spec = self.spec
        number = calling_number(call, target, spec.caller_id)
        self.other = call.new_leg(to=target.label, from_=number)
        call.command(
            HandOver(
                leg=call.leg.name,
                other=self.other,
                party=Party(
                    to=target.address,
                    from_=number,
                    from_name=spec.caller_name or "",
                    timeout=spec.timeout or RING_TIME,
                    time_limit=spec.time_limit or 0.0,
                    headers=texts({**spec.headers, **target.headers}),
                    auth=target.auth,
                    detection=spec.amd.detection if spec.amd and not self.reason else None,
                ),
                carrier=spec.carrier,
            )
        )
        call.timer("ring", spec.timeout or RING_TIME)

    def on_leg_answered(self, call: Call, event: LegAnswered) -> None:
        call.stop_timer("ring")
        call.timer("connect", CONNECTING)
        if self.spec.amd and not self.reason and not self.watch.found:
            call.timer("speech", self.spec.amd.no_speech)

    def on_leg_bridged(self, call: Call, event: LegBridged) -> None:
        if event.leg == self.other and not call.legs[self.other].ending:  # one that was let go in the same moment is not reached
            self._reached(call)

    def on_timer_fired(self, call: Call, event: TimerFired) -> None:
        match event.name:
            case "ring" | "limit":
                call.hang_up(self.other)
            case "connect" | "notify":
                self._reached(call)
            case "leaving":
                self._over(call)
            case "refer":
                self._not_reached(call, "error", 408)
            case "speech":
                self.watch.silent()
                self._tell_machine(call)

    # ------------------------------------------------------------- reached

    def _reached(self, call: Call) -> None:
        if self.talking:
            return
        self.talking = True
        for name in ("ring", "connect", "notify", "refer"):
            call.stop_timer(name)
        result = self._result("voicemail", self.reason, call) if self.reason else self._result("bridged", "completed", call)
        if self.other:
            call.timer("limit", self.spec.time_limit or LONGEST)
        else:
            call.timer("leaving", LEAVING)
        self._tell(call, result)
        self._tell_machine(call)

    def _tell(self, call: Call, result: dict[str, Any]) -> None:
        if self.spec.action_hook:
            self.asking = True
            named = {"verb_id": self.label} if self.label else {}
            call.ask(self.spec.action_hook, kind="result", key="result", **result, **named)

    def on_hook_replied(self, call: Call, event: HookReplied) -> None:
        if event.key == "amd":
            if event.verbs:
                call.replace(event.verbs)
        elif event.key == "voicemail":
            call.become(event.verbs)
        else:
            self.after = [msgspec.Raw(msgspec.json.encode(spec)) for spec in event.verbs]
            self._replied(call)

    def on_hook_failed(self, call: Call, event: HookFailed) -> None:
        if event.key == "voicemail":
            call.become(())
        elif event.key == "result":
            self._replied(call)

    def _replied(self, call: Call) -> None:
        self.asking = False
        if self.back:
            call.become(self.after)

    # ------------------------------------------------------------- over, or not reached

    def on_leg_hung_up(self, call: Call, event: LegHungUp) -> None:
        leg = call.legs[event.leg]
        if event.leg != self.other:
            return
        if not self.talking:
            self._not_reached(call, *_why(leg))
        else:
            self._over(call)

    def _over(self, call: Call) -> None:
        """The target is gone, or the caller has not left after a REFER: the caller goes on, when the actionHook has answered."""
        if self.asking:
            self.back = True
            call.stop_timer("limit")
        else:
            call.become(self.after)

    def on_command_failed(self, call: Call, event: CommandFailed) -> None:
        if self.other or not self.talking:
            self._not_reached(call, "error", 503)

    def _not_reached(self, call: Call, reason: str, sip_status: int) -> None:
        """What follows is the author's choice; a voicemail that cannot be reached gives the caller back."""
        for name in ("ring", "connect", "refer", "notify", "speech"):
            call.stop_timer(name)
        then: Then = getattr(self.spec.disposition, FURTHER[reason])
        if self.reason:
            call.finish(**self._result("failed", self.reason, call, sip_status))
        elif then == "hangup":
            call.hang_up(call.leg.name)
            call.finish(**self._result("failed", reason, call, sip_status))
        elif then == "voicemail":
            self._voicemail(call, reason, sip_status)
        else:
            call.finish(**self._result("returned", reason, call, sip_status))

    def _voicemail(self, call: Call, reason: str, sip_status: int) -> None:
        url = self.spec.disposition.voicemail_url
        self.reason = reason
        if url.lower().startswith("http"):
            told = self._result("voicemail", reason, call, sip_status)
            if self.spec.action_hook:
                call.ask(self.spec.action_hook, kind="notify", **told)
            call.ask(url, kind="result", key="voicemail", **told)
        else:
            self._call(call, Target(type="sip", sip_uri=url))

    # ------------------------------------------------------------- REFER

    def on_refer_started(self, call: Call, event: ReferStarted) -> None:
        if not self.talking:
            call.stop_timer("refer")
            call.timer("notify", NOTIFYING)

    def on_refer_completed(self, call: Call, event: ReferCompleted) -> None:
        self._reached(call)

    def on_refer_failed(self, call: Call, event: ReferFailed) -> None:
        if not self.talking:
            self._not_reached(call, REFUSALS.get(event.sip_status, "error"), event.sip_status)

    # ------------------------------------------------------------- machines

    def on_machine_detected(self, call: Call, event: MachineDetected) -> None:
        call.stop_timer("speech")
        self.watch.detected(event.result)
        self._tell_machine(call)

    def on_greeting_ended(self, call: Call, event: GreetingEnded) -> None:
        call.stop_timer("speech")
        self.watch.greeting_ended(event.result)
        self._tell_machine(call)

    def _tell_machine(self, call: Call) -> None:
        if self.talking and self.spec.amd and not self.reason:
            for news in self.watch.news(call.app.dialect):
                call.ask(self.spec.amd.action_hook, kind="amd", key="amd", lane=f"amd {self.n}", **news)

    # ------------------------------------------------------------- interrupted

    def on_interrupted(self, call: Call, reason: str) -> None:
        if self.other:
            call.hang_up(self.other)
        if not self.talking:
            call.finish(**self._result("failed", "caller-abandoned" if reason == "gone" else "error", call, 487))

    def _result(self, result: str, reason: str, call: Call, sip_status: int = 200) -> dict[str, Any]:
        told: dict[str, Any] = {"transfer_result": result, "transfer_reason": reason, "sip_status": sip_status}
        sid = call.legs[self.other].call_leg_id if self.other in call.legs else ""
        return told | ({"dial_call_sid": sid} if sid else {})


def _why(leg: Leg) -> tuple[str, int]:
    """Why the target was not reached, and its SIP status. Who hangs up before being connected declines."""
    if leg.ending:
        return "no-answer", 487
    if leg.answered_at or leg.sip_status == DECLINED:
        return "declined", DECLINED
    known = {"busy": "busy", "no-answer": "no-answer"}.get(leg.call_status)
    return known or REFUSALS.get(leg.sip_status, "error"), leg.sip_status
