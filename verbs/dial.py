"""`dial`: call up to ten targets at once, and connect the caller with the first that accepts."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from msgspec import field

from schemas import Fault
from verbs._amd import remarks
from verbs._app import App
from verbs._call import Call
from verbs._calling import LONGEST, Callee, calling_number, connection
from verbs._capture import Buffer, Capture
from verbs._commands import FOREVER, Bridge, Party, Play
from verbs._commands import Answer as PickUp
from verbs._commands import Dial as Ring
from verbs._dial_spec import MOST, RING_TIME, DialSpec
from verbs._events import (
    CommandFailed,
    GreetingEnded,
    HookFailed,
    HookReplied,
    KeyPressed,
    LegAnswered,
    LegBridged,
    LegEvent,
    LegHeld,
    LegHungUp,
    LegUnheld,
    MachineDetected,
    PlaybackEnded,
    ProgramEnded,
    TimerFired,
)
from verbs._hold import Hold
from verbs._spec import Hook, Spec
from verbs._target import Target, texts
from verbs._verb import Verb

CONNECTING = 5.0
"""Seconds from the bridge to the news of it, after which the two hear each other all the same."""


class Dial(Verb, kw_only=True, tag="dial"):
    """Rings everybody; the first that answers, or is screened and stays, is the winner, and the others are let go.

    calling → (answering the caller) → talking → over. What was found about a machine is kept, and told of the winner only.
    """

    name: ClassVar[str] = "dial"
    Spec: ClassVar[type[Spec]] = DialSpec
    command: ClassVar[str] = "dial"

    spec: DialSpec
    callees: dict[str, Callee] = field(default_factory=dict)
    winner: str = ""
    talking: bool = False
    connected: bool = False
    """The carrier has said that the two hear each other."""
    tried: int = 0
    """How often the bridge has been tried."""
    status: str = "failed"
    sip_status: int = 500
    sid: str = ""
    keys: dict[str, Buffer] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)

    @classmethod
    def faults(cls, spec: DialSpec) -> Iterable[Fault]:
        if len(spec.targets) > MOST:
            yield Fault(("target",), "CV302", f"target may have at most {MOST} addresses; it has {len(spec.targets)}")

    @classmethod
    def remarks(cls, body: Mapping[str, Any]) -> Iterable[Fault]:
        return remarks(body)

    @classmethod
    def answers(cls, spec: DialSpec) -> bool:
        return not spec.answer_on_bridge

    def action_hook(self, app: App) -> Hook | None:
        return self.spec.action_hook or ("dial" if app.dialect == "cognigy" and app.base_url else None)

    # ------------------------------------------------------------- calling

    def start(self, call: Call) -> None:
        if call.leg.answered:
            self._play(call)
        elif self.spec.dial_music:
            call.note("dialMusic is not heard: with answerOnBridge the caller is not answered yet")
        call.timer("ring", self.spec.timeout or RING_TIME)
        for index, target in enumerate(self.spec.targets):
            self._ring(call, index, target)

    def _ring(self, call: Call, index: int, target: Target) -> None:
        spec = self.spec
        number = calling_number(call, target, spec.caller_id)
        leg = call.new_leg(to=target.label, from_=number, customer_data=spec.tag)
        self.callees[leg] = Callee(index)
        call.command(
            Ring(
                leg=leg,
                link_to=call.leg.name,
                connection=connection(call, target),
                encryption=(spec.srtp_encryption or "") if target.type == "sip" else "",
                party=Party(
                    to=target.address,
                    from_=number,
                    from_name=spec.caller_name or "",
                    timeout=spec.timeout or RING_TIME,
                    headers=texts({**spec.headers, **target.headers}),
                    auth=target.auth,
                    detection=spec.amd.detection if spec.amd else None,
                ),
                carrier=spec.carrier,
            )
        )

    def _play(self, call: Call) -> None:
        """The caller hears music or a ringback tone while phones ring."""
        music = self.spec.dial_music or call.app.ringback
        if music.startswith(("http:", "https:")):
            call.command(Play(leg=call.leg.name, url=music, rounds=FOREVER))
        elif music:
            call.command(Play(leg=call.leg.name, sound=music, rounds=FOREVER))

    def on_playback_ended(self, call: Call, event: PlaybackEnded) -> None:
        call.note(f"the caller hears no music any longer: {event.detail or event.status}")

    def on_command_failed(self, call: Call, event: CommandFailed) -> None:
        if event.command == "dial":
            self._lose(call, event.leg, "failed", 503)
        elif event.command == "bridge" and self.tried < 2:
            call.stop_timer("connect")
            call.timer("bridge", 1.0)
        elif event.command in ("bridge", "answer"):
            call.stop_timer("connect")
            self._let_go(call)

    # ------------------------------------------------------------- answered, screened

    def on_leg_answered(self, call: Call, event: LegAnswered) -> None:
        if event.leg == call.leg.name:
            self._bridge(call)
            return
        callee = self.callees.get(event.leg)
        if callee is None or not self._may_accept(call, event.leg):
            call.hang_up(event.leg)
            return
        if self.spec.amd and not callee.watch.found:
            call.timer(f"speech {event.leg}", self.spec.amd.no_speech)
        hook = self.spec.targets[callee.target].confirm_hook or self.spec.confirm_hook
        if hook:
            callee.screening = True
            call.ask(hook, kind="confirm", key=event.leg, leg=event.leg)
        else:
            self._accept(call, event.leg)

    def on_hook_replied(self, call: Call, event: HookReplied) -> None:
        if event.key == "amd":
            if event.verbs:
                call.replace(event.verbs)
        elif event.key in self.holds:
            other = self._other(call, event.key)
            if self.holds[event.key].is_answered() and event.verbs and not call.legs[other].ending:
                call.run(other, event.verbs)
        elif self._may_accept(call, event.key):
            if event.verbs:
                call.run(event.key, event.verbs, screening=True)
            else:
                self._accept(call, event.key)

    def on_hook_failed(self, call: Call, event: HookFailed) -> None:
        if event.key in self.holds:
            self.holds[event.key].is_answered()
        elif self._may_accept(call, event.key):
            call.hang_up(event.key)

    def on_program_ended(self, call: Call, event: ProgramEnded) -> None:
        """The screening is over: whoever is still there has accepted. After `gone` the leg's own end follows."""
        if (holder := self._other(call, event.leg)) in self.holds and event.outcome == "completed":
            if rest := self.holds[holder].rest(call.at):
                call.timer(f"hold {holder}", rest)
            else:
                self._entertain(call, holder)
        if not self._may_accept(call, event.leg):
            return
        if event.outcome in ("completed", "stranded"):
            self._accept(call, event.leg)
        elif event.outcome == "failed":
            call.hang_up(event.leg)

    def _may_accept(self, call: Call, leg: str) -> bool:
        """Nobody else has won, and we have not let this one go."""
        return leg in self.callees and not self.winner and not call.legs[leg].ending

    def _accept(self, call: Call, winner: str) -> None:
        """One step of ours decides: whoever comes later finds a winner."""
        self.winner = winner
        call.stop_timer("ring")
        for leg in self.callees:
            if leg != winner:
                call.hang_up(leg)
        self.status, self.sip_status, self.sid = "completed", 200, call.legs[winner].call_leg_id
        if call.leg.can_be_rejected:
            call.command(PickUp(leg=call.leg.name))
        else:
            self._bridge(call)

    # ------------------------------------------------------------- talking

    def _bridge(self, call: Call) -> None:
        if not self.winner or self.talking:
            return
        self.talking = True
        self._connect(call)
        call.timer("limit", self.spec.time_limit or LONGEST)

    def _connect(self, call: Call) -> None:
        self.tried += 1
        call.silence()
        call.command(Bridge(leg=call.leg.name, other=self.winner))
        if self.spec.amd:
            call.timer("connect", CONNECTING)

    def on_leg_bridged(self, call: Call, event: LegBridged) -> None:
        if self.talking and event.leg == self.winner:
            self._connected(call)

    def _connected(self, call: Call) -> None:
        """What is known of a machine is told from now on: its hook's verbs end the dial, so there has to be one."""
        self.connected = True
        call.stop_timer("connect")
        self._tell_machine(call)

    def on_machine_detected(self, call: Call, event: MachineDetected) -> None:
        if callee := self.callees.get(event.leg):
            call.stop_timer(f"speech {event.leg}")
            callee.watch.detected(event.result)
            self._tell_machine(call)

    def on_greeting_ended(self, call: Call, event: GreetingEnded) -> None:
        if callee := self.callees.get(event.leg):
            call.stop_timer(f"speech {event.leg}")
            callee.watch.greeting_ended(event.result)
            self._tell_machine(call)

    def _tell_machine(self, call: Call) -> None:
        callee = self.callees.get(self.winner)
        if self.connected and callee and self.spec.amd:
            for news in callee.watch.news(call.app.dialect):
                call.ask(self.spec.amd.action_hook, kind="amd", key="amd", lane=f"amd {self.n}", **news)

    def on_key_pressed(self, call: Call, event: KeyPressed) -> None:
        if not self.talking or not self.spec.dtmf_hook or event.leg not in (call.leg.name, self.winner):
            return
        wanted = Capture.of(self.spec.dtmf_capture)
        buffer = self.keys.setdefault(event.leg, Buffer())
        caller = event.leg == call.leg.name
        if match := buffer.press(event.digit, event.occurred_at, wanted.parent_call if caller else wanted.child_call):
            call.ask(self.spec.dtmf_hook, kind="notify", leg=event.leg, dtmf=match)

    def on_leg_held(self, call: Call, event: LegHeld) -> None:
        self._hold(call, event, on=True)

    def on_leg_unheld(self, call: Call, event: LegUnheld) -> None:
        self._hold(call, event, on=False)

    def _hold(self, call: Call, event: LegEvent, on: bool) -> None:
        """One of the two who talk has put the other on hold, or is back."""
        mine = self.talking and self.spec.on_hold_hook and event.leg in (call.leg.name, self.winner)
        if mine and self.holds.setdefault(event.leg, Hold()).turns(on, event.occurred_at):
            call.stop_timer(f"hold {event.leg}")
            self._entertain(call, event.leg)

    def _entertain(self, call: Call, holder: str) -> None:
        """Whoever waits hears what the hook replies, over and over, until the other one is back."""
        hold, leg = self.holds[holder], call.legs[holder]
        if not hold.on:
            call.stop(self._other(call, holder))
        elif self.spec.on_hold_hook and hold.asks(call.at):
            detail = {"from": leg.from_, "to": leg.to}
            call.ask(self.spec.on_hold_hook, kind="hold", key=holder, lane=f"hold {self.n}", hold_detail=detail)

    def _other(self, call: Call, leg: str) -> str:
        return self.winner if leg == call.leg.name else call.leg.name

    # ------------------------------------------------------------- the end

    def on_timer_fired(self, call: Call, event: TimerFired) -> None:
        if event.name == "ring":
            self._ring_time_is_over(call)
        elif event.name == "bridge":
            self._connect(call)
        elif event.name == "connect":
            self._connected(call)
        elif event.name == "limit":
            call.hang_up(self.winner)
        else:
            name, _, leg = event.name.partition(" ")
            if name == "hold":
                self._entertain(call, leg)
            elif callee := self.callees.get(leg):
                callee.watch.silent()
                self._tell_machine(call)

    def _ring_time_is_over(self, call: Call) -> None:
        """Who is being screened has answered in time; the others have not."""
        self.status, self.sip_status = "no-answer", 487
        for leg, callee in self.callees.items():
            if not callee.screening:
                call.hang_up(leg)

    def on_leg_hung_up(self, call: Call, event: LegHungUp) -> None:
        if event.leg == self.winner:
            call.finish(**self._result())
        elif event.leg in self.callees:
            leg = call.legs[event.leg]
            self._lose(call, event.leg, *((leg.call_status, leg.sip_status) if not leg.answered_at else ("no-answer", 487)))

    def _lose(self, call: Call, leg: str, status: str, sip_status: int) -> None:
        del self.callees[leg]
        if self.winner:
            return
        if self.status != "no-answer":  # it stays, whatever a leg that is let go reports (jambonz dial.js)
            self.status, self.sip_status = status, sip_status
        self.sid = call.legs[leg].call_leg_id
        if not self.callees:
            call.finish(**self._result())

    def _let_go(self, call: Call) -> None:
        """The two cannot be connected: the winner is let go, and the caller goes on."""
        self.status, self.sip_status = "failed", 500
        call.hang_up(self.winner)

    def on_interrupted(self, call: Call, reason: str) -> None:
        """The caller is gone, or does something else now: nobody is left ringing."""
        for leg in self.callees:
            call.hang_up(leg)
        if not self.winner:
            self.status, self.sip_status = "no-answer", 487
        call.finish(**self._result())

    def _result(self) -> dict[str, Any]:
        told: dict[str, Any] = {"dial_call_status": self.status, "dial_sip_status": self.sip_status}
        return told | ({"dial_call_sid": self.sid} if self.sid else {})
