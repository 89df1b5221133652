"""One call, and a worker that dies at every point at which it can: wherever it is, the next one brings the call to the same end.

A worker meets the world at its ports: the store, the carrier, the application, the webhooks that it has taken. It dies before
and after each time that it does something there. The carrier and its people are the simulated ones, and time jumps.
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

from interpreter.hooks.client import Hooks
from interpreter.server.front import ANSWERS, PATH
from interpreter.session import Session, load
from interpreter.simulator.carrier import Carrier
from interpreter.simulator.clock import Action, Handle
from interpreter.simulator.people import People, Person
from interpreter.simulator.postman import Postman
from interpreter.stores.memory import MemoryStore
from interpreter.switchboard import Change, Record
from interpreter.telnyx import client as telnyx
from interpreter.telnyx import webhooks
from interpreter.telnyx.signature import Signer
from tests.interpreter.server.calls import APP
from tests.interpreter.server.office import Office
from tests.interpreter.server.story import GOODBYE, NOBODY, QUICK, WELCOME, Passing, documents, told_right, who, whose
from tests.interpreter.server.virtual import at_once, now
from verbs._app import RINGBACK
from verbs._events import CallRequested
from verbs._request import CallSpec
from verbs._target import Target

SIGNER = Signer(bytes(range(32)))
CALL = "+141555501"
OURS = "+14155550199"
TALKS = msgspec.structs.replace(QUICK, talks=10.0)
PAUSES = (0.25, 0.25, 1.0, *(5.0,) * 100)
"""Seconds between the attempts of a webhook."""
LONGEST = 1200.0
"""Seconds after which the call does not end any more."""


class LoopClock:
    """The simulated carrier's clock: the loop's own."""

    def now(self) -> float:
        return now()

    def later(self, seconds: float, action: Action, /) -> Handle:
        return asyncio.get_running_loop().call_later(max(seconds, 0.0), action)


@dataclass
class Life:
    """A worker's life: the points that it has come to, and at which of them it ends."""

    ends: int = 0
    trail: list[str] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def point(self, name: str) -> None:
        """Life may end here."""
        if not self.over.is_set():
            self.trail.append(name)
            if len(self.trail) == self.ends:
                self.over.set()
        await self.goes_on()

    async def goes_on(self) -> None:
        """Go on, unless life is over: then never again."""
        if self.over.is_set():
            await asyncio.Future()


class MortalStore(MemoryStore):
    """A worker's view of the store that all of them share."""

    def __init__(self, store: MemoryStore, life: Life) -> None:
        super().__init__()
        self._store, self._life = store, life

    async def load(self, session: str) -> Record | None:
        await self._life.goes_on()
        return await self._store.load(session)

    async def find(self, ids: Any) -> str | None:
        await self._life.goes_on()
        return await self._store.find(ids)

    async def due(self, before: float, limit: int = 100) -> list[str]:
        await self._life.goes_on()
        return await self._store.due(before, limit)

    async def save(self, change: Change) -> bool:
        await self._life.point("before a save")
        done = await self._store.save(change)
        await self._life.point("after a save")
        return done


