"""Servers that are killed in the middle of calls, or asked to stop: the next server goes on, and each call ends as it would have.

Real processes on one SQLite file. Many calls run the same document, and each has come to another moment of it when SIGKILL comes.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from callverbs.interpreter.engine.session import Session, load
from callverbs.interpreter.simulator.people import Person
from callverbs.interpreter.stores.sqlite import SqliteStore
from tests.interpreter.server.fake_network import FakeNetwork, Interception, Worker
from tests.interpreter.server.traffic import LISTENS, NO_ANSWER, QUICK, RINGS, STAYS, check_call, documents


def b1_answers(network: FakeNetwork, call: str) -> None:
    network.server.carrier.answer(network.leg(call, "b1").id)


def both_answer(network: FakeNetwork, call: str) -> None:
    for name in ("b2", "b1"):
        network.server.carrier.answer(network.leg(call, name).id)


def b1_presses(network: FakeNetwork, call: str) -> None:
    network.server.carrier.press(network.leg(call, "b1").id, "1")


def b1_hangs_up(network: FakeNetwork, call: str) -> None:
    network.server.carrier.hangup(network.leg(call, "b1").id)


def nothing(network: FakeNetwork, call: str) -> None:
    """No party does anything."""


@dataclass(frozen=True)
class Moment:
    """A moment of the call: what shows that it is reached, who answers the phones, and what is done on them while no server runs."""

    comes: Interception | tuple[Any, ...]
    first: Person = QUICK
    meanwhile: Callable[[FakeNetwork, str], None] = nothing
    second: Person = NO_ANSWER

    async def reach(self, network: FakeNetwork, call: str) -> None:
        """Places a call, and lets it go on to the moment."""
        await network.place(call, self.comes if isinstance(self.comes, Interception) else None)
        if not isinstance(self.comes, Interception):
            await network.until(call, *self.comes)

    @property
    def repeated(self) -> set[tuple[str, str]]:
        """What is sent again, because its answer was lost."""
        return {(self.comes.name, self.comes.leg)} if isinstance(self.comes, Interception) else set()


KILLED_AT: dict[str, Moment] = {
    "the application is asked for the first time": Moment(Interception("hook", "/call", "lost")),
    "the application has replied, and the reply is lost": Moment(Interception("hook", "/call", "unanswered")),
    "the call is answered, and the result is lost": Moment(Interception("command", "answer", "unanswered")),
    "the webhook of the answer is taken, and the speech not sent": Moment(Interception("command", "speak", "lost")),
    "the speech is heard, and the result is lost": Moment(Interception("command", "speak", "unanswered")),
    "a phone rings, and the result is lost": Moment(Interception("command", "dial", "unanswered", "b1"), RINGS, b1_answers),
    "the other phone was not called": Moment(Interception("command", "dial", "lost", "b2"), RINGS, b1_answers),
    "two phones ring, and one answers meanwhile": Moment(("webhook", "call.initiated", "b2"), RINGS, b1_answers),
    "two phones ring, and both answer meanwhile": Moment(("webhook", "call.initiated", "b2"), RINGS, both_answer, RINGS),
    "the application is asked whether to screen": Moment(Interception("hook", "/screen", "unanswered", "b1")),
    "a callee is screened, and presses meanwhile": Moment(("command", "gather_using_speak", "b1"), LISTENS, b1_presses),
    "the bridge is not sent": Moment(Interception("command", "bridge", "lost")),
    "the bridge is made, and the result is lost": Moment(Interception("command", "bridge", "unanswered"), STAYS, b1_hangs_up),
    "two talk, and one hangs up meanwhile": Moment(("webhook", "call.bridged", "a"), STAYS, b1_hangs_up),
    "the application is asked with the result of the dial": Moment(Interception("hook", "/dialled", "unanswered")),
    "a pause is running": Moment(("webhook", "call.speak.ended", "a", 2)),
    "the hangup is not sent": Moment(Interception("command", "hangup", "lost")),
}


def numbered(moments: Mapping[str, Moment]) -> dict[str, tuple[str, Moment]]:
    """Returns calls by the beginning that all their numbers share."""
    return {f"+1415555{number:02}": moment for number, moment in enumerate(moments.items())}


@contextlib.asynccontextmanager
async def running(
    folder: Path, calls: Mapping[str, tuple[str, Moment]], workers: int = 1
) -> AsyncIterator[tuple[FakeNetwork, list[Worker]]]:
    """Runs a network for these calls, and servers on one store."""
    people = {f"{call}{last}": who for call, (_, one) in calls.items() for last, who in (("01", one.first), ("02", one.second))}
    async with FakeNetwork(people, documents).open() as network:
        servers = [Worker(network, folder) for _ in range(workers)]
        network.workers = servers
        await asyncio.gather(*(server.start() for server in servers))
        yield network, servers


async def sessions(folder: Path) -> dict[str, Session]:
    """Returns every call of a store, by the beginning that its numbers share."""
    store = SqliteStore(folder / "calls.sqlite")
    found = [load(record.snapshot) for record in await store.recent()]
    await store.close()
    return {session.legs["a"].from_[:-2]: session for session in found}


async def check_calls(network: FakeNetwork, folder: Path, calls: Mapping[str, tuple[str, Moment]], repeats: bool = True) -> None:
    """Checks every call, and says of which moment what is wrong."""
    found, wrong = await sessions(folder), {}
    for call, (name, moment) in calls.items():
        try:
            check_call(
                network.legs(call),
                [one for one in network.requests if one.call == call],
                found[call],
                contested=moment.second is not NO_ANSWER,
                repeated=moment.repeated if repeats else (),
            )
        except AssertionError as error:
            wrong[name] = error
    assert wrong == {}, "\n\n".join(f"{name}: {error}" for name, error in wrong.items())


# --------------------------------------------------------------------------- killed


async def test_a_server_is_killed_at_every_moment_of_a_call(tmp_path: Path) -> None:
    calls = numbered(KILLED_AT)
    async with running(tmp_path, calls) as (network, (server,)):
        await asyncio.gather(*(moment.reach(network, call) for call, (_, moment) in calls.items()))
        await server.kill()
        network.release_all()
        for call, (_, moment) in calls.items():
            moment.meanwhile(network, call)
        await server.start()
        await asyncio.gather(*(network.over(call) for call in calls))
        await check_calls(network, tmp_path, calls)


# --------------------------------------------------------------------------- asked to stop


STOPPED_AT: dict[str, Moment] = {
    "the application replies while the server stops": Moment(Interception("hook", "/dialled", "unanswered")),
    "the carrier answers while the server stops": Moment(Interception("command", "speak", "unanswered")),
    "two phones ring, and one answers meanwhile": KILLED_AT["two phones ring, and one answers meanwhile"],
    "two talk, and one hangs up meanwhile": KILLED_AT["two talk, and one hangs up meanwhile"],
    "a pause is running": KILLED_AT["a pause is running"],
}


async def test_a_server_is_asked_to_stop_in_the_middle_of_calls(tmp_path: Path) -> None:
    """It finishes what it is sending, and what comes of that; then no server has to send anything again."""
    calls = numbered(STOPPED_AT)
    asked = next(call for call, (name, _) in calls.items() if name.startswith("the application"))
    async with running(tmp_path, calls) as (network, (server,)):
        await asyncio.gather(*(moment.reach(network, call) for call, (_, moment) in calls.items()))
        server.terminate()
        for call, (_, moment) in calls.items():
            moment.meanwhile(network, call)
        await network.refused()
        network.release_all()
        assert await server.wait() == 0
        assert [one.status for one in network.requests_of(asked, "command", "speak", "a")] == [200, 200]  # the second is the reply's
        await server.start()
        await asyncio.gather(*(network.over(call) for call in calls))
        await check_calls(network, tmp_path, calls, repeats=False)
        assert not {"WARNING", "ERROR"} & set(server.log.split())


# --------------------------------------------------------------------------- two at a time


async def test_two_servers_share_the_webhooks_of_every_call(tmp_path: Path) -> None:
    """They come by turns, or to both at once: nothing is done twice."""
    calls = numbered({f"call {number}": Moment(("webhook", "call.hangup", "a")) for number in range(8)})
    async with running(tmp_path, calls, workers=2) as (network, _):
        network.delivered_twice = set(list(calls)[4:])
        await asyncio.gather(*(moment.reach(network, call) for call, (_, moment) in calls.items()))
        await asyncio.gather(*(network.over(call) for call in calls))
        await check_calls(network, tmp_path, calls, repeats=False)


SURVIVED_AT: dict[str, Moment] = {
    "the application is asked for the first time": Moment(Interception("hook", "/call", "unanswered")),
    "the bridge is not sent": Moment(Interception("command", "bridge", "lost")),
    **{name: KILLED_AT[name] for name in ("two phones ring, and both answer meanwhile", "a pause is running")},
}


async def test_one_of_two_servers_is_killed(tmp_path: Path) -> None:
    calls = numbered(SURVIVED_AT)
    async with running(tmp_path, calls, workers=2) as (network, servers):
        await asyncio.gather(*(moment.reach(network, call) for call, (_, moment) in calls.items()))
        await servers[0].kill()
        network.release_all()
        for call, (_, moment) in calls.items():
            moment.meanwhile(network, call)
        await asyncio.gather(*(network.over(call) for call in calls))
        await check_calls(network, tmp_path, calls)
