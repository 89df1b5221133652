"""The rooms of a running server, wired together: store, switchboard, sender, clock, and the way to the carrier and to hooks.

It opens them in order and closes them in the other one. What is on disk is looked for at the start, and goes on.
"""

import asyncio
import json
import logging
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx

from interpreter.clock import Clock
from interpreter.hooks.client import Hooks
from interpreter.hooks.pool import open_pool
from interpreter.sender import Sender
from interpreter.server.review import Review, surroundings
from interpreter.server.settings import Settings
from interpreter.session import Session, load
from interpreter.stores.memory import MemoryStore
from interpreter.stores.sqlite import SqliteStore, StoreError
from interpreter.switchboard import Saved, Store, Switchboard
from interpreter.telnyx import v1
from interpreter.telnyx.client import SECOND, Carrier, Dialect
from interpreter.text.source import Source
from verbs._app import App
from verbs._events import CallRequested

LOG = logging.getLogger("callverbs")
PATIENCE = 10.0
"""Seconds that what is being sent may take at a stop."""
DAY = 86_400.0
DIALECTS = {1: v1.DIALECT, 2: SECOND}
"""Versions of the carrier's API."""


class Rooms:
    """A server's inside. `now` is UTC seconds."""

    def __init__(self, settings: Settings, store: Store | None = None, now: Callable[[], float] = time.time) -> None:
        self.settings = settings
        self.store = store or open_store(settings.store)
        self.now = now
        self.board: Switchboard
        self._client: httpx.AsyncClient
        self._sender: Sender
        self._clock: Clock
        self._review: Review | None
        self._tasks: list[asyncio.Task[None]] = []
        self._watched: dict[str, asyncio.Future[Session]] = {}

    @property
    def dialect(self) -> Dialect:
        """How commands go over the wire."""
        return DIALECTS[self.settings.carrier.api]

    async def open(self) -> None:
        """Begin: calls that were left behind go on."""
        self._client = open_pool()
        carrier = self.settings.carrier
        hooks = Hooks(self._client, self.settings.accounts, self.now, read_document)
        self._review = Review(hooks, surroundings(self.settings)) if self.settings.lint_replies else None
        self._sender = Sender(
            self.store,
            Carrier(self._client, carrier.base_url, carrier.api_key, dialect=self.dialect),
            self._review or hooks,
            self.now,
        )
        self._clock = Clock(self.store, self._sender, self.now)
        self.board = Switchboard(self.store, self.settings, then=self._saved, now=self.now, worker=uuid.uuid4().hex[:12])
        self._sender.receive = self._clock.receive = self.board.receive
        self._tasks = [asyncio.create_task(self._clock.search()), asyncio.create_task(self._prune())]

    async def close(self) -> None:
        """End: what is being sent is waited for, what is due later stays on disk.

        The clock goes on meanwhile: it keeps the leases of what is being sent.
        """
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._sender.finish(PATIENCE)
        if self._review:
            await self._review.finish()
        await self._clock.stop()
        await self.board.finish()
        await self.store.close()
        await self._client.aclose()

    def _saved(self, saved: Saved) -> None:
        for problem in saved.outcome.problems:
            LOG.warning("call %s: %s: %s %s", saved.session, problem.whose, problem.text, problem.url)
        for note in saved.outcome.notes:
            LOG.info("call %s: %s", saved.session, note)
        self._sender.dispatch(saved)
        self._clock.schedule(saved)
        if saved.session in self._watched:
            self._look(saved)

    def _look(self, saved: Saved) -> None:
        session = load(saved.outcome.snapshot)
        watched = self._watched[saved.session]
        if not watched.done() and (session.legs["a"].call_leg_id or session.legs["a"].gone):
            watched.set_result(session)

    async def place(self, event: CallRequested, app: App, seconds: float = 15.0) -> Session | None:
        """Place a call; how it stands once the carrier has taken it or refused it, None where that has said nothing in time."""
        watched: asyncio.Future[Session] = asyncio.get_running_loop().create_future()
        self._watched[event.id] = watched
        try:
            await self.board.receive(event, session=event.id, app=app)
            async with asyncio.timeout(seconds):
                return await watched
        except TimeoutError:
            return None
        finally:
            del self._watched[event.id]

    async def _prune(self) -> None:
        while True:
            try:
                gone = await self.store.prune(self.now() - self.settings.keep_days * DAY)
            except StoreError as error:
                LOG.error("old calls could not be forgotten: %s", error)
            else:
                if gone:
                    LOG.info("%s calls older than %g days were forgotten", gone, self.settings.keep_days)
            await asyncio.sleep(DAY / 24)


def open_store(url: str) -> Store:
    """A store by its URL: `sqlite:///PATH` or `memory:`. Raises StoreError."""
    return MemoryStore() if url == "memory:" else SqliteStore(url.removeprefix("sqlite:///"))


def read_document(url: str) -> str:
    """A local document as JSON. Raises OSError or ValueError."""
    source = Source.read(Path(unquote(urlsplit(url).path)))
    if not source.readable:
        raise ValueError("it is neither JSON nor YAML any longer")
    return json.dumps(source.value)
