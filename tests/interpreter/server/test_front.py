"""A webhook from the carrier to the disk: 200 says that it is saved, and everything else whether it should come again."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from interpreter.server.app import second_version
from interpreter.server.front import LONGEST, PATH, Front
from interpreter.server.settings import CarrierSettings
from interpreter.stores.memory import MemoryStore
from interpreter.switchboard import DIALLING
from interpreter.telnyx import client_state
from interpreter.telnyx.signature import SIGNATURE, TIMESTAMP, Signer
from tests.interpreter.server.calls import BEGIN, CALL, OTHER, OURS, THEIRS, Desk, SlowStore, accepted

SIGNER = Signer(bytes(range(32)))


def webhook(event_type: str = "call.initiated", line: str = "a", **payload: Any) -> bytes:
    """A webhook as the carrier sends it."""
    addresses = {"call_control_id": line, "call_leg_id": f"leg {line}", "call_session_id": "of a", "connection_id": "1"}
    direction = {"direction": "incoming", "state": "parked"} if event_type == "call.initiated" else {}
    told = {**addresses, "client_state": None, "from": THEIRS, "to": OURS, **direction, **payload}
    event = {"id": f"{event_type} {line}", "event_type": event_type, "occurred_at": "2026-11-21T10:00:00.000000Z", "payload": told}
    return json.dumps({"data": {"record_type": "event", **event}, "meta": {"attempt": 1, "delivered_to": "https://example.com"}}).encode()


class Door:
    """The front of a server, with a switchboard behind it, and the carrier in front of it."""

    def __init__(self, store: MemoryStore | None = None) -> None:
        self.desk = Desk(store)
        self.behind: list[tuple[str, str]] = []
        border = second_version(CarrierSettings(public_key=SIGNER.public_key))
        self.front = Front(self._behind, border, lambda: self.desk.board, lambda: self.desk.at)
        app: Any = self.front
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://callverbs")

    async def _behind(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        self.behind.append((scope["method"], scope["path"]))
        await send({"type": "http.response.start", "status": 299, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def takes(
        self, body: bytes, signer: Signer = SIGNER, at: float | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, str]:
        """Bring a webhook; the answer's status and text. `headers` replace those of the signature."""
        signed = signer.headers(body, self.desk.at if at is None else at)
        answer = await self.client.post(PATH, content=body, headers={**signed, **(headers or {})})
        return answer.status_code, answer.text


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    made = Door()
    async with made.client:
        yield made


# --------------------------------------------------------------------------- taken


async def test_a_webhook_is_taken(door: Door) -> None:
    assert await door.takes(webhook()) == (200, "{}")
    assert door.desk.names == ["ask /call"]
    session = await door.desk.session()
    assert (session.legs["a"].from_, session.legs["a"].to) == (THEIRS, OURS)
    (row,) = await door.desk.store.log(CALL)
    assert webhook() in row  # the witness has it byte for byte


async def test_a_webhook_that_comes_again_is_taken_once_more(door: Door) -> None:
    assert [await door.takes(webhook()) for _ in range(3)] == [(200, "{}")] * 3
    assert door.desk.names == ["ask /call"]


async def test_there_is_no_answer_before_the_save() -> None:
    store = SlowStore()
    door = Door(store)
    store.open.clear()
    async with door.client:
        asking = asyncio.create_task(door.takes(webhook()))
        await store.waiting.wait()
        assert not asking.done()
        assert await store.load(CALL) is None
        store.open.set()
        assert await asking == (200, "{}")
    assert await store.load(CALL)


async def test_somebody_elses_webhook_is_taken_and_counted(door: Door) -> None:
    """The carrier would bring it for ever otherwise."""
    door.desk.at += DIALLING
    assert await door.takes(webhook("call.answered", "x", call_session_id="of x")) == (200, "{}")
    assert door.desk.board.foreign == 1
    assert await door.desk.store.recent() == []


async def test_a_webhook_that_we_have_no_word_for(door: Door) -> None:
    assert await door.takes(webhook("call.fork.started")) == (200, "{}")
    assert door.desk.board.foreign == 0


async def test_a_webhook_of_a_leg_whose_dial_has_not_come_back_has_to_come_again(door: Door) -> None:
    door.desk.at += DIALLING
    await door.desk.dials(OTHER)
    early = webhook("call.initiated", "b", direction="outgoing")
    assert await door.takes(early) == (503, "this leg is not known yet: deliver it again")
    await door.desk.takes(accepted(door.desk.find("dial b1"), "b", "of a"))
    assert await door.takes(early) == (200, "{}")
    assert (await door.desk.session()).legs["b1"].call_control_id == "b"


async def test_a_leg_is_known_by_what_we_wrote_on_it(door: Door) -> None:
    await door.desk.dials(OTHER)
    early = webhook("call.initiated", "b", direction="outgoing", client_state=client_state.write(CALL, "b1"))
    assert await door.takes(early) == (200, "{}")
    assert (await door.desk.session()).legs["b1"].call_control_id == "b"


