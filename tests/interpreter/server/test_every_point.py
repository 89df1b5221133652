"""One call, and a worker that dies at every point at which it can: wherever that is, the next worker brings the call to the same end.

The points are at its ports: the store, the carrier, the application, and the webhooks that it takes. It dies before and after each time
that it does something there. The carrier and its people are the simulated ones, and time jumps.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import httpx
import msgspec
import pytest

from callverbs.interpreter.engine.session import Session, load
from callverbs.interpreter.hooks.client import HookClient
from callverbs.interpreter.hooks.http import HttpHookTransport
from callverbs.interpreter.runtime.records import Change, Record
from callverbs.interpreter.server.webhook_middleware import STATUS_OF_VERDICT, WEBHOOK_PATH
from callverbs.interpreter.simulator.account import DEFAULT_ID, Account
from callverbs.interpreter.simulator.carrier import SimulatedCarrier
from callverbs.interpreter.simulator.clock import Callback, TimerHandle
from callverbs.interpreter.simulator.people import Person, PersonDirectory
from callverbs.interpreter.simulator.webhook_sender import WebhookSender
from callverbs.interpreter.stores.memory import MemoryStore
from callverbs.interpreter.telnyx import webhooks
from callverbs.interpreter.telnyx.client import V2, TelnyxClient
from callverbs.interpreter.telnyx.http import HttpCarrierTransport
from callverbs.interpreter.telnyx.signature import Signer
from callverbs.verbs.language.app import RINGBACK
from callverbs.verbs.language.call_request import CallSpec
from callverbs.verbs.language.events import CallRequested
from callverbs.verbs.language.target import Target
from tests.interpreter.hooks.clients import one_client
from tests.interpreter.server.calls import APP
from tests.interpreter.server.harness import Harness
from tests.interpreter.server.traffic import GOODBYE, NO_ANSWER, QUICK, WELCOME, Request, check_call, documents, place_of, place_of_number
from tests.interpreter.server.virtual import at_once, now
from tests.oracles.responses import unread

SIGNER = Signer(bytes(range(32)))
CALL = "+141555501"
OURS = "+14155550199"
TALKS = msgspec.structs.replace(QUICK, talks=10.0)
PAUSES_SECONDS = (0.25, 0.25, 1.0, *(5.0,) * 100)
"""Seconds between the attempts of a webhook."""
MAX_SECONDS = 1200.0
"""A call that has not ended after so long never does."""


class LoopClock:
    """The simulated carrier's clock: the loop's own."""

    def now(self) -> float:
        return now()

    def call_later(self, seconds: float, action: Callback, /) -> TimerHandle:
        return asyncio.get_running_loop().call_later(max(seconds, 0.0), action)


@dataclass
class Life:
    """The life of a worker: the points that it has passed, and the number of the one at which it dies; 0 for none."""

    dies_at: int = 0
    points: list[str] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def point(self, name: str) -> None:
        """Passes a point, at which the worker may die."""
        if not self.over.is_set():
            self.points.append(name)
            if len(self.points) == self.dies_at:
                self.over.set()
        await self.go_on()

    async def go_on(self) -> None:
        """Returns while the worker lives; never, once it is dead."""
        if self.over.is_set():
            await asyncio.Future()


class MortalStore(MemoryStore):
    """A worker's view of the store that all of them share."""

    def __init__(self, store: MemoryStore, life: Life) -> None:
        super().__init__()
        self._store, self._life = store, life

    async def load(self, session: str) -> Record | None:
        await self._life.go_on()
        return await self._store.load(session)

    async def find(self, ids: Any) -> str | None:
        await self._life.go_on()
        return await self._store.find(ids)

    async def due(self, before: float, limit: int = 100) -> list[tuple[float, str]]:
        await self._life.go_on()
        return await self._store.due(before, limit)

    async def save(self, change: Change) -> bool:
        await self._life.point("before a save")
        done = await self._store.save(change)
        await self._life.point("after a save")
        return done