class World:
    """A carrier with people, an application, and workers. The first one dies at a point, and after a `gap` in seconds another begins.

    Without a gap, the other one has been there from the start, and has had every second webhook.
    """

    def __init__(self, ends: int, gap: float) -> None:
        people = People({f"{CALL}01": TALKS, f"{CALL}02": NOBODY})
        self.passed: list[Passing] = []
        self.store = MemoryStore()
        self.first = Life(ends)
        self._workers = [self._worker(self.first, "first")]
        self._turn = 0
        self._client = httpx.AsyncClient(transport=httpx.MockTransport(self._webhook))
        self._postman = Postman(self._client, SIGNER, now, PAUSES)
        self.carrier = Carrier(LoopClock(), self._postman.take, people, url=f"http://callverbs{PATH}")
        self._tasks: list[asyncio.Task[Any]] = [
            asyncio.create_task(self._workers[0][1].clock.search()),
            asyncio.create_task(self._succession(gap)),
        ]

    def _worker(self, life: Life, name: str) -> tuple[Life, Office]:
        office = Office(MortalStore(self.store, life), name)
        office.desk.app = msgspec.structs.replace(APP, ringback=RINGBACK)

        async def answers(request: httpx.Request) -> httpx.Response:
            return await self._asked(life, request)

        client = httpx.AsyncClient(transport=httpx.MockTransport(answers))
        office.sender._carrier = telnyx.Carrier(client, "http://carrier", "KEY")
        office.sender._hooks = Hooks(client, {}, now, str)
        return life, office

    async def _succession(self, gap: float) -> None:
        if gap:
            await self.first.over.wait()
            await asyncio.sleep(gap)
        second = self._worker(Life(), "second")
        self._workers.append(second)
        await second[1].clock.search()

    # ------------------------------------------------------------- the roads

    async def _asked(self, life: Life, request: httpx.Request) -> httpx.Response:
        """The carrier or the application is asked by a worker, which may be dead before, or before it hears the answer."""
        body, path = msgspec.json.decode(request.content or b"{}"), request.url.raw_path.decode()
        one = self._hook(path, body, request) if request.url.host != "carrier" else self._command(path, body)
        await life.point(f"before {one.name} {one.leg}")
        self.passed.append(one)
        if one.kind == "hook":
            answer = httpx.Response(200, json=documents(path, body))
        else:
            said = self.carrier.request(request.method, path, body or None)
            answer = httpx.Response(said.status, json=said.body)
        await life.point(f"after {one.name} {one.leg}")
        return answer

    def _command(self, path: str, body: Any) -> Passing:
        _, _, leg, _, name = [*path.split("/"), "", "", ""][:5]
        place = whose(self.carrier.leg(unquote(leg))) if leg else who(body["to"])
        return Passing("command", name or ("report" if leg else "dial"), *place, body.get("command_id", ""), body)

    def _hook(self, path: str, told: Any, request: httpx.Request) -> Passing:
        leg = next(leg for leg in self.carrier.legs() if leg.leg_id == told["call_sid"])
        return Passing("hook", path, *whose(leg), request.headers["x-callverbs-request-id"], told)

    async def _webhook(self, request: httpx.Request) -> httpx.Response:
        """A webhook comes to whoever lives; one whose taker dies before it says so comes again."""
        event = webhooks.read(request.content)
        told = msgspec.json.decode(request.content)["data"]
        self._turn += 1
        life, office = self._workers[self._turn % len(self._workers)]
        if life.over.is_set() or event is None:
            return httpx.Response(200 if event is None else 502)
        taking = asyncio.create_task(self._taken(life, office, event))
        dying = asyncio.create_task(life.over.wait())
        await asyncio.wait({taking, dying}, return_when=asyncio.FIRST_COMPLETED)
        dying.cancel()
        if not taking.done():
            self._tasks.append(taking)
            return httpx.Response(502)
        leg = self.carrier.leg(told["payload"]["call_control_id"])
        self.passed.append(Passing("webhook", told["event_type"], *whose(leg), told["id"], told["payload"], taking.result()))
        return httpx.Response(taking.result())

    async def _taken(self, life: Life, office: Office, event: Any) -> int:
        status = ANSWERS[await office.desk.board.receive(event)]
        await life.point("before an acknowledgement")
        return status

    # ------------------------------------------------------------- the call

    async def tells(self, outgoing: bool) -> Session | None:
        """The call, from its first ring to its end; None where it was never saved."""
        if outgoing:
            wanted = CallRequested(id="call", from_=OURS, spec=CallSpec(to=Target(type="phone", number=f"{CALL}01")))
            first = self._workers[0][1].desk
            self._tasks.append(asyncio.create_task(first.board.receive(wanted, session="call", app=first.app)))
        else:
            self.carrier.place(f"{CALL}00", OURS, Person())
        until, session = now() + LONGEST, None
        while now() < until:
            await asyncio.sleep(0.5)
            session = next((load(record.snapshot) for record in await self.store.recent()), None)
            if (session is None or session.ended) and all(leg.state == "ended" for leg in self.carrier.legs()):
                break
        while everything := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in everything:
                task.cancel()
            await asyncio.gather(*everything, return_exceptions=True)
        self.carrier.close()
        return session

    @property
    def legs(self) -> dict[str, Any]:
        return {whose(leg)[1]: leg for leg in self.carrier.legs()}


