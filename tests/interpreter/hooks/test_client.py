"""A hook is asked in jambonz's protocol, is trusted with its own credentials only, and whatever goes wrong is told and nothing more."""

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

from interpreter.hooks import body, client
from interpreter.hooks.client import LONGEST, Account, Answer, Hooks
from interpreter.hooks.pool import open_pool
from interpreter.session import Entry
from tests.interpreter.hooks.test_signature import hmac_sha256
from tests.oracles.sockets import received, serving
from verbs._commands import Ask
from verbs._events import Event, HookFailed, HookReplied
from verbs._spec import Credentials

ORIGIN = "https://app.example"
NOW = 1_700_000_000.0
PAYLOAD = {"call_sid": "x", "from": "+14155550100", "customerData": {"name": "Zoë", "price": 10.0}, "tried": True, "sip_reason": None}
Reply = httpx.Response | Exception


class Application:
    """Answers one after the other, the last one for ever, and keeps what it was asked."""

    def __init__(self, *replies: Reply, **account: Any) -> None:
        self.replies = list(replies) or [httpx.Response(204)]
        self.requests: list[httpx.Request] = []
        self.pauses: list[float] = []
        self.account = Account(**{"origin": ORIGIN, **account})
        self.time = NOW

    async def handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Exception):
            raise reply
        return reply

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.time += seconds

    async def ask(self, url: str = f"{ORIGIN}/menu", **fields: Any) -> Event:
        ask = Ask(**{"kind": "action", "url": url, "payload": PAYLOAD, **fields})
        async with httpx.AsyncClient(transport=httpx.MockTransport(self.handle)) as http:
            hooks = Hooks(http, {"app": self.account}, lambda: self.time, document, self.sleep)
            return await hooks.ask("S", "app", Entry(7, ask, 0, 0.0))


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


# --------------------------------------------------------------------------- who is trusted with what

OURS, ITS_OWN = "Basic dXM6c2VjcmV0", "Basic aG9vazpvd24="


@pytest.mark.parametrize(
    ("url", "header"),
    [
        (f"{ORIGIN}/menu", OURS),
        (f"{ORIGIN}:443/menu", OURS),
        ("HTTPS://APP.example/menu", OURS),
        (f"{ORIGIN}?a=1", OURS),
        (ORIGIN, OURS),
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
    application = Application(auth=Credentials("us", "secret"))
    await application.ask(url)
    assert application.requests[0].headers.get("authorization") == header


@pytest.mark.parametrize("url", [f"{ORIGIN}/menu", "https://other.example/menu"])
async def test_a_hook_s_own_password_goes_to_that_hook(url: str) -> None:
    application = Application(auth=Credentials("us", "secret"))
    await application.ask(url, auth=Credentials("hook", "own"))
    assert application.requests[0].headers["authorization"] == ITS_OWN


async def test_without_an_origin_nobody_gets_the_password() -> None:
    application = Application(auth=Credentials("us", "secret"), origin="")
    await application.ask()
    assert "authorization" not in application.requests[0].headers


async def test_a_stranger_s_application_has_no_account() -> None:
    application = Application(secret="s", auth=Credentials("us", "secret"))
    async with httpx.AsyncClient(transport=httpx.MockTransport(application.handle)) as http:
        hooks = Hooks(http, {"another": application.account}, lambda: NOW, document)
        await hooks.ask("S", "app", Entry(7, Ask(kind="call", url=f"{ORIGIN}/call"), 0, 0.0))
    (request,) = application.requests
    assert "authorization" not in request.headers
    assert "jambonz-signature" not in request.headers
    assert request.content == b"{}"


# --------------------------------------------------------------------------- what comes back


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
    assert len(application.requests) == 1, "nobody follows a redirect"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", ""),
        ("\ufeff[]".encode(), "[]"),
        (b'["gr\xfc"]', '["gr\ufffd"]'),
        (b"x" * LONGEST, "x" * LONGEST),
    ],
)
async def test_bodies(content: bytes, text: str) -> None:
    application = Application(httpx.Response(200, content=content, headers={"content-type": "application/json; charset=iso-8859-1"}))
    assert await application.ask() == HookReplied(id="S:7", n=7, status=200, content_type="application/json; charset=iso-8859-1", body=text)


async def test_a_reply_without_end_is_not_read_to_its_end() -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 100_000
            yield b" " * 100_000

    application = Application(httpx.Response(200, content=endless()))
    failed = await application.ask()
    assert failed == HookFailed(id="S:7", n=7, status=200, reason=f"the reply is longer than {LONGEST} characters")
    assert read <= LONGEST + 200_000


# --------------------------------------------------------------------------- what is asked again