# --------------------------------------------------------------------------- the store fails


async def test_a_webhook_that_cannot_be_saved_has_to_come_again(caplog: pytest.LogCaptureFixture) -> None:
    store = SlowStore()
    door = Door(store)
    store.fails = True
    async with door.client:
        assert await door.takes(webhook()) == (500, "the event could not be saved: deliver it again")
        assert "the disk is full" in caplog.text
        assert door.desk.saves == []
        store.fails = False
        assert await door.takes(webhook()) == (200, "{}")
    assert door.desk.names == ["ask /call"]


# --------------------------------------------------------------------------- refused


@pytest.mark.parametrize("late", [301.0, -301.0])
async def test_what_was_signed_long_ago_is_refused(door: Door, late: float) -> None:
    status, text = await door.takes(webhook(), at=BEGIN - late)
    assert (status, door.desk.saves) == (403, [])
    assert "300 are allowed" in text
    assert (await door.takes(webhook(), at=BEGIN - late + (1 if late > 0 else -1)))[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        {SIGNATURE: "AAAA"},
        {SIGNATURE: "no base64"},
        {SIGNATURE: ""},
        {TIMESTAMP: "yesterday"},
        {TIMESTAMP: ""},
        {TIMESTAMP: str(int(BEGIN) + 1)},
    ],
)
async def test_a_wrong_signature_is_refused(door: Door, headers: dict[str, str], caplog: pytest.LogCaptureFixture) -> None:
    status, text = await door.takes(webhook(), headers=headers)
    assert status == 403
    assert text in caplog.text
    assert door.desk.saves == []


async def test_what_somebody_else_has_signed_is_refused(door: Door) -> None:
    assert (await door.takes(webhook(), Signer(bytes(32))))[0] == 403
    changed = await door.client.post(PATH, content=webhook(to=THEIRS), headers=SIGNER.headers(webhook(), BEGIN))
    assert changed.status_code == 403
    assert (await door.client.post(PATH, content=webhook())).status_code == 403
    assert door.desk.saves == []


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[]", b"\xff\xfe", b'{"data": 5}', b'{"data": {"id": "1"}}', b"[" * 100_000])
async def test_what_is_signed_and_is_no_webhook_is_refused(door: Door, body: bytes) -> None:
    status, text = await door.takes(body)
    assert status == 400
    assert text
    assert door.desk.saves == []


async def test_a_body_may_be_long_but_not_too_long(door: Door) -> None:
    frame = len(webhook(pad=""))
    assert (await door.takes(webhook(pad="x" * (LONGEST - frame))))[0] == 200
    assert await door.takes(webhook(line="b", pad="x" * (LONGEST - frame + 1))) == (413, "a webhook has 1000000 bytes at the most")
    assert await door.desk.store.find(["b"]) is None


async def test_a_body_that_never_ends_is_not_read_for_ever(door: Door) -> None:
    parts, said = 0, []

    async def receive() -> dict[str, Any]:
        nonlocal parts
        parts += 1
        return {"type": "http.request", "body": b"x" * 65_536, "more_body": True}

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    await door.front({"type": "http", "method": "POST", "path": PATH, "headers": []}, receive, send)
    assert (said[0]["status"], parts) == (413, LONGEST // 65_536 + 1)


async def test_a_carrier_that_hangs_up_in_the_middle(door: Door) -> None:
    coming: list[dict[str, Any]] = [{"type": "http.request", "body": webhook()[:20], "more_body": True}, {"type": "http.disconnect"}]
    said = []

    async def receive() -> dict[str, Any]:
        return coming.pop(0)

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    await door.front({"type": "http", "method": "POST", "path": PATH, "headers": []}, receive, send)
    assert said[0]["status"] == 403
    assert door.desk.saves == []


# --------------------------------------------------------------------------- what is no webhook


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_whoever_looks_at_the_address_is_told_what_it_is_for(door: Door, method: str) -> None:
    answer = await door.client.request(method, PATH)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.text == "the carrier's webhooks come here, by POST"
    assert door.behind == []


@pytest.mark.parametrize(("method", "path"), [("POST", "/calls"), ("GET", "/healthz"), ("POST", f"{PATH}/"), ("POST", "/webhooks")])
async def test_everything_else_is_for_those_behind(door: Door, method: str, path: str) -> None:
    assert (await door.client.request(method, path)).status_code == 299
    assert door.behind == [(method, path)]


async def test_what_is_not_http_is_for_those_behind() -> None:
    came = []

    async def behind(scope: dict[str, Any], receive: Any, send: Any) -> None:
        came.append(scope["type"])

    door = Door()
    door.front._behind = behind
    for kind in ("lifespan", "websocket"):
        await door.front({"type": kind, "path": PATH}, behind, behind)  # type: ignore[arg-type]
    await door.client.aclose()
    assert came == ["lifespan", "websocket"]
