"""The heart: step(session, event) -> Outcome. Pure: the same snapshot and the same event give the same outcome, anywhere.

It does no I/O, reads no clock and draws no random number. The step is worked out on a private copy; if a verb's own code
raises, the copy is thrown away, the verb is taken out, and the event is handled again without it.
"""

from collections.abc import Callable
from typing import Any

from interpreter import outbox, routing, session, settling
from interpreter.outcome import Outcome, Turn
from interpreter.session import Session
from interpreter.tree import HandlerError, Tree
from verbs._app import App
from verbs._commands import Ask, Command
from verbs._events import (
    CallReported,
    CallRequested,
    CommandAccepted,
    CommandFailed,
    Event,
    HangUpRequested,
    HookFailed,
    HookReplied,
    LeaseEnded,
    LeaseKept,
    LegEvent,
    LegInitiated,
    TimerFired,
)
from verbs._leg import Leg
from verbs._roots import CALLER, Incoming, Outgoing


def begin(session_id: str, app: App, event: LegInitiated | CallRequested) -> bytes:
    """The snapshot of a session to which nothing has happened yet: the first step is still to be taken."""
    if isinstance(event, LegInitiated):
        leg = Leg(name=CALLER, direction="inbound", from_=event.from_, to=event.to, caller_name=event.caller_name, headers=event.headers)
    else:
        leg = Leg(name=CALLER, direction="outbound", from_=event.from_, to=event.spec.to.label, customer_data=event.tag)
    leg.started_at = event.at
    return session.dump(Session(id=session_id, app=app, began=event.at, legs={CALLER: leg}))


def step(snapshot: bytes, event: Event, sender: str = "") -> Outcome:
    """What an event comes to. `sender` is whoever saves the outcome, and sends what is new in its outbox."""
    broken: frozenset[int] = frozenset()
    causes: list[str] = []
    while True:
        turn = Turn(session.load(snapshot), event, sender)
        if event.id and turn.session.has_seen(event.id):
            return Outcome(snapshot=snapshot, changed=False)
        outbox.sweep(turn)
        for cause in causes:
            turn.problem("callverbs", cause)
        if len(causes) > 1:
            _abandon(turn)
            return _outcome(turn)
        try:
            _handle(Tree(turn, broken), event)
            return _outcome(turn)
        except HandlerError as error:
            broken |= {error.verb}
            causes.append(f"{error.name} has failed at {type(event).__name__}: {error.__cause__!r}")


def _handle(tree: Tree, event: Event) -> None:
    if not tree.session.last:
        if isinstance(event, CallRequested):
            tree.plant(Outgoing(spec=event.spec))
        else:
            assert isinstance(event, LegInitiated)
            routing.bind(tree, tree.session.legs[CALLER], event.call_control_id, event.call_leg_id, event.call_session_id)
            tree.plant(Incoming())
        return
    for kind in type(event).__mro__:
        if kind in ROUTES:
            ROUTES[kind](tree, event)
            return


def _hang_up(tree: Tree, event: HangUpRequested) -> None:
    for leg in list(tree.session.legs.values()):
        if leg.name == CALLER or tree.session.legs[CALLER].gone:
            tree.hang_up(leg)


ROUTES: dict[type, Callable[[Tree, Any], None]] = {
    LegEvent: routing.leg_event,
    CommandAccepted: settling.accepted,
    CommandFailed: settling.failed,
    CallReported: settling.reported,
    HookReplied: settling.replied,
    HookFailed: settling.unanswered,
    TimerFired: settling.timer_fired,
    LeaseEnded: settling.lease_ended,
    LeaseKept: settling.lease_kept,
    HangUpRequested: _hang_up,
}


def _abandon(turn: Turn) -> None:
    """Two verbs have failed at one event: nothing of the tree can be trusted, so the parties are let go."""
    now = turn.session
    now.verbs, now.programs = {}, {}
    now.timers = {timer.n: timer for timer in now.timers.values() if not timer.owner}
    for entry in now.outbox:
        entry.owner = 0
    tree = Tree(turn, frozenset())
    for leg in turn.session.legs.values():
        tree.hang_up(leg)


def _outcome(turn: Turn) -> Outcome:
    now = turn.session
    waiting = any(isinstance(entry.wish, Ask) for entry in now.outbox if not entry.sent)
    if not now.ended and not waiting and all(leg.gone for leg in now.legs.values()):
        now.ended, now.verbs, now.programs, now.timers, now.outbox = turn.at, {}, {}, {}, []
    kept = {entry.n for entry in now.outbox}
    return Outcome(
        snapshot=session.dump(now),
        new=tuple(entry for entry in turn.new if entry.n in kept),
        ids=tuple(turn.ids),
        notes=tuple(turn.notes),
        problems=tuple(turn.problems),
        due=now.due(),
        ended=now.ended,
        open=tuple(entry.n for entry in now.outbox if not entry.sent),
        placing=any(isinstance(entry.wish, Command) and entry.wish.places() for entry in now.outbox if not entry.sent),
        homeless=turn.homeless,
    )