def dies(ends: int, gap: float, outgoing: bool = False) -> tuple[World, Session | None]:
    """A call whose first worker dies at a point; at none, where that is 0."""
    told: list[tuple[World, Session | None]] = []

    @at_once
    async def call() -> None:
        world = World(ends, gap)
        told.append((world, await world.tells(outgoing)))

    call()
    return told[0]


Judge = Callable[[World, Session | None], None]


def at_every_point(judge: Judge, gap: float, outgoing: bool = False) -> int:
    """Let the worker die everywhere, and judge each call; how many points there were."""
    world, session = dies(0, gap, outgoing)
    judge(world, session)
    points = len(world.first.trail)
    wrong: dict[int, str] = {}
    for ends in range(1, points + 1):
        world, session = dies(ends, gap, outgoing)
        try:
            assert all(leg.state == "ended" for leg in world.carrier.legs()), "somebody is still on the line"
            judge(world, session)
        except AssertionError as error:
            wrong[ends] = f"dead at {world.first.trail[-1]}: {error}"
    assert wrong == {}, "\n".join(wrong.values())
    return points


def as_if_nothing_had_happened(world: World, session: Session | None) -> None:
    assert session
    asked = [one for one in world.passed if one.kind != "webhook"]
    told_right(world.legs, world.passed, session, repeated={(one.name, one.leg) for one in asked})
    times = Counter(Counter(one.id for one in asked).values())
    assert set(times) <= {1, 2}
    assert times[2] <= 3  # what was in the air at most, on two legs and to the application


@pytest.mark.parametrize("gap", [0.0, 1.0], ids=["another one is there", "another one comes"])
def test_it_is_as_if_nothing_had_happened(gap: float) -> None:
    assert at_every_point(as_if_nothing_had_happened, gap) > 70


def nothing_twice(world: World, session: Session | None) -> None:
    """After so long nobody knows what has arrived: something may be missing, but nothing is done twice, and all comes to its end."""
    assert session
    assert session.ended
    for leg in world.legs.values():
        assert max(Counter(one.what for one in leg.heard).values(), default=1) == 1
    assert len(world.carrier.legs()) == len(world.legs) <= 3
    assert len({one.id for one in world.passed if one.name == "call.bridged"}) in (0, 2)
    for name in ("/call", "/screen", "/pressed", "/dialled"):
        assert len({one.id for one in world.passed if one.name == name}) <= 1
    assert world.legs["a"].heard[-1].what == GOODBYE or session.problems


def test_after_a_long_time_nothing_is_done_twice() -> None:
    """Longer than the carrier ignores repeats (60 s)."""
    assert at_every_point(nothing_twice, 70.0) > 70


def placed(world: World, session: Session | None) -> None:
    """Either nobody has ever heard of the call, or it has gone as it should."""
    if session is None:
        assert world.carrier.legs() == []
        return
    assert session.ended
    assert session.problems == []
    assert [[one.what for one in leg.heard] for leg in world.carrier.legs()] == [[WELCOME, GOODBYE]]


def test_a_call_that_we_place() -> None:
    assert at_every_point(placed, 1.0, outgoing=True) > 20


def placed_once(world: World, session: Session | None) -> None:
    """Nobody is called twice, nobody hears anything twice, and nobody is left on the line."""
    assert len(world.carrier.legs()) <= 1
    for leg in world.carrier.legs():
        assert max(Counter(one.what for one in leg.heard).values(), default=1) == 1
    assert session is None or session.ended


def test_a_call_that_we_place_and_hear_of_late() -> None:
    assert at_every_point(placed_once, 70.0, outgoing=True) > 20
