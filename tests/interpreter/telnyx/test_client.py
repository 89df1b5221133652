"""Commands are retried with the same id, so that the carrier runs them once, and every result comes back as an event."""

import asyncio
import socket
from typing import Any
from urllib.parse import unquote

import aiohttp
import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callverbs.interpreter.engine.leases import REPEAT_SECONDS
from callverbs.interpreter.engine.session import OutboxEntry
from callverbs.interpreter.runtime.http_pool import open_pool
from callverbs.interpreter.runtime.ports import Sleep
from callverbs.interpreter.telnyx import client
from callverbs.interpreter.telnyx.client import V2, TelnyxClient
from callverbs.interpreter.telnyx.health import CarrierHealth
from callverbs.interpreter.telnyx.http import REQUEST_TIMEOUT_SECONDS, HttpCarrierTransport
from callverbs.verbs.language import commands
from callverbs.verbs.language.events import CallRetrieved, CommandAccepted, CommandFailed, Event
from callverbs.verbs.language.message_commands import SendMessage
from callverbs.verbs.language.query_answers import MessageSent
from callverbs.verbs.language.spec import Synthesizer
from tests.interpreter.telnyx.strategies import IDS, request_context
from tests.oracles.sockets import Behavior, received, serving

HANG_UP = OutboxEntry(7, commands.HangUp(leg="a"), 0, 0.0)
RETRIEVE = OutboxEntry(8, commands.RetrieveCall(leg="a"), 0, 0.0)
OK = {"data": {"result": "ok"}}
Answer = httpx.Response | Exception


class FakeCarrier:
    """Answers with one response after the other, then with the last one again and again. Keeps the requests."""

    def __init__(self, *answers: Answer, health: CarrierHealth | None = None) -> None:
        self.answers = list(answers)
        self.health = health
        self.requests: list[httpx.Request] = []
        self.pauses: list[float] = []

    async def handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)

    async def send(self, entry: OutboxEntry = HANG_UP) -> Event:
        async with httpx.AsyncClient(transport=httpx.MockTransport(self.handle)) as http:
            return await telnyx(http, "https://carrier.example/v2/", self.sleep, self.health).send("S", entry, IDS)

    @property
    def command_ids(self) -> set[str]:
        return {msgspec.json.decode(request.content)["command_id"] for request in self.requests}


def telnyx(http: httpx.AsyncClient, base_url: str, sleep: Sleep, health: CarrierHealth | None = None) -> TelnyxClient:
    """Returns the client of the carrier's API over HTTP, as the server makes it."""
    return TelnyxClient(HttpCarrierTransport(http, base_url, V2.authorization("KEY")), V2, sleep, health)


def reply(status: int, body: Any = None, **headers: str) -> httpx.Response:
    return httpx.Response(status, json=body if body is not None else OK, headers={key.replace("_", "-"): headers[key] for key in headers})


def error(**fields: Any) -> dict[str, Any]:
    return {"errors": [fields]}


async def test_a_message_on_the_wire() -> None:
    carrier = FakeCarrier(reply(500), reply(200, {"data": {"id": "4031"}}))
    entry = OutboxEntry(9, SendMessage(leg="a", to="+14155550100", from_="+14155550199", text="Hello"), 0, 0.0)
    assert await carrier.send(entry) == MessageSent(id="S:9", n=9, message_id="4031")
    first, second = carrier.requests
    assert str(first.url) == "https://carrier.example/v2/messages"
    assert msgspec.json.decode(first.content) == {"to": "+14155550100", "from": "+14155550199", "text": "Hello"}
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"] == request_context(n=9).command_id


async def test_a_request_on_the_wire() -> None:
    carrier = FakeCarrier(reply(200))
    assert await carrier.send() == CommandAccepted(id="S:7", n=7)
    (request,) = carrier.requests
    assert request.method == "POST"
    assert str(request.url) == "https://carrier.example/v2/calls/v3%3ACaller%2Fx%2By%3D/actions/hangup"
    assert request.url.raw_path == b"/v2/calls/v3%3ACaller%2Fx%2By%3D/actions/hangup"
    assert request.headers["authorization"] == "Bearer KEY"
    assert request.headers["content-type"] == "application/json"
    assert msgspec.json.decode(request.content) == {"command_id": request_context("S", 7).command_id}
    assert carrier.pauses == []


