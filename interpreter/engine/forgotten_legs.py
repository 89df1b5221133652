"""Legs that are over are forgotten when nobody needs them any longer, so a call that dials all day stays small.

A leg is remembered for a minute, in which its late events find it. Whoever rings after that although we gave up is still hung up.
"""

import re

from callverbs.interpreter.engine.outcome import Turn
from callverbs.interpreter.engine.roots import CALLER
from callverbs.interpreter.engine.session import Session
from callverbs.verbs.language.events import LegAnswered, LegEvent, LegInitiated
from callverbs.verbs.language.leg import Leg

REMEMBERED_SECONDS = 60.0
CALLEE = re.compile("b([1-9][0-9]*)")


def forget(turn: Turn) -> None:
    """Drops the legs that nobody needs."""
    session = turn.session
    over = [leg for leg in session.legs.values() if leg.gone and leg.name != CALLER and turn.at - leg.ended_at >= REMEMBERED_SECONDS]
    if not over:
        return
    needed = _needed(session)
    for leg in over:
        if leg.name not in needed and leg.owner not in session.verbs:
            del session.legs[leg.name]


def _needed(session: Session) -> set[str]:
    """Returns the legs that messages, recordings, programs or other legs name."""
    names = {leg.parent for leg in session.legs.values()} | {program.leg for program in session.programs.values()}
    names |= {recording.leg for recording in session.recordings} | {verb.leg for verb in session.verbs.values()}
    for entry in session.outbox:
        names |= {*entry.ordering_keys, getattr(entry.message, "leg", ""), getattr(entry.message, "about", "")}
    return names


def is_forgotten(session: Session, name: str) -> bool:
    """Returns whether this name was that of a leg of the session, which it has forgotten."""
    number = CALLEE.fullmatch(name)
    return name not in session.legs and number is not None and int(number[1]) <= session.last_leg


def remember(session: Session, event: LegEvent) -> Leg | None:
    """Returns the forgotten leg that an event is about, if it says that the party is there: it has to be hung up. Nobody hears of it."""
    if not isinstance(event, LegInitiated | LegAnswered):
        return None
    leg = Leg(name=event.leg, direction="outbound", from_="", to="", parent=CALLER, state="gone", call_status="failed")
    session.legs[leg.name] = leg
    return leg
