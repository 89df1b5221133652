"""Where hooks are asked: what the settings name anywhere, everything else at public addresses, checked where the connection is made."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import httpx
import pytest

from callverbs.interpreter.engine.session import OutboxEntry
from callverbs.interpreter.hooks import egress
from callverbs.interpreter.hooks.client import HookAccount, HookClient
from callverbs.interpreter.hooks.egress import Egress, EgressError
from callverbs.interpreter.hooks.http import HttpHookTransport
from callverbs.interpreter.hooks.pools import BusyError, HookPools
from callverbs.verbs.language.events import Event, HookFailed, HookReplied
from callverbs.verbs.language.messages import HookRequest
from callverbs.verbs.language.spec import Credentials
from tests.interpreter.server.virtual import at_once
from tests.oracles.sockets import received, serving

PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1%eth0",
    "fd00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses(address: str) -> None:
    assert not Egress().allows_address(address)
    assert Egress(private=True).allows_address(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"])
def test_public_addresses(address: str) -> None:
    assert Egress().allows_address(address)


def test_what_settings_allow() -> None:
    found = egress.parse(["10.0.0.0/8", "127.0.0.1", "Hooks.Internal", "fd00::/8"])
    assert [found.allows_address(one) for one in ("10.9.9.9", "127.0.0.1", "127.0.0.2", "fd00::7", "192.168.0.1")] == [
        True,
        True,
        False,
        True,
        False,
    ]
    assert found.allows_host("hooks.internal")
    assert not found.allows_host("other.internal")


@pytest.mark.parametrize(("port", "asked"), [(None, True), (80, True), (443, True), (22, False), (25, False), (1023, False), (1024, True)])
def test_ports(port: int | None, asked: bool) -> None:
    with contextlib.nullcontext() if asked else pytest.raises(EgressError, match=f"port {port}"):
        Egress().check_port(port)


def test_a_socket_to_a_private_address() -> None:
    with pytest.raises(EgressError, match="CALLVERBS_ALLOW_PRIVATE_HOOKS=1"):
        Egress().open_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 80)))
    with Egress().open_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("8.8.8.8", 80))) as opened:
        assert opened.family == socket.AF_INET


# --------------------------------------------------------------------------- over real sockets


class Door:
    """A server on loopback that counts who came in, and answers with the headers that it has got."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while request := await received(reader):
            self.requests.append(request)
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n[]")


@contextlib.asynccontextmanager
async def asking(rules: Egress, account: HookAccount, connections: int = 10) -> AsyncIterator[HookClient]:
    pools = HookPools(rules, connections)
    async with contextlib.aclosing(pools):
        yield HookClient(HttpHookTransport(pools, lambda: 1.0, str), {"app": account})


async def ask(hooks: HookClient, url: str) -> Event:
    return await hooks.ask("S", "app", OutboxEntry(1, HookRequest(kind="action", url=url), 0, 0.0))


async def test_a_document_names_a_private_address() -> None:
    """By number in every way to write one, and by name: nobody is connected with, and no body comes back."""
    door = Door()
    async with serving(door.answer) as url, asking(Egress(), HookAccount(timeout=5)) as hooks:
        port = httpx.URL(url).port
        for host in ("127.0.0.1", "localhost", "2130706433", "127.1", "0x7f.1", "[::ffff:127.0.0.1]", "0.0.0.0"):
            failed = await ask(hooks, f"http://{host}:{port}/menu")
            assert isinstance(failed, HookFailed)
            assert failed.status == 0
    assert door.requests == []


async def test_why_it_is_not_asked() -> None:
    async with asking(Egress(), HookAccount(timeout=5)) as hooks:
        failed = await ask(hooks, "http://127.0.0.1:9999/menu")
        assert isinstance(failed, HookFailed)
        why = f"it is at a private address, where only what the settings name is asked; {egress.ADVICE}"
        assert failed.reason == f"http://127.0.0.1:9999/menu is not asked: {why}"
        failed = await ask(hooks, "http://app.example:25/menu")
        assert isinstance(failed, HookFailed)
        assert "not asked at port 25" in failed.reason


@pytest.mark.parametrize("allowed", ["origin", "named", "host", "network", "private"])
async def test_what_is_asked_at_a_private_address(allowed: str) -> None:
    door = Door()
    async with serving(door.answer) as url:
        account = HookAccount(timeout=5, origin=url if allowed == "origin" else "", named=(f"{url}/x",) if allowed == "named" else ())
        rules = {"host": ["localhost", "127.0.0.1"], "network": ["127.0.0.0/8"]}.get(allowed, [])
        async with asking(egress.parse(rules, allowed == "private"), account) as hooks:
            assert isinstance(await ask(hooks, f"{url}/menu"), HookReplied)
    assert len(door.requests) == 1


async def test_signature_and_password_go_to_what_the_settings_name() -> None:
    """Another host that a document names gets neither; the status hook of the settings gets the signature."""
    own, status, foreign = Door(), Door(), Door()
    async with serving(own.answer) as home, serving(status.answer) as named, serving(foreign.answer) as away:
        account = HookAccount("s3cret", Credentials(username="us", password="pass"), home, 5, "app", (home, named))
        async with asking(Egress(private=True), account) as hooks:
            for url in (home, named, away):
                assert isinstance(await ask(hooks, f"{url}/x"), HookReplied)
    sent = [b"".join(door.requests).lower() for door in (own, status, foreign)]
    assert [b"jambonz-signature" in one for one in sent] == [True, True, False]
    assert [b"authorization" in one for one in sent] == [True, False, False]


@at_once
async def test_a_silent_application_delays_no_other() -> None:
    """All connections of the first are in use: its next hook fails and says why, the second application is asked at once."""
    pools = HookPools(Egress(private=True), 1)
    first, second = HookAccount(name="first"), HookAccount(name="second")
    url = httpx.URL("http://127.0.0.1:1/x")
    async with contextlib.aclosing(pools), pools.lend(first, url):
        with pytest.raises(BusyError, match=r"all 1 connections .* \(connections under \[hooks\]\)"):
            async with pools.lend(first, url):
                pass
        async with pools.lend(second, url):
            pass
        hooks = HookClient(HttpHookTransport(pools, lambda: 1.0, str), {"app": first})
        failed = await ask(hooks, str(url))
    assert isinstance(failed, HookFailed)
    assert failed.reason.startswith("no connection: all 1 connections")
