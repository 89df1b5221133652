"""Calls in a dict: for tests and for the simulator. Nothing outlives the process."""

from collections.abc import Sequence

from callverbs.interpreter.runtime.records import Change, Record


class MemoryStore:
    """Keeps everything in memory, and never waits."""

    def __init__(self) -> None:
        self._records: dict[str, Record] = {}
        self._ids: dict[str, str] = {}
        self._log: dict[str, list[bytes]] = {}

    async def load(self, session: str) -> Record | None:
        """The record of a call."""
        return self._records.get(session)

    async def find(self, ids: Sequence[str]) -> str | None:
        """The call that one of the carrier's ids belongs to."""
        return next((self._ids[one] for one in ids if one in self._ids), None)

    async def save(self, change: Change) -> bool:
        """Save a change; False where somebody else was faster."""
        stored = self._records.get(change.session)
        if (stored.version if stored else 0) != change.version:
            return False
        self._records[change.session] = Record(change.session, change.version + 1, change.snapshot, change.due, change.ended)
        for one in change.ids:
            self._ids.setdefault(one, change.session)
        self._log.setdefault(change.session, []).extend(change.rows)
        return True

    async def due(self, before: float, limit: int = 100) -> list[str]:
        """Calls that the clock should have looked at before a time."""
        late = [record for record in self._records.values() if 0 < record.due <= before]
        return [record.session for record in sorted(late, key=lambda record: record.due)[:limit]]

    async def log(self, session: str) -> list[bytes]:
        """The event log of a call, oldest first."""
        return list(self._log.get(session, ()))

    async def recent(self, limit: int = 100) -> list[Record]:
        """The calls that were begun last, newest first."""
        return list(reversed(self._records.values()))[:limit]

    async def prune(self, before: float) -> int:
        """Forget calls that ended before a time; how many."""
        old = [record.session for record in self._records.values() if 0 < record.ended < before]
        for session in old:
            del self._records[session]
            self._log.pop(session, None)
        self._ids = {one: session for one, session in self._ids.items() if session in self._records}
        return len(old)

    async def close(self) -> None:
        """Nothing to close."""