async def test_a_dial_names_the_new_leg() -> None:
    ids: dict[str, Any] = {"call_control_id": "v3:new", "call_leg_id": "leg", "call_session_id": "session"}
    carrier = FakeCarrier(reply(200, {"data": {**ids, "is_alive": False}}))
    party = commands.Party(to="+14155550101", from_="+14155550100")
    assert await carrier.send(OutboxEntry(7, commands.Dial(leg="b1", connection="9", party=party), 0, 0.0)) == CommandAccepted(
        id="S:7", n=7, **ids
    )
    assert carrier.requests[0].url.path == "/v2/calls"


@pytest.mark.parametrize(
    ("answer", "alive"),
    [
        (reply(200, {"data": {"is_alive": True}}), True),
        (reply(200, {"data": {"is_alive": False}}), False),
        (reply(200, {"data": {}}), True),
    ],
)
async def test_a_retrieved_call(answer: httpx.Response, alive: bool) -> None:
    """Only `is_alive: false` means that a call is over."""
    carrier = FakeCarrier(answer)
    assert await carrier.send(RETRIEVE) == CallRetrieved(id="S:8", n=8, alive=alive)
    (request,) = carrier.requests
    assert (request.method, request.content) == ("GET", b"")


# --------------------------------------------------------------------------- retries

RETRIED: list[Answer] = [
    reply(500),
    reply(502),
    reply(503),
    reply(504),
    reply(599),
    reply(408),
    reply(429, error(code="10011")),
    httpx.Response(503, text="<html>overloaded</html>"),
    httpx.ConnectError("refused"),
    httpx.ConnectTimeout("slow"),
    httpx.ReadTimeout("slow"),
    httpx.WriteTimeout("slow"),
    httpx.PoolTimeout("full"),
    httpx.ReadError("reset"),
    httpx.WriteError("reset"),
    httpx.RemoteProtocolError("nonsense"),
    httpx.DecodingError("bad gzip"),
    aiohttp.ClientOSError(104, "reset"),
    aiohttp.ServerDisconnectedError(),
    aiohttp.ClientPayloadError("cut off"),
]


@pytest.mark.parametrize(
    "failure", RETRIED, ids=lambda one: str(one.status_code) if isinstance(one, httpx.Response) else type(one).__name__
)
async def test_a_failure_is_tried_again_with_the_same_id(failure: Answer) -> None:
    carrier = FakeCarrier(failure, failure, failure, reply(200))
    assert await carrier.send() == CommandAccepted(id="S:7", n=7)
    assert carrier.pauses == [0.25, 0.5, 1.0]
    assert len(carrier.requests) == 4
    assert carrier.command_ids == {request_context("S", 7).command_id}
    assert len({(str(request.url), request.content) for request in carrier.requests}) == 1


@pytest.mark.parametrize(
    "failure", RETRIED, ids=lambda one: str(one.status_code) if isinstance(one, httpx.Response) else type(one).__name__
)
async def test_four_times_at_the_most(failure: Answer) -> None:
    carrier = FakeCarrier(failure)
    failed = await carrier.send()
    assert isinstance(failed, CommandFailed)
    assert (failed.id, failed.n) == ("S:7", 7)
    assert len(carrier.requests) == 4
    assert carrier.pauses == [0.25, 0.5, 1.0]
    if isinstance(failure, Exception):
        assert failed.status == 0
        assert failed.title == "the carrier cannot be reached"
        assert type(failure).__name__ in failed.detail
    else:
        assert failed.status == failure.status_code


