"""Walks every state that a call can reach: from each, every event that could come next, and once more under a new id.

A state is the snapshot without what tells two equal situations apart: counters, ids, times, which of two equal targets it is. What
has to hold in every state is in `laws.py`; besides, every state has to come to the end of the call though nobody does a thing:
by timers, replies, ends of what is heard, and hangups that we have asked for.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from interpreter import session
from interpreter.session import Session
from interpreter.step import step
from tests.verbs import laws
from tests.verbs.stage import Stage
from tests.verbs.state import state
from verbs._commands import Ask, Bridge, Command, Enquire
from verbs._events import (
    CallReported,
    CommandAccepted,
    CommandFailed,
    Event,
    GatherEnded,
    GreetingEnded,
    HangUpRequested,
    HookFailed,
    HookReplied,
    KeyPressed,
    LegAnswered,
    LegBridged,
    LegEvent,
    LegHeld,
    LegHungUp,
    LegUnheld,
    MachineDetected,
    PlaybackEnded,
    ReferCompleted,
    ReferFailed,
    ReferStarted,
    SpeakEnded,
    TimerFired,
)
from verbs._leg import Leg

Document = list[Any]
SHOWN = ("n", "leg", "cause", "status", "digits", "digit", "result", "alive", "body", "code")


@dataclass
class World:
    """What may happen while a document is walked."""

    replies: dict[str, list[Document]] = field(default_factory=dict)
    """By the kind of a question, the documents that may come back, besides nothing and a failure."""
    keys: str = ""
    digits: tuple[str, ...] = ("", "1")
    causes: tuple[str, ...] = ("normal_clearing", "user_busy")
    machines: bool = False
    holds: tuple[str, ...] = ()
    """Legs whose party may put the other on hold, and be back."""
    refusals: tuple[str, ...] = ("10015", "90018")
    """Codes with which a command may be refused."""
    slow: bool = False
    """The carrier's answers to commands come in their own time, after the news of what they did; else at once."""
    guarded: bool = True
    """The ends of things may be lost, so that the engine asks for them."""
    operator: bool = False
    late: bool = True
    """News of a leg may come after its end."""
    app: dict[str, Any] = field(default_factory=dict)
    call: dict[str, Any] | None = None
    """The request of a call that we place; else somebody calls."""
    endless: bool = False
    """The document has no end of its own, so only a hangup comes to one."""
    most: int = 60_000


@dataclass
class Walked:
    """How far the walk went."""

    states: int = 0
    steps: int = 0
    ends: int = 0


def walk(document: Document, world: World) -> Walked:
    """Walk a document from the call's first event on. Raises AssertionError with the way to what is wrong."""
    return Walk(document, world).go()


