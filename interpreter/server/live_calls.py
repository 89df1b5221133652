"""How many calls are going on, in all and by application: what is one too many is rejected as busy, and recorded.

A process counts the calls that it has saved itself, and at its start those that the store holds.
"""

import math

import msgspec

from callverbs.interpreter.engine.session import SnapshotError, view
from callverbs.interpreter.runtime.ports import Applications, Store
from callverbs.interpreter.runtime.switchboard import Saved
from callverbs.verbs.language.app import App
from callverbs.verbs.language.call_limits import Full
from callverbs.verbs.language.events import LegInitiated


class LiveCalls:
    """Counts calls, and says of a new one which application answers it, or why nobody does. `most` is the limit in all."""

    def __init__(self, applications: Applications, most: int) -> None:
        self._applications = applications
        self._most = most
        self._app_of: dict[str, str] = {}
        """By session, the name of its application."""
        self._counts: dict[str, int] = {}

    @property
    def counts(self) -> dict[str, int]:
        """The calls that are going on, by the name of the application."""
        return dict(self._counts)

    async def load(self, store: Store) -> None:
        """Counts the calls of a store that are not over."""
        for _, session in await store.due(math.inf, self._most):
            if record := await store.load(session):
                self._add(session, record.snapshot)

    def saved(self, saved: Saved) -> None:
        """Counts a call that was saved, once, until it is over."""
        if saved.outcome.ended:
            if app := self._app_of.pop(saved.session, ""):
                self._counts[app] -= 1
        elif saved.session not in self._app_of:
            self._add(saved.session, saved.outcome.snapshot)

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
        try:
            app = view(snapshot).app
        except SnapshotError:  # its parties are about to be let go
            return
        if not app.full:  # one that is rejected takes no place
            self._app_of[session] = app.name
            self._counts[app.name] = self._counts.get(app.name, 0) + 1