@pytest.mark.parametrize("status", [300, 301, 302, 307, 308, 400, 401, 402, 403, 404, 405, 409, 410, 422])
async def test_everything_else_is_final(status: int) -> None:
    carrier = FakeCarrier(httpx.Response(status, json=error(code=10015, title="Bad"), headers={"location": "https://elsewhere.example"}))
    assert await carrier.send() == CommandFailed(id="S:7", n=7, status=status, code="10015", title="Bad")
    assert len(carrier.requests) == 1
    assert carrier.pauses == []


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ({}, 0.25),
        ({"retry_after": "2"}, 2.0),
        ({"retry_after": "0"}, 0.25),
        ({"retry_after": "0.1"}, 0.25),
        ({"retry_after": "1.5"}, 1.5),
        ({"retry_after": "3600"}, 5.0),
        ({"x_ratelimit_reset": "3"}, 3.0),
        ({"x_ratelimit_reset": "1700000000"}, 5.0),
        ({"retry_after": "1", "x_ratelimit_reset": "3"}, 1.0),
        ({"retry_after": "soon", "x_ratelimit_reset": "3"}, 3.0),
        ({"retry_after": "Wed, 21 Oct 2026 07:28:00 GMT"}, 0.25),
        ({"retry_after": "-3"}, 0.25),
        ({"retry_after": "nan"}, 0.25),
        ({"retry_after": "inf"}, 0.25),
        ({"retry_after": "\N{FULLWIDTH DIGIT ONE}"}, 0.25),
    ],
)
async def test_the_pause_of_a_rate_limit(headers: dict[str, str], pause: float) -> None:
    answer = httpx.Response(429, headers=[(key.replace("_", "-").encode(), value.encode()) for key, value in headers.items()])
    carrier = FakeCarrier(answer, reply(200))
    assert await carrier.send() == CommandAccepted(id="S:7", n=7)
    assert carrier.pauses == [pause]


def test_all_attempts_end_while_the_carrier_still_ignores_repeats() -> None:
    """The carrier ignores repeats for 60 s; a worker that takes over sends again for 50 s (interpreter.engine.leases)."""
    attempts = len(client.PAUSES_SECONDS) + 1
    assert REQUEST_TIMEOUT_SECONDS == 5.0
    longest_seconds = attempts * REQUEST_TIMEOUT_SECONDS + len(client.PAUSES_SECONDS) * client.RATE_LIMIT_MAX_SECONDS
    assert attempts == 4
    assert longest_seconds < REPEAT_SECONDS == 50


# --------------------------------------------------------------------------- responses


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (error(code="90018", title="Call has already ended"), {"code": "90018", "title": "Call has already ended"}),
        (
            error(code=90018, title="T", detail="D", source={"pointer": "/to"}),
            {"code": "90018", "title": "T", "detail": "D", "pointer": "/to"},
        ),
        ({"errors": [{"code": "1"}, {"code": "2"}]}, {"code": "1"}),
        ({"errors": []}, {}),
        ({"errors": None}, {}),
        ({"errors": {"code": "1"}}, {"code": "1"}),
        ({"errors": "broken"}, {}),
        ({"errors": ["broken"]}, {}),
        (error(code=None, title=None, detail=["x"], source="to"), {}),
        (error(source=None), {}),
        (error(source={"pointer": 5}), {"pointer": "5"}),
        ([], {}),
        ("broken", {}),
        (None, {}),
        (5, {}),
    ],
)
async def test_the_shapes_of_errors(body: Any, expected: dict[str, Any]) -> None:
    carrier = FakeCarrier(httpx.Response(422, content=msgspec.json.encode(body)))
    assert await carrier.send() == CommandFailed(id="S:7", n=7, status=422, **expected)


@pytest.mark.parametrize(
    "body", [b"", b"garbage", b"\xff\xfe", b'"\xff"', b"null", b"[]", b"5", b'{"data":5}', b'{"data":null}', b"[" * 100_000]
)
async def test_an_unreadable_body_after_a_success_is_no_failure(body: bytes) -> None:
    """The command may have been taken, so it is sent again under its id, and what came of it is on record."""
    carrier = FakeCarrier(httpx.Response(200, content=body))
    found = await carrier.send()
    assert isinstance(found, CommandAccepted)
    cut = not body or body in (b"[]", b"5") or body.startswith(b'{"data"')
    assert (len(carrier.requests), found.notes) == ((1, ()) if cut else (4, ("hang_up a: the carrier's answer cannot be read",)))


