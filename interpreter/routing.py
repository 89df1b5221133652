"""Which leg an event is about and who hears it: a leg's state goes forward only, and every event has one hearer.

A leg's news goes to the verb that runs on it, then outward to the first that has a handler. Media that has ended goes to
whoever asked for it. Duplicates and latecomers change nothing.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from interpreter import outbox
from interpreter.session import Program
from interpreter.tree import Tree, announce
from verbs._events import GatherEnded, KeyPressed, LegAnswered, LegEvent, LegHungUp, LegInitiated, PlaybackEnded, SpeakEnded
from verbs._leg import Leg
from verbs._verb import Verb

ENDED: dict[type[LegEvent], str] = {SpeakEnded: "speak", PlaybackEnded: "playback", GatherEnded: "gather"}
"""The kind of command that each of these events ends."""
DYING = "call_hangup"
"""Status of media that ended because the party hung up: the hangup itself follows."""
SIP = {"user_busy": 486, "no_answer": 487, "timeout": 487, "originator_cancel": 487, "call_rejected": 603, "not_found": 404}
"""SIP status of a hangup cause, where the carrier gives none."""
STANDS = {"user_busy": "busy", "timeout": "no-answer", "originator_cancel": "no-answer"}
"""Call status of a hangup cause that says it all; for the others, the SIP status decides."""


def leg_event(tree: Tree, event: LegEvent) -> None:
    """News of a leg, from the carrier."""
    leg = _about(tree, event)
    if leg is None:
        tree.turn.homeless = True
        return
    if leg.gone and not leg.call_control_id and isinstance(event, LegInitiated | LegAnswered):
        _end_stray(tree, leg, event)
        return
    bind(tree, leg, event.call_control_id, event.call_leg_id, event.call_session_id)
    if not leg.gone:
        named = event if event.leg == leg.name else msgspec.structs.replace(event, leg=leg.name)  # the carrier had lost our name
        STANDINGS.get(type(event), _news)(tree, leg, named)


def _about(tree: Tree, event: LegEvent) -> Leg | None:
    """By our own name, which client_state carried, else by the carrier's id."""
    legs = tree.session.legs
    known = (leg for leg in legs.values() if leg.call_control_id and leg.call_control_id == event.call_control_id)
    return legs.get(event.leg) or next(known, None)


def bind(tree: Tree, leg: Leg, call_control_id: str, call_leg_id: str, call_session_id: str) -> None:
    """The first word of the carrier binds a leg's ids; later ones change nothing."""
    if leg.call_control_id or not call_control_id:
        return
    leg.call_control_id, leg.call_leg_id, leg.call_session_id = call_control_id, call_leg_id, call_session_id
    tree.turn.ids += [one for one in (call_control_id, call_leg_id, call_session_id) if one]
    if leg.state == "new":
        leg.state = "ringing"
    if not leg.inbound:
        outbox.placed(tree.turn, leg)
        announce(tree.turn, leg, "trying", 100)


def _end_stray(tree: Tree, leg: Leg, event: LegEvent) -> None:
    """Its dial was given up as failed, and yet it rings: nobody here waits for it any longer."""
    bind(tree, leg, event.call_control_id, event.call_leg_id, event.call_session_id)
    leg.state, leg.ending = "ringing", False  # a hangup that was wished for before went with the dial
    tree.hang_up(leg)


def _known(tree: Tree, leg: Leg, event: LegEvent) -> None:
    """What it tells stands in the leg already."""


def _news(tree: Tree, leg: Leg, event: LegEvent) -> None:
    """What changes nothing in the leg itself is for whoever wants to hear it, once."""
    if outbox.is_news(leg, str(event.__struct_config__.tag), event.occurred_at):
        hear(tree, leg, event)


def _answered(tree: Tree, leg: Leg, event: LegAnswered) -> None:
    if leg.answered:
        return
    leg.state, leg.answered_at = "answered", tree.turn.at
    for awaited in [one for one in leg.awaited if one.kind == "answer"]:
        outbox.settle(tree.turn, awaited.n)
        outbox.forget(tree.turn, leg, awaited)
    _stand(tree, leg, "in-progress", 200)
    if not leg.ending:  # a party that we let go has picked up: too late
        hear(tree, leg, event)


