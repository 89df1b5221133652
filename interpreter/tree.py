"""The tree of running verbs: programs start, go on, are replaced and end; a verb is asked, and what it wished comes true.

This file knows what running means. Which event reaches which verb is the business of `routing`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import msgspec

from interpreter import outbox, report
from interpreter.outcome import Turn
from interpreter.session import Program
from verbs import REGISTRY
from verbs import _call as wish
from verbs._call import Call
from verbs._commands import Ask, HangUp, Reject
from verbs._events import Event, ProgramEnded
from verbs._leg import Leg
from verbs._registry import spec_from_json
from verbs._roots import CALLER, Root
from verbs._spec import Spec
from verbs._verb import Verb
from verbs.answer import Answer, AnswerSpec

Outcome = Literal["completed", "stranded", "gone", "failed", "stopped"]


class HandlerError(Exception):
    """A verb's own code has raised; `verb` is its number."""

    def __init__(self, verb: Verb) -> None:
        self.verb, self.name = verb.n, verb.name or type(verb).__name__.lower()
        super().__init__(f"{self.name} (verb {verb.n})")


class Tree:
    """The running verbs of one session, during one event."""

    def __init__(self, turn: Turn, broken: frozenset[int]) -> None:
        self.turn = turn
        self.session = turn.session
        self.broken = broken
        """Verbs that have raised at this event before: they are not asked again."""
        self.advancing: set[int] = set()

    # ------------------------------------------------------------- asking a verb

    def tell(self, verb: Verb, event: Event) -> None:
        """Let a verb handle an event, if it has a handler for it."""
        if name := verb.handlers.get(type(event)):
            self._call(verb, lambda call: getattr(verb, name)(call, event))

    def _call(self, verb: Verb, handle: Callable[[Call], None]) -> None:
        if verb.n in self.broken:
            self.remove(verb)
            return
        session = self.session
        call = Call(self.turn.at, session.app, session.legs[verb.leg], session.legs, verb.n, session.last_leg + 1)
        try:
            handle(call)
            for wished in call.wishes:
                if verb.n in session.verbs:
                    GRANTS[type(wished)](self, verb, wished)
        except HandlerError:
            raise
        except Exception as error:
            raise HandlerError(verb) from error

    # ------------------------------------------------------------- programs

    def plant(self, root: Root) -> None:
        """Begin the tree: the root has no program of its own."""
        root.n = self.session.number()
        self.session.verbs[root.n] = root
        self.session.legs[CALLER].owner = root.n
        self._call(root, root.start)

    def run(self, leg: str, verbs: Sequence[Spec], owner: int, screening: bool = False) -> None:
        """Begin a program."""
        program = Program(self.session.number(), leg, owner, _raw(verbs), screening=screening)
        self.session.programs[program.n] = program
        self.advance(program)

    def advance(self, program: Program) -> None:
        """The next verb of a program, or its end; nothing more on a leg that is being ended.

        Verbs that are over at once are run in a loop, not in each other's frames.
        """
        if program.n in self.advancing:
            return
        self.advancing.add(program.n)
        leg = self.session.legs[program.leg]
        while program.n in self.session.programs and not (program.running or program.asking or leg.ending):
            if leg.gone:
                self.end(program, "gone")
            elif program.rest:
                self._next(program, leg)
            else:
                self.end(program, "stranded" if program.stranded else "completed")
        self.advancing.discard(program.n)

    def _next(self, program: Program, leg: Leg) -> None:
        spec = spec_from_json(program.rest[0])
        kind = REGISTRY[str(spec.__struct_config__.tag)]
        if kind.answers(spec) and leg.can_be_rejected:
            self._start(program, Answer(spec=AnswerSpec()))
            return
        program.rest.pop(0)
        if kind.before_answer and not leg.can_be_rejected:
            self.turn.note(f"{kind.name} is skipped: it needs an inbound call that has not been answered")
        else:
            self._start(program, kind.of(spec))

    def _start(self, program: Program, verb: Verb) -> None:
        verb.n, verb.program, verb.leg = self.session.number(), program.n, program.leg
        program.running, program.stranded = verb.n, False
        self.session.verbs[verb.n] = verb
        self._call(verb, verb.start)

    def end(self, program: Program, outcome: Outcome) -> None:
        """A program is over, and its owner hears it."""
        self.session.programs.pop(program.n, None)
        if owner := self.session.verbs.get(program.owner):
            self.tell(owner, ProgramEnded(at=self.turn.at, leg=program.leg, program=program.n, outcome=outcome))

    def go_on(self, program: Program, verbs: Sequence[wish.Written]) -> None:
        """After a verb: with these verbs instead of the rest, or with the rest where there are none."""
        program.asking = 0
        if verbs:
            program.rest = _raw(verbs)
        self.advance(program)

    # ------------------------------------------------------------- the end of a verb

    def interrupt(self, program: Program, reason: str) -> None:
        """Stop a program from its leaf up. Its verbs may speak once more; nobody waits for their hooks."""
        self.session.programs.pop(program.n, None)
        verb = self.session.verbs.get(program.running)
        if verb:
            for child in self.children(verb):
                self.interrupt(child, reason)
            self._call(verb, lambda call: verb.on_interrupted(call, reason))
            self.bury(verb)

    def give_up(self, verb: Verb) -> None:
        """A verb cannot do what it is for; it is over, and its hook is asked as ever."""
        self._call(verb, lambda call: call.finish())

    def remove(self, verb: Verb) -> None:
        """Take a verb out without asking it: it is broken. The call goes on with the next verb; a nested program fails."""
        for leg in self.session.legs.values():
            if leg.owner == verb.n:
                self.hang_up(leg)
        program = self.bury(verb)
        if program and isinstance(self.session.verbs.get(program.owner), Root):
            program.stranded = True
            self.advance(program)
        elif program:
            self.end(program, "failed")

    def bury(self, verb: Verb) -> Program | None:
        """A verb is over: what was its own goes with it, programs that it runs too. Its program, if that still runs."""
        self.session.verbs.pop(verb.n, None)
        for child in self.children(verb):
            self.interrupt(child, "stopped")
        outbox.abandon(self.turn, verb.n)
        program = self.session.programs.get(verb.program)
        if program and program.running == verb.n:
            program.running = 0
        return program

    def children(self, verb: Verb) -> list[Program]:
        """The programs that a verb has started."""
        return [program for program in self.session.programs.values() if program.owner == verb.n]

    def hang_up(
        self, leg: Leg, headers: Mapping[str, str] | None = None, carrier: Mapping[str, Any] | None = None, busy: bool = False
    ) -> None:
        """End a leg in the way that fits its state: one that is just being answered cannot be rejected any longer."""
        if leg.gone or leg.ending:
            return
        leg.ending = True
        answering = any(awaited.kind == "answer" for awaited in leg.awaited)
        if leg.can_be_rejected and not answering:
            outbox.send(self.turn, Reject(leg=leg.name, busy=busy), 0)
        else:
            outbox.send(self.turn, HangUp(leg=leg.name, headers=dict(headers or {}), carrier=dict(carrier or {})), 0)


