"""How a call ends when neither its verbs nor its parties end it: by an operator, by a limit, by faults of ours."""

from callverbs.interpreter.engine import background, limits
from callverbs.interpreter.engine.outcome import Turn
from callverbs.interpreter.engine.programs import Programs
from callverbs.interpreter.engine.roots import CALLER, Root
from callverbs.verbs.language.events import HangUpRequested, ProgramEnded
from callverbs.verbs.language.messages import HookRequest


def hang_up(programs: Programs, event: HangUpRequested) -> None:
    """Ends a call that an operator wants to be over: the caller is let go, or whoever is left without one."""
    for leg in list(programs.session.legs.values()):
        if leg.name == CALLER or programs.session.legs[CALLER].gone:
            programs.hang_up(leg)


def interrupt_by_limit(programs: Programs, error: limits.LimitError) -> None:
    """Ends what runs in a call that has reached a limit. The event is handled after that; then the caller leaves."""
    session = programs.session
    session.limit = error.setting
    programs.turn.problem("settings", str(error))
    root = _root(programs)
    if root:
        for program in programs.children(root):
            programs.interrupt(program)
        background.stop_all(programs, CALLER)
    for leg in session.legs.values():
        if leg.name != CALLER:
            programs.hang_up(leg)


def leave(programs: Programs) -> None:
    """Lets the caller of an interrupted call hear the apology, and go. Nobody waits for the first hook any longer."""
    for entry in programs.session.outbox:
        if isinstance(entry.message, HookRequest) and entry.message.kind == "call":
            entry.owner = 0
    if root := _root(programs):
        programs.handle(root, ProgramEnded(at=programs.turn.at, leg=CALLER, program=0, result="stranded"))


def _root(programs: Programs) -> Root | None:
    return next((one for one in programs.session.verbs.values() if isinstance(one, Root)), None)


def abandon(turn: Turn) -> None:
    """Lets all parties go: two verbs have failed at one event, so nothing of the tree can be trusted."""
    call = turn.session
    call.verbs, call.programs = {}, {}
    call.recordings = [one for one in call.recordings if not one.owner]
    call.timers = {timer.n: timer for timer in call.timers.values() if not timer.owner}
    for entry in call.outbox:
        entry.owner = 0
    programs = Programs(turn)
    for leg in call.legs.values():
        programs.hang_up(leg)
