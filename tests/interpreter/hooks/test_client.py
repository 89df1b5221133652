"""Hooks are asked in jambonz's protocol, get no credentials but their own, and every failure comes back as an event with its reason."""

import asyncio
import gzip
import json
import socket
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callverbs.interpreter.engine.session import OutboxEntry
from callverbs.interpreter.hooks import body
from callverbs.interpreter.hooks.attempt import (
    MAX_REPLY_BYTES,
    SUCCESS_STATUSES,
    Attempt,
    no_connection,
    no_url,
    responded,
    timed_out,
    unreadable,
)
from callverbs.interpreter.hooks.client import HookAccount, HookClient, result_event
from callverbs.interpreter.hooks.http import STALE_CONNECTION_SECONDS, HttpHookTransport
from callverbs.interpreter.runtime.http_pool import open_pool
from callverbs.verbs.language.events import Event, HookFailed, HookReplied
from callverbs.verbs.language.messages import HookRequest
from callverbs.verbs.language.spec import Credentials
from tests.interpreter.hooks.clients import one_client
from tests.interpreter.hooks.test_signature import hmac_sha256
from tests.oracles.responses import unread
from tests.oracles.sockets import received, serving

ORIGIN = "https://app.example"
NOW = 1_700_000_000.0
PAYLOAD = {"call_sid": "x", "from": "+14155550100", "customerData": {"name": "Zoë", "price": 10.0}, "tried": True, "sip_reason": None}
Reply = httpx.Response | Exception


class Application:
    """Replies with one response after the other, then with the last one again and again. Keeps the requests."""

    def __init__(self, *replies: Reply, **account: Any) -> None:
        self.replies = list(replies) or [httpx.Response(204)]
        self.requests: list[httpx.Request] = []
        self.pauses: list[float] = []
        self.account = HookAccount(**{"origin": ORIGIN, **account})
        self.time = NOW

    async def handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Exception):
            raise reply
        return unread(reply)

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.time += seconds

    async def ask(self, url: str = f"{ORIGIN}/menu", **fields: Any) -> Event:
        request = HookRequest(**{"kind": "action", "url": url, "payload": PAYLOAD, **fields})
        async with httpx.AsyncClient(transport=httpx.MockTransport(self.handle)) as http:
            hooks = HookClient(HttpHookTransport(one_client(http), lambda: self.time, document), {"app": self.account}, self.sleep)
            return await hooks.ask("S", "app", OutboxEntry(7, request, 0, 0.0))


def document(url: str) -> str:
    if url == "file:///flow.json":
        return '[{"verb":"hangup"}]'
    raise ValueError("it is neither JSON nor YAML any longer")


# --------------------------------------------------------------------------- what is sent


async def test_a_post() -> None:
    application = Application()
    assert await application.ask() == HookReplied(id="S:7", n=7, status=204)
    (request,) = application.requests
    assert (request.method, str(request.url)) == ("POST", f"{ORIGIN}/menu")
    assert request.content == (
        '{"call_sid":"x","from":"+14155550100","customerData":{"name":"Zoë","price":10},"tried":true,"sip_reason":null}'.encode()
    )
    assert request.headers["content-type"] == "application/json"
    assert request.headers["user-agent"] == "jambonz"
    assert request.headers["x-callverbs-request-id"] == "S:7"
    assert "authorization" not in request.headers
    assert "jambonz-signature" not in request.headers


async def test_a_get_carries_the_plain_values_in_its_query() -> None:
    application = Application(secret="s3cret")
    await application.ask(f"{ORIGIN}/menu?step=1&call_sid=mine#rc=1", method="GET")
    (request,) = application.requests
    assert request.method == "GET"
    assert str(request.url) == f"{ORIGIN}/menu?step=1&call_sid=mine&from=%2B14155550100&tried=true"
    assert request.content == b""
    assert "content-type" not in request.headers
    assert request.headers["x-callverbs-request-id"] == "S:7"
    signed = f"{NOW:.0f}.".encode() + body.encode(PAYLOAD)
    assert request.headers["jambonz-signature"] == f"t={NOW:.0f},v1={hmac_sha256(b's3cret', signed)}"


