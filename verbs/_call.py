"""The desk that a verb works at: facts of the call on one side, a list of wishes on the other. It changes nothing itself.

The engine reads `wishes` when the handler has returned, and makes them true in their order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from msgspec import Raw

from verbs._app import App
from verbs._commands import Command
from verbs._leg import Leg
from verbs._spec import Hook, Spec

Written = Spec | Raw
"""A verb as written, or its canonical JSON."""
Asking = Literal["call", "confirm", "amd", "hold", "redirect", "result", "notify"]


@dataclass(frozen=True, slots=True)
class Send:
    """Send a command to the carrier."""

    command: Command


@dataclass(frozen=True, slots=True)
class Place:
    """Make a new leg, which its dial or transfer command names."""

    leg: Leg


@dataclass(frozen=True, slots=True)
class Drop:
    """End a leg: reject it, hang it up, or cancel it, whichever fits; whatever runs on it is interrupted."""

    leg: str
    headers: Mapping[str, str]
    carrier: Mapping[str, Any]
    busy: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """Ask the application about a leg; `key` is the verb's own name for the question."""

    hook: Hook
    kind: Asking
    key: str
    leg: str
    extra: Mapping[str, Any]
    lane: str


@dataclass(frozen=True, slots=True)
class Silence:
    """Stop what the verb plays on its leg."""


@dataclass(frozen=True, slots=True)
class Arm:
    """Start a timer, or start it again."""

    name: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Disarm:
    """Stop a timer."""

    name: str


@dataclass(frozen=True, slots=True)
class Run:
    """Run verbs on a leg; their end comes back as ProgramEnded."""

    leg: str
    verbs: tuple[Spec, ...]
    screening: bool


@dataclass(frozen=True, slots=True)
class Stop:
    """Interrupt what we run on a leg."""

    leg: str


@dataclass(frozen=True, slots=True)
class Finish:
    """The verb is over: its actionHook is asked with the result, where it has one, and the program goes on."""

    result: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Become:
    """The verb is over, and these verbs take the place of the rest of its program; none, and the rest is run."""

    verbs: tuple[Written, ...]


@dataclass(frozen=True, slots=True)
class Replace:
    """These verbs take the place of the whole call's program."""

    verbs: tuple[Spec, ...]


@dataclass(frozen=True, slots=True)
class End:
    """The verb is over, and so is its program: nothing is left to run."""


@dataclass(frozen=True, slots=True)
class Status:
    """Tell the application's status hook how a leg stands."""

    leg: str
    call_status: str
    sip_status: int
    sip_reason: str | None


@dataclass(frozen=True, slots=True)
class Tag:
    """Set what every later hook of the leg carries as customerData."""

    customer_data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Move:
    """From now on, relative hooks are resolved here and call status goes there; None leaves a thing as it is."""

    base_url: str | None
    status_hook: Hook | None


@dataclass(frozen=True, slots=True)
class Note:
    """Record a sentence for whoever reads the ladder or the log."""

    text: str


@dataclass(slots=True)
class Call:
    """One verb, while it handles one event."""

    at: float
    """Now: the time of the event, in UTC seconds."""
    app: App
    leg: Leg
    """The leg that the verb runs on."""
    legs: Mapping[str, Leg]
    verb: int
    next_leg: int
    wishes: list[Any] = field(default_factory=list)

    # ------------------------------------------------------------- the carrier

    def command(self, command: Command) -> None:
        """Send a command."""
        self.wishes.append(Send(command))

    def silence(self) -> None:
        """Stop what this verb plays on its leg."""
        self.wishes.append(Silence())

    def new_leg(self, *, to: str, from_: str, customer_data: dict[str, Any] | None = None) -> str:
        """Make a leg for a party that is about to be called, and say its name."""
        name = f"b{self.next_leg}"
        self.next_leg += 1
        leg = Leg(
            name=name,
            direction="outbound",
            from_=from_,
            to=to,
            owner=self.verb,
            parent=self.leg.name,
            started_at=self.at,
            customer_data=customer_data,
        )
        self.wishes.append(Place(leg))
        return name

    def hang_up(
        self, leg: str, headers: Mapping[str, str] | None = None, carrier: Mapping[str, Any] | None = None, busy: bool = False
    ) -> None:
        """End a leg, whatever state it is in; an unanswered caller is rejected, as busy where that is wanted."""
        self.wishes.append(Drop(leg, headers or {}, carrier or {}, busy))

    # ------------------------------------------------------------- the application

    def ask(self, hook: Hook, *, kind: Asking, key: str = "", leg: str = "", lane: str = "", **extra: Any) -> None:
        """Ask a hook about a leg (our own by default). The reply comes as HookReplied or HookFailed with the same key."""
        self.wishes.append(Question(hook, kind, key, leg or self.leg.name, extra, lane))

    def status(self, leg: str, call_status: str, sip_status: int, sip_reason: str | None = None) -> None:
        """Tell the status hook how a leg stands."""
        self.wishes.append(Status(leg, call_status, sip_status, sip_reason))

    def tag(self, customer_data: dict[str, Any]) -> None:
        """Set the leg's customerData."""
        self.wishes.append(Tag(customer_data))

    def move(self, *, base_url: str | None = None, status_hook: Hook | None = None) -> None:
        """Change where hooks go from now on."""
        self.wishes.append(Move(base_url, status_hook))

    # ------------------------------------------------------------- time

    def timer(self, name: str, seconds: float) -> None:
        """Start a timer of this verb; it comes as TimerFired with its name, unless the verb is over by then."""
        self.wishes.append(Arm(name, seconds))

    def stop_timer(self, name: str) -> None:
        """Stop a timer of this verb."""
        self.wishes.append(Disarm(name))

    # ------------------------------------------------------------- programs

    def run(self, leg: str, verbs: Sequence[Spec], screening: bool = False) -> None:
        """Run verbs on a leg; their end comes as ProgramEnded. While a callee is screened, hooks cannot add every verb."""
        self.wishes.append(Run(leg, tuple(verbs), screening))

    def stop(self, leg: str) -> None:
        """Interrupt the program that this verb runs on a leg."""
        self.wishes.append(Stop(leg))

    def finish(self, **result: Any) -> None:
        """The verb is over: ask its actionHook with the result, then replace its program or go on with the next verb."""
        self.wishes.append(Finish(result))

    def become(self, verbs: Sequence[Written]) -> None:
        """The verb is over, and others take the place of the rest of its program; none, and the rest is run."""
        self.wishes.append(Become(tuple(verbs)))

    def replace(self, verbs: Sequence[Spec]) -> None:
        """Replace the whole call's program."""
        self.wishes.append(Replace(tuple(verbs)))

    def end(self) -> None:
        """The verb is over, and nothing that follows it is run."""
        self.wishes.append(End())

    def note(self, text: str) -> None:
        """Record a sentence for whoever reads the ladder."""
        self.wishes.append(Note(text))
