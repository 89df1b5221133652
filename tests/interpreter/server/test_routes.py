"""What operators may ask of a running server, over loopback: list calls, show one call, place a call, end a call."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from callverbs.interpreter.engine.session import load
from callverbs.interpreter.runtime.records import Change
from callverbs.interpreter.server.webhook_middleware import WEBHOOK_PATH
from callverbs.interpreter.simulator.people import Person
from callverbs.interpreter.stores.memory import MemoryStore
from tests.interpreter.server.fake_network import OURS
from tests.interpreter.server.served import CALL, CALL_BODY, OTHER, SIGNER, THEIRS, RunningServer, serve, without_sockets

# --------------------------------------------------------------------------- authentication


ROUTES = [("GET", "/calls"), ("POST", "/calls"), ("GET", "/calls/x"), ("DELETE", "/calls/x")]


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_a_request_without_the_token_is_refused(operator: httpx.AsyncClient, method: str, path: str) -> None:
    for given in (
        "",
        "Bearer",
        "Bearer nonsense",
        "Bearer operatorx",
        "Basic operator",
        "operator",
        "Bearer ©",
        "Bearer operator operator",
    ):
        answer = await operator.request(method, path, headers=[(b"Authorization", given.encode())], json=CALL_BODY)
        assert (answer.status_code, answer.json()) == (401, {"msg": "the Bearer token is not the right one"})
        assert answer.headers["www-authenticate"] == "Bearer"
    for given in ("Bearer operator", "bearer  operator"):
        assert (await operator.request(method, path, headers={"Authorization": given}, content=b"")).status_code in (200, 400, 404)


async def test_a_token_may_have_any_letters() -> None:
    async with without_sockets(token="clé") as (client, _):
        given: Any = {"Authorization": "Bearer clé".encode()}
        assert (await client.get("/calls", headers=given)).status_code == 200


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_without_a_token_in_the_settings_every_request_is_refused(method: str, path: str) -> None:
    async with without_sockets(token="") as (client, _):
        for given in ("", "Bearer", "Bearer operator"):
            answer = await client.request(method, path, headers={"Authorization": given}, json=CALL_BODY)
            assert answer.status_code == 403
            assert answer.json() == {"msg": "no token is set for /calls: set CALLVERBS_TOKEN and send it as a Bearer token"}


async def test_the_health_check_needs_no_token() -> None:
    async with without_sockets(token="") as (client, _):
        answer = await client.get("/healthz", headers={"Authorization": ""})
        assert (answer.status_code, answer.json()) == (200, {"status": "ok", "store": "ok", "clock": "ok", "foreign_webhooks": 0})
        assert (await client.get("/elsewhere")).status_code == 404


async def test_webhooks_of_other_calls_are_counted() -> None:
    async with without_sockets() as (client, runtime):
        runtime.switchboard._dialling.clear()
        body = json.dumps({"data": {"id": "1", "event_type": "call.answered", "payload": {"call_control_id": "x"}}}).encode()
        assert (await client.post(WEBHOOK_PATH, content=body, headers=SIGNER.headers(body, runtime.now()))).status_code == 200
        assert (await client.get("/healthz")).json()["foreign_webhooks"] == 1


# --------------------------------------------------------------------------- a list of calls


async def test_a_list_of_calls(served: RunningServer) -> None:
    assert (await served.operator.get("/calls")).json() == []
    await served.network.place(CALL)
    await served.network.until(CALL, "webhook", "call.answered", "a")
    placed = await served.place(app="second")
    first, second = (await served.operator.get("/calls")).json()
    incoming = served.network.leg(CALL, "a")
    record = await served.runtime.store.load(second["id"])
    assert record
    assert second == {
        "id": record.session,
        "call_sid": incoming.leg_id,
        "application": "main",
        "direction": "inbound",
        "from": THEIRS,
        "to": OURS,
        "call_status": "in-progress",
        "began": load(record.snapshot).began,
        "ended": None,
        "problems": 0,
    }
    assert {key: first[key] for key in ("id", "call_sid", "application", "direction", "from", "to")} == {
        "id": placed["id"],
        "call_sid": placed["sid"],
        "application": "second",
        "direction": "outbound",
        "from": OURS,
        "to": OTHER,
    }
    assert [call["id"] for call in (await served.operator.get("/calls", params={"limit": "1"})).json()] == [placed["id"]]
    assert len((await served.operator.get("/calls", params={"limit": "1000"})).json()) == 2


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "1.5", "x", "", "01", "²", "٣", "9" * 5000])
async def test_the_limit_is_a_number(operator: httpx.AsyncClient, limit: str) -> None:
    answer = await operator.get("/calls", params={"limit": limit})
    assert (answer.status_code, answer.json()) == (400, {"msg": "limit must be a number from 1 to 1000"})


# --------------------------------------------------------------------------- one call


async def test_a_call_by_each_of_its_ids(served: RunningServer) -> None:
    placed = await served.place()
    leg = served.network.leg(CALL, "b1")
    answers = [await served.operator.get(f"/calls/{one}") for one in (placed["id"], placed["sid"], leg.id, leg.session_id)]
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["id"] for answer in answers} == {placed["id"]}
    assert answers[0].headers["content-type"] == "application/json"
    assert load(answers[0].content).legs["a"].to == OTHER


async def test_a_call_as_a_ladder(tmp_path: Path) -> None:
    async with serve(tmp_path, Person(answers=0.01)) as served:
        placed = await served.place()
        await served.network.until(CALL, "webhook", "call.speak.ended", "b1")
        answer = await served.operator.get(f"/calls/{placed['id']}", params={"format": "ladder"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    head, *rows = answer.text.removesuffix("\n").splitlines()
    assert head.split() == ["time", "leg", "carrier", "callverbs", "application"]
    assert [" ".join(row.split()[1:]) for row in rows] == [
        f"a ◀──● dial {OTHER} from {OURS} 60 s",
        f"a ●──▶ call.initiated from={OURS} to={OTHER}",
        "a ●──▶ call.answered",
        "a ●──▶ POST /call call_status=in-progress",
        "a ◀──● /call 200 [say, pause]",
        'a ◀──● speak "Hi."',
        "a ●──▶ call.speak.started",
        "a ●──▶ call.speak.ended status=completed",
    ]


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/call", 404), ("PUT", "/calls", 405), ("POST", "/healthz", 405)])
async def test_an_unknown_path_is_answered_in_json(operator: httpx.AsyncClient, method: str, path: str, status: int) -> None:
    answer = await operator.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/json")
    assert answer.json()["msg"] == {404: f"there is nothing at {path}", 405: f"{path} does not take {method}"}[status]
    assert ("allow" in answer.headers) is (status == 405)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_a_call_that_does_not_exist(operator: httpx.AsyncClient, method: str) -> None:
    answer = await operator.request(method, "/calls/nobody")
    assert (answer.status_code, answer.json()) == (404, {"msg": "there is no call nobody"})


# --------------------------------------------------------------------------- a call ended


async def test_a_call_is_ended(served: RunningServer) -> None:
    await served.network.place(CALL)
    await served.network.until(CALL, "webhook", "call.answered", "a")
    leg = served.network.leg(CALL, "a")
    answer = await served.operator.delete(f"/calls/{leg.leg_id}")
    assert (answer.status_code, answer.content) == (202, b"")
    await served.network.over(CALL)
    (call,) = (await served.operator.get("/calls")).json()
    assert call["ended"]
    assert call["call_status"] == "completed"
    assert (await served.operator.delete(f"/calls/{leg.leg_id}")).status_code == 202
    assert len(served.network.requests_of(CALL, "command", "hangup")) == 1


async def test_a_call_is_ended_before_it_is_answered(served: RunningServer) -> None:
    placed = await served.place()
    assert (await served.operator.delete(f"/calls/{placed['id']}")).status_code == 202
    await served.network.until(CALL, "webhook", "call.hangup", "b1")
    assert served.network.leg(CALL, "b1").state == "ended"


# --------------------------------------------------------------------------- the store fails


async def test_a_call_that_cannot_be_saved(caplog: pytest.LogCaptureFixture) -> None:
    class FullStore(MemoryStore):
        async def save(self, change: Change) -> bool:
            raise OSError("the disk is full")

    async with without_sockets() as (client, runtime):
        runtime.switchboard.store = FullStore()
        answer = await client.post("/calls", json=CALL_BODY)
        assert (answer.status_code, answer.json()) == (500, {"msg": "this could not be done; the log says why"})
        assert runtime._placing == {}
    assert "the disk is full" in caplog.text


# --------------------------------------------------------------------------- records that cannot be read


@pytest.mark.parametrize(
    ("snapshot", "why", "status"),
    [
        (b'{"id":"bad","verbs":{"1":{"verb":"teleport"}}}', "Invalid value 'teleport'", 202),
        (b'{"format":99}', "a newer callverbs has written it (format 99; this one knows 2)", 409),
    ],
)
async def test_a_record_that_cannot_be_read_is_listed_and_hurts_no_other_call(snapshot: bytes, why: str, status: int) -> None:
    async with without_sockets() as (client, runtime):
        await runtime.store.save(Change("bad", 0, snapshot, 0.0, 0.0, (), (b'{"event":{"event":"teleported"}}',)))
        (listed,) = (await client.get("/calls")).json()
        assert listed["id"] == "bad"
        assert listed["unreadable"].startswith(why)
        assert (await client.get("/calls/bad")).content == snapshot
        drawn = await client.get("/calls/bad?format=ladder")
        assert (drawn.status_code, why in drawn.json()["msg"]) == (409, True)
        assert (await client.delete("/calls/bad")).status_code == status
        if status == 202:
            assert (await client.get("/calls")).json()[0]["problems"] == 1
            drawn = await client.get("/calls/bad?format=ladder")
            assert "1 rows of the log are another version's, and cannot be read" in drawn.text
            assert "the record of this call cannot be read" in drawn.text
