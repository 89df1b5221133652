"""The two roots of a call's tree: somebody calls us, or we call somebody. Each owns leg `a` and the application's program.

They are running verbs like any other, but nobody writes them in a document.
"""

from msgspec import field

from verbs._amd import Watch
from verbs._call import Call
from verbs._calling import connection
from verbs._commands import Dial, Party
from verbs._events import (
    CommandFailed,
    GreetingEnded,
    HookFailed,
    HookReplied,
    LegAnswered,
    LegHungUp,
    MachineDetected,
    ProgramEnded,
    TimerFired,
)
from verbs._request import CallSpec
from verbs._target import texts
from verbs._verb import Verb
from verbs.say import SaySpec

CALLER = "a"


class Root(Verb, kw_only=True):
    """What both have in common: the application is asked, its program runs on leg `a`, and at its end the call is over."""

    apologised: bool = False

    def _ask_application(self, call: Call) -> None:
        if call.app.call_hook:
            call.ask(call.app.call_hook, kind="call", key="call")
        else:
            call.note(f"no application of the settings answers for {call.leg.to}")
            self._leave(call, stranded=True)

    def on_hook_replied(self, call: Call, event: HookReplied) -> None:
        if event.verbs:
            self._begin(call, event)
        elif event.key == "call":
            self._leave(call, stranded=True)

    def on_hook_failed(self, call: Call, event: HookFailed) -> None:
        if event.key == "call":
            self._leave(call, stranded=True)

    def on_program_ended(self, call: Call, event: ProgramEnded) -> None:
        self._leave(call, stranded=event.outcome == "stranded")

    def on_leg_hung_up(self, call: Call, event: LegHungUp) -> None:
        call.finish()

    def _begin(self, call: Call, event: HookReplied) -> None:
        call.run(CALLER, event.verbs)

    def _leave(self, call: Call, stranded: bool) -> None:
        """Nothing is left to run. A caller who was answered hears the apology if a hook is to blame."""
        if call.leg.gone:
            return
        if stranded and call.leg.answered and call.app.apology and not self.apologised:
            self.apologised = True
            call.run(CALLER, [SaySpec(text=call.app.apology)])
        else:
            call.hang_up(CALLER)


class Incoming(Root, kw_only=True, tag="incoming"):
    """Somebody calls. Until a verb answers, the caller hears ringing."""

    def start(self, call: Call) -> None:
        self._ask_application(call)

    def _begin(self, call: Call, event: HookReplied) -> None:
        call.status(CALLER, "trying", 100)
        super()._begin(call, event)


class Outgoing(Root, kw_only=True, tag="outgoing"):
    """We call. The application is asked when the party answers."""

    spec: CallSpec
    watch: Watch = field(default_factory=Watch)

    def start(self, call: Call) -> None:
        spec = self.spec
        for name, given in (("confirmHook", spec.to.confirm_hook), ("from", spec.to.from_)):
            if given:
                call.note(f"the target of a call that is placed has no {name}: leave it out")
        call.command(
            Dial(
                leg=CALLER,
                connection=connection(call, spec.to),
                party=Party(
                    to=spec.to.address,
                    from_=call.leg.from_,
                    from_name=spec.caller_name,
                    timeout=spec.timeout,
                    time_limit=spec.time_limit,
                    headers=texts({**spec.headers, **spec.to.headers}),
                    auth=spec.to.auth,
                    detection=spec.amd.detection if spec.amd else None,
                ),
                carrier=spec.carrier,
            )
        )
        call.timer("ring", spec.timeout)

    def on_leg_answered(self, call: Call, event: LegAnswered) -> None:
        call.stop_timer("ring")
        if self.spec.time_limit:
            call.timer("limit", self.spec.time_limit)
        if self.spec.amd and not self.watch.found:
            call.timer("speech", self.spec.amd.no_speech)
        self._ask_application(call)
        self._report(call)

    def on_command_failed(self, call: Call, event: CommandFailed) -> None:
        call.finish()

    def on_timer_fired(self, call: Call, event: TimerFired) -> None:
        if event.name == "speech":
            self.watch.silent()
            self._report(call)
        else:
            call.hang_up(CALLER)

    def on_machine_detected(self, call: Call, event: MachineDetected) -> None:
        call.stop_timer("speech")
        self.watch.detected(event.result)
        self._report(call)

    def on_greeting_ended(self, call: Call, event: GreetingEnded) -> None:
        call.stop_timer("speech")
        self.watch.greeting_ended(event.result)
        self._report(call)

    def on_hook_replied(self, call: Call, event: HookReplied) -> None:
        if event.key == "amd":
            if event.verbs:
                call.replace(event.verbs)
        else:
            super().on_hook_replied(call, event)

    def _report(self, call: Call) -> None:
        """A finding that has overtaken the news of the answer waits for it."""
        if self.spec.amd and call.leg.answered:
            for news in self.watch.news(call.app.dialect):
                call.ask(self.spec.amd.action_hook, kind="amd", key="amd", lane="amd", **news)
