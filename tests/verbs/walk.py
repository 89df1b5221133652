"""Walks every state that a document can reach: from each, every event that could come next, and once more under a new id.

A state is the snapshot without counters, ids, log and times. In every state it proves what must hold of every call:
no verb fails, whoever waits has a timer or a pending hook, timers belong to somebody, the round trip changes nothing, at most
one bridge per dial, and at the end every party that was called is gone.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from interpreter import session
from interpreter.outcome import Outcome
from interpreter.session import Session
from interpreter.step import step
from tests.verbs.stage import Stage
from verbs._commands import Ask, Bridge, Command, Enquire
from verbs._events import (
    CallReported,
    CommandAccepted,
    CommandFailed,
    Event,
    GatherEnded,
    GreetingEnded,
    HookFailed,
    HookReplied,
    KeyPressed,
    LegAnswered,
    LegBridged,
    LegEvent,
    LegHungUp,
    MachineDetected,
    PlaybackEnded,
    ReferCompleted,
    ReferFailed,
    ReferStarted,
    SpeakEnded,
    TimerFired,
)
from verbs._leg import Leg

BORING = frozenset(
    [
        "seen",
        "last",
        "last_leg",
        "began",
        "ended",
        "problems",
        "at",
        "asked",
        "until",
        "due",
        "sent",
        "started_at",
        "answered_at",
        "ended_at",
        "credited",
        "sender",
        "payload",
        "sid",
        "keys",
    ]
)
"""Fields that do not make a state another one."""
NUMBERED = {"n", "owner", "program", "running", "asking", "about", "verbs", "programs", "timers"}


@dataclass
class World:
    """What may happen while a document is walked: the replies of hooks, the keys, the causes of a hangup."""

    replies: dict[str, list[list[Any]]] = field(default_factory=dict)
    """By the kind of a question, the documents that may come back, besides nothing and a failure."""
    keys: str = ""
    digits: tuple[str, ...] = ("", "1")
    causes: tuple[str, ...] = ("normal_clearing", "user_busy")
    machines: bool = False
    failing: bool = True
    """A command may be refused."""
    most: int = 60_000


@dataclass
class Walked:
    """How far the walk went."""

    states: int = 0
    steps: int = 0
    ends: int = 0


def walk(document: list[Any], world: World, app: dict[str, Any] | None = None, call: dict[str, Any] | None = None) -> Walked:
    """Walk a document from the first reply on, and prove the invariants. Raises AssertionError."""
    stage = Stage(app, call)
    stage.take(stage.first)
    if call is not None:
        accept_all(stage)
        stage.take(LegAnswered(**stage._leg("a")))
    stage.take(stage.event({"hook": "/call", "verbs": document}))
    start = list(accepted(stage.snapshot, world))
    found = Walked()
    seen = {state(one) for one in start}
    queue = deque((one, frozenset[str]()) for one in start)
    while queue:
        snapshot, bridges = queue.popleft()
        found.states += 1
        now = session.load(snapshot)
        check(now, snapshot)
        if now.ended:
            found.ends += 1
            continue
        for event in events(now, world):
            outcome = step(snapshot, event, "worker")
            found.steps += 1
            sound(outcome, event)
            if isinstance(event, LegEvent) and not isinstance(event, KeyPressed):
                again = step(outcome.snapshot, msgspec.structs.replace(event, id=event.id + "'"), "worker")
                assert not again.new, f"{event} has been taken twice: {again.new}"
            crossed = bridges | {entry.wish.other for entry in outcome.new if isinstance(entry.wish, Bridge)}
            assert len(crossed) <= 1, f"the caller is bridged with {crossed}"
            for following in accepted(outcome.snapshot, world):
                mark = state(following)
                if mark not in seen:
                    seen.add(mark)
                    queue.append((following, crossed))
        assert found.steps < world.most, f"the walk does not end: {found}"
    assert found.ends, "no path leads to the end of the call"
    return found


def sound(outcome: Outcome, event: Event) -> None:
    """No verb has failed."""
    broken = [problem.text for problem in outcome.problems if problem.whose == "callverbs"]
    assert not broken, f"at {event}: {broken}"


def check(now: Session, snapshot: bytes) -> None:
    """What must hold in every state."""
    assert session.dump(session.load(snapshot)) == snapshot, "the round trip changes the session"
    for timer in now.timers.values():
        assert not timer.owner or timer.owner in now.verbs, f"{timer} has outlived its verb"
    for entry in now.outbox:
        assert not entry.owner or entry.owner in now.verbs or entry.sent, f"{entry} has outlived its verb"
    if now.ended:
        assert all(leg.gone for leg in now.legs.values()), "somebody was left behind"
        return
    pending = any(isinstance(entry.wish, Ask) for entry in now.outbox if not entry.sent)
    assert now.timers or pending or now.outbox, f"somebody waits for ever: {snapshot.decode()}"
    for verb in now.verbs.values():
        assert verb.program == 0 or now.programs[verb.program].running == verb.n, "a verb runs in no program"
    dials = [verb for verb in now.verbs.values() if verb.name == "dial"]
    for leg in now.legs.values():
        placed = leg.owner in {verb.n for verb in dials} or leg.name == "a" or leg.gone or leg.ending or leg.owner in now.verbs
        assert placed, f"{leg.name} rings and nobody minds it"


# --------------------------------------------------------------------------- what can happen


def accepted(snapshot: bytes, world: World) -> Iterator[bytes]:
    """The carrier's answers to the commands that are open: all taken, or one of them refused."""
    now = session.load(snapshot)
    commands = [entry for entry in now.outbox if isinstance(entry.wish, Command) and not entry.sent and not isinstance(entry.wish, Enquire)]
    refusals = [None, *commands] if world.failing else [None]
    for refused in refusals:
        following = snapshot
        for entry in commands:
            assert isinstance(entry.wish, Command)
            if session.load(following).entry(entry.n) is None:
                continue
            answer: Event
            if entry is refused:
                answer = CommandFailed(id=f"no{entry.n}", at=2000.0, n=entry.n, status=422, code="10015", title="Refused")
            else:
                new = entry.wish.places()
                ids = {"call_control_id": f"cc-{new}", "call_leg_id": f"sid-{new}", "call_session_id": "cs"} if new else {}
                answer = CommandAccepted(id=f"yes{entry.n}", at=2000.0, n=entry.n, **ids)
            outcome = step(following, answer, "worker")
            sound(outcome, answer)
            following = outcome.snapshot
        if session.load(following).outbox and following != snapshot and _commands_open(following):
            yield from accepted(following, World(failing=False))
        else:
            yield following


