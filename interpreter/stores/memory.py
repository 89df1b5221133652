"""Keeps calls in dicts, for tests and for the simulator. They end with the process."""

import math
from collections.abc import AsyncIterator, Sequence

from callverbs.interpreter.runtime.records import Change, Record, restoring


class MemoryStore:
    """A store in memory. None of its methods waits."""

    def __init__(self) -> None:
        self._records: dict[str, Record] = {}
        self._ids: dict[str, str] = {}
        self._log: dict[str, list[bytes]] = {}
        self._alive = 0.0

    async def load(self, session: str) -> Record | None:
        """Returns the record of a call."""
        return self._records.get(session)

    async def find(self, ids: Sequence[str]) -> str | None:
        """Returns the call of the first of the carrier's ids that is known."""
        return next((self._ids[one] for one in ids if one in self._ids), None)

    async def save(self, change: Change) -> bool:
        """Saves a change. Returns False where the stored version is another one than the change replaces."""
        stored = self._records.get(change.session)
        if (stored.version if stored else 0) != change.version:
            return False
        began = stored.began if stored else change.began
        self._records[change.session] = Record(change.session, change.version + 1, change.snapshot, change.due, change.ended, began)
        for one in change.ids:
            self._ids.setdefault(one, change.session)
        self._log.setdefault(change.session, []).extend(change.rows)
        return True

    async def due(self, before: float, limit: int = 100) -> list[tuple[float, str]]:
        """Returns the calls that were due at a time, those due first before the others, and when; in UTC seconds."""
        return sorted((record.due, record.session) for record in self._records.values() if 0 < record.due <= before)[:limit]

    async def log(self, session: str) -> list[bytes]:
        """Returns the rows of a call's event log, oldest first."""
        return list(self._log.get(session, ()))

    async def recent(self, limit: int = 100) -> list[Record]:
        """Returns the records of the newest calls, newest first."""
        return sorted(self._records.values(), key=lambda record: record.began, reverse=True)[:limit]

    async def prune(self, before: float, max_bytes: float = math.inf) -> int:
        """Deletes calls that ended before a time in UTC seconds. Returns how many. `max_bytes` is not looked at."""
        old = [record.session for record in self._records.values() if 0 < record.ended < before]
        for session in old:
            del self._records[session]
            self._log.pop(session, None)
        self._ids = {one: session for one, session in self._ids.items() if session in self._records}
        return len(old)

    async def note_alive(self, at: float) -> float:
        """Notes that a worker is there, and returns the latest time, in UTC seconds, at which one was before; 0 for never."""
        before, self._alive = self._alive, max(at, self._alive)
        return before

    async def export(self) -> AsyncIterator[Change]:
        """Yields every call, as the change that makes it again."""
        for session, record in list(self._records.items()):
            ids = [one for one, call in self._ids.items() if call == session]
            yield restoring(record, ids, self._log.get(session, ()))

    async def faults(self) -> list[str]:
        """Returns nothing: nothing can be wrong."""
        return []

    async def vacuum(self) -> None:
        """Does nothing."""

    async def close(self) -> None:
        """Does nothing."""
