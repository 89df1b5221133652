"""step(session, event) -> Outcome. Pure: the same snapshot and the same event give the same outcome, anywhere.

The step is worked out on a private copy; if a verb's own code raises, the copy is thrown away and the event is handled again without
that verb.
"""

from collections.abc import Callable
from typing import Any

from callverbs.interpreter.engine import command_results, hook_replies, leases, leg_events, outbox, rescue, session, timers
from callverbs.interpreter.engine.outcome import Outcome, Turn
from callverbs.interpreter.engine.programs import HandlerError, Programs
from callverbs.interpreter.engine.roots import CALLER, Incoming, Outgoing
from callverbs.interpreter.engine.session import Session
from callverbs.verbs.language.app import App
from callverbs.verbs.language.events import (
    CallRequested,
    CallRetrieved,
    CommandAccepted,
    CommandFailed,
    Event,
    HangUpRequested,
    HookFailed,
    HookReplied,
    LeaseExpired,
    LeaseRenewed,
    LegEvent,
    LegInitiated,
    SnapshotLost,
    TimerFired,
)
from callverbs.verbs.language.leg import Leg
from callverbs.verbs.language.query_answers import QueryAnswered


def begin(session_id: str, app: App, event: LegInitiated | CallRequested) -> bytes:
    """Returns the snapshot of a session to which nothing has happened yet: the first step is still to be taken."""
    if isinstance(event, LegInitiated):
        leg = Leg(name=CALLER, direction="inbound", from_=event.from_, to=event.to, caller_name=event.caller_name, headers=event.headers)
    else:
        leg = Leg(name=CALLER, direction="outbound", from_=event.from_, to=event.spec.to.label, customer_data=event.tag)
    leg.started_at = event.at
    return session.dump(Session(id=session_id, app=app, began=event.at, legs={CALLER: leg}))


def step(snapshot: bytes, event: Event, worker: str = "") -> Outcome:
    """Returns what an event comes to. `worker` saves the outcome, and sends what is new in its outbox.

    Raises SnapshotError.
    """
    broken = 0
    causes: list[str] = []
    while True:
        turn = Turn(session.load(snapshot), event, worker)
        if event.id and not turn.session.mark_seen(event.id):
            return Outcome(snapshot=snapshot, changed=False)
        outbox.remove_answered(turn)
        for cause in causes:
            turn.problem("callverbs", cause)
        if len(causes) > 1:
            _abandon(turn)
            return _outcome(turn)
        try:
            _handle(Programs(turn, broken), event)
            return _outcome(turn)
        except HandlerError as error:
            broken = error.verb
            causes.append(f"{error.name} has failed at {type(event).__name__}: {error.__cause__!r}")


def _handle(programs: Programs, event: Event) -> None:
    if not programs.session.last:
        if isinstance(event, CallRequested):
            programs.start_root(Outgoing(spec=event.spec))
        else:
            assert isinstance(event, LegInitiated)
            leg_events.bind(programs, programs.session.legs[CALLER], event.call_control_id, event.call_leg_id, event.call_session_id)
            programs.start_root(Incoming())
        return
    for kind in type(event).__mro__:
        if kind in EVENT_HANDLERS:
            EVENT_HANDLERS[kind](programs, event)
            return


def _hang_up(programs: Programs, event: HangUpRequested) -> None:
    for leg in list(programs.session.legs.values()):
        if leg.name == CALLER or programs.session.legs[CALLER].gone:
            programs.hang_up(leg)


EVENT_HANDLERS: dict[type, Callable[[Programs, Any], None]] = {
    LegEvent: leg_events.handle,
    CommandAccepted: command_results.accepted,
    CommandFailed: command_results.failed,
    CallRetrieved: command_results.retrieved,
    QueryAnswered: command_results.query_answered,
    HookReplied: hook_replies.replied,
    HookFailed: hook_replies.failed,
    TimerFired: timers.timer_fired,
    LeaseExpired: leases.lease_expired,
    LeaseRenewed: leases.lease_renewed,
    HangUpRequested: _hang_up,
    SnapshotLost: rescue.lost,
}


def _abandon(turn: Turn) -> None:
    """Lets all parties go: two verbs have failed at one event, so nothing of the tree can be trusted."""
    call = turn.session
    call.verbs, call.programs = {}, {}
    call.recordings = [one for one in call.recordings if not one.owner]
    call.timers = {timer.n: timer for timer in call.timers.values() if not timer.owner}
    for entry in call.outbox:
        entry.owner = 0
    programs = Programs(turn)
    for leg in call.legs.values():
        programs.hang_up(leg)


def _outcome(turn: Turn) -> Outcome:
    call = turn.session
    waiting = any(entry.message.outlives_call for entry in call.open_entries())
    if not call.ended and not waiting and not call.recordings and all(leg.gone for leg in call.legs.values()):
        call.ended, call.verbs, call.programs, call.timers, call.outbox = turn.at, {}, {}, {}, []
    kept = {entry.n for entry in call.outbox}
    return Outcome(
        snapshot=session.dump(call),
        new=tuple(entry for entry in turn.new if entry.n in kept),
        ids=tuple(turn.ids),
        notes=tuple(turn.notes),
        problems=tuple(turn.problems),
        due=call.due(),
        began=call.began,
        ended=call.ended,
        open=tuple(entry.n for entry in call.open_entries()),
        creates_leg=call.creates_leg(),
        unknown_leg=turn.unknown_leg,
    )