def _commands_open(snapshot: bytes) -> bool:
    return any(
        isinstance(entry.wish, Command) and not isinstance(entry.wish, Enquire) and not entry.sent
        for entry in session.load(snapshot).outbox
    )


def accept_all(stage: Stage) -> None:
    """The carrier takes every command that is open."""
    (stage.snapshot,) = accepted(stage.snapshot, World(failing=False))


def events(now: Session, world: World) -> Iterator[Event]:
    """Every event that could come next."""
    for leg in now.legs.values():
        if not leg.gone:
            yield from _leg_events(now, leg, world)
    for entry in now.outbox:
        if entry.sent:
            continue
        base: dict[str, Any] = {"id": f"answer{entry.n}", "at": 2000.0, "n": entry.n}
        if isinstance(entry.wish, Enquire):
            yield CallReported(**base, alive=True)
            yield CallReported(**base, alive=False)
        elif isinstance(entry.wish, Ask):
            yield HookReplied(**base, status=204)
            if entry.wish.kind not in ("status", "notify"):
                yield HookFailed(**base, status=500, reason="no")
            for document in world.replies.get(entry.wish.kind, []):
                yield HookReplied(**base, content_type="application/json", body=msgspec.json.encode(document).decode())
    for timer in now.timers.values():
        yield TimerFired(id=f"timer{timer.n}", at=2000.0, n=timer.n)


def _leg_events(now: Session, leg: Leg, world: World) -> Iterator[Event]:
    def base(what: str) -> dict[str, Any]:
        moment = 1 + max([0.0, *leg.credited.values()])
        return {
            "id": f"{what}{now.last}{leg.name}{len(now.seen)}",
            "at": 2000.0,
            "occurred_at": moment,
            "leg": leg.name,
            "call_control_id": f"cc-{leg.name}",
            "call_leg_id": f"sid-{leg.name}",
            "call_session_id": "cs",
        }

    kinds = {awaited.kind for awaited in leg.awaited}
    if not leg.answered and ("answer" in kinds or not leg.inbound):
        yield LegAnswered(**base("answered"))
    for cause in world.causes if not leg.answered and not leg.inbound else world.causes[:1]:
        yield LegHungUp(**base(cause), cause=cause)
    if "speak" in kinds:
        yield SpeakEnded(**base("speak"))
    if "playback" in kinds:
        yield PlaybackEnded(**base("play"))
        yield PlaybackEnded(**base("missing"), status="file_not_found")
    if "gather" in kinds:
        for digits in world.digits:
            for status in ("valid", "timeout", "invalid"):
                yield GatherEnded(**base(f"gather{digits}{status}"), digits=digits, status=status)
    if leg.answered:
        for key in world.keys:
            yield KeyPressed(**base(f"key{key}"), digit=key)
        if world.machines and (leg.name != "a" or not leg.inbound):
            yield MachineDetected(**base("human"), result="human")
            yield MachineDetected(**base("machine"), result="machine")
            yield GreetingEnded(**base("beep"), result="beep_detected")
    for verb in now.verbs.values():
        if verb.name == "transfer" and leg.answered and leg.name != "a":
            yield LegBridged(**base("bridged"))
        if verb.name == "transfer" and verb.spec.blind_method == "refer" and leg.name == "a":  # type: ignore[attr-defined]
            yield ReferStarted(**base("referring"), sip_status=100)
            yield ReferCompleted(**base("referred"), sip_status=200)
            yield ReferFailed(**base("unreferred"), sip_status=603)


# --------------------------------------------------------------------------- what makes a state


def state(snapshot: bytes) -> bytes:
    """The snapshot without what tells two equal situations apart: counters, ids, times."""
    numbers: dict[int, int] = {0: 0}
    told = msgspec.json.decode(snapshot)
    told["outbox"] = [entry for entry in told.get("outbox", []) if not entry.get("sent")]
    return msgspec.json.encode(_plain(told, numbers, ""))


def _plain(value: Any, numbers: dict[int, int], key: str) -> Any:
    if isinstance(value, dict):
        items = value.items()
        if key in ("verbs", "programs", "timers"):
            items = sorted(((numbers.setdefault(int(n), len(numbers)), one) for n, one in items), key=lambda item: item[0])  # type: ignore[assignment]
        return {str(name): _plain(one, numbers, str(name)) for name, one in items if name not in BORING}
    if isinstance(value, list):
        return [_plain(one, numbers, "") for one in value]
    if key in NUMBERED and isinstance(value, int):
        return numbers.setdefault(value, len(numbers))
    return value
