"""One party's line: its ids, where it stands, whom it hears, and what it has heard. Nothing in this file makes anything happen.

A leg ends once. What ends with it are its own timers, sounds and gathers; its peer is for `ending` to look after.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from msgspec import Struct

from callverbs.interpreter.simulator.clock import Handle
from callverbs.interpreter.simulator.people import Person
from callverbs.interpreter.simulator.refusals import Response

Direction = Literal["incoming", "outgoing"]
State = Literal["ringing", "answered", "bridged", "ended"]
Body = dict[str, Any]


class Party(Protocol):
    """Whoever holds the phone of a leg, told of what happens on it."""

    person: Person

    def rings(self) -> None: ...
    def answered(self) -> None: ...
    def hears(self, sound: "Sound") -> None: ...
    def waits(self) -> None: ...
    def bridged(self) -> None: ...
    def parted(self) -> None: ...
    def types(self, keys: str) -> None: ...
    def leaves(self) -> None: ...


class Heard(Struct):
    """Something that a party has heard: a text, a file's address, keys. `at` is UTC seconds; `whole` once it was heard to its end."""

    kind: Literal["speech", "file", "keys"]
    what: str
    at: float
    whole: bool = False


@dataclass(slots=True, eq=False)
class Sound:
    """Something to be heard on a leg: speech, a file, or the prompt of a gather. One round lasts `length` seconds."""

    kind: Literal["speak", "playback"]
    what: str
    length: float
    rounds: int = 1
    """0 never ends by itself."""
    names: Body = field(default_factory=dict)
    """What the webhooks call it."""
    announced: bool = True
    """Its webhooks are sent."""
    missing: bool = False
    overlay: bool = False
    targets: str = "self"
    then: Callable[[], None] | None = None
    """What comes after its end, however it ended; nothing where the leg is over."""
    playing: bool = False
    handles: list[Handle] = field(default_factory=list)
    entries: list[Heard] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Gather:
    """An input that is being collected, with the carrier's own defaults. Seconds."""

    least: int
    most: int
    ends_with: str
    allowed: str
    between: float
    tries: int = 1
    first: float = 0.0
    """To the first key, from the command or the end of the prompt; 0 waits for ever."""
    whole: float = 0.0
    """For the whole input, from the command; 0 where only the other two count."""
    prompt: Callable[[], Sound] | None = None
    apology: Callable[[], Sound | None] | None = None
    """What is heard after an invalid input, before the prompt."""
    digits: str = ""
    sounds: list[Sound] = field(default_factory=list)
    timers: list[Handle] = field(default_factory=list)
    last_chance: Handle | None = None


@dataclass(slots=True)
class Order:
    """How an outgoing leg is to be called, and what follows its answer. Seconds."""

    timeout: float = 30.0
    time_limit: float = 14_400.0
    retries: bool = True
    """Other routes may be tried when the time is over: it changes what the hangup is called."""
    detection: str = "disabled"
    thresholds: Body = field(default_factory=dict)
    sound: Sound | None = None
    digits: str = ""
    then: Callable[[], None] | None = None
    """What follows the answer, and the sound where there is one."""


@dataclass(slots=True, eq=False)
class Session:
    """What legs that belong together share: a call session."""

    id: str
    legs: int = 0

    def label(self) -> str:
        """What people call its next leg: a is the first one, then b1, b2."""
        self.legs += 1
        return f"b{self.legs - 1}" if self.legs > 1 else "a"


@dataclass(slots=True, eq=False)
class Leg:
    """A line between the carrier and one party."""

    id: str
    leg_id: str
    session: Session
    connection_id: str
    label: str
    direction: Direction
    from_: str
    to: str
    started_at: float
    party: Party = field(init=False)
    caller_name: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    """Of the INVITE, either way."""
    order: Order = field(default_factory=Order)
    url: str = ""
    """Where its webhooks go, if not where all go."""
    state: State = "ringing"
    client_state: str | None = None
    answered_at: float = 0.0
    ended_at: float = 0.0
    cause: str = ""
    peer: "Leg | None" = None
    parks: bool = False
    """It stays when its bridge ends (park_after_unbridge)."""
    stays: bool = False
    """Every bridge of it is such a one (park_after_unbridge of the dial)."""
    calling: list["Leg"] = field(default_factory=list)
    """Legs that ring only to be bridged with it: it is being transferred to them."""
    ringer: Handle | None = None
    """What ends the ringing."""
    sounds: deque[Sound] = field(default_factory=deque)
    overlays: list[Sound] = field(default_factory=list)
    gather: Gather | None = None
    timers: set[Handle] = field(default_factory=set)
    commands: dict[str, tuple[float, Response]] = field(default_factory=dict)
    """Answers that were given, by command_id, and when."""
    sent: dict[str, dict[str, str]] = field(default_factory=dict)
    """Headers that commands sent along, by the command's name."""
    heard: list[Heard] = field(default_factory=list)
    keys: str = ""

    @property
    def ended(self) -> bool:
        return self.state == "ended"

    @property
    def is_up(self) -> bool:
        """Somebody is there to hear and to type."""
        return self.state in ("answered", "bridged")

    def view(self) -> "LegView":
        """The leg as it stands, for eyes and tests."""
        return LegView(
            id=self.id,
            label=self.label,
            leg_id=self.leg_id,
            session_id=self.session.id,
            from_=self.from_,
            to=self.to,
            direction=self.direction,
            state=self.state,
            peer=self.peer.id if self.peer else None,
            heard=tuple(Heard(one.kind, one.what, one.at, one.whole) for one in self.heard),
            keys=self.keys,
            waiting=self.gather is not None,
            started_at=self.started_at,
            answered_at=self.answered_at,
            ended_at=self.ended_at,
            cause=self.cause,
            headers=dict(self.headers),
            sent={name: dict(headers) for name, headers in self.sent.items()},
        )


class LegView(Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """A leg as it stood: plain values. Times are UTC seconds, 0 where it has not happened."""

    id: str
    label: str
    leg_id: str
    session_id: str
    from_: str
    to: str
    direction: Direction
    state: State
    peer: str | None
    heard: tuple[Heard, ...]
    keys: str
    """What the party has typed."""
    waiting: bool
    """Keys are being collected."""
    started_at: float
    answered_at: float
    ended_at: float
    cause: str
    headers: dict[str, str]
    sent: dict[str, dict[str, str]]