class World:
    """A carrier with people, an application, and workers. The first worker dies at a point, and after a `gap` in seconds another starts.

    Without a gap, the other one has been there from the start, and has taken every second webhook.
    """

    def __init__(self, dies_at: int, gap: float) -> None:
        people = PersonDirectory({f"{CALL}01": TALKS, f"{CALL}02": NO_ANSWER})
        self.requests: list[Request] = []
        self.store = MemoryStore()
        self.first = Life(dies_at)
        self._workers = [self._worker(self.first, "first")]
        self._turn = 0
        self._client = httpx.AsyncClient(transport=httpx.MockTransport(self._webhook))
        account = Account.of_one(f"http://callverbs{WEBHOOK_PATH}", DEFAULT_ID)
        self._webhook_sender = WebhookSender(self._client, SIGNER, now, PAUSES_SECONDS, in_order=True)
        self.carrier = SimulatedCarrier(LoopClock(), self._webhook_sender.send, people, account=account)
        self._tasks: list[asyncio.Task[Any]] = [
            asyncio.create_task(self._workers[0][1].timers.search()),
            asyncio.create_task(self._succession(gap)),
        ]

    def _worker(self, life: Life, name: str) -> tuple[Life, Harness]:
        harness = Harness(MortalStore(self.store, life), name)
        harness.recorder.app = msgspec.structs.replace(APP, ringback=RINGBACK)

        async def respond(request: httpx.Request) -> httpx.Response:
            return unread(await self._respond(life, request))

        client = httpx.AsyncClient(transport=httpx.MockTransport(respond))
        harness.dispatcher._carrier = TelnyxClient(HttpCarrierTransport(client, "http://carrier", V2.authorization("KEY")))
        harness.dispatcher._hooks = HookClient(HttpHookTransport(one_client(client), now, str), {})
        return life, harness

    async def _succession(self, gap: float) -> None:
        if gap:
            await self.first.over.wait()
            await asyncio.sleep(gap)
        second = self._worker(Life(), "second")
        self._workers.append(second)
        await second[1].timers.search()

    # ------------------------------------------------------------- requests

    async def _respond(self, life: Life, request: httpx.Request) -> httpx.Response:
        """Answers a worker as the carrier or the application. The worker may die before it, or before it has the answer."""
        body, path = msgspec.json.decode(request.content or b"{}"), request.url.raw_path.decode()
        one = self._hook(path, body, request) if request.url.host != "carrier" else self._command(path, body)
        await life.point(f"before {one.name} {one.leg}")
        self.requests.append(one)
        if one.kind == "hook":
            answer = httpx.Response(200, json=documents(path, body))
        else:
            response = self.carrier.request(request.method, path, body or None)
            answer = httpx.Response(response.status, json=response.body)
        await life.point(f"after {one.name} {one.leg}")
        return answer

    def _command(self, path: str, body: Any) -> Request:
        _, _, leg, _, name = [*path.split("/"), "", "", ""][:5]
        place = place_of(self.carrier.leg(unquote(leg))) if leg else place_of_number(body["to"])
        return Request("command", name or ("retrieve_call" if leg else "dial"), *place, body.get("command_id", ""), body)

    def _hook(self, path: str, payload: Any, request: httpx.Request) -> Request:
        leg = next(leg for leg in self.carrier.legs() if leg.leg_id == payload["call_sid"])
        return Request("hook", path, *place_of(leg), request.headers["x-callverbs-request-id"], payload)

    async def _webhook(self, request: httpx.Request) -> httpx.Response:
        """Gives a webhook to a worker; one that dies before it has acknowledged it gets none, so the webhook comes again."""
        event = webhooks.read(request.content)
        data = msgspec.json.decode(request.content)["data"]
        self._turn += 1
        life, harness = self._workers[self._turn % len(self._workers)]
        if life.over.is_set() or event is None:
            return httpx.Response(200 if event is None else 502)
        taking = asyncio.create_task(self._take(life, harness, event))
        dying = asyncio.create_task(life.over.wait())
        await asyncio.wait({taking, dying}, return_when=asyncio.FIRST_COMPLETED)
        dying.cancel()
        if not taking.done():
            self._tasks.append(taking)
            return httpx.Response(502)
        leg = self.carrier.leg(data["payload"]["call_control_id"])
        self.requests.append(Request("webhook", data["event_type"], *place_of(leg), data["id"], data["payload"], taking.result()))
        return httpx.Response(taking.result())

    async def _take(self, life: Life, harness: Harness, event: Any) -> int:
        status = STATUS_OF_VERDICT[await harness.recorder.switchboard.receive(event)]
        await life.point("before an acknowledgement")
        return status

    # ------------------------------------------------------------- the call

    async def run(self, outgoing: bool) -> Session | None:
        """Runs the call from its first ring to its end. Returns its session; None where it was never saved."""
        if outgoing:
            request = CallRequested(id="call", from_=OURS, spec=CallSpec(to=Target(type="phone", number=f"{CALL}01")))
            first = self._workers[0][1].recorder
            self._tasks.append(asyncio.create_task(first.switchboard.receive(request, session="call", app=first.app)))
        else:
            self.carrier.place(f"{CALL}00", OURS, Person())
        until, session = now() + MAX_SECONDS, None
        while now() < until:
            await asyncio.sleep(0.5)
            session = next((load(record.snapshot) for record in await self.store.recent()), None)
            over = (session is None or session.ended) and all(leg.state == "ended" for leg in self.carrier.legs())
            if over and not self._webhook_sender._queues:
                break
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
        self.carrier.close()
        return session

    @property
    def legs(self) -> dict[str, Any]:
        return {place_of(leg)[1]: leg for leg in self.carrier.legs()}