async def test_an_answer_that_was_cut_and_comes_whole_the_second_time() -> None:
    carrier = FakeCarrier(httpx.Response(200, content=b'{"data":{"call_con'), reply(200, {"data": {}}))
    assert await carrier.send() == CommandAccepted(id="S:7", n=7)
    assert len(carrier.requests) == 2


@pytest.mark.parametrize("body", [b'{"data":{"is_al', b"<html>some proxy</html>"])
async def test_a_question_whose_answer_cannot_be_read_has_failed(body: bytes) -> None:
    """Nobody knows then if the call lives: it is not taken for alive, and not for over."""
    carrier = FakeCarrier(httpx.Response(200, content=body))
    assert await carrier.send(RETRIEVE) == CommandFailed(id="S:8", n=8, status=200, title="the carrier's answer cannot be read")


# --------------------------------------------------------------------------- an account that is refused


async def test_an_account_that_is_refused_is_not_asked_for_every_call() -> None:
    """Twenty calls want something at once, and go on wanting it for two minutes: the carrier hears of it seven times."""
    now = 1000.0
    health = CarrierHealth(lambda: now)
    carrier = FakeCarrier(httpx.Response(401, json={"errors": [{"code": "10009", "title": "Authentication failed"}]}), health=health)
    first = await carrier.send()
    assert (first.status, first.code) == (401, "10009")  # type: ignore[attr-defined]
    assert health.problem == "the carrier refuses our account: 401 10009"
    unsent = await carrier.send()
    assert unsent == CommandFailed(id="S:7", n=7, title=health.problem, detail="not sent; it is tried again in 1 s")
    for _ in range(120):
        now += 1
        for _ in range(20):
            await carrier.send()
    assert len(carrier.requests) == 7
    assert health.rest_seconds <= 60


async def test_an_account_that_is_taken_again_is_asked_at_once() -> None:
    now = 1000.0
    health = CarrierHealth(lambda: now)
    carrier = FakeCarrier(httpx.Response(401), reply(200, {"data": {}}), health=health)
    await carrier.send()
    now += 1
    assert [await carrier.send(), await carrier.send()] == [CommandAccepted(id="S:7", n=7)] * 2
    assert (health.problem, health.rest_seconds) == ("", 0)


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (httpx.Response(404, json=error(code="90015")), ""),
        (httpx.Response(422, json=error(code="90015")), ""),
        (httpx.Response(401, json=error(code="10009")), "the carrier refuses our account: 401 10009"),
        (httpx.Response(200, text="<html>a shop</html>"), "what answers at base_url is not the carrier's API: status 200, and no JSON"),
        (httpx.Response(404, text=""), "what answers at base_url is not the carrier's API: status 404, and no JSON"),
        (httpx.Response(503, text="busy"), "the carrier has answered 503"),
        (httpx.ConnectError("nobody is there"), "the carrier cannot be reached: ConnectError nobody is there"),
    ],
)
async def test_a_probe(answer: Answer, problem: str) -> None:
    """A carrier that knows us says that there is no such call."""
    carrier = FakeCarrier(answer)
    async with httpx.AsyncClient(transport=httpx.MockTransport(carrier.handle)) as http:
        client = telnyx(http, "https://carrier.example/v2/", carrier.sleep)
        assert await client.probe() == problem
    (request,) = carrier.requests
    assert (request.method, request.url.path) == ("GET", "/v2/calls/callverbs-probe")


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ((httpx.Response(503),), "the carrier has answered 503"),
        ((httpx.ConnectError("nobody is there"),), "the carrier cannot be reached: ConnectError nobody is there"),
        ((httpx.Response(422),), ""),
        ((httpx.Response(404),), ""),
    ],
)
async def test_what_is_said_of_the_carrier(answers: tuple[Any, ...], problem: str) -> None:
    health = CarrierHealth(lambda: 1000.0)
    await FakeCarrier(*answers, health=health).send()
    assert (health.problem, health.rest_seconds) == (problem, 0)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["errors", "data", "code", "title", "source", "pointer", "is_alive", "call_control_id"]), inner)
    ),
    max_leaves=10,
)


