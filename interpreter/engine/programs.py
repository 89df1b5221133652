"""The programs of a call and the verbs that run in them: they start, resume, are replaced and end; effects of a verb are applied.

This file knows what running means. Which event reaches which verb is the business of `leg_events`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from callverbs.interpreter.engine import background, outbox
from callverbs.interpreter.engine.effect_handlers import EFFECT_HANDLERS
from callverbs.interpreter.engine.outcome import Turn
from callverbs.interpreter.engine.roots import CALLER, Root
from callverbs.interpreter.engine.session import Program
from callverbs.verbs import REGISTRY
from callverbs.verbs.answer import Answer, AnswerSpec
from callverbs.verbs.language import commands
from callverbs.verbs.language.context import VerbContext
from callverbs.verbs.language.effects import WrittenVerb
from callverbs.verbs.language.events import Event, ProgramEnded, ProgramResult
from callverbs.verbs.language.leg import Leg
from callverbs.verbs.language.registry import spec_from_json
from callverbs.verbs.language.spec import Spec
from callverbs.verbs.language.verb import RunningVerb


class HandlerError(Exception):
    """A verb's own code has raised; `verb` is its number."""

    def __init__(self, verb: RunningVerb) -> None:
        self.verb, self.name = verb.n, verb.name
        super().__init__(f"{self.name} (verb {verb.n})")


class Programs:
    """The programs and running verbs of one session, during one event."""

    def __init__(self, turn: Turn, broken: int = 0) -> None:
        self.turn = turn
        self.session = turn.session
        self.broken = broken
        """The verb that has raised at this event before: it is not asked again."""
        self.advancing: set[int] = set()

    # ------------------------------------------------------------- calling a verb

    def handle(self, verb: RunningVerb, event: Event) -> None:
        """Lets a verb handle an event, if it has a handler for it."""
        if name := verb.handlers.get(type(event)):
            self.call(verb, getattr(verb, name), event)

    def call(self, verb: RunningVerb, handler: Callable[..., None], *arguments: object) -> None:
        """Calls a handler of a verb, and applies the effects that it has recorded. Raises HandlerError."""
        if verb.n == self.broken:
            self.remove_broken(verb)
            return
        session = self.session
        context = VerbContext(self.turn.at, session.app, session.legs[verb.leg], session.legs, verb.n, session.last_leg + 1)
        try:
            handler(context, *arguments)
            for effect in context.effects:
                if verb.n in session.verbs:
                    EFFECT_HANDLERS[type(effect)](self, verb, effect)
        except HandlerError:
            raise
        except Exception as error:
            raise HandlerError(verb) from error
        if background.is_background(verb):
            background.go_on(self, verb.leg)

    # ------------------------------------------------------------- programs

    def start_root(self, root: Root) -> None:
        """Starts the root of the tree, which has no program of its own."""
        root.n = self.session.next_number()
        self.session.verbs[root.n] = root
        self.session.legs[CALLER].owner = root.n
        self.call(root, root.start)

    def start(self, leg: str, verbs: Sequence[Spec], owner: int, screening: bool = False) -> None:
        """Starts a program."""
        program = Program(self.session.next_number(), leg, owner, raw(verbs), screening=screening)
        self.session.programs[program.n] = program
        self.advance(program)

    def advance(self, program: Program) -> None:
        """Runs the next verb of a program, or ends it; nothing more happens on a leg that is being ended, or is held by its background.

        Verbs that are over at once run in a loop, not in each other's frames.
        """
        if program.n in self.advancing:
            return
        self.advancing.add(program.n)
        leg = self.session.legs[program.leg]
        while program.n in self.session.programs and not (
            program.running or program.asking or leg.ending or background.is_held(self.session, leg.name)
        ):
            if leg.gone:
                self.end(program, "gone")
            elif program.rest:
                self._run_next(program, leg)
            else:
                self.end(program, "left" if program.left else "stranded" if program.stranded else "completed")
        self.advancing.discard(program.n)

    def _run_next(self, program: Program, leg: Leg) -> None:
        spec = spec_from_json(program.rest[0])
        name = str(spec.__struct_config__.tag)
        verb = REGISTRY[name]
        if verb.answers(spec) and leg.can_be_rejected:
            self._run(program, Answer(spec=AnswerSpec()))
            return
        program.rest.pop(0)
        if verb.before_answer and not leg.can_be_rejected:
            self.turn.note(f"{name} is skipped: it needs an inbound call that has not been answered")
        else:
            self._run(program, verb.running(spec))

    def _run(self, program: Program, verb: RunningVerb) -> None:
        verb.n, verb.program, verb.leg = self.session.next_number(), program.n, program.leg
        program.running, program.stranded = verb.n, False
        self.session.verbs[verb.n] = verb
        self.call(verb, verb.start)

    def end(self, program: Program, result: ProgramResult) -> None:
        """Ends a program, and its owner hears it."""
        self.session.programs.pop(program.n, None)
        if owner := self.session.verbs.get(program.owner):
            self.handle(owner, ProgramEnded(at=self.turn.at, leg=program.leg, program=program.n, result=result))

    def resume(self, program: Program, verbs: Sequence[WrittenVerb]) -> None:
        """Goes on after a verb: with these verbs instead of the rest, or with the rest where there are none."""
        program.asking = 0
        if verbs:
            program.rest = raw(verbs)
        self.advance(program)

    # ------------------------------------------------------------- the end of a verb

    def interrupt(self, program: Program) -> None:
        """Stops a program from its leaf up. Its verbs may send commands once more; nobody waits for their hooks."""
        self.session.programs.pop(program.n, None)
        verb = self.session.verbs.get(program.running)
        if verb:
            for child in self.children(verb):
                self.interrupt(child)
            self.call(verb, verb.on_interrupted)
            self.remove_verb(verb)

    def finish(self, verb: RunningVerb) -> None:
        """Ends a verb that cannot do what it is for; its hook is asked as ever."""
        self.call(verb, lambda call: call.finish())

    def remove_broken(self, verb: RunningVerb) -> None:
        """Removes a verb whose code has raised, without asking it. The call goes on with the next verb; a nested program fails."""
        for leg in self.session.legs.values():
            if leg.owner == verb.n:
                self.hang_up(leg)
        program = self.remove_verb(verb)
        if program and isinstance(self.session.verbs.get(program.owner), Root):
            program.stranded = True
            self.advance(program)
        elif program:
            self.end(program, "failed")

    def remove_verb(self, verb: RunningVerb) -> Program | None:
        """Removes a verb with everything that is its own, the programs that it runs included. Returns its program, if that still runs."""
        self.session.verbs.pop(verb.n, None)
        for child in self.children(verb):
            self.interrupt(child)
        outbox.disown(self.turn, verb.n)
        program = self.session.programs.get(verb.program)
        if program and program.running == verb.n:
            program.running = 0
        return program

    def children(self, verb: RunningVerb) -> list[Program]:
        """Returns the programs that a verb has started."""
        return [program for program in self.session.programs.values() if program.owner == verb.n]

    def hang_up(
        self, leg: Leg, headers: Mapping[str, str] | None = None, carrier: Mapping[str, Any] | None = None, busy: bool = False
    ) -> None:
        """Ends a leg in the way that fits its state: one that is just being answered cannot be rejected any longer."""
        if leg.gone or leg.ending:
            return
        leg.ending = True
        answering = any(awaited.kind == "answer" for awaited in leg.awaited)
        if leg.can_be_rejected and not answering:
            outbox.send(self.turn, commands.Reject(leg=leg.name, busy=busy), 0)
        else:
            outbox.send(self.turn, commands.HangUp(leg=leg.name, headers=dict(headers or {}), carrier=dict(carrier or {})), 0)


