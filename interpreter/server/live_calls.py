"""How many calls are going on, in all and by application: what is one too many is rejected as busy, and recorded.

A process counts the calls that it saves itself at once, and those of other processes on its store every few seconds.
"""

import math

import msgspec

from callverbs.interpreter.engine.session import SnapshotError, view
from callverbs.interpreter.runtime.ports import Applications, Store
from callverbs.interpreter.runtime.switchboard import Saved
from callverbs.verbs.language.app import App
from callverbs.verbs.language.call_limits import Full
from callverbs.verbs.language.events import LegInitiated

RECOUNT_SECONDS = 10.0
REMEMBERED_CALLS = 10_000
"""Calls that are over, of which late events are no second end."""


class LiveCalls:
    """Counts calls, and says of a new one which application answers it, or why nobody does. `most` is the limit in all."""

    def __init__(self, applications: Applications, most: int) -> None:
        self._applications = applications
        self._most = most
        self._app_of: dict[str, str] = {}
        """By session, the name of its application."""
        self._counts: dict[str, int] = {}
        self._rejected: set[str] = set()
        """Calls that are being rejected, because there are too many."""
        self._over: dict[str, None] = {}
        """The last calls that were reported as over."""

    @property
    def counts(self) -> dict[str, int]:
        """The calls that are going on, by the name of the application."""
        return dict(self._counts)

    async def recount(self, store: Store) -> None:
        """Counts the calls that a store holds: other processes begin and end calls, too."""
        before = {*self._app_of, *self._rejected}
        listed = {session for _, session in await store.due(math.inf, self._most + 1)}
        if len(listed) <= self._most:
            for session in before - listed:
                self._remove(session)
        for session in listed - before:
            record = await store.load(session)
            if record and not record.ended and session not in self._over:
                self._add(session, record.snapshot)

    def saved(self, saved: Saved) -> bool:
        """Counts a call that was saved, once, until it is over. Returns whether that is now."""
        session = saved.session
        if not saved.outcome.ended:
            self._add(session, saved.outcome.snapshot)
            return False
        self._remove(session)
        is_news = session not in self._over
        self._over[session] = None
        if len(self._over) > REMEMBERED_CALLS:
            del self._over[next(iter(self._over))]
        return is_news

    def app_for(self, event: LegInitiated) -> App:
        """Returns the application of an incoming call. It is full where there are too many calls."""
        app = self._applications.app_for(event)
        full = self.full(app)
        return msgspec.structs.replace(app, full=full) if full else app

    def full(self, app: App) -> Full | None:
        """Returns why one more call of an application is too many; None where it is not."""
        if len(self._app_of) >= self._most:
            return Full(text=f"{self._most} calls at once are the most", section="server")
        if self._counts.get(app.name, 0) >= app.limits.calls:
            return Full(text=f"{app.limits.calls} calls of the application {app.name} at once are the most", section="limits")
        return None

    def _add(self, session: str, snapshot: bytes) -> None:
        if session in self._app_of or session in self._rejected:
            return
        try:
            app = view(snapshot).app
        except SnapshotError:  # its parties are about to be let go
            return
        if app.full:  # it takes no place
            self._rejected.add(session)
        else:
            self._app_of[session] = app.name
            self._counts[app.name] = self._counts.get(app.name, 0) + 1

    def _remove(self, session: str) -> None:
        self._rejected.discard(session)
        app = self._app_of.pop(session, None)
        if app is not None:
            self._counts[app] -= 1