def run(dies_at: int, gap: float, outgoing: bool = False) -> tuple[World, Session | None]:
    """Runs a call whose first worker dies at a point; at none, where that is 0."""
    found: list[tuple[World, Session | None]] = []

    @at_once
    async def call() -> None:
        world = World(dies_at, gap)
        found.append((world, await world.run(outgoing)))

    call()
    return found[0]


Check = Callable[[World, Session | None], None]


def at_every_point(check: Check, gap: float, outgoing: bool = False) -> int:
    """Lets the worker die at every point, and checks each call. Returns how many points there are."""
    world, session = run(0, gap, outgoing)
    check(world, session)
    points = len(world.first.points)
    wrong: dict[int, str] = {}
    for dies_at in range(1, points + 1):
        world, session = run(dies_at, gap, outgoing)
        try:
            assert all(leg.state == "ended" for leg in world.carrier.legs()), "a leg has not ended"
            check(world, session)
        except AssertionError as error:
            wrong[dies_at] = f"dead at {world.first.points[-1]}: {error}"
    assert wrong == {}, "\n".join(wrong.values())
    return points


def everything_happens_once(world: World, session: Session | None) -> None:
    assert session
    sent = [one for one in world.requests if one.kind != "webhook"]
    check_call(world.legs, world.requests, session, repeated={(one.name, one.leg) for one in sent})
    times = Counter(Counter(one.id for one in sent).values())
    assert set(times) <= {1, 2}
    assert times[2] <= 3  # at most what was being sent: on two legs, and to the application


@pytest.mark.parametrize("gap", [0.0, 1.0], ids=["another one is there", "another one starts"])
def test_the_call_goes_on_as_if_no_worker_had_died(gap: float) -> None:
    assert at_every_point(everything_happens_once, gap) > 70


def nothing_happens_twice(world: World, session: Session | None) -> None:
    """After so long it is unknown what has arrived: something may be missing, but nothing is done twice, and everything ends."""
    assert session
    assert session.ended
    for leg in world.legs.values():
        assert max(Counter(one.what for one in leg.heard).values(), default=1) == 1
    assert len(world.carrier.legs()) == len(world.legs) <= 3
    assert len({one.id for one in world.requests if one.name == "call.bridged"}) in (0, 2)
    for name in ("/call", "/screen", "/pressed", "/dialled"):
        assert len({one.id for one in world.requests if one.name == name}) <= 1
    assert world.legs["a"].heard[-1].what == GOODBYE or session.problems


def test_after_a_long_time_nothing_is_done_twice() -> None:
    """Longer than the carrier ignores repeats (60 s)."""
    assert at_every_point(nothing_happens_twice, 70.0) > 70


def placed(world: World, session: Session | None) -> None:
    """Either there never was a call, or it has gone as it should."""
    if session is None:
        assert world.carrier.legs() == []
        return
    assert session.ended
    assert session.problems == []
    assert [[one.what for one in leg.heard] for leg in world.carrier.legs()] == [[WELCOME, GOODBYE]]


def test_a_call_that_we_place() -> None:
    assert at_every_point(placed, 1.0, outgoing=True) > 20


def placed_once(world: World, session: Session | None) -> None:
    """The party is called once at the most, hears nothing twice, and is not left on the line."""
    assert len(world.carrier.legs()) <= 1
    for leg in world.carrier.legs():
        assert max(Counter(one.what for one in leg.heard).values(), default=1) == 1
    assert session is None or session.ended


def test_a_call_that_we_place_and_take_over_late() -> None:
    assert at_every_point(placed_once, 70.0, outgoing=True) > 20
