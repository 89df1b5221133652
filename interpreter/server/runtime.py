"""The runtime of a server, wired together: store, switchboard, dispatcher, timers, and the clients of the carrier and of hooks."""

import asyncio
import json
import logging
import time
import uuid
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx

from callverbs.interpreter.engine.session import Session, load
from callverbs.interpreter.hooks.client import HookClient
from callverbs.interpreter.hooks.http import HttpHookTransport
from callverbs.interpreter.hooks.pools import HookPools
from callverbs.interpreter.runtime.dispatcher import Dispatcher
from callverbs.interpreter.runtime.http_pool import open_pool
from callverbs.interpreter.runtime.ports import Now, Store
from callverbs.interpreter.runtime.steady_clock import SteadyClock
from callverbs.interpreter.runtime.switchboard import Saved, Switchboard
from callverbs.interpreter.runtime.timers import Timers
from callverbs.interpreter.server import log
from callverbs.interpreter.server.live_calls import RECOUNT_SECONDS, LiveCalls
from callverbs.interpreter.server.metrics import Metrics
from callverbs.interpreter.server.readiness import Readiness
from callverbs.interpreter.server.review import ReplyReview, lint_contexts
from callverbs.interpreter.server.settings import Settings
from callverbs.interpreter.stores.errors import StoreError
from callverbs.interpreter.stores.opening import open_store
from callverbs.interpreter.telnyx.client import V2, ApiVersion, TelnyxClient
from callverbs.interpreter.telnyx.health import CarrierHealth
from callverbs.interpreter.telnyx.http import HttpCarrierTransport
from callverbs.interpreter.telnyx.v1 import V1
from callverbs.interpreter.text.source import Source
from callverbs.verbs.language.app import App
from callverbs.verbs.language.events import CallRequested

LOG = logging.getLogger("callverbs")
STOP_TIMEOUT_SECONDS = 10.0
"""How long a stop waits for what is being sent."""
CLOSE_TIMEOUT_SECONDS = 5.0
"""How long it waits then for the store, and for connections to close."""
PLACE_TIMEOUT_SECONDS = 15.0
DAY_SECONDS = 86_400.0
PRUNE_INTERVAL_SECONDS = 3600.0
API_VERSIONS = {1: V1, 2: V2}