def _raw(verbs: Sequence[wish.Written]) -> list[msgspec.Raw]:
    return [one if isinstance(one, msgspec.Raw) else msgspec.Raw(msgspec.json.encode(one)) for one in verbs]


# ----------------------------------------------------------------- what a verb may wish


def _send(tree: Tree, verb: Verb, wished: wish.Send) -> None:
    outbox.send(tree.turn, wished.command, verb.n)


def _place(tree: Tree, verb: Verb, wished: wish.Place) -> None:
    tree.session.last_leg += 1
    tree.session.legs[wished.leg.name] = wished.leg


def _drop(tree: Tree, verb: Verb, wished: wish.Drop) -> None:
    tree.hang_up(tree.session.legs[wished.leg], wished.headers, wished.carrier, wished.busy)
    for program in tree.children(verb):
        if program.leg == wished.leg and wished.leg != verb.leg:
            tree.interrupt(program, "stopped")


def _ask(tree: Tree, verb: Verb, wished: wish.Question) -> None:
    leg = tree.session.legs[wished.leg]
    question = report.question(tree.turn, wished.hook, wished.kind, leg, wished.extra, wished.key, wished.lane)
    outbox.put(tree.turn, question, verb.n if wished.kind != "notify" else 0)


def _silence(tree: Tree, verb: Verb, wished: wish.Silence) -> None:
    outbox.stop(tree.turn, tree.session.legs[verb.leg], verb.n)


