"""The order in which wishes are sent: those of one lane one after the other, different lanes side by side. No clock, no I/O."""

from bisect import insort

from interpreter.session import Entry

Place = tuple[str, str]
"""A session and a lane of it."""


class Lanes:
    """Says when an entry's turn has come: when everything before it in each of its lanes is done.

    Before it is whatever was wished for earlier, also where it comes later: an entry that was taken over from somebody else.
    """

    def __init__(self) -> None:
        self._queues: dict[Place, list[int]] = {}
        self._waiting: dict[tuple[str, int], Entry] = {}

    def add(self, session: str, entry: Entry) -> bool:
        """Put an entry into its lanes, in the order of the numbers; whether it can be sent at once."""
        for lane in entry.lanes:
            insort(self._queues.setdefault((session, lane), []), entry.n)
        if self._is_first(session, entry):
            return True
        self._waiting[session, entry.n] = entry
        return False

    def done(self, session: str, entry: Entry) -> list[Entry]:
        """Take an entry out of its lanes; those whose turn has come now."""
        for lane in entry.lanes:
            queue = self._queues[session, lane]
            queue.remove(entry.n)
            if not queue:
                del self._queues[session, lane]
        heads = {self._queues[session, lane][0] for lane in entry.lanes if (session, lane) in self._queues}
        ready = [self._waiting[session, n] for n in sorted(heads) if (session, n) in self._waiting]
        ready = [entry for entry in ready if self._is_first(session, entry)]
        for entry in ready:
            del self._waiting[session, entry.n]
        return ready

    def _is_first(self, session: str, entry: Entry) -> bool:
        return all(self._queues[session, lane][0] == entry.n for lane in entry.lanes)