class Runtime:
    """Everything that runs in a server. `now` returns UTC seconds. Without a store, that of the settings is opened, and closed."""

    def __init__(self, settings: Settings, store: Store | None = None, now: Now | None = None) -> None:
        self.settings = settings
        self.store: Store
        self._given_store = store
        self._opened: Store
        self.now: Now = now or SteadyClock(time.time, time.monotonic)
        self.wall: Now = now or time.time
        """The machine's own clock: signatures are compared with the clocks of others."""
        self.carrier_health = CarrierHealth(self.now)
        self.live = LiveCalls(settings, settings.calls)
        self.metrics = Metrics()
        self.readiness: Readiness
        self.switchboard: Switchboard
        self._client: httpx.AsyncClient
        self._hook_pools: HookPools
        self._dispatcher: Dispatcher
        self._timers: Timers
        self._review: ReplyReview | None
        self._tasks: list[asyncio.Task[None]] = []
        self._placing: dict[str, asyncio.Future[Session]] = {}
        """By session, calls that are being placed and have no address at the carrier yet."""

    @property
    def api_version(self) -> ApiVersion:
        """The version of the carrier's API that commands are sent in."""
        return API_VERSIONS[self.settings.carrier.api]

    async def open(self) -> None:
        """Starts everything. Calls in the store continue. Raises StoreError where it cannot be opened."""
        self._opened = self._given_store or await open_store(self.settings.store)
        self.store = self.metrics.store(self._opened)
        self._client = open_pool()
        self._hook_pools = HookPools(self.settings.hooks.egress, self.settings.hooks.connections)
        carrier, version = self.settings.carrier, self.api_version
        hooks = HookClient(HttpHookTransport(self._hook_pools, self.wall, read_document), self.settings.accounts)
        self._review = ReplyReview(hooks, lint_contexts(self.settings)) if self.settings.lint_replies else None
        transport = HttpCarrierTransport(self._client, carrier.base_url, version.authorization(carrier.api_key))
        client = TelnyxClient(transport, version, health=self.carrier_health)
        self._dispatcher = Dispatcher(self.store, self.metrics.carrier(client), self.metrics.hooks(self._review or hooks), self.now)
        self._timers = Timers(self.store, self._dispatcher, self.now, grace=self.settings.grace)
        self.switchboard = Switchboard(
            self.store,
            self.live,
            on_saved=self._saved,
            now=self.now,
            worker=uuid.uuid4().hex[:12],
            masks_records=self.settings.privacy.mask_records,
            step=self.metrics.step,
        )
        self._dispatcher.receive = self._timers.receive = self.switchboard.receive
        await self.live.recount(self.store)
        self._tasks = [asyncio.create_task(one) for one in (self._timers.search(), self._prune(), self._recount())]
        self.readiness = Readiness(self.store, client.probe, self._tasks, self.now)

    async def close(self) -> None:
        """Stops everything, in a bounded time, also where the store does not answer any longer."""
        try:
            async with asyncio.timeout(STOP_TIMEOUT_SECONDS + CLOSE_TIMEOUT_SECONDS):
                await self._close()
        except TimeoutError:
            LOG.error("the server stops before it has finished: what is left is in the store")

    async def _close(self) -> None:
        """Waits for what is being sent, so the timers stop after the dispatcher: they renew its leases."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._dispatcher.finish(STOP_TIMEOUT_SECONDS)
        if self._review:
            await self._review.finish()
        await self._timers.stop()
        await self.switchboard.finish()
        if self._given_store is None:
            await self._opened.close()
        await self._client.aclose()
        await self._hook_pools.aclose()

    def _saved(self, saved: Saved) -> None:
        self._report(saved)
        self._dispatcher.dispatch(saved)
        self._timers.schedule(saved)
        if saved.session in self._placing:
            self._settle_placing(saved)

    def _report(self, saved: Saved) -> None:
        """Logs and counts what a save has brought: a line for each problem, and one for the whole call at its end."""
        for problem in saved.outcome.problems:
            where = {"url": problem.url} if problem.url else {}
            log.event(logging.WARNING, "problem", call=saved.session, whose=problem.whose, text=problem.text, **where)
            self.metrics.problems.labels(problem.whose).inc()
        for note in saved.outcome.notes:
            LOG.info("call %s: %s", saved.session, note)
        if self.live.saved(saved):
            session = load(saved.outcome.snapshot)
            self._report_end(session)

    def _report_end(self, session: Session) -> None:
        leg = session.legs["a"]
        if session.limit:
            self.metrics.limits.labels(session.limit).inc()
        self.metrics.ended.labels(session.app.name, leg.call_status).inc()
        log.event(
            logging.INFO,
            "call ended",
            call=session.id,
            call_sid=leg.call_leg_id,
            application=session.app.name,
            direction=leg.direction,
            **{"from": leg.from_, "to": leg.to},
            status=leg.call_status,
            seconds=round(session.ended - session.began, 3),
            problems=len(session.problems),
            **({"limit": session.limit} if session.limit else {}),
        )

    def render_metrics(self) -> bytes:
        """Returns the metrics of this process."""
        for name, count in self.live.counts.items():
            self.metrics.calls.labels(name).set(count)
        return self.metrics.render()

    def _settle_placing(self, saved: Saved) -> None:
        session = load(saved.outcome.snapshot)
        placing = self._placing[saved.session]
        if not placing.done() and (session.legs["a"].call_leg_id or session.legs["a"].gone):
            placing.set_result(session)

    def is_placing(self, session: str) -> bool:
        """Returns whether a call is being placed, and the carrier has not answered yet."""
        return session in self._placing

    async def place(self, event: CallRequested, app: App, timeout_seconds: float = PLACE_TIMEOUT_SECONDS) -> Session | None:
        """Places a call, and returns its session once the carrier has taken or refused it; None where the carrier does neither in time."""
        placing = self._placing.get(event.id)
        if placing:  # somebody asks with the same key at the same time
            return await asyncio.wait_for(asyncio.shield(placing), timeout_seconds)
        placing = asyncio.get_running_loop().create_future()
        self._placing[event.id] = placing
        try:
            await self.switchboard.receive(event, session=event.id, app=app)
            async with asyncio.timeout(timeout_seconds):
                return await placing
        except TimeoutError:
            return None
        finally:
            del self._placing[event.id]

    async def _recount(self) -> None:
        while True:
            await asyncio.sleep(RECOUNT_SECONDS)
            try:
                await self.live.recount(self.store)
            except StoreError as error:
                LOG.error("calls could not be counted: %s", error)

    async def _prune(self) -> None:
        while True:
            try:
                deleted = await self.store.prune(self.now() - self.settings.keep_days * DAY_SECONDS, self.settings.keep_megabytes * 1e6)
            except StoreError as error:
                LOG.error("old calls could not be deleted: %s", error)
            else:
                if deleted:
                    LOG.info(
                        "%s calls were forgotten: keep_days is %g, keep_megabytes %g",
                        deleted,
                        self.settings.keep_days,
                        self.settings.keep_megabytes,
                    )
            await asyncio.sleep(PRUNE_INTERVAL_SECONDS)


def read_document(url: str) -> str:
    """Returns the local document of a `file:` URL as JSON. Raises OSError or ValueError."""
    source = Source.read(Path(unquote(urlsplit(url).path)))
    if not source.readable:
        raise ValueError("it is neither JSON nor YAML any longer")
    return json.dumps(source.value)
