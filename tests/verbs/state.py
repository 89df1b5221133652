"""What makes a state of a call another one: the snapshot without counters, ids, times, and what is only told.

Two targets of the same kind change places: which of them is called b1 makes no difference.
"""

import re
from collections.abc import Callable
from typing import Any

import msgspec

from interpreter import session
from interpreter.session import Entry, Session, Timer
from verbs._capture import Buffer, Key
from verbs._commands import Ask
from verbs._hold import Hold
from verbs._leg import Leg

CALLEE = re.compile(rb"\bb([0-9]+)\b")
Rank = Callable[[int], int]


def state(snapshot: bytes) -> bytes:
    """Equal for two snapshots of the same situation."""
    now = session.load(snapshot)
    open_ = [entry for entry in now.outbox if not entry.sent]
    numbers = {0, *now.verbs, *now.programs, *(entry.n for entry in open_), *(one.n for leg in now.legs.values() for one in leg.awaited)}
    ranks = {n: rank for rank, n in enumerate(sorted(numbers))}

    def rank(n: int) -> int:
        return ranks.get(n, -1)

    plain = Session(
        id="",
        app=now.app,
        began=0.0,
        ended=float(now.ended > 0),
        legs={name: _leg(leg, rank) for name, leg in now.legs.items() if not leg.gone},
        verbs=now.verbs,
        programs=now.programs,
        outbox=[],
        held=now.held,
        base_url=now.base_url,
        status_hook=now.status_hook,
    )
    for verb in now.verbs.values():
        verb.n, verb.program = rank(verb.n), rank(verb.program)
        for field in set(verb.__struct_fields__) & set(PLAIN):
            setattr(verb, field, PLAIN[field](getattr(verb, field)))
    for program in now.programs.values():
        program.n, program.owner, program.running, program.asking = (
            rank(n) for n in (program.n, program.owner, program.running, program.asking)
        )
    for items in now.held.values():
        for item in items:
            item.owner = rank(item.owner)
    plain.verbs = {verb.n: verb for verb in now.verbs.values()}
    plain.programs = {program.n: program for program in now.programs.values()}
    text = _ENCODER.encode(
        [plain, sorted(_timer(timer, rank) for timer in now.timers.values()), sorted(_entry(entry, rank) for entry in open_)]
    )
    return _renamed(text, now)


def _keys(keys: list[Key] | dict[str, Buffer]) -> list[Key] | dict[str, Buffer]:
    """The keys of an input; those of two who talk have no end, and change nothing but what is told."""
    return [Key(0.0, key.digit) for key in keys] if isinstance(keys, list) else {}


PLAIN: dict[str, Callable[[Any], Any]] = {
    "status": lambda told: "",
    "sip_status": lambda told: 0,
    "sid": lambda told: "",
    "began": lambda time: 0.0,
    "until": lambda time: float(time > 0),
    "last": lambda time: float(time > 0),
    "keys": _keys,
    "holds": lambda holds: {leg: Hold(hold.on, 0.0, hold.asked) for leg, hold in holds.items()},
}
"""Fields of verbs that are told to hooks, or that are times, and what of them makes a difference."""
_ENCODER = msgspec.json.Encoder()


def _leg(leg: Leg, rank: Rank) -> Leg:
    awaited = [msgspec.structs.replace(one, n=rank(one.n), owner=rank(one.owner)) for one in leg.awaited]
    return Leg(
        name=leg.name,
        direction=leg.direction,
        from_="",
        to="",
        state=leg.state,
        owner=rank(leg.owner),
        parent=leg.parent,
        call_control_id="x" if leg.call_control_id else "",
        announced=leg.announced,
        ending=leg.ending,
        awaited=awaited,
    )


def _timer(timer: Timer, rank: Rank) -> tuple[int, str, str, int]:
    return (rank(timer.owner), timer.name, timer.leg, rank(timer.about))


def _entry(entry: Entry, rank: Rank) -> tuple[int, int, bytes]:
    wish = msgspec.structs.replace(entry.wish, payload={}) if isinstance(entry.wish, Ask) else entry.wish
    return (rank(entry.n), rank(entry.owner), _ENCODER.encode(wish))


def _renamed(text: bytes, now: Session) -> bytes:
    """With the callees named by how they stand."""
    callees = [leg for leg in now.legs.values() if leg.parent and not leg.gone]
    if len(callees) < 2:
        return text
    marks = {leg.name: _mark(leg, text) for leg in callees}
    order = {name.encode(): b"c%d" % index for index, name in enumerate(sorted(marks, key=lambda name: marks[name]))}
    return CALLEE.sub(lambda match: order.get(match[0], match[0]), text)


def _mark(leg: Leg, text: bytes) -> bytes:
    return b"%d%d%d" % (leg.answered, leg.ending, len(leg.awaited)) + b"%d" % len(re.findall(rb"\b%b\b" % leg.name.encode(), text))
