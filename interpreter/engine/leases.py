"""Leases: an outbox entry belongs to one worker at a time. One whose worker has died is sent again, once that is known to be safe."""

from callverbs.interpreter.engine import command_results, outbox, timers
from callverbs.interpreter.engine.programs import Programs
from callverbs.interpreter.engine.session import LEASE_SECONDS
from callverbs.verbs.language import commands
from callverbs.verbs.language.commands import Command
from callverbs.verbs.language.events import CommandFailed, LeaseExpired, LeaseRenewed

REPEAT_SECONDS = 50.0
"""A command may be sent again for so long: the carrier ignores repeats of its id for 60 s (developer pages, command retries)."""


def lease_expired(programs: Programs, event: LeaseExpired) -> None:
    """Sends an entry again that nobody has reported on in time. Where that could do a thing twice, asks the carrier first."""
    entry = programs.session.open_entry(event.n)
    if entry is None or not entry.lease_until or entry.lease_until > event.at:
        return
    message = entry.message
    if event.at - entry.made_at <= REPEAT_SECONDS:
        outbox.send_again(programs.turn, entry)
    elif not isinstance(message, Command) or message.repeatable:
        outbox.send_anew(programs.turn, entry)
    elif any(entry.waits_for(other) for other in programs.session.outbox):
        outbox.send_anew(programs.turn, entry)  # it was certainly never sent
    elif message.created_leg() or isinstance(message, commands.Refer):
        unknown = CommandFailed(at=event.at, n=entry.n, title="nobody knows whether the call was placed")
        command_results.failed(programs, unknown)
    else:
        entry.lease_until = 0.0
        timers.check_leg(programs, programs.session.legs[message.leg])


def lease_renewed(programs: Programs, event: LeaseRenewed) -> None:
    """Renews the lease of an entry that its worker still sends, or that waits for its turn there."""
    entry = programs.session.open_entry(event.n)
    if entry and entry.lease_until and entry.worker == programs.turn.worker:
        entry.lease_until = event.at + LEASE_SECONDS
