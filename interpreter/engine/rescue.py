"""A call whose snapshot cannot be read: what is still known of it, and how its parties are let go.

The caller hears the apology, if the application has one, and every leg is hung up. The snapshot itself is kept in the event log.
"""

import base64
from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

from callverbs.interpreter.engine import session
from callverbs.interpreter.engine.programs import Programs
from callverbs.interpreter.engine.roots import CALLER, Rescued
from callverbs.interpreter.engine.session import Session
from callverbs.verbs.language.app import App
from callverbs.verbs.language.events import SnapshotLost
from callverbs.verbs.language.leg import Leg

Known = TypeVar("Known")
SKIPPED_NUMBERS = 1_000_000
"""How many numbers a rescued call leaves out, where nobody knows the last one given away: an id of a command is never used twice."""


def lost_event(call: str, snapshot: bytes, reason: str, at: float) -> SnapshotLost:
    """Returns the event that a snapshot cannot be read. It holds the snapshot, as base64 where it is not even text."""
    try:
        kept, encoding = snapshot.decode(), ""
    except UnicodeDecodeError:
        kept, encoding = base64.b64encode(snapshot).decode(), "base64"
    return SnapshotLost(id=f"{call}:lost", at=at, reason=reason, snapshot=kept, encoding=encoding)


def lost_snapshot(event: SnapshotLost) -> bytes:
    """Returns the snapshot that an event holds, as it was."""
    return base64.b64decode(event.snapshot) if event.encoding else event.snapshot.encode()


def rescued(call: str, snapshot: bytes, at: float) -> bytes:
    """Returns a snapshot with what is still known of a call: its application and its legs. `SnapshotLost` is its first event."""
    try:
        found = msgspec.json.decode(snapshot)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        found = None
    known = found if isinstance(found, dict) else {}
    last, written = known.get("last"), known.get("legs")
    legs = {leg.name: leg for leg in _legs(written if isinstance(written, dict) else {})}
    legs.setdefault(CALLER, Leg(name=CALLER, direction="inbound", from_="", to="", started_at=at))
    return session.dump(
        Session(
            id=call,
            app=_convert(known.get("app"), App) or App(),
            began=_convert(known.get("began"), float) or at,
            legs=legs,
            base_url=_convert(known.get("base_url"), str),
            last=last if isinstance(last, int) and last > 0 else SKIPPED_NUMBERS,
            last_leg=_convert(known.get("last_leg"), int) or len(legs),
        )
    )


def _legs(written: dict[str, Any]) -> Iterator[Leg]:
    """Yields the legs that can be read, with nothing under way on them. The next webhook of one without an address names it."""
    for one in written.values():
        facts = {name: value for name, value in one.items() if name in FACTS} if isinstance(one, dict) else None
        if leg := _convert(facts, Leg):
            yield leg


FACTS = frozenset(
    {
        *("name", "direction", "from", "to", "state", "parent", "caller_name", "call_control_id", "call_leg_id", "call_session_id"),
        *("connection_id", "started_at", "answered_at", "ended_at", "call_status", "sip_status", "sip_reason", "reported"),
    }
)
"""What a rescued call needs of a leg: who it is, where, and how it stands."""


def _convert(value: object, kind: type[Known]) -> Known | None:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return None


def lost(programs: Programs, event: SnapshotLost) -> None:
    """Lets the parties of a rescued call go."""
    programs.turn.problem("callverbs", f"the record of this call cannot be read, so its parties are let go: {event.reason}")
    for leg in list(programs.session.legs.values()):
        if leg.name != CALLER:
            programs.hang_up(leg)
    programs.start_root(Rescued())
