"""What happens when a timer is due: a verb's own reaches its handler, a guard asks the carrier how the leg stands.

What follows from the carrier's answer is here, too: whatever was overdue on that leg is repeated, given up, or guarded anew.
"""

from callverbs.interpreter.engine import leg_events, limits, outbox, recording_reports, recordings
from callverbs.interpreter.engine.leg_events import ENDED_COMMANDS
from callverbs.interpreter.engine.programs import Programs
from callverbs.interpreter.engine.session import OutboxEntry
from callverbs.verbs.language import commands
from callverbs.verbs.language.commands import Command
from callverbs.verbs.language.events import LegAnswered, LegHungUp, TimerFired
from callverbs.verbs.language.leg import Awaited, Leg

CARRIER_LONGEST_SECONDS = 15_000.0
"""No leg lasts longer: the carrier ends every one after four hours (SPEC: time_limit_secs)."""


def timer_fired(programs: Programs, event: TimerFired) -> None:
    """Handles a timer that is due: a verb's own, or one of the engine's."""
    timer = programs.session.timers.pop(event.n, None)
    if timer is None:
        return
    if timer.owner:
        verb = programs.session.verbs.get(timer.owner)
        handler = getattr(verb, f"on_{timer.name}_timer", None)
        if verb and handler:
            programs.call(verb, handler, *([timer.leg] if timer.leg else []))
        return
    if timer.name == recordings.RECORDING:
        recording_reports.overdue(programs, timer.guards)
        return
    if timer.name == outbox.CALL_LENGTH:
        limits.end_long_call(programs.session)
        return
    leg = programs.session.legs[timer.leg]
    if timer.name == outbox.STOPPED_MEDIA:
        outbox.stopped_media_overdue(programs.turn, leg)
    else:
        check_leg(programs, leg)


def check_leg(programs: Programs, leg: Leg) -> None:
    """Asks the carrier how a leg stands. One that has no address after all that time was never created."""
    if leg.call_control_id:
        outbox.retrieve_call(programs.turn, leg)
    else:
        leg_retrieved(programs, leg, alive=False)


def leg_retrieved(programs: Programs, leg: Leg, alive: bool) -> None:
    """Acts on the carrier's answer: a leg that is over has hung up; on one that lives, what is overdue is handled."""
    if leg.gone:
        return
    if not alive:
        cause = "originator_cancel" if leg.ending else "unspecified"
        leg_events.hung_up(programs, leg, LegHungUp(at=programs.turn.at, leg=leg.name, cause=cause))
        return
    overdue = _overdue(programs, leg)
    for entry in in_doubt(programs, leg):
        if isinstance(entry.message, Command) and entry.message.media:
            outbox.mark_answered(programs.turn, entry.n)  # most likely it was heard; to hear it twice would be worse than never
        else:
            outbox.send_anew(programs.turn, entry)
    for awaited in overdue:
        _handle_overdue(programs, leg, awaited)


def _handle_overdue(programs: Programs, leg: Leg, awaited: Awaited) -> None:
    turn = programs.turn
    if awaited not in leg.awaited:  # it was dropped with another one
        return
    if turn.session.open_entry(awaited.n):  # nobody knows whether it has arrived, so its end is not lost yet
        outbox.start_guard(turn, leg, awaited)
    elif awaited.kind == "answer":
        leg_events.handle(programs, LegAnswered(at=turn.at, leg=leg.name))
    elif awaited.kind == "hangup":  # it was lost or refused, and somebody is still on the line
        outbox.forget(turn, leg, awaited)
        if turn.at - leg.started_at > CARRIER_LONGEST_SECONDS:
            turn.problem("carrier", f"the end of {leg.name} was never reported; no call of the carrier lasts so long, so it is over")
            leg_events.hung_up(programs, leg, LegHungUp(at=turn.at, leg=leg.name, cause="unspecified"))
            return
        leg.hangups += 1
        outbox.send(turn, commands.HangUp(leg=leg.name), 0)
    elif awaited.seconds:
        turn.problem("carrier", f"the end of {awaited.kind} on {leg.name} was never reported")
        outbox.forget(turn, leg, awaited)
        ended = next(word for word, kinds in ENDED_COMMANDS.items() if awaited.kind in kinds)
        if verb := programs.session.verbs.get(awaited.owner):
            programs.handle(verb, ended(at=turn.at, leg=leg.name, status="lost"))  # type: ignore[call-arg]
    else:
        outbox.start_guard(turn, leg, awaited)


def _overdue(programs: Programs, leg: Leg) -> list[Awaited]:
    """Returns the commands of a leg whose guard has fired."""
    guarded = {timer.guards for timer in programs.session.timers.values()}
    return [awaited for awaited in leg.awaited if awaited.n not in guarded]


def in_doubt(programs: Programs, leg: Leg) -> list[OutboxEntry]:
    """Returns the entries of a leg of which nobody knows whether they were sent."""
    return [entry for entry in programs.session.open_entries() if leg.name in entry.ordering_keys and not entry.lease_until]