def raw(verbs: Sequence[WrittenVerb]) -> list[msgspec.Raw]:
    """Returns verbs as a program keeps them."""
    return [one if isinstance(one, msgspec.Raw) else msgspec.Raw(msgspec.json.encode(one)) for one in verbs]


# --------------------------------------------------------------------------- effects


def _send_command(programs: Programs, verb: RunningVerb, effect: effects.SendCommand) -> None:
    outbox.send(programs.turn, effect.command, verb.n)


def _stop_own_media(programs: Programs, verb: RunningVerb, effect: effects.StopOwnMedia) -> None:
    outbox.stop_media(programs.turn, programs.session.legs[verb.leg], verb.n)


def _create_leg(programs: Programs, verb: RunningVerb, effect: effects.CreateLeg) -> None:
    programs.session.last_leg += 1
    programs.session.legs[effect.leg.name] = effect.leg


def _end_leg(programs: Programs, verb: RunningVerb, effect: effects.EndLeg) -> None:
    """Ends a leg, and interrupts what the verb runs there; not on its own leg, whose end interrupts all of it in order."""
    programs.hang_up(programs.session.legs[effect.leg], effect.headers, effect.carrier, effect.busy)
    for program in programs.children(verb):
        if program.leg == effect.leg and effect.leg != verb.leg:
            programs.interrupt(program)


def _ask_hook(programs: Programs, verb: RunningVerb, effect: effects.AskHook) -> None:
    request = hook_payload.request(
        programs.turn,
        effect.hook,
        effect.kind,
        programs.session.legs[effect.leg],
        effect.extra,
        reply=effect.reply,
        about=effect.about,
        allowed=effect.allowed,
        ordering_key=effect.ordering_key,
    )
    outbox.add(programs.turn, request, verb.n if effect.kind != "notify" else 0)