@given(st.sampled_from([HANG_UP, RETRIEVE]), st.integers(200, 599), JSON.map(msgspec.json.encode) | st.binary())
def test_any_answer_gives_an_event(entry: OutboxEntry, status: int, body: bytes) -> None:
    found = client.result_event(entry, "S:7", status, body)
    assert isinstance(found, CommandAccepted | CommandFailed | CallRetrieved)
    assert msgspec.json.decode(msgspec.json.encode(found), type=type(found)) == found


async def test_a_voice_that_the_carrier_does_not_have_is_noted() -> None:
    carrier = FakeCarrier(reply(200))
    speak = commands.Speak(leg="a", text="Hi", voice=Synthesizer(vendor="google", language="fr-FR"))
    accepted = await carrier.send(OutboxEntry(7, speak, 0, 0.0))
    assert isinstance(accepted, CommandAccepted)
    assert accepted.notes == ("the carrier has no voices of google: AWS.Polly.Lea-Neural speaks instead",)
    accepted = await carrier.send(OutboxEntry(8, msgspec.structs.replace(speak, voice=Synthesizer(vendor="aws", language="fr-FR")), 0, 0.0))
    assert isinstance(accepted, CommandAccepted)
    assert accepted.notes == ()


async def test_a_command_that_breaks_a_limit_is_not_sent() -> None:
    carrier = FakeCarrier(reply(200))
    failed = await carrier.send(OutboxEntry(7, commands.HangUp(leg="a", headers={"a b": "c"}), 0, 0.0))
    assert isinstance(failed, CommandFailed)
    assert (failed.code, failed.pointer) == ("limit", "/custom_headers/0/name")
    assert carrier.requests == []


# --------------------------------------------------------------------------- over real sockets


async def send_to_server(behavior: Behavior) -> tuple[Event, list[float]]:
    """Sends a command to a server with this behaviour, over the connections that our server uses."""
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    async with serving(behavior) as address, open_pool() as http:
        found = await telnyx(http, f"{address}/v2", sleep).send("S", HANG_UP, IDS)
    return found, pauses


async def test_a_carrier_that_closes_at_once() -> None:
    async def close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Sends nothing."""

    found, pauses = await send_to_server(close)
    assert isinstance(found, CommandFailed)
    assert (found.status, found.title, len(pauses)) == (0, "the carrier cannot be reached", 3)


async def test_a_carrier_that_speaks_something_else() -> None:
    async def speak_another_protocol(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await received(reader)
        writer.write(b"220 mail.example ESMTP\r\n\r\n")

    found, pauses = await send_to_server(speak_another_protocol)
    assert isinstance(found, CommandFailed)
    assert (found.status, found.title, len(pauses)) == (0, "the carrier cannot be reached", 3)


async def test_a_carrier_that_stops_in_the_middle_and_then_answers() -> None:
    paths: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        paths.append((await received(reader)).split(b"\r\n")[0])
        if len(paths) < 3:
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{")
        else:
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")

    found, pauses = await send_to_server(answer)
    assert found == CommandAccepted(id="S:7", n=7)
    assert pauses == [0.25, 0.5]
    (line,) = set(paths)
    path = line.decode().split()[1]
    assert "/v3" in path
    assert unquote(path) == "/v2/calls/v3:Caller/x+y=/actions/hangup"
    assert path.count("/") == 5, "the slash of an id is no slash of the path"


async def test_no_server() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    async def sleep(seconds: float) -> None:
        """No time passes."""

    async with open_pool() as http:
        found = await telnyx(http, f"http://127.0.0.1:{port}", sleep).send("S", HANG_UP, IDS)
    assert isinstance(found, CommandFailed)
    assert (found.status, found.title) == (0, "the carrier cannot be reached")
