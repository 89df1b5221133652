"""The programs of a call and the verbs that run in them: they start, resume, are replaced and end; effects of a verb are applied.

This file knows what running means. Which event reaches which verb is the business of `leg_events`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from callverbs.interpreter.engine import background, hook_payload, limits, outbox, recordings, transcriptions
from callverbs.interpreter.engine.effect_handlers import EFFECT_HANDLERS
from callverbs.interpreter.engine.limits import LimitError
from callverbs.interpreter.engine.outcome import Turn
from callverbs.interpreter.engine.roots import CALLER, Root
from callverbs.interpreter.engine.session import Program, SnapshotError
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
        """Calls a handler of a verb, and applies the effects that it has recorded. Raises HandlerError, or SnapshotError."""
        if verb.n == self.broken:
            self.remove_broken(verb)
            return
        session = self.session
        held = background.is_background(verb) and verb.holds_program
        context = VerbContext(self.turn.at, session.app, session.legs[verb.leg], session.legs, verb.n, session.last_leg + 1)
        try:
            handler(context, *arguments)
            for effect in context.effects:
                if verb.n in session.verbs:
                    EFFECT_HANDLERS[type(effect)](self, verb, effect)
        except (HandlerError, LimitError, SnapshotError):
            raise
        except Exception as error:
            raise HandlerError(verb) from error
        if held:
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
        try:
            spec = spec_from_json(program.rest[0])
        except msgspec.ValidationError as error:
            raise SnapshotError(f"its next verb: {error}") from None
        name = str(spec.__struct_config__.tag)
        verb = REGISTRY[name]
        if verb.answers(spec) and leg.can_be_rejected:
            self.run_verb(program, Answer(spec=AnswerSpec()))
            return
        program.rest.pop(0)
        if verb.before_answer and not leg.can_be_rejected:
            self.turn.note(f"{name} is skipped: it needs an inbound call that has not been answered")
        else:
            self.run_verb(program, verb.running(spec))

    def run_verb(self, program: Program, verb: RunningVerb) -> None:
        """Runs a verb in a program, as its next one. Raises LimitError where it is one too many."""
        limits.use(self.turn, "verbs")
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
        background.stop_beside(self, verb.n)
        outbox.disown(self.turn, verb.n)
        recordings.stop(self.turn, verb.n)
        transcriptions.leave(self.turn, self.session.legs[verb.leg], verb.n)
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
            outbox.send(self.turn, commands.Reject(leg=leg.name, busy=busy, carrier=dict(carrier or {})), 0)
        else:
            outbox.send(self.turn, commands.HangUp(leg=leg.name, headers=dict(headers or {}), carrier=dict(carrier or {})), 0)
        if leg.parent and leg.answered:  # jambonz reports a callee that it hangs up at once (place-outdial.js, kill)
            hook_payload.set_status(self.turn, leg, "completed", 200)


def raw(verbs: Sequence[WrittenVerb]) -> list[msgspec.Raw]:
    """Returns verbs as a program keeps them."""
    return [one if isinstance(one, msgspec.Raw) else msgspec.Raw(msgspec.json.encode(one)) for one in verbs]
