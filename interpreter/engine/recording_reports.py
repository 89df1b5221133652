"""What the carrier reports of recordings, during the call, after the hangup, or much later: which one it is, and who hears it.

A report names no command: it is credited to a recording of its leg by the carrier's clock. It goes to the verb that waits for it, else
to the hook that this verb has left, else to the call status hook, which so hears of recordings that no verb has started, too.
"""

from collections.abc import Mapping
from typing import Any

from callverbs.interpreter.engine import hook_payload, outbox, recordings
from callverbs.interpreter.engine.outcome import Turn
from callverbs.interpreter.engine.programs import Programs
from callverbs.interpreter.engine.session import Recording
from callverbs.verbs.language.events import RecordingFailed, RecordingSaved
from callverbs.verbs.language.leg import Leg
from callverbs.verbs.parts.recording import NOT_REPORTED, recording_fields

MAX_REPORTS = 32
"""Reports that a leg remembers: the same one may come twice, under two ids."""


def reported(programs: Programs, leg: Leg, event: RecordingSaved | RecordingFailed) -> None:
    """Handles the carrier's report of a recording, once."""
    if not _claim(leg, event):
        return
    recording = _find(programs.turn, leg, event)
    if recording is None:
        hook_payload.tell_status_hook(programs.turn, leg, recording_fields(event))
        return
    recordings.forget(programs.turn, recording)
    if verb := programs.session.verbs.get(recording.owner):
        programs.handle(verb, event)
    else:
        _tell(programs.turn, recording, recording_fields(event))


def overdue(programs: Programs, n: int) -> None:
    """Gives up the recording of verb `n`, which the carrier has not reported in time."""
    for recording in [one for one in programs.session.recordings if one.n == n]:
        programs.turn.problem("carrier", f"the recording of {recording.leg} was never reported")
        recordings.forget(programs.turn, recording)
        _tell(programs.turn, recording, recording_fields(RecordingFailed(detail=NOT_REPORTED)))


def _tell(turn: Turn, recording: Recording, fields: Mapping[str, Any]) -> None:
    """Tells the hook that a verb has left for its recording. Nobody reads its reply: the program has gone on."""
    assert recording.hook
    leg = turn.session.legs[recording.leg]
    outbox.add(turn, hook_payload.request(turn, recording.hook, "notify", leg, {**recording.extra, **fields}), 0)


def _claim(leg: Leg, event: RecordingSaved | RecordingFailed) -> bool:
    """Returns whether a report is new. Recordings of one leg began at different times, and failures happened at different times."""
    mark = (event.started_at if isinstance(event, RecordingSaved) else 0.0) or event.occurred_at
    if mark in leg.recording_reports:
        return False
    leg.recording_reports = [*leg.recording_reports, mark][-MAX_REPORTS:]
    return True


def _find(turn: Turn, leg: Leg, event: RecordingSaved | RecordingFailed) -> Recording | None:
    """Returns the recording that a report is about: the last one that was asked for before it began; the first, where nobody knows."""
    own = [one for one in turn.session.recordings if one.leg == leg.name]
    began = event.started_at if isinstance(event, RecordingSaved) else 0.0
    if not began:
        return next(iter(own), None)
    return next((one for one in reversed(own) if one.asked_at <= began), None)
