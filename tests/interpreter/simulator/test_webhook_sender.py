"""How webhooks are delivered: which are sent again, when, and in which order."""

import asyncio

import httpx
import msgspec
import pytest

from callverbs.interpreter.simulator.routing import Route, Webhook
from callverbs.interpreter.simulator.webhook_sender import MAX_WAITING, Attempt, WebhookSender
from callverbs.interpreter.telnyx import v1
from callverbs.interpreter.telnyx.signature import SIGNATURE_HEADER, TIMESTAMP_HEADER, Signer, Verifier
from callverbs.interpreter.telnyx.v1_signature import HmacVerifier, SignatureLayout
from callverbs.verbs.language.events import LegInitiated

NOW = 1_700_000_000.0
URL = "https://app.example/webhooks"
FAULTS = {0: httpx.ConnectError("no server listens"), -1: RuntimeError("a bad status line")}


FAILOVER = "https://failover.example/webhooks"


def webhook(leg: str, name: str, route: Route = Route(URL)) -> Webhook:  # noqa: B008 - it is a constant
    body = {"data": {"event_type": name, "payload": {"call_leg_id": leg}}, "meta": {"attempt": 1, "delivered_to": route.url}}
    return Webhook(body, route, leg)


class Application:
    """Answers attempts with `statuses`, one after the other, and with 200 after the last; 0 is no server, -1 is no HTTP.

    With `others`, a webhook that has to be sent again waits until another leg's has come. A redirect leads to the same URL.
    """

    def __init__(self, *statuses: int, others: bool = False, in_order: bool = False) -> None:
        self.statuses = list(statuses)
        self.others = asyncio.Semaphore(0) if others else None
        self.in_order = in_order
        self.attempts: list[Attempt] = []
        self.urls: list[str] = []
        self.came: list[tuple[str, str, int]] = []
        self.slept: list[float] = []
        self.verifier = Verifier(Signer(bytes(32)).public_key)

    async def respond(self, request: httpx.Request) -> httpx.Response:
        raw = await request.aread()
        self.verifier.verify(raw, request.headers[SIGNATURE_HEADER], request.headers[TIMESTAMP_HEADER], NOW)
        self.urls.append(str(request.url))
        body = {name: msgspec.json.decode(part) for name, part in request.url.params.items()} if not raw else msgspec.json.decode(raw)
        self.came.append((body["data"]["payload"]["call_leg_id"], body["data"]["event_type"], body["meta"]["attempt"]))
        if self.others and self.came[-1][0] == "b":
            self.others.release()
        status = self.statuses.pop(0) if self.statuses else 200
        if status in FAULTS:
            raise FAULTS[status]
        return httpx.Response(status, headers={"location": "/webhooks"} if 300 <= status < 400 else {})

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if self.others:
            await self.others.acquire()

    async def take(self, *webhooks: Webhook) -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(self.respond)) as client:
            sender = WebhookSender(
                client, Signer(bytes(32)), lambda: NOW, (1.0, 2.0), self.sleep, in_order=self.in_order, on_attempt=self.attempts.append
            )
            for one in webhooks:
                sender.send(one)
            await asyncio.gather(*sender._tasks)
            await sender.stop()


@pytest.mark.parametrize(
    ("statuses", "attempts", "slept"),
    [
        ((), 1, []),
        ((204,), 1, []),
        ((503,), 2, [1.0]),
        ((408, 429), 3, [1.0, 2.0]),
        ((0, 500), 3, [1.0, 2.0]),
        ((-1,), 2, [1.0]),
        ((500, 500, 500), 3, [1.0, 2.0]),
        ((403,), 1, []),
    ],
)
async def test_attempts(statuses: tuple[int, ...], attempts: int, slept: list[float]) -> None:
    application = Application(*statuses)
    await application.take(webhook("a", "call.initiated"))
    assert application.came == [("a", "call.initiated", attempt) for attempt in range(1, attempts + 1)]
    assert application.slept == slept
    assert [one.outcome for one in application.attempts[:-1]] == ["again"] * (attempts - 1)
    assert application.attempts[-1].outcome == ("delivered" if application.attempts[-1].is_delivered else "lost")


@pytest.mark.parametrize(
    ("statuses", "outcome"),
    [((301,), "delivered"), ((308, 302, 307), "delivered"), ((301, 301, 301, 301), "lost")],
)
async def test_redirects_are_followed_three_times(statuses: tuple[int, ...], outcome: str) -> None:
    application = Application(*statuses)
    await application.take(webhook("a", "call.initiated"))
    assert len(application.came) == min(len(statuses) + 1, 4)
    assert [(one.number, one.outcome) for one in application.attempts] == [(1, outcome)]


