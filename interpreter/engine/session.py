"""One call session as a value: its legs, the tree of running verbs, its timers, and its outbox.

Everything that a call is stands here, and it goes to JSON and back without loss. This file says what there is, not what happens to it.
A snapshot carries the version of its format. Readers fill missing fields with their defaults, and leave alone what a newer one wrote.
"""

import base64
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, TypeVar, Union

import msgspec
from msgspec import Struct, field

from callverbs.interpreter.engine.roots import Incoming, Outgoing, Rescued
from callverbs.verbs.language.app import App
from callverbs.verbs.language.commands import Command
from callverbs.verbs.language.leg import Leg
from callverbs.verbs.language.registry import REGISTRY, AnyMessage
from callverbs.verbs.language.spec import Hook
from callverbs.verbs.language.verb import RunningVerb
from callverbs.verbs.parts.barge_in import BargeIn
from callverbs.verbs.parts.call_recording import CallRecording
from callverbs.verbs.parts.hook_wait import HookWait
from callverbs.verbs.parts.transcribing import CallTranscription

FORMAT = 2
"""Version of the snapshot's format: a release that adds to what a snapshot says, or changes what it means, counts it up."""
MAX_SEEN_EVENTS = 256
"""Ids of events that a session remembers."""
LEASE_SECONDS = 5.0
"""For so long an outbox entry belongs to the worker that saved it."""

Kind = TypeVar("Kind", "Session", "SnapshotView")

if TYPE_CHECKING:
    AnyRunningVerb = RunningVerb
else:
    AnyRunningVerb = Union[(Incoming, Outgoing, Rescued, BargeIn, CallRecording, CallTranscription, HookWait, *REGISTRY.values())]


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
    left: bool = False
    """A verb has asked to leave what it is heard in."""
    screening: bool = False
    """It runs to a callee who has not been let in yet: only some verbs may do that."""


class Timer(Struct, omit_defaults=True):
    """Something to be done at a time; it belongs to a running verb, or to the engine (owner 0)."""

    n: int
    owner: int
    name: str
    due: float
    leg: str = ""
    """The leg that it is about; it ends with that leg."""
    guards: int = 0
    """The outbox entry whose end it waits for."""
    started_at: float = 0.0


class OutboxEntry(Struct, omit_defaults=True):
    """A message in the outbox, from the save that made it until its result is saved.

    The worker that saved it sends it, and holds its lease until `lease_until`. `answered_at` is when its result was recorded: an answered
    entry is removed by the next step, an open one whose lease has expired is sent again by whoever finds it. One in doubt has no lease
    (`lease_until` 0): the carrier is asked about its leg first.
    """

    n: int
    message: AnyMessage
    owner: int
    made_at: float
    worker: str = ""
    lease_until: float = 0.0
    answered_at: float = 0.0

    @property
    def ordering_keys(self) -> tuple[str, ...]:
        return self.message.ordering_keys()

    def waits_for(self, other: "OutboxEntry") -> bool:
        """Returns whether the other one has to have its result before this one is sent."""
        return other.n < self.n and not other.answered_at and not set(other.ordering_keys).isdisjoint(self.ordering_keys)


class DeferredMedia(Struct, omit_defaults=True):
    """A media command that waits until what was stopped before it has ended."""

    command: AnyMessage
    owner: int


class Recording(Struct, omit_defaults=True):
    """A recording that a verb has started, until the carrier reports it. `n` is that verb's number."""

    n: int
    leg: str
    owner: int = 0
    """The running verb that hears of its end; 0 where `hook` is told instead."""
    asked_at: float = 0.0
    """The latest time of the carrier's clock that was known when it was asked for: it began after that."""
    hook: Hook | None = None
    extra: dict[str, Any] = {}
    """What the hook is told besides."""


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


class Usage(Struct, omit_defaults=True):
    """How often a call has done something that is limited: in all, and in the minute since `minute_began`."""

    minute_began: float
    total: int = 0
    in_minute: int = 0


