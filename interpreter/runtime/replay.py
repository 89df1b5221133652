"""Replays a recorded call: its events go through today's code, and what comes of them is compared with what came of them then.

Nothing is sent. A recorded call is the application that it began with, and the rows of its event log: a line of JSON each.
"""

from collections.abc import Iterator, Sequence
from difflib import unified_diff
from typing import Any

import msgspec
from msgspec import Struct

from callverbs.interpreter.engine import rescue
from callverbs.interpreter.engine.outcome import Outcome
from callverbs.interpreter.engine.session import OutboxEntry, Problem, SnapshotError, view
from callverbs.interpreter.engine.step import begin, step
from callverbs.interpreter.runtime.records import LogRow
from callverbs.verbs.language.app import App
from callverbs.verbs.language.events import CallRequested, Event, LeaseRenewed, LegInitiated, SnapshotLost
from callverbs.verbs.language.registry import event_from_json

MAX_BYTES = 50_000_000
"""The longest recorded call that is read."""


class ReplayError(Exception):
    """The recorded call cannot be replayed: why."""


class Header(Struct, omit_defaults=True):
    """The first line of a recorded call."""

    session: str
    app: App


class RecordedCall(Struct):
    """A call as its event log has it."""

    header: Header
    rows: list[LogRow]


def write(session: str, app: App, rows: Sequence[bytes]) -> bytes:
    """Returns a recorded call as lines of JSON, without the webhooks as they came: their events are enough."""
    kept = (msgspec.structs.replace(_row(row), webhook=msgspec.Raw(b"null")) for row in rows)
    return b"".join(msgspec.json.encode(line) + b"\n" for line in (Header(session, app), *kept))


def read(recorded: bytes) -> RecordedCall:
    """Returns a recorded call. Raises ReplayError."""
    first, *rest = recorded.splitlines() or [b""]
    try:
        header = msgspec.json.decode(first, type=Header)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ReplayError(f"the first line is not that of a recorded call: {error}") from None
    return RecordedCall(header, [_row(line, number) for number, line in enumerate(rest, 2)])


def _row(line: bytes, number: int = 0) -> LogRow:
    try:
        return msgspec.json.decode(line, type=LogRow)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        where = f"line {number}" if number else "a row of its log"
        raise ReplayError(f"{where} cannot be read by this version: {error}") from None


def replay(call: RecordedCall) -> list[str]:
    """Returns the difference as lines of a unified diff: none where today's code does the same. Raises ReplayError."""
    then: list[str] = []
    today: list[str] = []
    for row, event, outcome in replayed(call):
        heading = f"{event.at:.3f} {msgspec.json.encode(event).decode()}"
        then += [heading, *_lines(row.new, row.notes, row.problems)]
        today += [heading, *_lines(outcome.new, outcome.notes, outcome.problems)]
    return list(unified_diff(then, today, "recorded", "today", lineterm="", n=1))


def replayed(call: RecordedCall) -> Iterator[tuple[LogRow, Event, Outcome]]:
    """Yields every row of a call with its event and what comes of that today. Raises ReplayError."""
    snapshot, worker = b"", ""
    for number, row in enumerate(call.rows, 2):
        try:
            event = event_from_json(bytes(row.event))
        except msgspec.DecodeError as error:
            raise ReplayError(f"line {number}: the event cannot be read by this version: {error}") from None
        if not snapshot:
            if not isinstance(event, LegInitiated | CallRequested):
                raise ReplayError("the log does not begin with the begin of the call")
            snapshot = begin(call.header.session, call.header.app, event)
        if isinstance(event, SnapshotLost):
            snapshot = rescue.rescued(call.header.session, rescue.lost_snapshot(event), event.at)
        worker = row.new[0].worker if row.new else worker
        if isinstance(event, LeaseRenewed) and (renewed := view(snapshot).open_entries.get(event.n)):
            worker = renewed.worker
        try:
            outcome = step(snapshot, event, worker)
        except SnapshotError as error:
            raise ReplayError(f"line {number}: {error}") from None
        snapshot = outcome.snapshot
        yield row, event, outcome


def _lines(new: Sequence[OutboxEntry], notes: Sequence[str], problems: Sequence[Problem]) -> Iterator[str]:
    """Yields what has come of an event, a line each."""
    for entry in new:
        yield f"    sends {_text(entry.message)}"
    for note in notes:
        yield f"    notes {note}"
    for problem in problems:
        yield f"    problem of {problem.whose}: {problem.text} {problem.url}".rstrip()


def _text(message: Any) -> str:
    return msgspec.json.encode(message, order="sorted").decode()