def _media_ended(tree: Tree, leg: Leg, event: Any) -> None:
    if event.status == DYING:
        return
    awaited = outbox.credit(tree.turn, leg, ENDED[type(event)], event.occurred_at, event.status)
    verb = tree.session.verbs.get(awaited.owner) if awaited else None
    if verb and awaited and not awaited.stopped:
        tree.tell(verb, event)


def _pressed(tree: Tree, leg: Leg, event: KeyPressed) -> None:
    """Whoever is typing gets the time for it: the end of the collection is not overdue yet."""
    for awaited in leg.awaited:
        if awaited.kind == "gather" and not awaited.stopped:
            outbox.guard(tree.turn, leg, awaited)
    hear(tree, leg, event)


def hung_up(tree: Tree, leg: Leg, event: LegHungUp) -> None:
    """A leg is over: its programs end from the leaf up, then its owner hears it."""
    answered = leg.answered
    leg.state, leg.ended_at = "gone", tree.turn.at
    outbox.drop(tree.turn, leg)
    status = event.sip_status if event.sip_status >= 400 else SIP.get(event.cause, 500)
    if answered:
        _stand(tree, leg, "completed", 200)
    elif leg.inbound:
        _stand(tree, leg, *(("failed", 603) if leg.ending else ("no-answer", 487)))
    else:
        _stand(tree, leg, STANDS.get(event.cause) or call_status(leg, status), status)
    for program in _outermost(tree, leg):
        tree.interrupt(program, "gone")
        tree.end(program, "gone")
    if owner := tree.session.verbs.get(leg.owner):
        tree.tell(owner, event)


def call_status(leg: Leg, sip_status: int) -> str:
    """How a call that was not answered ended, by its SIP status.

    603 is busy where an operator placed the call (jambonz create-call.js), a failure where a verb did (place-outdial.js).
    """
    declined = "failed" if leg.parent else "busy"
    return {486: "busy", 600: "busy", 603: declined, 487: "no-answer"}.get(sip_status, "failed")


def _stand(tree: Tree, leg: Leg, call_status: str, sip_status: int) -> None:
    """How a leg stands is known here also where the application has never heard of it, and is told nothing."""
    if leg.announced:
        announce(tree.turn, leg, call_status, sip_status)
    else:
        leg.stand(call_status, sip_status)


def hear(tree: Tree, leg: Leg, event: LegEvent) -> None:
    """The verb on the leg hears it, or the first around it that has a handler; a leg without verbs is its owner's."""
    verb = _leaf(tree, leg)
    while verb and type(event) not in verb.handlers:
        verb = _around(tree, verb)
    if verb:
        tree.tell(verb, event)


def _leaf(tree: Tree, leg: Leg) -> Verb | None:
    programs = [program for program in tree.session.programs.values() if program.leg == leg.name]
    if not programs:
        return tree.session.verbs.get(leg.owner)
    inmost = max(programs, key=lambda program: program.n)
    return tree.session.verbs.get(inmost.running or inmost.owner)


def _around(tree: Tree, verb: Verb) -> Verb | None:
    program = tree.session.programs.get(verb.program)
    return tree.session.verbs.get(program.owner) if program else None


def _outermost(tree: Tree, leg: Leg) -> list[Program]:
    """The programs on a leg that no verb on the same leg has started."""
    inside = {verb.n for verb in tree.session.verbs.values() if verb.program and verb.leg == leg.name}
    return [one for one in tree.session.programs.values() if one.leg == leg.name and one.owner not in inside]


STANDINGS: dict[type[LegEvent], Callable[[Tree, Leg, Any], None]] = {
    LegInitiated: _known,
    LegAnswered: _answered,
    LegHungUp: hung_up,
    KeyPressed: _pressed,
    **dict.fromkeys(ENDED, _media_ended),
}
