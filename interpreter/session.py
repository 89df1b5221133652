"""One conversation as a value: its legs, the tree of running verbs, its timers, and what it has asked for.

Everything that a call is stands here, and it goes to JSON and back without loss. This file says what there is, not what
happens to it. A snapshot carries the version of its format; readers fill missing fields with their defaults.
"""

import base64
from hashlib import blake2b
from typing import TYPE_CHECKING, Union

import msgspec
from msgspec import Struct, field

from verbs._app import App
from verbs._leg import Leg
from verbs._registry import REGISTRY, AnyWish
from verbs._roots import Incoming, Outgoing
from verbs._spec import Hook
from verbs._verb import Verb

FORMAT = 1
"""Version of the snapshot's format; a change of meaning counts it up and adds a function to `upgrade`."""
REMEMBERED = 256
"""How many ids of events a session remembers."""
LEASE = 5.0
"""Seconds for which whoever saved an outbox entry has it to itself."""

if TYPE_CHECKING:
    Running = Verb
else:
    Running = Union[(Incoming, Outgoing, *REGISTRY.values())]


class Program(Struct, omit_defaults=True):
    """The verbs being run on a leg. `rest` holds what is still to come, as it was read."""

    n: int
    leg: str
    owner: int
    rest: list[msgspec.Raw] = field(default_factory=list)
    running: int = 0
    asking: int = 0
    """The outbox entry of the actionHook whose reply decides how it goes on."""
    stranded: bool = False
    """The last hook that could have said how it goes on has failed."""
    screening: bool = False
    """It is run to a callee who has not been let in yet: only some verbs may do that."""


class Timer(Struct, omit_defaults=True):
    """Something to be done at a time; it belongs to a running verb, or to the engine (owner 0)."""

    n: int
    owner: int
    name: str
    due: float
    leg: str = ""
    """The leg that the engine's timer is about."""
    about: int = 0
    """The outbox entry that it guards."""


class Entry(Struct, omit_defaults=True):
    """A wish in the outbox, from the save that made it until its answer is saved.

    Whoever saved it sends it, and has it alone until `until`. `sent` is when its answer was recorded: a marked entry is
    swept by the next step, an unmarked one whose lease is over is sent again by whoever finds it. One in doubt has no lease
    (`until` 0): the carrier is asked about its leg first.
    """

    n: int
    wish: AnyWish
    owner: int
    asked: float
    sender: str = ""
    until: float = 0.0
    sent: float = 0.0

    @property
    def lanes(self) -> tuple[str, ...]:
        return self.wish.lanes()

    def waits_for(self, other: "Entry") -> bool:
        """Whether the other one has to have its answer before this one is sent."""
        return other.n < self.n and not other.sent and not set(other.lanes).isdisjoint(self.lanes)


class Held(Struct, omit_defaults=True):
    """A media command that waits until what was stopped before it has ended."""

    wish: AnyWish
    owner: int


class Problem(Struct, omit_defaults=True):
    """Something that went wrong, for the record: whose fault, what, and where in the reply of which hook."""

    at: float
    whose: str
    text: str
    url: str = ""
    status: int = 0
    pointer: str = ""
    line: int = 0
    column: int = 0


class Session(Struct, kw_only=True, omit_defaults=True):
    """One conversation."""

    id: str
    format: int = FORMAT
    app: App
    began: float
    ended: float = 0.0
    legs: dict[str, Leg] = field(default_factory=dict)
    verbs: dict[int, Running] = field(default_factory=dict)
    programs: dict[int, Program] = field(default_factory=dict)
    timers: dict[int, Timer] = field(default_factory=dict)
    outbox: list[Entry] = field(default_factory=list)
    held: dict[str, list[Held]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    base_url: str | None = None
    status_hook: Hook | None = None
    last: int = 0
    """The highest number given away: verbs, programs, timers and outbox entries share one count."""
    last_leg: int = 0

    def number(self) -> int:
        """A number that this session has not given away before."""
        self.last += 1
        return self.last

    def has_seen(self, event_id: str) -> bool:
        """Whether this event came before; if not, it has now."""
        mark = base64.b64encode(blake2b(event_id.encode(), digest_size=6).digest()).decode()
        if mark in self.seen:
            return True
        self.seen.append(mark)
        del self.seen[:-REMEMBERED]
        return False

    def entry(self, n: int) -> Entry | None:
        """The outbox entry of that number, unless it was answered."""
        return next((entry for entry in self.outbox if entry.n == n and not entry.sent), None)

    def due(self) -> float:
        """When the clock has to look at this session next, in UTC seconds; 0 for never."""
        times = [timer.due for timer in self.timers.values()]
        times += [entry.until for entry in self.outbox if not entry.sent and entry.until]
        return min(times, default=0.0)


_DECODER = msgspec.json.Decoder(Session)
_ENCODER = msgspec.json.Encoder()


def dump(session: Session) -> bytes:
    """The snapshot of a session."""
    return _ENCODER.encode(session)


def load(snapshot: bytes) -> Session:
    """A session from its snapshot: a private copy."""
    return _DECODER.decode(snapshot)


class Address(Struct):
    """What of a leg a sender needs."""

    call_control_id: str = ""


class View(Struct):
    """The part of a snapshot that senders and clocks read: cheaper than the whole."""

    app: App
    legs: dict[str, Address] = {}
    outbox: list[Entry] = []
    alarms: dict[int, Timer] = field(default_factory=dict, name="timers")

    @property
    def open(self) -> dict[int, Entry]:
        """The outbox entries that have no answer yet."""
        return {entry.n: entry for entry in self.outbox if not entry.sent}

    @property
    def timers(self) -> dict[int, float]:
        """When each timer is due."""
        return {n: timer.due for n, timer in self.alarms.items()}

    @property
    def ids(self) -> dict[str, str]:
        """The carrier's ids of the legs that have one."""
        return {name: leg.call_control_id for name, leg in self.legs.items() if leg.call_control_id}


_VIEW = msgspec.json.Decoder(View)


def peek(snapshot: bytes) -> View:
    """The part of a snapshot that senders and clocks read."""
    return _VIEW.decode(snapshot)
