"""Verbs in the background of a leg: they run beside its program, belong to no program, and end with the leg or by config.

Some are brought by a verb of a program, and end with that, too. There is one of each kind on a leg, and one beside each verb. While one
`holds_program`, no verb of a program starts on its leg.
"""

from typing import TYPE_CHECKING

from callverbs.interpreter.engine.roots import Root
from callverbs.verbs.language.events import LegEvent
from callverbs.verbs.language.leg import Leg
from callverbs.verbs.language.verb import RunningVerb

if TYPE_CHECKING:
    from callverbs.interpreter.engine.programs import Programs
    from callverbs.interpreter.engine.session import Session


def is_background(verb: RunningVerb) -> bool:
    """Returns whether a running verb belongs to no program, and is no root either."""
    return not verb.program and not isinstance(verb, Root)


def on_leg(session: "Session", leg: str) -> list[RunningVerb]:
    """Returns the verbs in the background of a leg."""
    return [verb for verb in session.verbs.values() if verb.leg == leg and is_background(verb)]


def is_held(session: "Session", leg: str) -> bool:
    """Returns whether the programs on a leg wait for a verb in its background."""
    return any(verb.holds_program for verb in on_leg(session, leg))


def start(programs: "Programs", leg: str, verb: RunningVerb, beside: int = 0) -> None:
    """Starts a verb in the background of a leg, instead of the one of its kind. It ends with the leg, or with verb `beside`."""
    _end(programs, [one for one in on_leg(programs.session, leg) if (one.name, one.beside) == (verb.name, beside)])
    verb.n, verb.leg, verb.beside = programs.session.next_number(), leg, beside
    programs.session.verbs[verb.n] = verb
    programs.call(verb, verb.start)


def stop(programs: "Programs", leg: str, name: str) -> None:
    """Ends the verb of that name in the background of a leg, unless it is beside another one. It may send commands once more."""
    _end(programs, [one for one in on_leg(programs.session, leg) if (one.name, one.beside) == (name, 0)])


def stop_all(programs: "Programs", leg: str) -> None:
    """Ends all verbs in the background of a leg."""
    _end(programs, on_leg(programs.session, leg))


def stop_beside(programs: "Programs", n: int) -> None:
    """Ends the verbs beside verb `n`, which is over."""
    _end(programs, [one for one in programs.session.verbs.values() if one.beside == n])


def _end(programs: "Programs", verbs: list[RunningVerb]) -> None:
    for verb in verbs:
        programs.call(verb, verb.on_interrupted)
        programs.remove_verb(verb)
    for leg in {verb.leg: None for verb in verbs}:
        go_on(programs, leg)


def hear(programs: "Programs", leg: Leg, event: LegEvent, heard_by: RunningVerb | None) -> None:
    """Lets the verbs in the background hear an event besides `heard_by`, except those that yield to it."""
    for verb in on_leg(programs.session, leg.name):
        if not (heard_by and heard_by.name in verb.yields_to):
            programs.handle(verb, event)


def go_on(programs: "Programs", leg: str) -> None:
    """Lets the programs on a leg go on, if they waited for a verb in its background."""
    for program in list(programs.session.programs.values()):
        if program.leg == leg and program.n in programs.session.programs:
            programs.advance(program)


def skip_heard(programs: "Programs", leg: Leg) -> None:
    """Ends the verb that a leg hears, if that is all it is for; its program goes on."""
    verb = programs.session.innermost_verb(leg)
    if verb and verb.heard:
        programs.call(verb, verb.on_interrupted)
        if program := programs.remove_verb(verb):
            programs.advance(program)