async def test_the_signature_is_of_the_bytes_that_are_sent() -> None:
    application = Application(httpx.Response(503), httpx.Response(204), secret="wh_secret_é")
    await application.ask(f"{ORIGIN}/menu#rc=1&rp=5xx")
    times = []
    for request in application.requests:
        time, signature = request.headers["jambonz-signature"].split(",")
        times.append(time)
        assert signature == "v1=" + hmac_sha256("wh_secret_é".encode(), time.removeprefix("t=").encode() + b"." + request.content)
    assert times == ["t=1700000000", "t=1700000000"], "half a second later it is still the same second"
    assert application.requests[0].content == application.requests[1].content


# --------------------------------------------------------------------------- credentials

APPLICATION_AUTH, HOOK_AUTH = "Basic dXM6c2VjcmV0", "Basic aG9vazpvd24="


@pytest.mark.parametrize(
    ("url", "header"),
    [
        (f"{ORIGIN}/menu", APPLICATION_AUTH),
        (f"{ORIGIN}:443/menu", APPLICATION_AUTH),
        ("HTTPS://APP.example/menu", APPLICATION_AUTH),
        (f"{ORIGIN}?a=1", APPLICATION_AUTH),
        (ORIGIN, APPLICATION_AUTH),
        ("http://app.example/menu", None),
        (f"{ORIGIN}:8443/menu", None),
        ("https://other.example/menu", None),
        ("https://app.example.evil.example/menu", None),
        ("https://app.example@evil.example/menu", "Basic YXBwLmV4YW1wbGU6"),
        ("https://evil.example/?https://app.example/", None),
        ("https://xapp.example/", None),
    ],
)
async def test_the_application_s_password_goes_to_its_origin_only(url: str, header: str | None) -> None:
    application = Application(auth=Credentials(username="us", password="secret"))
    await application.ask(url)
    assert application.requests[0].headers.get("authorization") == header


@pytest.mark.parametrize("url", [f"{ORIGIN}/menu", "https://other.example/menu"])
async def test_a_hook_s_own_password_goes_to_that_hook(url: str) -> None:
    application = Application(auth=Credentials(username="us", password="secret"))
    await application.ask(url, auth=Credentials(username="hook", password="own"))
    assert application.requests[0].headers["authorization"] == HOOK_AUTH


async def test_without_an_origin_the_password_is_not_sent() -> None:
    application = Application(auth=Credentials(username="us", password="secret"), origin="")
    await application.ask()
    assert "authorization" not in application.requests[0].headers


async def test_an_unknown_application_has_no_account() -> None:
    application = Application(secret="s", auth=Credentials(username="us", password="secret"))
    async with httpx.AsyncClient(transport=httpx.MockTransport(application.handle)) as http:
        hooks = HookClient(HttpHookTransport(one_client(http), lambda: NOW, document), {"another": application.account})
        await hooks.ask("S", "app", OutboxEntry(7, HookRequest(kind="call", url=f"{ORIGIN}/call"), 0, 0.0))
    (request,) = application.requests
    assert "authorization" not in request.headers
    assert "jambonz-signature" not in request.headers
    assert request.content == b"{}"


# --------------------------------------------------------------------------- responses


@pytest.mark.parametrize("status", [200, 202, 204])
@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "text/plain", "text/html", ""])
async def test_a_success(status: int, kind: str) -> None:
    text = '[{"verb":"say","text":"Grüß Gott"}]'
    application = Application(httpx.Response(status, content=text.encode(), headers={"content-type": kind}))
    assert await application.ask() == HookReplied(id="S:7", n=7, status=status, content_type=kind, body=text)


