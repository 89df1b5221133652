"""step(session, event) -> Outcome. Pure: the same snapshot and the same event give the same outcome, anywhere.

The step is worked out on a private copy; if a verb's own code raises, the copy is thrown away and the event is handled again without
that verb. If a limit is reached, it is thrown away, too, and the event is handled in a call that is being ended.
"""

from collections.abc import Callable
from typing import Any

from callverbs.interpreter.engine import (
    command_results,
    endings,
    forgotten_legs,
    hook_replies,
    leases,
    leg_events,
    limits,
    outbox,
    rescue,
    session,
    timers,
)
from callverbs.interpreter.engine.limits import LimitError
from callverbs.interpreter.engine.outcome import Outcome, Turn
from callverbs.interpreter.engine.programs import HandlerError, Programs
from callverbs.interpreter.engine.roots import CALLER, Incoming, Outgoing
from callverbs.interpreter.engine.session import Session, Timer
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
from callverbs.verbs.language.messages import HookRequest
from callverbs.verbs.language.query_answers import QueryAnswered


def begin(session_id: str, app: App, event: LegInitiated | CallRequested) -> bytes:
    """Returns the snapshot of a session to which nothing has happened yet: the first step is still to be taken."""
    if isinstance(event, LegInitiated):
        leg = Leg(name=CALLER, direction="inbound", from_=event.from_, to=event.to, caller_name=event.caller_name, headers=event.headers)
    else:
        leg = Leg(name=CALLER, direction="outbound", from_=event.from_, to=event.spec.to.label, customer_data=event.tag)
    leg.started_at = event.at
    length = Timer(0, 0, outbox.CALL_LENGTH, event.at + app.limits.call_seconds)
    return session.dump(Session(id=session_id, app=app, began=event.at, legs={CALLER: leg}, timers={length.n: length}))


def step(snapshot: bytes, event: Event, worker: str = "") -> Outcome:
    """Returns what an event comes to. `worker` saves the outcome, and sends what is new in its outbox.

    Raises SnapshotError.
    """
    broken = 0
    limit: LimitError | None = None
    causes: list[str] = []
    while True:
        turn = Turn(session.load(snapshot), event, worker)
        if event.id and not turn.session.mark_seen(event.id):
            return Outcome(snapshot=snapshot, changed=False)
        outbox.remove_answered(turn)
        for cause in causes:
            turn.problem("callverbs", cause)
        if len(causes) > 1:
            endings.abandon(turn)
            return _outcome(turn)
        turn.sensitive = turn.session.is_sensitive
        programs = Programs(turn, broken)
        try:
            if limit:
                endings.interrupt_by_limit(programs, limit)
            _handle(programs, event)
            if limit:
                endings.leave(programs)
            outcome = _outcome(turn)
            limits.check_size(turn.session, outcome.snapshot)
            return outcome
        except LimitError as error:
            limit = error
        except HandlerError as error:
            broken = error.verb
            causes.append(f"{error.name} has failed at {type(event).__name__}: {error.__cause__!r}")


def _handle(programs: Programs, event: Event) -> None:
    if not programs.session.last:
        limits.check_room(programs.session)
        _begin(programs, event)
        return
    for kind in type(event).__mro__:
        if kind in EVENT_HANDLERS:
            EVENT_HANDLERS[kind](programs, event)
            return


def _begin(programs: Programs, event: Event) -> None:
    """Starts the root of a call. One that has reached a limit before it began is rejected as busy."""
    caller = programs.session.legs[CALLER]
    if isinstance(event, LegInitiated):
        leg_events.bind(programs, caller, event.call_control_id, event.call_leg_id, event.call_session_id)
    if programs.session.limit:
        programs.hang_up(caller, busy=True)
    elif isinstance(event, CallRequested):
        programs.start_root(Outgoing(spec=event.spec))
    else:
        programs.start_root(Incoming())


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
    HangUpRequested: endings.hang_up,
    SnapshotLost: rescue.lost,
}


def _outcome(turn: Turn) -> Outcome:
    call = turn.session
    forgotten_legs.forget(turn)
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
        sensitive=turn.sensitive or any(isinstance(one.message, HookRequest) and one.message.sensitive for one in turn.new),
    )
