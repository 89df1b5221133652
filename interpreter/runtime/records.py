"""What stores keep of a call: its record, the change that replaces it, and the rows of its event log."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from msgspec import Struct

from callverbs.interpreter.engine.session import OutboxEntry, Problem


class Record(NamedTuple):
    """A call as it is stored. `due`, `ended` and `began` are UTC seconds, 0 for never."""

    session: str
    version: int
    snapshot: bytes
    due: float
    ended: float
    began: float = 0.0


class Change(NamedTuple):
    """What one save writes, all of it or nothing. `version` is the version that it replaces, 0 for a new call, which has `began`."""

    session: str
    version: int
    snapshot: bytes
    due: float
    ended: float
    ids: tuple[str, ...]
    rows: tuple[bytes, ...]
    began: float = 0.0


def restoring(record: Record, ids: Sequence[str], rows: Sequence[bytes]) -> Change:
    """Returns the change that makes a call again, in a store that does not have it."""
    return Change(record.session, 0, record.snapshot, record.due, record.ended, tuple(ids), tuple(rows), record.began)


class LogRow(Struct, omit_defaults=True):
    """One row of the event log: the event, the webhook as it came, and what the step returned."""

    event: msgspec.Raw
    webhook: msgspec.Raw = msgspec.Raw(b"null")
    new: tuple[OutboxEntry, ...] = ()
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