FAILURES: dict[str, Reply] = {
    "ct": httpx.ConnectError("refused"),
    "rt": httpx.ReadTimeout("slow"),
    "4xx": httpx.Response(404),
    "5xx": httpx.Response(503),
    "answer": httpx.RemoteProtocolError("nonsense"),
}
OF_A_KIND: dict[str, list[Reply]] = {
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


@pytest.mark.parametrize(("kind", "reply"), [(kind, reply) for kind, replies in OF_A_KIND.items() for reply in replies])
async def test_the_kinds_of_failure(kind: str, reply: Reply) -> None:
    once, again = Application(reply), Application(reply)
    failed = await once.ask(f"{ORIGIN}/menu#rc=1&rp={kind}")
    assert isinstance(failed, HookFailed)
    assert failed.reason
    assert len(once.requests) == (2 if kind in ("ct", "rt", "4xx", "5xx") else 1)
    await again.ask(f"{ORIGIN}/menu#rc=1&rp=all")
    assert len(again.requests) == 2


async def test_it_is_asked_once_if_nothing_else_is_wanted() -> None:
    for reply in FAILURES.values():
        application = Application(reply)
        await application.ask()
        assert len(application.requests) == 1


async def test_five_times_more_at_the_most_and_then_no_more() -> None:
    application = Application(httpx.Response(500))
    await application.ask(f"{ORIGIN}/menu#rc=17&rp=5xx")
    assert application.pauses == [0.5, 1.0, 2.0, 4.0, 6.0]
    assert len(application.requests) == 6


async def test_a_retry_that_works_is_the_last() -> None:
    application = Application(httpx.Response(500), httpx.ConnectError("refused"), httpx.Response(200, json=[]), httpx.Response(500))
    replied = await application.ask(f"{ORIGIN}/menu?a=1#rc=5&rp=5xx,ct")
    assert isinstance(replied, HookReplied)
    assert len(application.requests) == 3
    assert {str(request.url) for request in application.requests} == {f"{ORIGIN}/menu?a=1"}
    assert {request.headers["x-callverbs-request-id"] for request in application.requests} == {"S:7"}
    assert {request.headers["jambonz-signature"] for request in application.requests if "jambonz-signature" in request.headers} == set()


async def test_a_failure_that_the_policy_does_not_know_ends_it() -> None:
    application = Application(httpx.Response(500), httpx.Response(404), httpx.Response(200))
    failed = await application.ask(f"{ORIGIN}/menu#rc=5&rp=5xx")
    assert isinstance(failed, HookFailed)
    assert failed.status == 404
    assert len(application.requests) == 2


# --------------------------------------------------------------------------- what cannot be asked


@pytest.mark.parametrize(
    "url",
    ["/menu", "dial", "", "ftp://app.example/", "file:///etc/passwd", "http://", "http://[::1", "http://[x]/", "//[", "http://a:b/",
     "http://a:99999/", "ws://app.example/", "https://\x00/", "mailto:a@b"],
)  # fmt: skip
async def test_a_url_that_nobody_can_ask(url: str) -> None:
    application = Application()
    failed = await application.ask(url)
    assert isinstance(failed, HookFailed)
    assert url in failed.reason
    assert "cannot be asked" in failed.reason or "is not a URL" in failed.reason
    assert application.requests == []


@given(st.one_of(st.text(), st.from_regex(r"(https?|file|)(://)?[^ ]{0,20}", fullmatch=True)), st.sampled_from(["GET", "POST"]))
def test_no_url_is_too_strange(url: str, method: str) -> None:
    found = asyncio.run(Application(origin=url, auth=Credentials("us", "secret")).ask(url, method=method))
    assert isinstance(found, HookReplied | HookFailed)


async def test_the_settings_own_document_answers_like_a_hook() -> None:
    application = Application()
    replied = await application.ask("file:///flow.json", kind="call")
    assert replied == HookReplied(id="S:7", n=7, status=200, content_type="application/json", body='[{"verb":"hangup"}]')
    failed = await application.ask("file:///gone.json", kind="call")
    assert failed == HookFailed(id="S:7", n=7, reason="the document cannot be read: it is neither JSON nor YAML any longer")
    assert isinstance(await application.ask("file:///flow.json", kind="redirect"), HookFailed), "no document may name a file"


# --------------------------------------------------------------------------- over real sockets

RIGHT = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n[]"


async def asked(url: str, *more: str, patience: float = 5.0, now: Callable[[], float] = lambda: NOW) -> tuple[list[Event], list[float]]:
    """Ask some URLs with the pool of the server."""
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    async with open_pool() as http:
        hooks = Hooks(http, {"app": Account(timeout=patience)}, now, document, sleep)
        found = [await hooks.ask("S", "app", Entry(n, Ask(kind="action", url=one), 0, 0.0)) for n, one in enumerate([url, *more])]
    return found, pauses


async def test_silence() -> None:
    asked_for = 0

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked_for
        asked_for += bool(await received(reader))
        await reader.read()

    async with serving(silent) as url:
        (failed,), pauses = await asked(f"{url}/a#rc=1&rp=rt", patience=0.1)
    assert failed == HookFailed(id="S:0", n=0, reason="no answer within 0.1 s")
    assert (asked_for, pauses) == (2, [0.5])


async def test_an_answer_that_drips_is_late_as_well() -> None:
    async def drips(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await received(reader)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
        gone = asyncio.ensure_future(reader.read())
        while not gone.done():
            writer.write(b" ")
            await asyncio.wait([gone], timeout=0.02)

    async with serving(drips) as url:
        (failed,), _ = await asked(url, patience=0.2)
    assert failed == HookFailed(id="S:0", n=0, reason="no answer within 0.2 s")


@pytest.fixture
def deaf() -> str:
    """An address where nobody is."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    return f"http://127.0.0.1:{port}"


async def test_nobody_there(deaf: str) -> None:
    (failed,), pauses = await asked(f"{deaf}/a#rc=1")
    assert isinstance(failed, HookFailed)
    assert failed.reason.startswith("no connection: ")
    assert pauses == [0.5]


async def test_a_server_that_speaks_something_else() -> None:
    async def babbles(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await received(reader)
        writer.write(b"220 mail.example ESMTP\r\n\r\n")

    async with serving(babbles) as url:
        (failed,), pauses = await asked(f"{url}#rc=1&rp=ct")
    assert isinstance(failed, HookFailed)
    assert failed.reason.startswith("the hook's answer cannot be read: ")
    assert pauses == []


async def test_an_answer_that_is_cut_off() -> None:
    async def cuts(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await received(reader)
        writer.write(RIGHT.replace(b"length: 2", b"length: 200"))

    async with serving(cuts) as url:
        (failed,), pauses = await asked(f"{url}#rc=1&rp=ct")
    assert isinstance(failed, HookFailed)
    assert failed.reason.startswith("no connection: ")
    assert pauses == [0.5]


@pytest.mark.parametrize(
    ("content", "failed"),
    [(gzip.compress(b"[]", mtime=0), False), (b"no gzip", True), (gzip.compress(b" " * (LONGEST + 1), mtime=0), True)],
    ids=["verbs", "no gzip", "too long"],
)
async def test_gzip(content: bytes, failed: bool) -> None:
    async def packs(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await received(reader)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(content) + content)
        await writer.drain()

    async with serving(packs) as url:
        (found,), _ = await asked(url)
    assert isinstance(found, HookFailed if failed else HookReplied)


class Visits:
    """An application that keeps a connection for some requests, and then hangs up without an answer."""

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
            writer.write(RIGHT)


async def test_connections_are_kept() -> None:
    visits = Visits(99)
    async with serving(visits) as url:
        found, _ = await asked(f"{url}/a", f"{url}/b", f"{url}/c")
    assert all(isinstance(one, HookReplied) for one in found)
    assert (len(visits.requests), visits.connections) == (3, 1)


async def test_a_kept_connection_that_was_closed_is_nobody_s_failure() -> None:
    visits = Visits(1)
    async with serving(visits) as url:
        found, pauses = await asked(f"{url}/a", f"{url}/b")
    assert all(isinstance(one, HookReplied) for one in found)
    assert pauses == []
    assert visits.connections == 2


async def test_an_application_that_always_hangs_up_is_asked_twice_and_no_more() -> None:
    visits = Visits(0)
    async with serving(visits) as url:
        (failed,), pauses = await asked(f"{url}/a")
    assert isinstance(failed, HookFailed)
    assert failed.reason.startswith("no connection: ")
    assert (len(visits.requests), pauses) == (2, [])


async def test_an_application_that_dies_over_a_question_is_not_asked_it_again() -> None:
    times = iter([NOW, NOW + client.STALE + 0.1])
    visits = Visits(0)
    async with serving(visits) as url:
        (failed,), _ = await asked(f"{url}/a", now=lambda: next(times))
    assert isinstance(failed, HookFailed)
    assert len(visits.requests) == 1


async def test_nothing_of_one_call_is_told_to_the_next() -> None:
    heads: list[bytes] = []

    async def bakes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await received(reader):
            heads.append(head.lower())
            writer.write(RIGHT.replace(b"\r\n\r\n", b"\r\nset-cookie: call=1; path=/; domain=localhost\r\nset-cookie: b=2\r\n\r\n"))

    async with serving(bakes) as url:
        await asked(*[f"{url.replace('127.0.0.1', 'localhost')}/a"] * 2)
    assert len(heads) == 2
    assert b"cookie" not in heads[1]


def test_answers_and_events() -> None:
    assert client.judge(200, "a", "b") == Answer(200, "a", "b")
    assert client.event("S:1", 1, Answer(200, "a", "b")) == HookReplied(id="S:1", n=1, status=200, content_type="a", body="b")
    assert client.event("S:1", 1, client.silence(10.0)) == HookFailed(id="S:1", n=1, reason="no answer within 10 s")
    assert client.event("S:1", 1, client.judge(503, "", "x")).status == 503  # type: ignore[attr-defined]


def test_payloads_are_json_for_everybody() -> None:
    assert json.loads(body.encode(PAYLOAD)) == msgspec.json.decode(body.encode(PAYLOAD))
