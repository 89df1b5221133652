"""Notices an outage: a time in which no worker was there, and whose webhooks are still to come.

What was due then may have been overtaken by what happened then: a phone was answered, and rings no longer. So timers that were started
before the outage wait until the carrier has repeated its webhooks: as long as the outage was, because its pauses grow with the time
that it has waited, and `grace` at the most. Timers that were started since fire on time. The carrier cannot be asked instead: it
says whether a leg lives, and not whether it was answered.
"""

from callverbs.interpreter.runtime.ports import Now, Store

GRACE_SECONDS = 10.0
"""Default of `grace`. Longer than the usual pauses between attempts of a webhook, and no longer than a caller waits in silence."""
MAX_LAG_SECONDS = 5.0
"""A worker that has not come to look for so long was away: suspended, or without its store."""


class Outage:
    """The last outage that this worker knows of. `grace` is in seconds, 0 to wait for nothing; `now` returns UTC seconds."""

    def __init__(self, store: Store, now: Now, grace: float = GRACE_SECONDS) -> None:
        self._store = store
        self._now = now
        self._grace = grace
        self._looked_at = 0.0
        self._woke_at = now()
        self._waits_until = self._woke_at + grace  # until the first look, nobody knows how long the outage was

    async def look(self, *, notes: bool) -> None:
        """Looks, at the start and then every second, whether anybody was there. With `notes`, tells other workers that this one is."""
        now = self._now()
        if not self._looked_at:
            self._wake(now - await self._store.note_alive(now))
        elif notes:
            await self._store.note_alive(now)
        self.check()
        self._looked_at = now

    def check(self) -> None:
        """Notices that this worker itself was away. It is called before anything is fired."""
        away = self._now() - self._looked_at
        if self._looked_at and away > MAX_LAG_SECONDS:
            self._wake(away)
            self._looked_at = self._now()

    def _wake(self, seconds: float) -> None:
        self._woke_at = self._now()
        self._waits_until = self._woke_at + min(max(seconds, 0.0), self._grace)

    def fires_at(self, due: float, began: float) -> float:
        """Returns when something fires that began at a time: when it is due, or after the wait. All in UTC seconds."""
        return max(due, self._waits_until) if began < self._woke_at else due