def _start_timer(programs: Programs, verb: RunningVerb, effect: effects.StartTimer) -> None:
    outbox.start_timer(programs.turn, verb.n, effect.name, effect.seconds, effect.leg)


def _stop_timer(programs: Programs, verb: RunningVerb, effect: effects.StopTimer) -> None:
    outbox.stop_timer(programs.turn, verb.n, effect.name, effect.leg)


def _start_program(programs: Programs, verb: RunningVerb, effect: effects.StartProgram) -> None:
    programs.start(effect.leg, effect.verbs, verb.n, effect.screening)


def _stop_program(programs: Programs, verb: RunningVerb, effect: effects.StopProgram) -> None:
    for program in programs.children(verb):
        if program.leg == effect.leg:
            programs.interrupt(program)


def _finish(programs: Programs, verb: RunningVerb, effect: effects.Finish) -> None:
    program = programs.remove_verb(verb)
    hook = verb.action_hook(programs.session.app)
    if hook:
        label = {"verb_id": verb.label} if verb.label else {}
        leg = programs.session.legs[verb.leg]
        request = hook_payload.request(programs.turn, hook, "action", leg, {**effect.result, **label})
        entry = outbox.add(programs.turn, request, 0)
        if program:
            program.asking = entry.n
    elif program:
        programs.advance(program)


def _replace_rest(programs: Programs, verb: RunningVerb, effect: effects.ReplaceRest) -> None:
    if program := programs.remove_verb(verb):
        programs.resume(program, effect.verbs)


def _end_program(programs: Programs, verb: RunningVerb, effect: effects.EndProgram) -> None:
    if program := programs.remove_verb(verb):
        program.rest, program.stranded = [], True
        programs.advance(program)


def _leave_program(programs: Programs, verb: RunningVerb, effect: effects.LeaveProgram) -> None:
    program = programs.remove_verb(verb)
    if program is None:
        return
    if isinstance(programs.session.verbs.get(program.owner), Root):
        programs.turn.note(f"{verb.name} is skipped: the call waits in no queue")
    else:
        program.rest, program.left = [], True
    programs.advance(program)


def _replace_root(programs: Programs, verb: RunningVerb, effect: effects.ReplaceRoot) -> None:
    caller = programs.session.legs[CALLER]
    root = next((one for one in programs.session.verbs.values() if isinstance(one, Root)), None)
    if root is None or caller.gone or caller.ending:
        return
    for entry in programs.session.outbox:
        if isinstance(entry.message, HookRequest) and entry.message.kind == "call":
            entry.owner = 0
    for program in programs.children(root):
        programs.interrupt(program)
    programs.start(CALLER, effect.verbs, root.n)


def _set_status(programs: Programs, verb: RunningVerb, effect: effects.SetStatus) -> None:
    leg = programs.session.legs[effect.leg]
    hook_payload.report_status(programs.turn, leg, effect.call_status, effect.sip_status, effect.sip_reason)


def _set_customer_data(programs: Programs, verb: RunningVerb, effect: effects.SetCustomerData) -> None:
    programs.session.legs[verb.leg].customer_data = effect.customer_data


def _set_defaults(programs: Programs, verb: RunningVerb, effect: effects.SetDefaults) -> None:
    programs.session.legs[verb.leg].defaults = effect.defaults


def _move_hooks(programs: Programs, verb: RunningVerb, effect: effects.MoveHooks) -> None:
    if effect.base_url is not None:
        programs.session.base_url = effect.base_url
    if effect.status_hook is not None:
        programs.session.status_hook = effect.status_hook


def _add_note(programs: Programs, verb: RunningVerb, effect: effects.AddNote) -> None:
    programs.turn.note(effect.text)


EFFECT_HANDLERS: dict[type[Effect], Callable[[Programs, RunningVerb, Any], None]] = {
    effects.SendCommand: _send_command,
    effects.StopOwnMedia: _stop_own_media,
    effects.CreateLeg: _create_leg,
    effects.EndLeg: _end_leg,
    effects.AskHook: _ask_hook,
    effects.StartTimer: _start_timer,
    effects.StopTimer: _stop_timer,
    effects.StartProgram: _start_program,
    effects.StopProgram: _stop_program,
    effects.Finish: _finish,
    effects.ReplaceRest: _replace_rest,
    effects.EndProgram: _end_program,
    effects.LeaveProgram: _leave_program,
    effects.ReplaceRoot: _replace_root,
    effects.SetStatus: _set_status,
    effects.SetCustomerData: _set_customer_data,
    effects.SetDefaults: _set_defaults,
    effects.MoveHooks: _move_hooks,
    effects.AddNote: _add_note,
}