@pytest.mark.parametrize("status", [201, 203, 205, 206, 299, 300, 301, 302, 303, 307, 308, 400, 401, 404, 429, 500, 502, 503])
async def test_every_other_status_is_a_failure(status: int) -> None:
    application = Application(httpx.Response(status, json=[], headers={"location": f"{ORIGIN}/elsewhere"}))
    failed = await application.ask()
    assert failed == HookFailed(id="S:7", n=7, status=status, reason=f"the hook has answered {status}; 200, 202 and 204 are success")
    assert len(application.requests) == 1, "redirects are not followed"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", ""),
        ("\ufeff[]".encode(), "[]"),
        (b'["gr\xfc"]', '["gr\ufffd"]'),
        (b"x" * MAX_REPLY_BYTES, "x" * MAX_REPLY_BYTES),
    ],
)
async def test_bodies(content: bytes, text: str) -> None:
    application = Application(httpx.Response(200, content=content, headers={"content-type": "application/json; charset=iso-8859-1"}))
    assert await application.ask() == HookReplied(id="S:7", n=7, status=200, content_type="application/json; charset=iso-8859-1", body=text)


async def test_a_reply_without_end_is_cut_at_the_limit() -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 100_000
            yield b" " * 100_000

    application = Application(httpx.Response(200, content=endless()))
    failed = await application.ask()
    assert failed == HookFailed(id="S:7", n=7, status=200, reason=f"the reply is longer than {MAX_REPLY_BYTES} bytes")
    assert read <= MAX_REPLY_BYTES + 200_000


# --------------------------------------------------------------------------- retries

FAILURES: dict[str, Reply] = {
    "ct": httpx.ConnectError("refused"),
    "rt": httpx.ReadTimeout("slow"),
    "4xx": httpx.Response(404),
    "5xx": httpx.Response(503),
    "answer": httpx.RemoteProtocolError("nonsense"),
}
FAILURES_OF_KIND: dict[str, list[Reply]] = {
    "ct": [
        httpx.ConnectTimeout("no route"),
        httpx.PoolTimeout("full"),
        httpx.ReadError("reset"),
        httpx.WriteError("reset"),
        aiohttp.ClientOSError(104, "reset"),
        aiohttp.ServerDisconnectedError(),
        ConnectionResetError("reset"),
    ],
    "rt": [httpx.ReadTimeout("slow"), httpx.WriteTimeout("slow"), httpx.TimeoutException("slow"), TimeoutError()],
    "answer": [httpx.DecodingError("bad gzip"), aiohttp.ClientPayloadError("cut off"), aiohttp.ClientError("else")],
    "5xx": [httpx.Response(500), httpx.Response(599)],
    "4xx": [httpx.Response(400), httpx.Response(429)],
    "3xx": [httpx.Response(302)],
    "2xx": [httpx.Response(201)],
}


@pytest.mark.parametrize("policy", ["", "ct", "rt", "4xx", "5xx", "all", "ct,5xx"])
@pytest.mark.parametrize("kind", FAILURES)
async def test_the_retry_table(kind: str, policy: str) -> None:
    application = Application(FAILURES[kind])
    failed = await application.ask(f"{ORIGIN}/menu#rc=2" + (f"&rp={policy}" if policy else ""))
    assert isinstance(failed, HookFailed)
    wanted = kind in (policy or "ct").split(",") or policy == "all"
    assert application.pauses == ([0.5, 1.0] if wanted else [])
    assert len(application.requests) == (3 if wanted else 1)


@pytest.mark.parametrize(("kind", "reply"), [(kind, reply) for kind, replies in FAILURES_OF_KIND.items() for reply in replies])
async def test_the_kinds_of_failure(kind: str, reply: Reply) -> None:
    once, again = Application(reply), Application(reply)
    failed = await once.ask(f"{ORIGIN}/menu#rc=1&rp={kind}")
    assert isinstance(failed, HookFailed)
    assert failed.reason
    assert len(once.requests) == (2 if kind in ("ct", "rt", "4xx", "5xx") else 1)
    await again.ask(f"{ORIGIN}/menu#rc=1&rp=all")
    assert len(again.requests) == 2


