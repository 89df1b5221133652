"""The recordings that verbs have started and the carrier has not reported. They outlive their verb, and the hangup of their leg.

This file knows what is awaited. Who hears a report is the business of `recording_reports`.
"""

from collections.abc import Mapping
from typing import Any

from callverbs.interpreter.engine import outbox
from callverbs.interpreter.engine.outcome import Turn
from callverbs.interpreter.engine.session import Recording
from callverbs.verbs.language import commands
from callverbs.verbs.language.spec import Hook

REPORT_SECONDS = 600.0
"""How long after the end of its verb a recording may be reported. So long the session stays open for it."""
MAX_RECORDINGS = 16
"""Recordings of a session that are awaited. The oldest one makes room, and is told to the status hook."""
RECORDING = "recording"
"""The name of the timer that ends the wait for a report."""


def record(turn: Turn, command: commands.StartRecording, owner: int) -> None:
    """Starts a recording, whose end its owner will hear."""
    while len(turn.session.recordings) >= MAX_RECORDINGS:
        forget(turn, turn.session.recordings[0])
    leg = turn.session.legs[command.leg]
    asked_at = max(leg.last_events.values(), default=0.0)
    turn.session.recordings.append(Recording(owner, leg.name, owner, asked_at))
    outbox.send(turn, command, owner)


def leave(turn: Turn, owner: int, hook: Hook | None, extra: Mapping[str, Any]) -> None:
    """Takes the recording of a verb from it: from now on the hook is told of its end."""
    for recording in _owned(turn, owner):
        if hook is None:
            forget(turn, recording)
        else:
            recording.owner, recording.hook, recording.extra = 0, hook, dict(extra)
            outbox.start_timer(turn, 0, RECORDING, REPORT_SECONDS, guards=recording.n)


def stop(turn: Turn, owner: int) -> None:
    """Ends a recording whose verb is over, and has neither ended it nor left it."""
    for recording in _owned(turn, owner):
        forget(turn, recording)
        outbox.send(turn, commands.StopRecording(leg=recording.leg), 0)


def forget(turn: Turn, recording: Recording) -> None:
    """Drops a recording that is not awaited any longer."""
    session = turn.session
    session.recordings.remove(recording)
    for timer in [timer for timer in session.timers.values() if timer.name == RECORDING and timer.guards == recording.n]:
        del session.timers[timer.n]


def never_started(turn: Turn, owner: int) -> None:
    """Drops the recording of a verb whose command the carrier has refused."""
    for recording in [one for one in turn.session.recordings if owner and one.n == owner]:
        forget(turn, recording)


def _owned(turn: Turn, owner: int) -> list[Recording]:
    return [one for one in turn.session.recordings if owner and one.owner == owner]
