"""The path of a webhook to the disk: 200 says that it is saved, any other status whether the carrier should deliver it again."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from callverbs.interpreter.runtime.switchboard import PENDING_DIAL_SECONDS
from callverbs.interpreter.server.carrier_settings import CarrierSettings
from callverbs.interpreter.server.webhook_middleware import MAX_WEBHOOK_BYTES, WEBHOOK_PATH, WebhookMiddleware
from callverbs.interpreter.server.webhook_version import version_2
from callverbs.interpreter.stores.memory import MemoryStore
from callverbs.interpreter.telnyx import client_state
from callverbs.interpreter.telnyx.signature import SIGNATURE_HEADER, TIMESTAMP_HEADER, Signer
from tests.interpreter.server.calls import BEGIN, CALL, OTHER, OURS, THEIRS, Recorder, SlowStore, accepted

SIGNER = Signer(bytes(range(32)))


def webhook(event_type: str = "call.initiated", leg_id: str = "a", **payload: Any) -> bytes:
    """Returns a webhook as the carrier sends it."""
    ids = {"call_control_id": leg_id, "call_leg_id": f"leg {leg_id}", "call_session_id": "of a", "connection_id": "1"}
    direction = {"direction": "incoming", "state": "parked"} if event_type == "call.initiated" else {}
    fields = {**ids, "client_state": None, "from": THEIRS, "to": OURS, **direction, **payload}
    event = {"id": f"{event_type} {leg_id}", "event_type": event_type, "occurred_at": "2026-11-21T10:00:00.000000Z", "payload": fields}
    return json.dumps({"data": {"record_type": "event", **event}, "meta": {"attempt": 1, "delivered_to": "https://example.com"}}).encode()


class MiddlewareHarness:
    """The middleware with a switchboard and an application behind it, and a client that sends what the carrier would."""

    def __init__(self, store: MemoryStore | None = None) -> None:
        self.recorder = Recorder(store)
        self.passed_on: list[tuple[str, str]] = []
        version = version_2(CarrierSettings(public_key=SIGNER.public_key))
        self.middleware = WebhookMiddleware(self._application, version, lambda: self.recorder.switchboard, lambda: self.recorder.at)
        app: Any = self.middleware
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://callverbs")

    async def _application(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        self.passed_on.append((scope["method"], scope["path"]))
        await send({"type": "http.response.start", "status": 299, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def deliver(
        self, body: bytes, signer: Signer = SIGNER, at: float | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, str]:
        """Delivers a webhook, and returns the status and the text of the answer. `headers` replace those of the signature."""
        signed = signer.headers(body, self.recorder.at if at is None else at)
        answer = await self.client.post(WEBHOOK_PATH, content=body, headers={**signed, **(headers or {})})
        return answer.status_code, answer.text


@pytest.fixture
async def harness() -> AsyncIterator[MiddlewareHarness]:
    found = MiddlewareHarness()
    async with found.client:
        yield found


# --------------------------------------------------------------------------- taken


async def test_a_webhook_is_taken(harness: MiddlewareHarness) -> None:
    assert await harness.deliver(webhook()) == (200, "{}")
    assert harness.recorder.words == ["ask /call"]
    session = await harness.recorder.session()
    assert (session.legs["a"].from_, session.legs["a"].to) == (THEIRS, OURS)
    (row,) = await harness.recorder.store.log(CALL)
    assert webhook() in row  # byte for byte


async def test_a_webhook_that_comes_again_is_taken_once_more(harness: MiddlewareHarness) -> None:
    assert [await harness.deliver(webhook()) for _ in range(3)] == [(200, "{}")] * 3
    assert harness.recorder.words == ["ask /call"]


async def test_there_is_no_answer_before_the_save() -> None:
    store = SlowStore()
    harness = MiddlewareHarness(store)
    store.open.clear()
    async with harness.client:
        asking = asyncio.create_task(harness.deliver(webhook()))
        await store.waiting.wait()
        assert not asking.done()
        assert await store.load(CALL) is None
        store.open.set()
        assert await asking == (200, "{}")
    assert await store.load(CALL)


async def test_a_webhook_of_no_call_of_ours_is_taken_and_counted(harness: MiddlewareHarness) -> None:
    """The carrier would deliver it again otherwise."""
    harness.recorder.at += PENDING_DIAL_SECONDS
    assert await harness.deliver(webhook("call.answered", "x", call_session_id="of x")) == (200, "{}")
    assert harness.recorder.switchboard.unmatched == 1
    assert await harness.recorder.store.recent() == []


async def test_a_webhook_that_we_have_no_word_for(harness: MiddlewareHarness) -> None:
    assert await harness.deliver(webhook("call.fork.started")) == (200, "{}")
    assert harness.recorder.switchboard.unmatched == 0


async def test_a_webhook_of_a_leg_whose_dial_has_not_come_back_has_to_come_again(harness: MiddlewareHarness) -> None:
    harness.recorder.at += PENDING_DIAL_SECONDS
    await harness.recorder.dial(OTHER)
    early = webhook("call.initiated", "b", direction="outgoing")
    assert await harness.deliver(early) == (503, "this leg is not known yet: deliver it again")
    await harness.recorder.take(accepted(harness.recorder.find("dial b1"), "b", "of a"))
    assert await harness.deliver(early) == (200, "{}")
    assert (await harness.recorder.session()).legs["b1"].call_control_id == "b"


async def test_a_leg_is_known_by_its_client_state(harness: MiddlewareHarness) -> None:
    await harness.recorder.dial(OTHER)
    early = webhook("call.initiated", "b", direction="outgoing", client_state=client_state.write(CALL, "b1"))
    assert await harness.deliver(early) == (200, "{}")
    assert (await harness.recorder.session()).legs["b1"].call_control_id == "b"


# --------------------------------------------------------------------------- the store fails


async def test_a_webhook_that_cannot_be_saved_has_to_come_again(caplog: pytest.LogCaptureFixture) -> None:
    store = SlowStore()
    harness = MiddlewareHarness(store)
    store.fails = True
    async with harness.client:
        assert await harness.deliver(webhook()) == (500, "the event could not be saved: deliver it again")
        assert "the disk is full" in caplog.text
        assert harness.recorder.saves == []
        store.fails = False
        assert await harness.deliver(webhook()) == (200, "{}")
    assert harness.recorder.words == ["ask /call"]


# --------------------------------------------------------------------------- refused


@pytest.mark.parametrize("late", [301.0, -301.0])
async def test_what_was_signed_long_ago_is_refused(harness: MiddlewareHarness, late: float) -> None:
    status, text = await harness.deliver(webhook(), at=BEGIN - late)
    assert (status, harness.recorder.saves) == (403, [])
    assert "300 are allowed" in text
    assert (await harness.deliver(webhook(), at=BEGIN - late + (1 if late > 0 else -1)))[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        {SIGNATURE_HEADER: "AAAA"},
        {SIGNATURE_HEADER: "no base64"},
        {SIGNATURE_HEADER: ""},
        {TIMESTAMP_HEADER: "yesterday"},
        {TIMESTAMP_HEADER: ""},
        {TIMESTAMP_HEADER: str(int(BEGIN) + 1)},
    ],
)
async def test_a_wrong_signature_is_refused(harness: MiddlewareHarness, headers: dict[str, str], caplog: pytest.LogCaptureFixture) -> None:
    status, text = await harness.deliver(webhook(), headers=headers)
    assert status == 403
    assert text in caplog.text
    assert harness.recorder.saves == []


async def test_what_was_signed_with_another_key_is_refused(harness: MiddlewareHarness) -> None:
    assert (await harness.deliver(webhook(), Signer(bytes(32))))[0] == 403
    changed = await harness.client.post(WEBHOOK_PATH, content=webhook(to=THEIRS), headers=SIGNER.headers(webhook(), BEGIN))
    assert changed.status_code == 403
    assert (await harness.client.post(WEBHOOK_PATH, content=webhook())).status_code == 403
    assert harness.recorder.saves == []


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[]", b"\xff\xfe", b'{"data": 5}', b'{"data": {"id": "1"}}', b"[" * 100_000])
async def test_what_is_signed_and_is_no_webhook_is_refused(harness: MiddlewareHarness, body: bytes) -> None:
    status, text = await harness.deliver(body)
    assert status == 400
    assert text
    assert harness.recorder.saves == []


async def test_a_body_may_be_long_but_not_too_long(harness: MiddlewareHarness) -> None:
    frame = len(webhook(pad=""))
    assert (await harness.deliver(webhook(pad="x" * (MAX_WEBHOOK_BYTES - frame))))[0] == 200
    assert await harness.deliver(webhook(leg_id="b", pad="x" * (MAX_WEBHOOK_BYTES - frame + 1))) == (
        413,
        "a webhook has 1000000 bytes at the most",
    )
    assert await harness.recorder.store.find(["b"]) is None


async def test_a_body_that_never_ends_is_not_read_for_ever(harness: MiddlewareHarness) -> None:
    parts, sent = 0, []

    async def receive() -> dict[str, Any]:
        nonlocal parts
        parts += 1
        return {"type": "http.request", "body": b"x" * 65_536, "more_body": True}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await harness.middleware({"type": "http", "method": "POST", "path": WEBHOOK_PATH, "headers": []}, receive, send)
    assert (sent[0]["status"], parts) == (413, MAX_WEBHOOK_BYTES // 65_536 + 1)


@pytest.mark.parametrize("came", [20, None])
async def test_a_carrier_that_disconnects_in_the_middle(harness: MiddlewareHarness, came: int | None) -> None:
    """What came is not taken, even if it could be read and is signed; and nobody waits for an answer."""
    body = webhook()[:came]
    headers = [(name.lower().encode(), value.encode()) for name, value in SIGNER.headers(body, harness.recorder.at).items()]
    messages: list[dict[str, Any]] = [{"type": "http.request", "body": body, "more_body": True}, {"type": "http.disconnect"}]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await harness.middleware({"type": "http", "method": "POST", "path": WEBHOOK_PATH, "headers": headers}, receive, send)
    assert (sent, messages, harness.recorder.saves) == ([], [], [])


# --------------------------------------------------------------------------- what is no webhook


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_every_other_method_is_refused(harness: MiddlewareHarness, method: str) -> None:
    answer = await harness.client.request(method, WEBHOOK_PATH)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.text == "the carrier's webhooks come here, by POST"
    assert harness.passed_on == []


@pytest.mark.parametrize(("method", "path"), [("POST", "/calls"), ("GET", "/healthz"), ("POST", f"{WEBHOOK_PATH}/"), ("POST", "/webhooks")])
async def test_every_other_path_is_passed_on(harness: MiddlewareHarness, method: str, path: str) -> None:
    assert (await harness.client.request(method, path)).status_code == 299
    assert harness.passed_on == [(method, path)]


async def test_what_is_not_http_is_passed_on() -> None:
    came = []

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        came.append(scope["type"])

    harness = MiddlewareHarness()
    harness.middleware._app = application
    for kind in ("lifespan", "websocket"):
        await harness.middleware({"type": kind, "path": WEBHOOK_PATH}, application, application)  # type: ignore[arg-type]
    await harness.client.aclose()
    assert came == ["lifespan", "websocket"]
