"""The roots of a call's tree: somebody calls us, we call somebody, or a call is rescued. Each owns leg `a` and its program.

They are running verbs like any other, but nobody writes them in a document.
"""

from msgspec import field

from callverbs.verbs.language import commands
from callverbs.verbs.language.call_request import CallSpec
from callverbs.verbs.language.context import Reply, VerbContext
from callverbs.verbs.language.events import CommandFailed, LegAnswered, LegHungUp, ProgramEnded
from callverbs.verbs.language.spec import Spec
from callverbs.verbs.language.verb import RunningVerb
from callverbs.verbs.parts.calling import connection, party
from callverbs.verbs.parts.machine_detection import Findings, MachineDetection
from callverbs.verbs.redirect import origin
from callverbs.verbs.say import SaySpec

CALLER = "a"


class Root(RunningVerb):
    """What they have in common: the application is asked, its program runs on leg `a`, and at its end the call is over."""

    apologised: bool = False

    def _ask_application(self, call: VerbContext) -> None:
        if call.app.call_hook:
            call.ask(call.app.call_hook, self.on_call_reply, first=True)
        else:
            call.note(f"no application of the settings answers for {call.leg.to}")
            self._leave(call, stranded=True)

    def on_call_reply(self, call: VerbContext, leg: str, reply: Reply) -> None:
        """A hook that has failed is not asked again, but another one; one that has given no verbs was understood."""
        if reply.failed and call.app.fallback_hook:
            call.note("the first hook has failed: the fallback hook is asked")
            call.ask(call.app.fallback_hook, self.on_fallback_reply, first=True)
            call.move_hooks(base_url=origin(call.app.fallback_hook))
        else:
            self.on_fallback_reply(call, leg, reply)

    def on_fallback_reply(self, call: VerbContext, leg: str, reply: Reply) -> None:
        if reply.verbs:
            self._begin(call, reply.verbs)
        else:
            self._leave(call, stranded=True)

    def on_program_ended(self, call: VerbContext, event: ProgramEnded) -> None:
        self._leave(call, stranded=event.result == "stranded")

    def on_leg_hung_up(self, call: VerbContext, event: LegHungUp) -> None:
        call.finish()

    def _begin(self, call: VerbContext, verbs: tuple[Spec, ...]) -> None:
        call.run(CALLER, verbs)

    def _leave(self, call: VerbContext, stranded: bool) -> None:
        """Ends the call: nothing is left to run. A caller who was answered hears the apology if a hook is to blame."""
        if call.leg.gone:
            return
        if stranded and call.leg.answered and call.app.apology and not self.apologised:
            self.apologised = True
            call.run(CALLER, [SaySpec(text=call.app.apology)])
        else:
            call.hang_up(CALLER)


class Incoming(Root):
    """Somebody calls. Until a verb answers, the caller hears ringing."""

    def start(self, call: VerbContext) -> None:
        self._ask_application(call)

    def _begin(self, call: VerbContext, verbs: tuple[Spec, ...]) -> None:
        call.set_status(CALLER, "trying", 100)
        super()._begin(call, verbs)


class Rescued(Root):
    """The record of the call was lost: nothing is known of its verbs."""

    def start(self, call: VerbContext) -> None:
        self._leave(call, stranded=True)


class Outgoing(MachineDetection, Root):
    """We call. The application is asked when the party answers."""

    spec: CallSpec
    findings: dict[str, Findings] = field(default_factory=dict)

    def start(self, call: VerbContext) -> None:
        spec = self.spec
        for name, given in (("confirmHook", spec.to.confirm_hook), ("from", spec.to.from_)):
            if given:
                call.note(f"the target of a call that is placed has no {name}: leave it out")
        called = party(
            spec.to,
            call.leg.from_,
            name=spec.caller_name,
            ring_seconds=spec.timeout,
            time_limit=spec.time_limit,
            before_seconds=0.0,
            headers=spec.headers,
            amd=spec.amd,
        )
        call.command(commands.Dial(leg=CALLER, connection=connection(call, spec.to), party=called, carrier=spec.carrier))
        call.start_timer(self.on_ring_timer, spec.timeout)

    def on_leg_answered(self, call: VerbContext, event: LegAnswered) -> None:
        call.stop_timer(self.on_ring_timer)
        if self.spec.time_limit:
            call.start_timer(self.on_limit_timer, self.spec.time_limit)
        self.watch_for_machine(call, CALLER)
        self._ask_application(call)
        self.report_machine(call, CALLER)

    def on_ring_timer(self, call: VerbContext) -> None:
        call.hang_up(CALLER)

    def on_limit_timer(self, call: VerbContext) -> None:
        call.hang_up(CALLER)

    def on_command_failed(self, call: VerbContext, event: CommandFailed) -> None:
        call.finish()