class Walk:
    """One walk, with the map of where it was."""

    def __init__(self, document: Document, world: World) -> None:
        self.world = world
        self.replies = {"call": [document], **world.replies}
        self.found = Walked()
        self.known: dict[bytes, int] = {}
        self.ways: list[tuple[int, str]] = []
        """Of every state, the one it was reached from first, and by which event."""
        self.back: list[list[int]] = []
        """Of every state, those that come to it though nobody does a thing."""
        self.ends: list[int] = []
        self.queue: deque[tuple[int, bytes, frozenset[str]]] = deque()

    def go(self) -> Walked:
        stage = Stage(self.world.app, self.world.call)
        stage.take(stage.first)
        for snapshot, code in self.settled(stage.snapshot):
            self.reach(snapshot, -1, f"the call{code}", frozenset(), sure=False)
        while self.queue:
            self.leave(*self.queue.popleft())
            assert self.found.steps < self.world.most, f"the walk does not end: {self.found}"
        assert self.ends, "no path leads to the end of the call"
        if not self.world.endless:
            self.assert_everybody_gets_home()
        return self.found

    def leave(self, here: int, snapshot: bytes, bridges: frozenset[str]) -> None:
        """Every event that can follow a state."""
        now = session.load(snapshot)
        self.found.states += 1
        try:
            laws.hold(now, snapshot)
            if now.ended:
                self.found.ends += 1
                self.ends.append(here)
                return
            for event, sure in self.events(now):
                self.try_(here, now, snapshot, event, sure, bridges)
        except AssertionError as error:
            raise AssertionError(f"{error}\nafter:\n  {self.way(here)}\nin {snapshot.decode()}") from error

    def try_(self, here: int, now: Session, snapshot: bytes, event: Event, sure: bool, bridges: frozenset[str]) -> None:
        outcome = step(snapshot, event, "worker")
        self.found.steps += 1
        laws.sound(now, outcome, event)
        if isinstance(event, LegEvent) and not isinstance(event, KeyPressed):
            again = step(outcome.snapshot, msgspec.structs.replace(event, id=event.id + "'"), "worker")
            assert not again.new, f"{event} has been taken twice: {again.new}"
            if now.legs[event.leg].gone:
                assert not outcome.new, f"{event} is of a leg that is over: {outcome.new}"
                return
        crossed = bridges | {entry.wish.other for entry in outcome.new if isinstance(entry.wish, Bridge)}
        assert len(crossed) <= 1, f"the caller is bridged with {set(crossed)}"
        for following, code in self.settled(outcome.snapshot):
            self.reach(following, here, words(event) + code, crossed, sure and not code)

    def reach(self, snapshot: bytes, source: int, event: str, bridges: frozenset[str], sure: bool) -> None:
        mark = state(snapshot)
        there = self.known.setdefault(mark, len(self.known))
        if there == len(self.ways):
            self.ways.append((source, event))
            self.back.append([])
            self.queue.append((there, snapshot, bridges))
        if sure and source >= 0:
            self.back[there].append(source)

    def way(self, here: int) -> str:
        """How a state was reached."""
        steps = []
        while here >= 0:
            here, event = self.ways[here]
            steps.append(event)
        return "\n  ".join(reversed(steps))

    def assert_everybody_gets_home(self) -> None:
        home, waiting = set(self.ends), list(self.ends)
        while waiting:
            for source in self.back[waiting.pop()]:
                if source not in home:
                    home.add(source)
                    waiting.append(source)
        lost = [here for here in range(len(self.ways)) if here not in home]
        assert not lost, f"in {len(lost)} states somebody waits for ever; the first of them after:\n  {self.way(lost[0])}"

    # ------------------------------------------------------------- what can happen

    def settled(self, snapshot: bytes) -> Iterator[tuple[bytes, str]]:
        """The state when the carrier has answered the open commands: all are taken, or one is refused. Later, where it is slow."""
        if self.world.slow:
            yield snapshot, ""
            return
        yield _answered(snapshot, None, ""), ""
        for refused in _open(session.load(snapshot)):
            for code in self.world.refusals:
                yield _answered(snapshot, refused.n, code), f", and {refused.wish.__struct_config__.tag} is refused ({code})"

    def events(self, now: Session) -> Iterator[tuple[Event, bool]]:
        """Every event that could come next, and whether it comes without anybody's doing."""
        for leg in now.legs.values():
            if not leg.gone:
                yield from self.of_leg(now, leg)
            elif leg.call_control_id and self.world.late:
                yield LegAnswered(**_news(now, leg, "late")), False
        for entry in now.outbox:
            if not entry.sent:
                yield from self.of_entry(entry)
        for timer in now.timers.values():
            if timer.name != "guard" or self.world.guarded:
                yield TimerFired(id=f"timer {timer.n}", at=2000.0, n=timer.n), True
        if self.world.operator:
            yield HangUpRequested(id=f"operator {now.last}", at=2000.0), False

    def of_entry(self, entry: session.Entry) -> Iterator[tuple[Event, bool]]:
        base: dict[str, Any] = {"id": f"answer {entry.n}", "at": 2000.0, "n": entry.n}
        if isinstance(entry.wish, Enquire):
            yield CallReported(**base, alive=True), True
            yield CallReported(**base, alive=False), True
        elif isinstance(entry.wish, Command):
            yield _taken(entry), True
            for code in self.world.refusals:
                yield _refusal(entry.n, code), False
        elif isinstance(entry.wish, Ask):
            yield HookReplied(**base, status=204), True
            if entry.wish.kind not in ("status", "notify"):
                yield HookFailed(**base, status=500, reason="no"), True
                for document in self.replies.get(entry.wish.kind, []):
                    text = msgspec.json.encode(document).decode()
                    yield HookReplied(**base, content_type="application/json", body=text), True

    def of_leg(self, now: Session, leg: Leg) -> Iterator[tuple[Event, bool]]:
        world, kinds = self.world, {awaited.kind for awaited in leg.awaited}

        def base(what: str) -> dict[str, Any]:
            return _news(now, leg, what)

        if not leg.answered and ("answer" in kinds or not leg.inbound):
            yield LegAnswered(**base("answered")), "answer" in kinds
        for cause in world.causes if not leg.answered and not leg.inbound else world.causes[:1]:
            yield LegHungUp(**base(cause), cause=cause), leg.ending
        if "speak" in kinds:
            yield SpeakEnded(**base("spoken")), True
        if "playback" in kinds:
            yield PlaybackEnded(**base("played")), True
            yield PlaybackEnded(**base("missing"), status="file_not_found"), False
        if "gather" in kinds:
            for digits in world.digits:
                for status in ("valid", "timeout", "invalid"):
                    for at in (2000.0, 9000.0):  # in time, and when it is over
                        what = {**base(f"gathered {digits} {status} {at}"), "at": at}
                        yield GatherEnded(**what, digits=digits, status=status), True
        if leg.answered:
            for key in world.keys:
                yield KeyPressed(**base(f"key {key}"), digit=key), False
        if world.machines and (leg.parent or not leg.inbound):  # its news may overtake that of the answer
            yield MachineDetected(**base("human"), result="human"), False
            yield MachineDetected(**base("machine"), result="machine"), False
            yield GreetingEnded(**base("beep"), result="beep_detected"), False
        if leg.answered and leg.name in world.holds:
            yield LegHeld(**base("held")), False
            yield LegUnheld(**base("unheld")), False
        for verb in now.verbs.values():
            if verb.name == "dial" and verb.spec.amd and leg.name == verb.winner:  # type: ignore[attr-defined]
                yield LegBridged(**base("bridged")), False
            if verb.name == "transfer":
                if leg.parent:
                    yield LegBridged(**base("bridged")), False
                elif verb.spec.blind_method == "refer":  # type: ignore[attr-defined]
                    yield ReferStarted(**base("referring"), sip_status=100), False
                    yield ReferCompleted(**base("referred"), sip_status=200), False
                    yield ReferFailed(**base("unreferred"), sip_status=603), False