async def test_without_a_retry_count_it_is_asked_once() -> None:
    for reply in FAILURES.values():
        application = Application(reply)
        await application.ask()
        assert len(application.requests) == 1


async def test_at_most_five_retries() -> None:
    application = Application(httpx.Response(500))
    await application.ask(f"{ORIGIN}/menu#rc=17&rp=5xx")
    assert application.pauses == [0.5, 1.0, 2.0, 4.0, 6.0]
    assert len(application.requests) == 6


async def test_no_retry_after_a_success() -> None:
    application = Application(httpx.Response(500), httpx.ConnectError("refused"), httpx.Response(200, json=[]), httpx.Response(500))
    replied = await application.ask(f"{ORIGIN}/menu?a=1#rc=5&rp=5xx,ct")
    assert isinstance(replied, HookReplied)
    assert len(application.requests) == 3
    assert {str(request.url) for request in application.requests} == {f"{ORIGIN}/menu?a=1"}
    assert {request.headers["x-callverbs-request-id"] for request in application.requests} == {"S:7"}
    assert {request.headers["jambonz-signature"] for request in application.requests if "jambonz-signature" in request.headers} == set()


async def test_no_retry_after_a_failure_that_the_policy_does_not_name() -> None:
    application = Application(httpx.Response(500), httpx.Response(404), httpx.Response(200))
    failed = await application.ask(f"{ORIGIN}/menu#rc=5&rp=5xx")
    assert isinstance(failed, HookFailed)
    assert failed.status == 404
    assert len(application.requests) == 2


# --------------------------------------------------------------------------- URLs that cannot be asked


@pytest.mark.parametrize(
    "url",
    ["/menu", "dial", "", "ftp://app.example/", "file:///etc/passwd", "http://", "http://[::1", "http://[x]/", "//[", "http://a:b/",
     "http://a:99999/", "ws://app.example/", "https://\x00/", "mailto:a@b"],
)  # fmt: skip
async def test_a_url_that_cannot_be_asked(url: str) -> None:
    application = Application()
    failed = await application.ask(url)
    assert isinstance(failed, HookFailed)
    assert url in failed.reason
    assert "cannot be asked" in failed.reason or "is not a URL" in failed.reason
    assert application.requests == []


@pytest.mark.parametrize("url", ["ws://app.example/call", "WSS://app.example/call"])
async def test_a_websocket_is_named_as_such(url: str) -> None:
    failed = await Application().ask(url)
    assert isinstance(failed, HookFailed)
    assert failed.reason.startswith(f"{url} cannot be asked: hooks are asked over http or https: the WebSocket API of jambonz is not built")


@given(st.one_of(st.text(), st.from_regex(r"(https?|file|)(://)?[^ ]{0,20}", fullmatch=True)), st.sampled_from(["GET", "POST"]))
def test_any_url_gives_an_event(url: str, method: str) -> None:
    found = asyncio.run(Application(origin=url, auth=Credentials(username="us", password="secret")).ask(url, method=method))
    assert isinstance(found, HookReplied | HookFailed)


async def test_a_local_document_answers_like_a_hook() -> None:
    application = Application()
    replied = await application.ask("file:///flow.json", kind="call")
    assert replied == HookReplied(id="S:7", n=7, status=200, content_type="application/json", body='[{"verb":"hangup"}]')
    failed = await application.ask("file:///gone.json", kind="call")
    assert failed == HookFailed(id="S:7", n=7, reason="the document cannot be read: it is neither JSON nor YAML any longer")
    for kind in ("action", "verb", "notify", "status"):
        assert isinstance(await application.ask("file:///flow.json", kind=kind), HookFailed), "no document may name a file"


# --------------------------------------------------------------------------- over real sockets

