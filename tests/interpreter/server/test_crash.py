"""Servers that are killed in the middle of calls, or told to stop: whoever comes next goes on, and each call ends as it would have.

Real processes on one SQLite file. Many calls tell one story, and stand at different moments of it when SIGKILL comes.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interpreter.session import Session, load
from interpreter.simulator.people import Person
from interpreter.stores.sqlite import SqliteStore
from tests.interpreter.server.story import LISTENS, NOBODY, QUICK, RINGS, STAYS, documents, told_right
from tests.interpreter.server.town import Stop, Town, Worker


def b1_answers(town: Town, call: str) -> None:
    town.server.carrier.answer(town.leg(call, "b1").id)


def both_answer(town: Town, call: str) -> None:
    for name in ("b2", "b1"):
        town.server.carrier.answer(town.leg(call, name).id)


def b1_presses(town: Town, call: str) -> None:
    town.server.carrier.press(town.leg(call, "b1").id, "1")


def b1_leaves(town: Town, call: str) -> None:
    town.server.carrier.hangup(town.leg(call, "b1").id)


def nothing(town: Town, call: str) -> None:
    """Nobody does anything."""


@dataclass(frozen=True)
class Moment:
    """A moment of the story: how it is known, who has the phones, and what is done on them while nobody serves."""

    comes: Stop | tuple[Any, ...]
    first: Person = QUICK
    meanwhile: Callable[[Town, str], None] = nothing
    second: Person = NOBODY

    async def reached(self, town: Town, call: str) -> None:
        """Somebody calls, and the story goes on to the moment."""
        await town.call(call, self.comes if isinstance(self.comes, Stop) else None)
        if not isinstance(self.comes, Stop):
            await town.until(call, *self.comes)

    @property
    def repeated(self) -> set[tuple[str, str]]:
        """What is tried again, because nobody knows what has become of it."""
        return {(self.comes.name, self.comes.leg)} if isinstance(self.comes, Stop) else set()


KILLED: dict[str, Moment] = {
    "the application is asked for the first time": Moment(Stop("hook", "/call", "lost")),
    "the application has answered, and nobody has heard it": Moment(Stop("hook", "/call", "unanswered")),
    "the call is answered, and nobody knows": Moment(Stop("command", "answer", "unanswered")),
    "the webhook of the answer is taken, and the speech not sent": Moment(Stop("command", "speak", "lost")),
    "the speech is heard, and nobody knows": Moment(Stop("command", "speak", "unanswered")),
    "a phone rings, and nobody knows": Moment(Stop("command", "dial", "unanswered", "b1"), RINGS, b1_answers),
    "the other phone was not called": Moment(Stop("command", "dial", "lost", "b2"), RINGS, b1_answers),
    "two phones ring, and one answers meanwhile": Moment(("webhook", "call.initiated", "b2"), RINGS, b1_answers),
    "two phones ring, and both answer meanwhile": Moment(("webhook", "call.initiated", "b2"), RINGS, both_answer, RINGS),
    "the application is asked whether to screen": Moment(Stop("hook", "/screen", "unanswered", "b1")),
    "somebody is screened, and presses meanwhile": Moment(("command", "gather_using_speak", "b1"), LISTENS, b1_presses),
    "the bridge is not sent": Moment(Stop("command", "bridge", "lost")),
    "the bridge is made, and nobody knows": Moment(Stop("command", "bridge", "unanswered"), STAYS, b1_leaves),
    "two talk, and one leaves meanwhile": Moment(("webhook", "call.bridged", "a"), STAYS, b1_leaves),
    "the application is told how the dial went": Moment(Stop("hook", "/dialled", "unanswered")),
    "a pause is running": Moment(("webhook", "call.speak.ended", "a", 2)),
    "the hangup is not sent": Moment(Stop("command", "hangup", "lost")),
}


def numbered(moments: Mapping[str, Moment]) -> dict[str, tuple[str, Moment]]:
    """Calls by what all their numbers begin with."""
    return {f"+1415555{number:02}": moment for number, moment in enumerate(moments.items())}


@contextlib.asynccontextmanager
async def town(folder: Path, calls: Mapping[str, tuple[str, Moment]], workers: int = 1) -> AsyncIterator[tuple[Town, list[Worker]]]:
    """A town for these calls, and servers on one store."""
    people = {f"{call}{last}": who for call, (_, one) in calls.items() for last, who in (("01", one.first), ("02", one.second))}
    async with Town(people, documents).open() as made:
        servers = [Worker(made, folder) for _ in range(workers)]
        made.workers = servers
        await asyncio.gather(*(server.start() for server in servers))
        yield made, servers


async def sessions(folder: Path) -> dict[str, Session]:
    """Every call of a store, by what its numbers begin with."""
    store = SqliteStore(folder / "calls.sqlite")
    found = [load(record.snapshot) for record in await store.recent()]
    await store.close()
    return {session.legs["a"].from_[:-2]: session for session in found}


async def all_told_right(town: Town, folder: Path, calls: Mapping[str, tuple[str, Moment]], repeats: bool = True) -> None:
    """Every call has; else what is wrong, moment by moment."""
    found, wrong = await sessions(folder), {}
    for call, (name, moment) in calls.items():
        try:
            told_right(
                town.legs(call),
                [one for one in town.passed if one.call == call],
                found[call],
                contested=moment.second is not NOBODY,
                repeated=moment.repeated if repeats else (),
            )
        except AssertionError as error:
            wrong[name] = error
    assert wrong == {}, "\n\n".join(f"{name}: {error}" for name, error in wrong.items())


# --------------------------------------------------------------------------- killed


async def test_a_server_is_killed_at_every_moment_of_a_call(tmp_path: Path) -> None:
    calls = numbered(KILLED)
    async with town(tmp_path, calls) as (made, (server,)):
        await asyncio.gather(*(moment.reached(made, call) for call, (_, moment) in calls.items()))
        await server.is_killed()
        made.lets_all_pass()
        for call, (_, moment) in calls.items():
            moment.meanwhile(made, call)
        await server.start()
        await asyncio.gather(*(made.over(call) for call in calls))
        await all_told_right(made, tmp_path, calls)


# --------------------------------------------------------------------------- told to stop


STOPPED: dict[str, Moment] = {
    "the application answers while the server stops": Moment(Stop("hook", "/dialled", "unanswered")),
    "the carrier answers while the server stops": Moment(Stop("command", "speak", "unanswered")),
    "two phones ring, and one answers meanwhile": KILLED["two phones ring, and one answers meanwhile"],
    "two talk, and one leaves meanwhile": KILLED["two talk, and one leaves meanwhile"],
    "a pause is running": KILLED["a pause is running"],
}


async def test_a_server_is_told_to_stop_in_the_middle_of_calls(tmp_path: Path) -> None:
    """It sees through what it is sending, and what comes of that; then nothing has to be tried again, by anybody."""
    calls = numbered(STOPPED)
    asked = next(call for call, (name, _) in calls.items() if name.startswith("the application"))
    async with town(tmp_path, calls) as (made, (server,)):
        await asyncio.gather(*(moment.reached(made, call) for call, (_, moment) in calls.items()))
        server.is_told_to_stop()
        for call, (_, moment) in calls.items():
            moment.meanwhile(made, call)
        await made.is_gone()
        made.lets_all_pass()
        assert await server.ends() == 0
        assert [one.status for one in made.of(asked, "command", "speak", "a")] == [200, 200]  # it has said what the application wants
        await server.start()
        await asyncio.gather(*(made.over(call) for call in calls))
        await all_told_right(made, tmp_path, calls, repeats=False)
        assert server.log == ""


# --------------------------------------------------------------------------- two at a time


async def test_two_servers_share_the_webhooks_of_every_call(tmp_path: Path) -> None:
    """They come by turns, or to both at once: nothing is done twice."""
    calls = numbered({f"call {number}": Moment(("webhook", "call.hangup", "a")) for number in range(8)})
    async with town(tmp_path, calls, workers=2) as (made, _):
        made.told_twice = set(list(calls)[4:])
        await asyncio.gather(*(moment.reached(made, call) for call, (_, moment) in calls.items()))
        await asyncio.gather(*(made.over(call) for call in calls))
        await all_told_right(made, tmp_path, calls, repeats=False)


SURVIVED: dict[str, Moment] = {
    "the application is asked for the first time": Moment(Stop("hook", "/call", "unanswered")),
    "the bridge is not sent": Moment(Stop("command", "bridge", "lost")),
    **{name: KILLED[name] for name in ("two phones ring, and both answer meanwhile", "a pause is running")},
}


async def test_one_of_two_servers_is_killed(tmp_path: Path) -> None:
    calls = numbered(SURVIVED)
    async with town(tmp_path, calls, workers=2) as (made, servers):
        await asyncio.gather(*(moment.reached(made, call) for call, (_, moment) in calls.items()))
        await servers[0].is_killed()
        made.lets_all_pass()
        for call, (_, moment) in calls.items():
            moment.meanwhile(made, call)
        await asyncio.gather(*(made.over(call) for call in calls))
        await all_told_right(made, tmp_path, calls)