def words(event: Event) -> str:
    """An event, for whoever reads the way to it."""
    told = msgspec.to_builtins(event)
    return " ".join([str(told["event"]), *(f"{key}={told[key]}" for key in SHOWN if key in told)])


def _news(now: Session, leg: Leg, what: str) -> dict[str, Any]:
    return {
        "id": f"{what} {now.last} {leg.name} {len(now.seen)}",
        "at": 2000.0,
        "occurred_at": 1 + max([0.0, *leg.credited.values()]),
        "leg": leg.name,
        "call_control_id": f"cc-{leg.name}",
        "call_leg_id": f"sid-{leg.name}",
        "call_session_id": "cs",
    }


def _open(now: Session) -> list[session.Entry]:
    """The commands that the carrier has not answered yet."""
    return [entry for entry in now.outbox if isinstance(entry.wish, Command) and not isinstance(entry.wish, Enquire) and not entry.sent]


def _taken(entry: session.Entry) -> CommandAccepted:
    assert isinstance(entry.wish, Command)
    new = entry.wish.places()
    ids = {"call_control_id": f"cc-{new}", "call_leg_id": f"sid-{new}", "call_session_id": "cs"} if new else {}
    return CommandAccepted(id=f"yes {entry.n}", at=2000.0, n=entry.n, **ids)  # type: ignore[arg-type]


def _refusal(n: int, code: str) -> CommandFailed:
    return CommandFailed(id=f"no {n}", at=2000.0, n=n, status=422, code=code, title="Refused")


def _answered(snapshot: bytes, refused: int | None, code: str) -> bytes:
    """The carrier answers all that is open, and what comes of that; one command is refused."""
    while commands := _open(now := session.load(snapshot)):
        entry = next((entry for entry in commands if entry.n == refused), commands[0])
        answer = _refusal(entry.n, code) if entry.n == refused else _taken(entry)
        outcome = step(snapshot, answer, "worker")
        laws.sound(now, outcome, answer)
        snapshot = outcome.snapshot
    return snapshot