EMPTY_LIST_RESPONSE = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n[]"


async def ask_over_sockets(
    url: str, *more: str, seconds: float = 5.0, now: Callable[[], float] = lambda: NOW
) -> tuple[list[Event], list[float]]:
    """Asks some URLs over the connections that the server uses."""
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    async with open_pool() as http:
        hooks = HookClient(HttpHookTransport(one_client(http), now, document), {"app": HookAccount(timeout=seconds)}, sleep)
        found = [
            await hooks.ask("S", "app", OutboxEntry(n, HookRequest(kind="action", url=one), 0, 0.0)) for n, one in enumerate([url, *more])
        ]
    return found, pauses


async def test_no_answer_in_time() -> None:
    request_count = 0

    async def never_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal request_count
        request_count += bool(await received(reader))
        await reader.read()

    async with serving(never_answer) as url:
        (failed,), pauses = await ask_over_sockets(f"{url}/a#rc=1&rp=rt", seconds=0.1)
    assert failed == HookFailed(id="S:0", n=0, reason="no answer within 0.1 s")
    assert (request_count, pauses) == (2, [0.5])


async def test_a_slow_answer_is_late_too() -> None:
    async def answer_slowly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await received(reader)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
        gone = asyncio.ensure_future(reader.read())
        while not gone.done():
            writer.write(b" ")
            await asyncio.wait([gone], timeout=0.02)

    async with serving(answer_slowly) as url:
        (failed,), _ = await ask_over_sockets(url, seconds=0.2)
    assert failed == HookFailed(id="S:0", n=0, reason="no answer within 0.2 s")