@pytest.mark.parametrize(
    ("statuses", "urls"),
    [
        ((503,), [URL, FAILOVER]),
        ((404,), [URL, FAILOVER]),
        ((0, 503), [URL, FAILOVER, URL]),
        ((500, 403), [URL, FAILOVER]),
    ],
)
async def test_what_fails_goes_to_the_failover_url_too(statuses: tuple[int, ...], urls: list[str]) -> None:
    application = Application(*statuses)
    await application.take(webhook("a", "call.initiated", Route(URL, failover_url=FAILOVER)))
    assert application.urls == urls


async def test_a_policy_of_the_command_decides_when_a_webhook_comes_again() -> None:
    application = Application(500, 500, 500, 500)
    await application.take(webhook("a", "call.initiated", Route(URL, pauses=(0.5, 7.0))))
    assert application.slept == [0.5, 7.0]


async def test_get_has_the_webhook_in_the_query() -> None:
    application = Application()
    await application.take(webhook("a", "call.initiated", Route(URL + "?x=1", "GET")))
    assert application.came == [("a", "call.initiated", 1)]


async def test_version_1() -> None:
    received: list[httpx.Request] = []

    async def respond(request: httpx.Request) -> httpx.Response:
        received.append(request)
        return httpx.Response(200)

    signer = Signer(bytes(32))
    async with httpx.AsyncClient(transport=httpx.MockTransport(respond)) as client:
        sender = WebhookSender(client, signer, lambda: NOW)
        for event_type in ("call.initiated", "call.recording.saved"):
            data = {
                "event_type": event_type,
                "id": "1",
                "occurred_at": "2023-11-14T22:13:20.000000Z",
                "payload": {"call_control_id": "v3:a"},
            }
            sender.send(Webhook({"data": data}, Route(URL, api_version="1"), "a"))
        await asyncio.gather(*sender._tasks)
    first, second = received
    HmacVerifier(signer.public_key, SignatureLayout()).verify(
        first.content, {name.lower(): value for name, value in first.headers.raw}, NOW
    )
    event = v1.read(first.content)
    assert isinstance(event, LegInitiated)
    assert event.call_control_id == "v3:a"
    assert msgspec.json.decode(second.content)["event_type"] == "recording_saved"


async def test_a_webhook_that_fails_holds_no_other_back() -> None:
    application = Application(503, others=True)
    await application.take(webhook("a", "call.initiated"), webhook("a", "call.answered"), webhook("b", "call.initiated"))
    assert application.came == [
        ("a", "call.initiated", 1),
        ("a", "call.answered", 1),
        ("b", "call.initiated", 1),
        ("a", "call.initiated", 2),
    ]


async def test_in_strict_order_a_webhook_waits_for_the_one_before_it() -> None:
    application = Application(503, others=True, in_order=True)
    await application.take(webhook("a", "call.initiated"), webhook("a", "call.answered"), webhook("b", "call.initiated"))
    assert application.came == [
        ("a", "call.initiated", 1),
        ("b", "call.initiated", 1),
        ("a", "call.initiated", 2),
        ("a", "call.answered", 1),
    ]


async def never_respond(request: httpx.Request) -> httpx.Response:
    await asyncio.Event().wait()
    raise AssertionError


async def test_more_than_can_wait_are_lost(caplog: pytest.LogCaptureFixture) -> None:
    async with httpx.AsyncClient(transport=httpx.MockTransport(never_respond)) as client:
        sender = WebhookSender(client, Signer(bytes(32)), lambda: NOW, in_order=True)
        for _ in range(MAX_WAITING):
            sender.send(webhook("a", "call.dtmf.received"))
        assert caplog.messages == []
        sender.send(webhook("b", "call.hangup"))
        await sender.stop()
    assert caplog.messages == [f"call.hangup is lost: {MAX_WAITING} webhooks wait already"]


async def test_a_sender_that_stops_leaves_the_rest() -> None:
    waits = asyncio.Event()

    async def never_respond(request: httpx.Request) -> httpx.Response:
        waits.set()
        await asyncio.Event().wait()
        raise AssertionError

    async with httpx.AsyncClient(transport=httpx.MockTransport(never_respond)) as client:
        sender = WebhookSender(client, Signer(bytes(32)), lambda: NOW)
        sender.send(webhook("a", "call.initiated"))
        await waits.wait()
        await sender.stop()
        assert not sender._tasks
