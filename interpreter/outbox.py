"""What the call has asked for and has no answer to yet: wishes in their order, media that is heard or waits, and guards.

An ended event names no command: it is credited to the oldest command of its kind on the leg. What was stopped has to end
before the next thing is heard. Whatever the carrier forgets to tell is asked for when its guard is over.
"""

from interpreter.outcome import Turn
from interpreter.session import LEASE, Entry, Held, Timer
from verbs._commands import Ask, Command, Enquire, StopGather, StopMedia, Wish
from verbs._leg import Awaited, Leg

MARGIN = 30.0
"""Seconds that the carrier may be late before we ask how the call stands."""
UNKNOWN = 600.0
"""Seconds after which we ask where nobody knows how long a thing takes."""
SETTLE = 1.0
"""Seconds that the next media command waits for the end of what was stopped, at the most."""
GUARD, SETTLING, VANISHED = "guard", "settle", "vanished"
"""Names of the engine's own timers."""
STOPS = {"speak": StopMedia, "playback": StopMedia, "gather": StopGather}


def put(turn: Turn, wish: Wish, owner: int) -> Entry:
    """A wish into the outbox."""
    entry = Entry(turn.session.number(), wish, owner, turn.at, turn.sender, turn.at + LEASE)
    turn.session.outbox.append(entry)
    turn.new.append(entry)
    return entry


def send(turn: Turn, command: Command, owner: int) -> None:
    """A command into the outbox, unless its leg is over or being ended, or has to fall silent first."""
    leg = turn.session.legs[command.leg]
    if leg.gone or (leg.ending and command.awaits != "hangup"):
        return
    if command.awaits == "answer" and any(awaited.kind == "answer" for awaited in leg.awaited):
        return
    if command.media and any(awaited.stopped for awaited in leg.awaited):
        turn.session.held.setdefault(leg.name, []).append(Held(command, owner))
        return
    entry = put(turn, command, owner)
    if command.awaits:
        leg.awaited.append(Awaited(entry.n, owner, command.awaits, command.length()))
        guard(turn, leg, leg.awaited[-1])


def guard(turn: Turn, leg: Leg, awaited: Awaited) -> None:
    """When to ask about a command that the carrier has not reported the end of; anew, if that was said before."""
    _unguard(turn, awaited)
    wait = awaited.length + MARGIN if awaited.length or awaited.kind in ("answer", "hangup") else UNKNOWN
    arm(turn, 0, GUARD, wait, leg.name, awaited.n)


def stop(turn: Turn, leg: Leg, owner: int) -> None:
    """Silence everything on a leg that a running verb has asked for, heard or waiting; a leg that is being ended falls silent itself."""
    if leg.name in turn.session.held:
        turn.session.held[leg.name] = [item for item in turn.session.held[leg.name] if item.owner != owner]
    if leg.ending:
        return
    mine = [awaited for awaited in leg.awaited if awaited.owner == owner and awaited.kind in STOPS and not awaited.stopped]
    for word in dict.fromkeys(STOPS[awaited.kind] for awaited in mine):
        send(turn, word(leg=leg.name), 0)
    for awaited in mine:
        awaited.stopped = True
    if mine:
        arm(turn, 0, SETTLING, SETTLE, leg.name)


def is_news(leg: Leg, kind: str, occurred_at: float) -> bool:
    """Whether something happened later than the last of its kind, by the carrier's clock; if not, it is a duplicate."""
    last = leg.credited.get(kind, 0.0)
    leg.credited[kind] = max(occurred_at, last)
    return not occurred_at or occurred_at > last


def credit(turn: Turn, leg: Leg, kind: str, occurred_at: float, status: str) -> Awaited | None:
    """The command that an ended event belongs to: the oldest of its kind; None for a duplicate or a stranger."""
    if not is_news(leg, kind, occurred_at):
        return None
    awaited = next((one for one in leg.awaited if one.kind == kind), None)
    if awaited is None:
        return None
    if kind == "gather" and status == "cancelled" and not awaited.stopped:
        return None  # the late end of one that was stopped: only we cancel a collection
    settle(turn, awaited.n)
    forget(turn, leg, awaited)
    return awaited


def forget(turn: Turn, leg: Leg, awaited: Awaited) -> None:
    """A command's end is not awaited any longer."""
    leg.awaited.remove(awaited)
    _unguard(turn, awaited)
    if not any(one.stopped for one in leg.awaited):
        release(turn, leg)


def _unguard(turn: Turn, awaited: Awaited) -> None:
    for timer in [timer for timer in turn.session.timers.values() if timer.about == awaited.n]:
        del turn.session.timers[timer.n]


def release(turn: Turn, leg: Leg) -> None:
    """What waited for silence can be heard now."""
    disarm(turn, 0, SETTLING, leg.name)
    for awaited in [one for one in leg.awaited if one.stopped]:
        leg.awaited.remove(awaited)
        _unguard(turn, awaited)
    for item in turn.session.held.pop(leg.name, []):
        assert isinstance(item.wish, Command)
        send(turn, item.wish, item.owner)


def enquire(turn: Turn, leg: Leg) -> None:
    """Ask the carrier whether a leg still lives; one question at a time."""
    asked = any(isinstance(entry.wish, Enquire) and entry.wish.leg == leg.name for entry in turn.session.outbox if not entry.sent)
    if not asked:
        put(turn, Enquire(leg=leg.name), 0)


def settle(turn: Turn, n: int) -> Entry | None:
    """Entry `n` has its answer; None if it had one already."""
    entry = turn.session.entry(n)
    if entry:
        entry.sent = turn.at
    return entry


def placed(turn: Turn, leg: Leg) -> None:
    """A leg exists, whoever told us: the command that placed it has its answer."""
    for entry in turn.session.outbox:
        if isinstance(entry.wish, Command) and entry.wish.places() == leg.name and not entry.sent:
            entry.sent = turn.at


def sweep(turn: Turn) -> None:
    """Entries that were answered before this event are not needed any longer."""
    turn.session.outbox = [entry for entry in turn.session.outbox if not entry.sent]


def abandon(turn: Turn, owner: int) -> None:
    """A running verb is over: its questions are nobody's, its timers are gone, and what it plays is stopped."""
    session = turn.session
    for entry in session.outbox:
        if entry.owner == owner:
            entry.owner = 0
    for timer in [timer for timer in session.timers.values() if timer.owner == owner]:
        del session.timers[timer.n]
    for leg in session.legs.values():
        if not leg.gone:
            stop(turn, leg, owner)


def drop(turn: Turn, leg: Leg) -> None:
    """A leg is over: nothing is sent to it or awaited of it any longer."""
    session = turn.session
    session.outbox = [entry for entry in session.outbox if isinstance(entry.wish, Ask) or leg.name not in entry.lanes]
    session.held.pop(leg.name, None)
    leg.awaited = []
    for timer in [timer for timer in session.timers.values() if timer.leg == leg.name]:
        del session.timers[timer.n]


def arm(turn: Turn, owner: int, name: str, seconds: float, leg: str = "", about: int = 0) -> None:
    """Start a timer. One of the same name starts again, except guards, of which every command has its own."""
    if not about:
        disarm(turn, owner, name, leg)
    n = turn.session.number()
    turn.session.timers[n] = Timer(n, owner, name, turn.at + seconds, leg, about)


def disarm(turn: Turn, owner: int, name: str, leg: str = "") -> None:
    """Stop a timer."""
    for timer in list(turn.session.timers.values()):
        if (timer.owner, timer.name, timer.leg) == (owner, name, leg):
            del turn.session.timers[timer.n]
