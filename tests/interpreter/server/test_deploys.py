"""Servers are replaced while calls go on, and settings are reloaded: no webhook is lost, no call ends, nothing is done twice."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from callverbs.interpreter.engine.session import load
from callverbs.interpreter.server.run import BoundServer
from callverbs.interpreter.server.settings import Settings
from callverbs.interpreter.simulator.people import Person
from callverbs.interpreter.stores.opening import open_store
from tests.interpreter.server.fake_network import FakeNetwork, Worker
from tests.interpreter.server.traffic import NO_ANSWER, QUICK, check_call, documents

CALLS = [f"+1415555{number:02}" for number in range(9)]
MAX_BROKEN_CONNECTIONS = 3
"""Requests that meet a kept connection just as its worker closes it, of some 200. The socket itself refuses nobody."""


@contextlib.asynccontextmanager
async def network_of(calls: list[str]) -> AsyncIterator[FakeNetwork]:
    """Runs a network where of two phones of each call the first one answers."""
    people: dict[str, Person] = {f"{call}{last}": who for call in calls for last, who in (("01", QUICK), ("02", NO_ANSWER))}
    async with FakeNetwork(people, documents).open() as network:
        yield network


async def check(network: FakeNetwork, store: str) -> None:
    """Checks that every call came to its end, and that nothing was sent twice."""
    opened = await open_store([store])
    sessions = {session.legs["a"].from_[:-2]: session for session in [load(one.snapshot) for one in await opened.recent()]}
    await opened.close()
    for call in CALLS:
        requests = [one for one in network.requests if one.call == call]
        check_call(network.legs(call), requests, sessions[call], contested=False, repeated=())


async def begin(network: FakeNetwork, calls: list[str]) -> None:
    """Places calls, and waits until each hears its first text."""
    await asyncio.gather(*(network.place(call) for call in calls))
    await asyncio.gather(*(network.until(call, "command", "speak") for call in calls))


async def test_a_rolling_deploy_of_two_machines_under_load(tmp_path: Path, postgres_urls: tuple[str, str]) -> None:
    """The new server starts beside the old one, which is then asked to stop: the carrier finds it refusing, and asks again."""
    (store, _), third = postgres_urls, len(CALLS) // 3
    async with network_of(CALLS) as network:
        old, new = (Worker(network, tmp_path, store=store) for _ in range(2))
        await old.start()
        network.workers = [old]
        await begin(network, CALLS[:third])
        await new.start()
        network.workers = [old, new]
        await begin(network, CALLS[third : 2 * third])
        old.terminate()
        await begin(network, CALLS[2 * third :])
        assert await old.wait() == 0
        network.workers = [new]
        await asyncio.gather(*(network.over(call) for call in CALLS))
        await check(network, store)
        assert not {"WARNING", "ERROR"} & set(new.log.split())
        new.terminate()
        assert await new.wait() == 0


async def test_workers_are_replaced_under_load(tmp_path: Path) -> None:
    """They share one socket: SIGHUP starts a new worker before it stops an old one."""
    store, half = f"sqlite:///{tmp_path}/calls.sqlite", len(CALLS) // 2
    async with network_of(CALLS) as network:
        server = Worker(network, tmp_path, store=store, workers=2)
        network.workers = [server]
        await server.start()
        await begin(network, CALLS[:half])
        server.reload()
        await begin(network, CALLS[half:])
        await asyncio.gather(*(network.over(call) for call in CALLS))
        webhooks = [one for one in network.requests if one.kind == "webhook"]
        assert {one.id for one in webhooks} == {one.id for one in webhooks if one.status == 200}
        assert sum(one.status != 200 for one in webhooks) <= MAX_BROKEN_CONNECTIONS
        (tmp_path / "callverbs.toml").write_text("[server]\nlint_replies = 7\n")
        server.reload()
        await server.logged("the settings are not reloaded: callverbs.toml: server.lint_replies")
        server.terminate()
        assert await server.wait() == 0
        await check(network, store)


async def test_settings_are_reloaded_in_one_process(tmp_path: Path) -> None:
    """Calls go on. Settings that are wrong change nothing, and the log says why."""
    async with network_of(CALLS[:2]) as network:
        server = Worker(network, tmp_path)
        network.workers = [server]
        (tmp_path / "callverbs.toml").write_text("[server]\nlint_replies = false\n")
        await server.start()
        await begin(network, CALLS[:1])
        (tmp_path / "callverbs.toml").write_text("[server]\nlint_replies = 7\n")
        server.reload()
        await server.logged("the settings are not reloaded: callverbs.toml: server.lint_replies")
        (tmp_path / "callverbs.toml").write_text("[server]\nlint_replies = true\nkeep_days = 3\nhost = '127.0.0.1'\nreuse_port = true\n")
        server.reload()
        await server.logged("the settings are reloaded")
        await begin(network, CALLS[1:2])
        await asyncio.gather(*(network.over(call) for call in CALLS[:2]))
        for call in CALLS[:2]:
            requests = network.requests_of(call, "command", "hangup", "a")
            assert [one.status for one in requests] == [200]
        server.terminate()
        assert await server.wait() == 0


def test_two_servers_share_a_port_where_the_settings_say_so() -> None:
    first = BoundServer.bind(Settings(port=0, reuse_port=True)).socket
    port = first.getsockname()[1]
    with first, BoundServer.bind(Settings(port=port, reuse_port=True)).socket as second:
        first.listen()
        second.listen()
        with pytest.raises(OSError, match=f"127.0.0.1:{port} cannot be listened on"):
            BoundServer.bind(Settings(port=port))