class Session(Struct, kw_only=True, omit_defaults=True):
    """One conversation."""

    id: str
    format: int = 0
    """Version of the format that it was written in; `dump` sets it."""
    app: App
    began: float
    ended: float = 0.0
    legs: dict[str, Leg] = field(default_factory=dict)
    verbs: dict[int, AnyRunningVerb] = field(default_factory=dict)
    programs: dict[int, Program] = field(default_factory=dict)
    timers: dict[int, Timer] = field(default_factory=dict)
    outbox: list[OutboxEntry] = field(default_factory=list)
    deferred: dict[str, list[DeferredMedia]] = field(default_factory=dict)
    recordings: list[Recording] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    usage: dict[str, Usage] = field(default_factory=dict)
    limit: str = ""
    """The limit that it has reached, as the settings name it: since then the call is being ended."""
    base_url: str | None = None
    status_hook: Hook | None = None
    last: int = 0
    """The highest number given away: verbs, programs, timers and outbox entries share one count."""
    last_leg: int = 0

    def next_number(self) -> int:
        """Returns a number that this session has not given away before."""
        self.last += 1
        return self.last

    def mark_seen(self, event_id: str) -> bool:
        """Remembers an event, and returns whether it is new."""
        mark = base64.b64encode(blake2b(event_id.encode(), digest_size=6).digest()).decode()
        if mark in self.seen:
            return False
        self.seen.append(mark)
        del self.seen[:-MAX_SEEN_EVENTS]
        return True

    def innermost_verb(self, leg: Leg) -> RunningVerb | None:
        """Returns the verb that runs on a leg, or waits there for what it runs; where there is none, the one that placed the leg."""
        on_leg = [program for program in self.programs.values() if program.leg == leg.name]
        if not on_leg:
            return self.verbs.get(leg.owner)
        innermost = max(on_leg, key=lambda program: program.n)
        return self.verbs.get(innermost.running or innermost.owner)

    @property
    def is_sensitive(self) -> bool:
        """Whether a verb runs that hears what is for its hooks alone."""
        return any(verb.is_sensitive for verb in self.verbs.values())

    def open_entries(self) -> list[OutboxEntry]:
        """Returns the outbox entries that have no result yet."""
        return [entry for entry in self.outbox if not entry.answered_at]

    def open_entry(self, n: int) -> OutboxEntry | None:
        """Returns the outbox entry of that number, unless it has its result."""
        return next((entry for entry in self.open_entries() if entry.n == n), None)

    def creates_leg(self) -> bool:
        """Returns whether an open command creates a leg, whose address we don't know yet."""
        return any(isinstance(entry.message, Command) and entry.message.created_leg() for entry in self.open_entries())

    def due(self) -> float:
        """Returns when the timers have to look at this session next, in UTC seconds; 0 for never."""
        times = [timer.due for timer in self.timers.values()]
        times += [entry.lease_until for entry in self.open_entries() if entry.lease_until]
        return min(times, default=0.0)


class SnapshotError(Exception):
    """A snapshot cannot be read: why. One that is `newer` is left as it is, to a worker that knows its format."""

    def __init__(self, reason: str, *, newer: bool = False) -> None:
        self.newer = newer
        super().__init__(reason)


class _Format(Struct):
    format: int = 0


_DECODER = msgspec.json.Decoder(Session)
_ENCODER = msgspec.json.Encoder()


def dump(session: Session) -> bytes:
    """Returns the snapshot of a session."""
    session.format = FORMAT
    return _ENCODER.encode(session)


def load(snapshot: bytes) -> Session:
    """Returns a session from its snapshot: a private copy. Raises SnapshotError."""
    return _read(_DECODER, snapshot)


def _read(decoder: "msgspec.json.Decoder[Kind]", snapshot: bytes) -> Kind:
    try:
        found = decoder.decode(snapshot)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        _check_format(snapshot)
        raise SnapshotError(str(error)) from None
    if found.format > FORMAT:
        _check_format(snapshot)
    return found


def _check_format(snapshot: bytes) -> None:
    """Raises SnapshotError where a newer callverbs has written a snapshot."""
    try:
        found = msgspec.json.decode(snapshot, type=_Format).format
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return
    if found > FORMAT:
        raise SnapshotError(f"a newer callverbs has written it (format {found}; this one knows {FORMAT})", newer=True)


class LegAddress(Struct):
    """The part of a leg that the dispatcher reads."""

    call_control_id: str = ""


class SnapshotView(Struct):
    """The part of a snapshot that the dispatcher and the timers read: cheaper than the whole."""

    app: App
    format: int = 0
    legs: dict[str, LegAddress] = {}
    outbox: list[OutboxEntry] = []
    timers: dict[int, Timer] = {}

    @property
    def open_entries(self) -> dict[int, OutboxEntry]:
        """The outbox entries that have no result yet, by number."""
        return {entry.n: entry for entry in self.outbox if not entry.answered_at}

    @property
    def ids(self) -> dict[str, str]:
        """The carrier's ids of the legs that have one."""
        return {name: leg.call_control_id for name, leg in self.legs.items() if leg.call_control_id}


_VIEW = msgspec.json.Decoder(SnapshotView)


def view(snapshot: bytes) -> SnapshotView:
    """Returns the part of a snapshot that the dispatcher and the timers read. Raises SnapshotError."""
    return _read(_VIEW, snapshot)
