"""The order in which messages are sent: those that share an ordering key one after the other, all others side by side."""

from bisect import insort

from callverbs.interpreter.engine.session import OutboxEntry

Key = tuple[str, str]
"""A session and an ordering key of it."""


class SerialQueues:
    """Keeps entries until they may be sent: when every earlier entry under each of their keys is done.

    Entries are ordered by number, not by when they are added: one that was taken over from another worker may be added late.
    """

    def __init__(self) -> None:
        self._queues: dict[Key, list[int]] = {}
        self._waiting: dict[tuple[str, int], OutboxEntry] = {}

    def add(self, session: str, entry: OutboxEntry) -> bool:
        """Adds an entry to the queues of its keys, in the order of the numbers. Returns whether it may be sent at once."""
        for key in entry.ordering_keys:
            insort(self._queues.setdefault((session, key), []), entry.n)
        if self._is_first(session, entry):
            return True
        self._waiting[session, entry.n] = entry
        return False

    def remove(self, session: str, entry: OutboxEntry) -> list[OutboxEntry]:
        """Removes an entry that is done. Returns those that may be sent now."""
        for key in entry.ordering_keys:
            queue = self._queues[session, key]
            queue.remove(entry.n)
            if not queue:
                del self._queues[session, key]
        heads = {self._queues[session, key][0] for key in entry.ordering_keys if (session, key) in self._queues}
        ready = [self._waiting[session, n] for n in sorted(heads) if (session, n) in self._waiting]
        ready = [one for one in ready if self._is_first(session, one)]
        for one in ready:
            del self._waiting[session, one.n]
        return ready

    def _is_first(self, session: str, entry: OutboxEntry) -> bool:
        return all(self._queues[session, key][0] == entry.n for key in entry.ordering_keys)