@pytest.fixture
def closed_port() -> str:
    """Returns an address at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    return f"http://127.0.0.1:{port}"


async def test_no_server(closed_port: str) -> None:
    (failed,), pauses = await ask_over_sockets(f"{closed_port}/a#rc=1")
    assert isinstance(failed, HookFailed)
    assert failed.reason.startswith("no connection: ")
    assert pauses == [0.5]


async def test_a_server_that_speaks_something_else() -> None:
    async def speak_another_protocol(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await received(reader)
        writer.write(b"220 mail.example ESMTP\r\n\r\n")

    async with serving(speak_another_protocol) as url:
        (failed,), pauses = await ask_over_sockets(f"{url}#rc=1&rp=ct")
    assert isinstance(failed, HookFailed)
    assert failed.reason.startswith("the hook's answer cannot be read: ")
    assert pauses == []


async def test_an_answer_that_is_cut_off() -> None:
    async def cut_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await received(reader)
        writer.write(EMPTY_LIST_RESPONSE.replace(b"length: 2", b"length: 200"))

    async with serving(cut_off) as url:
        (failed,), pauses = await ask_over_sockets(f"{url}#rc=1&rp=ct")
    assert isinstance(failed, HookFailed)
    assert failed.reason.startswith("no connection: ")
    assert pauses == [0.5]


@pytest.mark.parametrize(
    ("content", "failed"),
    [
        (gzip.compress(b"[]", mtime=0), False),
        (b"no gzip", True),
        (gzip.compress(b" " * (MAX_REPLY_BYTES + 1), mtime=0), True),
        (gzip.compress(b"[]", mtime=0)[:-9], True),
    ],
    ids=["verbs", "no gzip", "too long", "cut off"],
)
async def test_gzip(content: bytes, failed: bool) -> None:
    async def send_content(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await received(reader)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(content) + content)
        await writer.drain()

    async with serving(send_content) as url:
        (found,), _ = await ask_over_sockets(url)
    assert isinstance(found, HookFailed if failed else HookReplied)


class ClosingServer:
    """Keeps a connection for some requests, and then closes it without a response."""

    def __init__(self, kept: int, connections: int = 99) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self._kept = kept
        self._healthy = connections

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        answered = 0
        while head := await received(reader):
            self.requests.append(head)
            if answered == self._kept or self.connections > self._healthy:
                break
            answered += 1
            writer.write(EMPTY_LIST_RESPONSE)


async def test_connections_are_kept() -> None:
    server = ClosingServer(99)
    async with serving(server) as url:
        found, _ = await ask_over_sockets(f"{url}/a", f"{url}/b", f"{url}/c")
    assert all(isinstance(one, HookReplied) for one in found)
    assert (len(server.requests), server.connections) == (3, 1)


async def test_a_kept_connection_that_was_closed_is_no_failure() -> None:
    server = ClosingServer(1)
    async with serving(server) as url:
        found, pauses = await ask_over_sockets(f"{url}/a", f"{url}/b")
    assert all(isinstance(one, HookReplied) for one in found)
    assert pauses == []
    assert server.connections == 2


async def test_an_application_that_always_closes_is_asked_twice() -> None:
    server = ClosingServer(0)
    async with serving(server) as url:
        (failed,), pauses = await ask_over_sockets(f"{url}/a")
    assert isinstance(failed, HookFailed)
    assert failed.reason.startswith("no connection: ")
    assert (len(server.requests), pauses) == (2, [])


async def test_an_application_that_closes_late_is_asked_once() -> None:
    times = iter([NOW, NOW + STALE_CONNECTION_SECONDS + 0.1])
    server = ClosingServer(0)
    async with serving(server) as url:
        (failed,), _ = await ask_over_sockets(f"{url}/a", now=lambda: next(times))
    assert isinstance(failed, HookFailed)
    assert len(server.requests) == 1


async def test_no_cookie_of_one_call_reaches_the_next() -> None:
    requests: list[bytes] = []

    async def set_cookies(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await received(reader):
            requests.append(head.lower())
            writer.write(
                EMPTY_LIST_RESPONSE.replace(b"\r\n\r\n", b"\r\nset-cookie: call=1; path=/; domain=localhost\r\nset-cookie: b=2\r\n\r\n")
            )

    async with serving(set_cookies) as url:
        await ask_over_sockets(*[f"{url.replace('127.0.0.1', 'localhost')}/a"] * 2)
    assert len(requests) == 2
    assert b"cookie" not in requests[1]


# --------------------------------------------------------------------------- attempts


@pytest.mark.parametrize(
    ("attempt", "failure", "reason"),
    [
        (responded(301), "3xx", "the hook has answered 301; 200, 202 and 204 are success"),
        (responded(404, "a", b"b"), "4xx", "the hook has answered 404; 200, 202 and 204 are success"),
        (responded(503, "", b"x"), "5xx", "the hook has answered 503; 200, 202 and 204 are success"),
        (responded(200, "", "ü".encode() * (MAX_REPLY_BYTES // 2 + 1)), "size", f"the reply is longer than {MAX_REPLY_BYTES} bytes"),
        (timed_out(10.0), "rt", "no answer within 10 s"),
        (no_connection("refused"), "ct", "no connection: refused"),
        (no_url("/menu cannot be asked"), "url", "/menu cannot be asked"),
        (unreadable("bad gzip"), "answer", "the hook's answer cannot be read: bad gzip"),
    ],
)
def test_failures_and_their_events(attempt: Attempt, failure: str, reason: str) -> None:
    assert (attempt.failure, attempt.reason, attempt.body) == (failure, reason, "")
    assert result_event("S:1", 1, attempt) == HookFailed(id="S:1", n=1, status=attempt.status, reason=reason)


@pytest.mark.parametrize("status", SUCCESS_STATUSES)
def test_a_success_and_its_event(status: int) -> None:
    assert responded(status, "a", b"b") == Attempt(status, "a", "b")
    assert result_event("S:1", 1, Attempt(status, "a", "b")) == HookReplied(id="S:1", n=1, status=status, content_type="a", body="b")


def test_bodies_are_json() -> None:
    assert json.loads(body.encode(PAYLOAD)) == msgspec.json.decode(body.encode(PAYLOAD))
