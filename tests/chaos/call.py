"""A sample's call on the virtual clock, with workers that die, and webhooks that come twice, late, out of order and to anybody.

The carrier, its people and the application are those of `callverbs test`; switchboard, dispatcher, timers and clients are the live ones.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, TypeVar, TypeVarTuple

import msgspec

from callverbs.interpreter.engine.session import load
from callverbs.interpreter.hooks.attempt import Attempt
from callverbs.interpreter.hooks.client import HookClient
from callverbs.interpreter.runtime.ports import Store
from callverbs.interpreter.runtime.switchboard import Switchboard, Verdict
from callverbs.interpreter.runtime.timers import Timers
from callverbs.interpreter.server.webhook_middleware import STATUS_OF_VERDICT
from callverbs.interpreter.simulator.network import SimulatedCarrierTransport
from callverbs.interpreter.simulator.scenario import Scenario
from callverbs.interpreter.simulator.simulation import Simulation
from callverbs.interpreter.simulator.virtual_loop import VirtualLoop
from callverbs.interpreter.telnyx.client import TelnyxClient
from callverbs.verbs.language.app import App
from callverbs.verbs.language.events import Event, KeyPressed
from tests.chaos.plan import START_SECONDS, Plan
from tests.chaos.workers import Life, MortalCarrier, MortalHooks, MortalStore, SlowDispatcher

Given = TypeVarTuple("Given")
Result = TypeVar("Result")
PAUSES_SECONDS = (0.25, 0.5, 1.0, 2.0, *(5.0,) * 20)
"""Between the attempts of a webhook."""
PEEK_SECONDS = 1.0
MAX_MORE_SECONDS = 300.0
"""A call that has not ended so long after its time never does."""


class ChaosLoop(VirtualLoop):
    """The virtual loop, where what others run in a thread takes no time."""

    def run_in_executor(self, executor: Executor | None, func: Callable[[*Given], Result], *args: *Given) -> "asyncio.Future[Result]":
        future: asyncio.Future[Result] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future


@dataclass
class Witnessed:
    """What can be seen of a call from the outside: the measure of whether a disturbance has changed it."""

    heard: dict[str, list[str]] = field(default_factory=dict)
    hooks: Counter[str] = field(default_factory=Counter)
    bridged: Counter[str] = field(default_factory=Counter)
    statuses: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    """Calls and legs that never end, and webhooks that were given up."""
    points: list[str] = field(default_factory=list)
    died_at: float = 0.0

    def differences(self, usual: "Witnessed") -> list[str]:
        """Returns what is not as usual."""
        return [
            f"{name}: {getattr(self, name)!r}, and usually {getattr(usual, name)!r}"
            for name in ("heard", "hooks", "bridged", "statuses", "problems", "lost")
            if getattr(self, name) != getattr(usual, name)
        ]

    def without_repetitions(self, usual: "Witnessed") -> "Witnessed":
        """Returns the same without the number of what is usually repeated by the clock: so often it is a matter of time."""
        heard = {
            leg: [what for n, what in enumerate(texts) if what not in texts[:n] or usual.heard.get(leg, []).count(what) < 2]
            for leg, texts in self.heard.items()
        }
        hooks = Counter({hook: times if usual.hooks[hook] < 2 else 1 for hook, times in self.hooks.items()})
        return replace(self, heard=heard, hooks=hooks)

    def heard_twice(self, usual: "Witnessed") -> list[str]:
        """Returns what a party has heard more often than usual."""
        return [
            f"{leg} hears {what!r} {times} times"
            for leg, heard in self.heard.items()
            for what, times in Counter(heard).items()
            if times > max(usual.heard.get(leg, []).count(what), 1)
        ]


class Worker:
    """A worker: the live runtime on mortal ports."""

    def __init__(self, call: "ChaosCall", life: Life, name: str) -> None:
        self.life = life
        store: Any = MortalStore(call.store, life)
        carrier = TelnyxClient(MortalCarrier(SimulatedCarrierTransport(call._carrier, call, asyncio.sleep), life))
        hooks = HookClient(MortalHooks(call._hooks, life, call.replies, call.asked), {}, asyncio.sleep)
        self._dispatcher = SlowDispatcher(store, carrier, hooks, call.clock.now)
        if name == "w1":
            self._dispatcher.plan = call.plan
        self._timers = Timers(store, self._dispatcher, call.clock.now)
        self.switchboard = Switchboard(store, call, on_saved=self._saved, now=call.clock.now, worker=name)
        self._dispatcher.receive = self._timers.receive = self.switchboard.receive
        self._call = call
        call.spawn(self._timers.search())
        begins, ends = life.slow
        if begins < ends:
            call.clock.call_later(ends - call.clock.now(), self._wake)

    def _wake(self) -> None:
        """Wakes after having stood still, as a worker does that starts after an outage."""
        outage = self._timers._outage
        outage._wake(self._call.clock.now() - outage._looked_at)

    def _saved(self, saved: Any) -> None:
        self._call._calls[saved.session].saved = saved
        self._dispatcher.dispatch(saved)
        self._timers.schedule(saved)

    def stop(self) -> None:
        """Lets nothing begin that follows from what is cancelled."""
        self._dispatcher._stopped = True

    async def take(self, event: Event, raw: bytes, session: str, app: App | None, settle: Callable[[int], None]) -> None:
        """Takes an event as a server does, and settles its status when it is acknowledged."""
        verdict: Verdict = await self.switchboard.receive(event, raw, session, app)
        await self.life.point("before an acknowledgement")
        settle(STATUS_OF_VERDICT[verdict])


class ChaosCall(Simulation):
    """One call by a plan, on a store. `run_disturbed` runs it."""

    def __init__(self, scenario: Scenario, document: str, plan: Plan, store: Store) -> None:
        super().__init__(scenario, document)
        self.store = store
        self.replies: dict[str, asyncio.Task[Attempt]] = {}
        self.asked: dict[str, str] = {}
        """By request id, which hook was asked."""
        self.plan = plan
        self._random = Random(plan.seed)
        self._loop = ChaosLoop(self.clock)  # type: ignore[abstract]
        self._first = Life(plan.dies_at, plan.stands_still)
        self._first.on_death.append(self._succeed)
        self._workers: list[Worker] = []
        self._given_up: list[str] = []
        self._peek_at = self._died_at = 0.0
        self._order: dict[tuple[str, str], asyncio.Lock] = {}

    def spawn(self, coroutine: Coroutine[Any, Any, object]) -> None:
        self._loop.spawn(coroutine)

    def run_disturbed(self) -> Witnessed:
        """Runs the call to its end."""
        self._workers = [Worker(self, self._first, "w1")]
        if self.plan.workers > 1:
            self._workers.append(Worker(self, Life(), "w2"))
        self._start()
        self.clock.call_later(self.scenario.max_seconds + 60.0, self._end_long_call)
        self._script.advance()
        self._loop.run(until=self._is_over)
        witnessed = self._witness()
        for worker in self._workers:
            worker.stop()
        while self._loop._tasks:
            self._loop.close()
        return witnessed

    def _succeed(self) -> None:
        """Lets another worker start, some time after the first one has died."""
        self._died_at = self.clock.now()
        self.clock.call_later(self.plan.gap, lambda: self._workers.append(Worker(self, Life(), "w3")))

    # ------------------------------------------------------------- events

    async def _receive(self, event: Event, raw: bytes = b"", session: str = "", app: App | None = None) -> None:
        """Delivers an event until a worker has acknowledged it, perhaps late and perhaps twice.

        Those of one leg come in order, or with a delay out of it, except keys: what was typed is known by its order only.
        """
        leg = getattr(event, "call_control_id", "")
        kind = "" if not self.plan.delay or isinstance(event, KeyPressed) else event.id
        twice = self._random.random() < self.plan.duplicated
        await asyncio.sleep(self.plan.late)
        async with self._order.setdefault((leg, kind), asyncio.Lock()):
            await asyncio.sleep(self._random.uniform(0.0, self.plan.delay))
            await self._deliver(event, raw, session, app)
        if twice:
            await asyncio.sleep(self._random.uniform(0.0, 1.0))
            await self._deliver(event, raw, session, app)

    async def _deliver(self, event: Event, raw: bytes, session: str, app: App | None) -> None:
        for pause in PAUSES_SECONDS:
            alive = [worker for worker in self._workers if not worker.life.over]
            if alive:
                worker = self._random.choice(alive)
                status: asyncio.Future[int] = asyncio.get_running_loop().create_future()

                def settle(value: int, status: "asyncio.Future[int]" = status) -> None:
                    if not status.done():
                        status.set_result(value)

                worker.life.on_death.append(lambda settle=settle: settle(502))  # type: ignore[misc]
                self.spawn(worker.take(event, raw, session, app, settle))
                if await status == 200:
                    return
            await asyncio.sleep(pause)
        self._given_up.append(f"webhook {event.__struct_config__.tag} was given up")

    # ------------------------------------------------------------- the end

    def _is_over(self) -> bool:
        if self._first.over and self.clock.now() >= self._peek_at:  # the last save of a dead worker
            self._peek_at = self.clock.now() + PEEK_SECONDS
            for session, call in self._calls.items():
                record = immediate(self.store.load(session))
                if record and record.ended and call.saved and not call.ended:
                    call.saved.outcome = msgspec.structs.replace(call.saved.outcome, snapshot=record.snapshot, ended=record.ended)
        return super()._is_over() or self.clock.now() > START_SECONDS + self.scenario.max_seconds + MAX_MORE_SECONDS

    def _witness(self) -> Witnessed:
        found = Witnessed(points=self._first.points, died_at=self._died_at, lost=[*self._given_up, *self.failures])
        legs = self._carrier.legs()
        for leg in legs:
            name = self.legs.get(leg.id, leg.label)
            found.heard[name] = [one.what for one in leg.heard]
            if leg.state != "ended":
                found.lost.append(f"{name} is still {leg.state}")
        for name, call in self._calls.items():
            record = immediate(self.store.load(name))
            session = load(record.snapshot) if record else None
            if session is None or not session.ended:
                found.lost.append(f"the call {call.name} has not ended")
                continue
            found.problems += [one.text for one in session.problems]
            found.statuses.update({call.leg_name(leg.name): leg.call_status for leg in session.legs.values()})
        seen = set()
        for line in self.lines:
            if line.kind == "webhook" and line.name == "call.bridged" and line.body["data"]["id"] not in seen:
                seen.add(line.body["data"]["id"])
                found.bridged[line.leg] += 1
        found.hooks.update(self.asked.values())
        return found


def immediate(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Returns the result of a coroutine that waits for nothing."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    raise RuntimeError("it waits")
