"""What a process counts and measures, for Prometheus: calls, webhooks, steps, the store, hooks, commands. It decides nothing.

The ports that it wraps behave as without it.
"""

import time
from collections.abc import Callable
from typing import Any, cast

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from callverbs.interpreter.engine.outcome import Outcome
from callverbs.interpreter.engine.session import OutboxEntry, view
from callverbs.interpreter.engine.step import step
from callverbs.interpreter.runtime.ports import CarrierPort, HooksPort, Store
from callverbs.interpreter.runtime.records import Change
from callverbs.verbs.language.events import CommandFailed, Event, HookFailed, TimerFired
from callverbs.verbs.language.messages import HookRequest

SECONDS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Upper bounds of what is measured in seconds."""
LATE_SECONDS = 1.0
"""A timer that fires so long after it was due is late."""
Timer = Callable[[], float]


class Metrics:
    """The metrics of one process. `clock` returns seconds, of which differences count."""

    def __init__(self, clock: Timer = time.perf_counter) -> None:
        self._clock = clock
        self.registry = CollectorRegistry()
        own: dict[str, Any] = {"registry": self.registry}
        self.calls = Gauge("callverbs_calls", "Calls that are going on.", ["application"], **own)
        self.ended = Counter("callverbs_calls_ended", "Calls that are over, by their call status.", ["application", "status"], **own)
        self.webhooks = Counter("callverbs_webhooks", "Webhooks, by the status of our answer.", ["status"], **own)
        self.refused = Counter("callverbs_refused_requests", "Requests of operators without the right token.", **own)
        self.repeated = Counter("callverbs_repeated_events", "Events that came before, and changed nothing.", **own)
        self.conflicts = Counter("callverbs_save_conflicts", "Saves that another worker was faster with.", **own)
        self.problems = Counter("callverbs_problems", "Problems on record, by whose they are.", ["whose"], **own)
        self.limits = Counter("callverbs_limits_reached", "Calls that reached a limit, by its setting.", ["setting"], **own)
        self.late = Counter("callverbs_late_timers", f"Timers that fired more than {LATE_SECONDS:g} s late.", **own)
        self.store_errors = Counter("callverbs_store_errors", "Saves that the store refused.", **own)
        timed = {"buckets": SECONDS, **own}
        self.step_seconds = Histogram("callverbs_step_seconds", "Time of a step.", **timed)
        self.save_seconds = Histogram("callverbs_save_seconds", "Time of a save.", **timed)
        self.hook_seconds = Histogram("callverbs_hook_seconds", "Time of a hook, retries included.", ["application", "result"], **timed)
        self.command_seconds = Histogram(
            "callverbs_command_seconds", "Time of a command, retries included.", ["command", "result"], **timed
        )

    def render(self) -> bytes:
        """Returns all metrics in the text format of Prometheus."""
        return generate_latest(self.registry)

    def step(self, snapshot: bytes, event: Event, worker: str) -> Outcome:
        """Takes a step, and counts what comes of it."""
        if isinstance(event, TimerFired):
            timer = view(snapshot).timers.get(event.n)
            self.late.inc(timer is not None and event.at - timer.due > LATE_SECONDS)
        began = self._clock()
        outcome = step(snapshot, event, worker)
        self.step_seconds.observe(self._clock() - began)
        self.repeated.inc(not outcome.changed)
        return outcome

    def store(self, store: Store) -> Store:
        """Returns a store whose saves are measured."""
        return cast(Store, _MeteredStore(store, self, self._clock))

    def hooks(self, hooks: HooksPort) -> HooksPort:
        """Returns hooks that are measured."""
        return _MeteredHooks(hooks, self, self._clock)

    def carrier(self, carrier: CarrierPort) -> CarrierPort:
        """Returns a carrier whose commands are measured."""
        return _MeteredCarrier(carrier, self, self._clock)


class _MeteredStore:
    def __init__(self, store: Store, metrics: Metrics, clock: Timer) -> None:
        self._store, self._metrics, self._clock = store, metrics, clock

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def save(self, change: Change) -> bool:
        began = self._clock()
        try:
            saved = await self._store.save(change)
        except Exception:
            self._metrics.store_errors.inc()
            raise
        self._metrics.save_seconds.observe(self._clock() - began)
        self._metrics.conflicts.inc(not saved)
        return saved


class _MeteredHooks:
    def __init__(self, hooks: HooksPort, metrics: Metrics, clock: Timer) -> None:
        self._hooks, self._metrics, self._clock = hooks, metrics, clock

    async def ask(self, session: str, app: str, entry: OutboxEntry) -> Event:
        assert isinstance(entry.message, HookRequest)
        began = self._clock()
        found = await self._hooks.ask(session, app, entry)
        result = "failed" if isinstance(found, HookFailed) else "replied"
        self._metrics.hook_seconds.labels(app, result).observe(self._clock() - began)
        return found


class _MeteredCarrier:
    def __init__(self, carrier: CarrierPort, metrics: Metrics, clock: Timer) -> None:
        self._carrier, self._metrics, self._clock = carrier, metrics, clock

    async def send(self, session: str, entry: OutboxEntry, ids: dict[str, str]) -> Event:
        began = self._clock()
        found = await self._carrier.send(session, entry, ids)
        result = f"failed {found.status or ''}".rstrip() if isinstance(found, CommandFailed) else "taken"
        name = str(entry.message.__struct_config__.tag)
        self._metrics.command_seconds.labels(name, result).observe(self._clock() - began)
        return found
