"""Sessions that are put together by hand, for tests of one part of the engine at a time."""

from typing import Any

from callverbs.interpreter.engine.outcome import Turn
from callverbs.interpreter.engine.programs import Programs
from callverbs.interpreter.engine.roots import Incoming
from callverbs.interpreter.engine.session import OutboxEntry, Program, Session
from callverbs.verbs.language.app import App
from callverbs.verbs.language.events import Event
from callverbs.verbs.language.leg import Leg
from callverbs.verbs.language.messages import OutboxMessage
from callverbs.verbs.language.verb import RunningVerb

NOW = 1000.0
WORKER = "worker"
ROOT = 1


def leg(name: str = "a", **fields: Any) -> Leg:
    """Returns an answered leg; `a` calls, all others are called."""
    caller = name == "a"
    usual = {
        "direction": "inbound" if caller else "outbound",
        "from_": "+14155550100",
        "to": "+14155550199",
        "state": "answered",
        "answered_at": NOW - 10,
        "call_control_id": f"cc-{name}",
        "call_leg_id": f"sid-{name}",
        "owner": ROOT,
        "parent": "" if caller else "a",
    }
    return Leg(name=name, **{**usual, **fields})


def session(*legs: Leg, **fields: Any) -> Session:
    """Returns a session with these legs (a caller by default), its root, and no program."""
    named = {one.name: one for one in legs or (leg(),)}
    usual = {"app": App(base_url="https://app.example", status_hook="/status"), "verbs": {ROOT: Incoming(n=ROOT)}, "last": 100}
    return Session(id="S", began=NOW - 20, legs=named, **{**usual, **fields})


def programs(now: Session, event: Event | None = None, broken: int = 0, worker: str = WORKER) -> Programs:
    """Returns the programs of a session, during an event that happens now."""
    return Programs(Turn(now, event or Event(at=NOW), worker), broken)


def running(now: Session, verb: RunningVerb, program: int, n: int, owner: int = ROOT, on: str = "a", **fields: Any) -> RunningVerb:
    """Puts a running verb and its program into a session."""
    verb.n, verb.program, verb.leg = n, program, on
    now.verbs[n] = verb
    now.programs[program] = Program(program, on, owner, running=n, **fields)
    return verb


def entry(now: Session, n: int, message: OutboxMessage, **fields: Any) -> OutboxEntry:
    """Puts an entry into the outbox of a session: made now, by this worker."""
    usual = {"owner": 0, "made_at": NOW, "worker": WORKER, "lease_until": NOW + 5}
    made = OutboxEntry(n=n, message=message, **{**usual, **fields})
    now.outbox.append(made)
    return made


def sent(programs: Programs) -> list[str]:
    """Returns what is to be sent, in words: `speak a`, `ask /status`."""
    return [words(one.message) for one in programs.turn.new]


def words(message: OutboxMessage) -> str:
    """Returns a message in words."""
    where = getattr(message, "leg", "") or getattr(message, "url", "").removeprefix("https://app.example")
    return f"{message.__struct_config__.tag!s} {where}"