def _arm(tree: Tree, verb: Verb, wished: wish.Arm) -> None:
    outbox.arm(tree.turn, verb.n, wished.name, wished.seconds)


def _disarm(tree: Tree, verb: Verb, wished: wish.Disarm) -> None:
    outbox.disarm(tree.turn, verb.n, wished.name)


def _run(tree: Tree, verb: Verb, wished: wish.Run) -> None:
    tree.run(wished.leg, wished.verbs, verb.n, wished.screening)


def _stop(tree: Tree, verb: Verb, wished: wish.Stop) -> None:
    for program in tree.children(verb):
        if program.leg == wished.leg:
            tree.interrupt(program, "stopped")


def _finish(tree: Tree, verb: Verb, wished: wish.Finish) -> None:
    program = tree.bury(verb)
    hook = verb.action_hook(tree.session.app)
    if hook:
        named = {"verb_id": verb.label} if verb.label else {}
        leg = tree.session.legs[verb.leg]
        entry = outbox.put(tree.turn, report.question(tree.turn, hook, "action", leg, {**wished.result, **named}), 0)
        if program:
            program.asking = entry.n
    elif program:
        tree.advance(program)


def _become(tree: Tree, verb: Verb, wished: wish.Become) -> None:
    if program := tree.bury(verb):
        tree.go_on(program, wished.verbs)


def _end(tree: Tree, verb: Verb, wished: wish.End) -> None:
    if program := tree.bury(verb):
        program.rest, program.stranded = [], True
        tree.advance(program)


def _replace(tree: Tree, verb: Verb, wished: wish.Replace) -> None:
    caller = tree.session.legs[CALLER]
    root = next((one for one in tree.session.verbs.values() if isinstance(one, Root)), None)
    if root is None or caller.gone or caller.ending:
        return
    for entry in tree.session.outbox:
        if isinstance(entry.wish, Ask) and entry.wish.kind == "call":
            entry.owner = 0
    for program in tree.children(root):
        tree.interrupt(program, "replaced")
    tree.run(CALLER, wished.verbs, root.n)


def _status(tree: Tree, verb: Verb, wished: wish.Status) -> None:
    announce(tree.turn, tree.session.legs[wished.leg], wished.call_status, wished.sip_status, wished.sip_reason)


def announce(turn: Turn, leg: Leg, call_status: str, sip_status: int, sip_reason: str | None = None) -> None:
    """Tell the application how a leg stands; from now on it knows of the leg."""
    leg.announced = True
    if question := report.stand(turn, leg, call_status, sip_status, sip_reason):
        outbox.put(turn, question, 0)


def _tag(tree: Tree, verb: Verb, wished: wish.Tag) -> None:
    tree.session.legs[verb.leg].customer_data = wished.customer_data


def _move(tree: Tree, verb: Verb, wished: wish.Move) -> None:
    if wished.base_url is not None:
        tree.session.base_url = wished.base_url
    if wished.status_hook is not None:
        tree.session.status_hook = wished.status_hook


def _note(tree: Tree, verb: Verb, wished: wish.Note) -> None:
    tree.turn.note(wished.text)


GRANTS: dict[type, Callable[[Tree, Verb, Any], None]] = {
    wish.Send: _send,
    wish.Place: _place,
    wish.Drop: _drop,
    wish.Question: _ask,
    wish.Silence: _silence,
    wish.Arm: _arm,
    wish.Disarm: _disarm,
    wish.Run: _run,
    wish.Stop: _stop,
    wish.Finish: _finish,
    wish.Become: _become,
    wish.End: _end,
    wish.Replace: _replace,
    wish.Status: _status,
    wish.Tag: _tag,
    wish.Move: _move,
    wish.Note: _note,
}
