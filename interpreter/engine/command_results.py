"""What the carrier has answered to a command: taken, refused, or how a leg stands."""

from hashlib import blake2b

import msgspec

from callverbs.interpreter.engine import hook_payload, leg_events, outbox, recordings, timers, transcriptions
from callverbs.interpreter.engine.programs import Programs
from callverbs.interpreter.engine.session import LEASE_SECONDS
from callverbs.verbs.language import commands
from callverbs.verbs.language.commands import Command
from callverbs.verbs.language.events import CallRetrieved, CommandAccepted, CommandFailed
from callverbs.verbs.language.leg import Leg
from callverbs.verbs.language.meeting_commands import BridgeCall
from callverbs.verbs.language.query_answers import QueryAnswered

NO_SUCH_COMMAND = "version"
"""Code of a command that this version of the carrier's API does not have."""
REFUSED_CODE = "refused"
"""Code of a command that our own settings refuse."""
CALL_OVER_CODES = ("90018", "90015")
"""Codes that mean: there is no such call any longer."""
HANGUP_REPORT_SECONDS = 5.0
"""For the hangup of a leg to arrive after the carrier has called it over; then it is asked for."""


def accepted(programs: Programs, event: CommandAccepted) -> None:
    """Handles a command that the carrier has taken. After a dial it names the new leg."""
    for note in event.notes:
        programs.turn.note(note)
    entry = outbox.mark_answered(programs.turn, event.n)
    if entry and isinstance(entry.message, commands.Dial):
        leg = programs.session.legs[entry.message.leg]
        leg_events.bind(programs, leg, event.call_control_id, event.call_leg_id, event.call_session_id)
    if entry and isinstance(entry.message, Command) and event.conversation:
        outbox.name_conversation(programs.turn, programs.session.legs[entry.message.leg], event.n, event.conversation)


def failed(programs: Programs, event: CommandFailed) -> None:
    """Handles a command that the carrier has refused, or that did not reach it."""
    entry = outbox.mark_answered(programs.turn, event.n)
    if entry is None or not isinstance(entry.message, Command):
        return
    command, over = entry.message, event.code in CALL_OVER_CODES
    leg = programs.session.legs[command.leg]
    if isinstance(command, commands.RetrieveCall):
        _retrieve_failed(programs, leg, event, over)
        return
    if over:
        _expect_hangup(programs, command)
    told = not over or isinstance(command, commands.Bridge | BridgeCall) or command.created_leg()
    if command.outlives_call or (not leg.gone and told):
        _refused(programs, entry.owner, command, leg, event)


def retrieved(programs: Programs, event: CallRetrieved) -> None:
    """Handles the carrier's answer whether a leg still lives."""
    entry = outbox.mark_answered(programs.turn, event.n)
    if entry and isinstance(entry.message, commands.RetrieveCall):
        timers.leg_retrieved(programs, programs.session.legs[entry.message.leg], event.alive)


def query_answered(programs: Programs, event: QueryAnswered) -> None:
    """Passes the carrier's answer to the verb that has asked, if that still runs."""
    entry = outbox.mark_answered(programs.turn, event.n)
    verb = programs.session.verbs.get(entry.owner) if entry else None
    if verb:
        programs.handle(verb, event)


def _retrieve_failed(programs: Programs, leg: Leg, event: CommandFailed, over: bool) -> None:
    """The carrier did not say how the leg stands: what is in doubt stays so, and is asked about again."""
    hanging_up = any(awaited.kind == "hangup" for awaited in leg.awaited)
    for entry in timers.in_doubt(programs, leg):
        entry.lease_until = 0.0 if event.code == NO_SUCH_COMMAND else event.at + LEASE_SECONDS
    gone = over or event.status == 404 or (event.code == NO_SUCH_COMMAND and hanging_up)
    timers.leg_retrieved(programs, leg, alive=not gone)


def _expect_hangup(programs: Programs, command: Command) -> None:
    """A leg of the command is over, and its hangup is on its way: no error. Where there are two, nobody knows which it is."""
    for name in command.required_legs():
        if not programs.session.legs[name].gone:
            outbox.start_timer(programs.turn, 0, outbox.VANISHED, HANGUP_REPORT_SECONDS, name)


def _refused(programs: Programs, owner: int, command: Command, leg: Leg, event: CommandFailed) -> None:
    name = str(command.__struct_config__.tag)
    why = ": ".join(filter(None, [event.title or _answer(event.status), event.detail])) + (
        f" ({event.code})" if event.code not in ("", REFUSED_CODE) else ""
    )
    whose = "settings" if event.code == REFUSED_CODE else "carrier"
    programs.turn.problem(whose, f"{name} {leg.name}: {why}", status=event.status, pointer=event.pointer)
    for awaited in [one for one in leg.awaited if one.n == event.n and one.kind != "hangup"]:
        outbox.forget(programs.turn, leg, awaited)
    if isinstance(command, commands.StartRecording):
        recordings.never_started(programs.turn, owner)
    if isinstance(command, commands.Reject):
        outbox.send(programs.turn, commands.HangUp(leg=leg.name), 0)
    if created := command.created_leg():
        _never_created(programs, programs.session.legs[created])
    for told in transcriptions.refused(programs.turn, leg, event.n) or [owner]:
        verb = programs.session.verbs.get(told)
        if verb and CommandFailed in verb.handlers:
            programs.handle(verb, msgspec.structs.replace(event, leg=leg.name, command=name))
        elif verb:
            programs.finish(verb)


def _answer(status: int) -> str:
    return f"the carrier has answered {status}" if status else "no answer"


def _never_created(programs: Programs, leg: Leg) -> None:
    """Ends a leg that the carrier has refused to call. The application hears of it as of any other call that failed, with an id of ours."""
    leg.call_leg_id = own_sid(programs.session.id, leg.name)
    hook_payload.report_status(programs.turn, leg, "trying", 100)
    leg.state, leg.ended_at = "gone", programs.turn.at
    outbox.remove_leg(programs.turn, leg)
    hook_payload.report_status(programs.turn, leg, "failed", 503)


def own_sid(session: str, leg: str) -> str:
    """Returns a call_sid for a leg that the carrier does not know: the same for the same leg (a UUID of version 8, RFC 9562)."""
    digits = blake2b(f"{session}:{leg}".encode(), digest_size=16).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-8{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"
