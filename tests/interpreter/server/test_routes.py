"""What operators may ask of a running server, over loopback: which calls there are, one call, a call placed, a call ended."""

import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from interpreter.hooks.client import Account
from interpreter.server import settings
from interpreter.server.app import create_app
from interpreter.server.front import PATH
from interpreter.server.rooms import Rooms
from interpreter.server.settings import Application, CarrierSettings, Settings
from interpreter.session import load
from interpreter.simulator.people import Person
from interpreter.stores.memory import MemoryStore
from interpreter.switchboard import Change
from interpreter.telnyx.signature import Signer
from tests.interpreter.server.town import OURS, Stop, Town
from tests.interpreter.telnyx.v1_carrier import address, bound, serving
from verbs._app import App
from verbs._events import CallRequested
from verbs._request import CallSpec
from verbs._target import Target

CALL = "+141555501"
THEIRS, OTHER = f"{CALL}00", f"{CALL}01"
TOKEN = {"Authorization": "Bearer operator"}
ABSENT = {"to": OTHER, "from": OURS}
SIGNER = Signer(bytes(range(32)))


def documents(path: str, told: dict[str, Any]) -> list[dict[str, Any]]:
    """The application: it answers and waits. Those who are called hear a word."""
    if path == "/status":
        return []
    return [{"verb": "say", "text": "Hi."} if told["direction"] == "outbound" else {"verb": "answer"}, {"verb": "pause", "length": 60}]


class Line(NamedTuple):
    """A server, the world around it, and an operator."""

    town: Town
    rooms: Rooms
    operator: httpx.AsyncClient

    address: str = ""

    async def placed(self, **body: Any) -> dict[str, Any]:
        """A call that the server has placed."""
        answer = await self.operator.post("/calls", json={**ABSENT, **body})
        assert answer.status_code == 201, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def dial(self) -> dict[str, Any]:
        """The dial as the carrier has got it, without what is the same in each."""
        (one,) = self.town.of(CALL, "command", "dial")
        return {key: value for key, value in one.told.items() if key not in ("command_id", "client_state")}


class Inside:
    """A server in this process."""

    def __init__(self, where: str) -> None:
        self.address = where

    async def close(self) -> None:
        """It ends with the test."""


@contextlib.asynccontextmanager
async def served(folder: Path, person: Person | None = None, **flags: str) -> AsyncIterator[Line]:
    """A server with two applications. `flags` replace what the settings file says."""
    async with Town({OTHER: person or Person(no_answer=True)}, documents).open() as town:
        with bound() as taken:
            written = {"token": "operator", "connection": "1", "carrier": f"{town.url}/v2", **flags}
            file = folder / "callverbs.toml"
            file.write_text(
                f"""
                [server]
                store = "memory:"
                token = "{written["token"]}"
                [carrier]
                api_key = "KEY"
                public_key = "{town.server.public_key}"
                base_url = "{written["carrier"]}"
                connection_id = "{written["connection"]}"
                [applications.main]
                app = "{town.url}/call"
                [applications.second]
                app = "{town.url}/second"
                numbers = ["+14155550198"]
                connection_id = "1"
                """
            )
            rooms = Rooms(settings.read({}, {}, file))
            town.workers = [Inside(address(taken))]
            async with serving(create_app(rooms), taken, "on"), httpx.AsyncClient(base_url=address(taken), headers=TOKEN) as operator:
                yield Line(town, rooms, operator)


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[Line]:
    async with served(tmp_path) as made:
        yield made


@contextlib.asynccontextmanager
async def asked(**given: Any) -> AsyncIterator[tuple[httpx.AsyncClient, Rooms]]:
    """A server without sockets, for questions that nobody else has to hear of."""
    main = Application("main", App(name="main", call_hook="https://app.example/call", connection_id="1"), Account())
    account = CarrierSettings(public_key=SIGNER.public_key, base_url="http://127.0.0.1:9")
    rooms = Rooms(Settings(**{"store": "memory:", "token": "operator", "carrier": account, "applications": (main,), **given}))
    app: Any = create_app(rooms)
    await rooms.open()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://callverbs", headers=TOKEN) as client:
        yield client, rooms
    await rooms.close()


@pytest.fixture
async def operator() -> AsyncIterator[httpx.AsyncClient]:
    async with asked() as (client, _):
        yield client


# --------------------------------------------------------------------------- who may ask


ROUTES = [("GET", "/calls"), ("POST", "/calls"), ("GET", "/calls/x"), ("DELETE", "/calls/x")]


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_nobody_may_ask_who_has_not_the_token(operator: httpx.AsyncClient, method: str, path: str) -> None:
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
        answer = await operator.request(method, path, headers=[(b"Authorization", given.encode())], json=ABSENT)
        assert (answer.status_code, answer.json()) == (401, {"msg": "the Bearer token is not the right one"})
        assert answer.headers["www-authenticate"] == "Bearer"
    for given in ("Bearer operator", "bearer  operator"):
        assert (await operator.request(method, path, headers={"Authorization": given}, content=b"")).status_code in (200, 400, 404)


async def test_a_token_may_have_any_letters() -> None:
    async with asked(token="clé") as (client, _):
        given: Any = {"Authorization": "Bearer clé".encode()}
        assert (await client.get("/calls", headers=given)).status_code == 200


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_where_there_is_no_token_nobody_may_ask(method: str, path: str) -> None:
    async with asked(token="") as (client, _):
        for given in ("", "Bearer", "Bearer operator"):
            answer = await client.request(method, path, headers={"Authorization": given}, json=ABSENT)
            assert answer.status_code == 403
            assert answer.json() == {"msg": "no token is set for /calls: set CALLVERBS_TOKEN and send it as a Bearer token"}


async def test_how_it_is_everybody_may_ask() -> None:
    async with asked(token="") as (client, _):
        answer = await client.get("/healthz", headers={"Authorization": ""})
        assert (answer.status_code, answer.json()) == (200, {"status": "ok", "foreign_webhooks": 0})
        assert (await client.get("/elsewhere")).status_code == 404


async def test_webhooks_of_other_calls_are_counted() -> None:
    async with asked() as (client, rooms):
        rooms.board._dialling.clear()
        body = json.dumps({"data": {"id": "1", "event_type": "call.answered", "payload": {"call_control_id": "x"}}}).encode()
        assert (await client.post(PATH, content=body, headers=SIGNER.headers(body, rooms.now()))).status_code == 200
        assert (await client.get("/healthz")).json()["foreign_webhooks"] == 1


# --------------------------------------------------------------------------- which calls there are


async def test_calls_in_a_line_each(line: Line) -> None:
    assert (await line.operator.get("/calls")).json() == []
    await line.town.call(CALL)
    await line.town.until(CALL, "webhook", "call.answered", "a")
    placed = await line.placed(app="second")
    first, second = (await line.operator.get("/calls")).json()
    incoming = line.town.leg(CALL, "a")
    record = await line.rooms.store.load(second["id"])
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
    assert [call["id"] for call in (await line.operator.get("/calls", params={"limit": "1"})).json()] == [placed["id"]]
    assert len((await line.operator.get("/calls", params={"limit": "1000"})).json()) == 2


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "1.5", "x", "", "01", "²", "٣", "9" * 5000])
async def test_how_many_calls_is_a_number(operator: httpx.AsyncClient, limit: str) -> None:
    answer = await operator.get("/calls", params={"limit": limit})
    assert (answer.status_code, answer.json()) == (400, {"msg": "limit must be a number from 1 to 1000"})


# --------------------------------------------------------------------------- one call


async def test_a_call_by_each_of_its_names(line: Line) -> None:
    placed = await line.placed()
    leg = line.town.leg(CALL, "b1")
    answers = [await line.operator.get(f"/calls/{one}") for one in (placed["id"], placed["sid"], leg.id, leg.session_id)]
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["id"] for answer in answers} == {placed["id"]}
    assert answers[0].headers["content-type"] == "application/json"
    assert load(answers[0].content).legs["a"].to == OTHER


async def test_a_call_for_the_eyes(tmp_path: Path) -> None:
    async with served(tmp_path, Person(answers=0.01)) as line:
        placed = await line.placed()
        await line.town.until(CALL, "webhook", "call.speak.ended", "b1")
        answer = await line.operator.get(f"/calls/{placed['id']}", params={"format": "ladder"})
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
async def test_what_is_not_there_is_said_in_json(operator: httpx.AsyncClient, method: str, path: str, status: int) -> None:
    answer = await operator.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/json")
    assert answer.json()["msg"] == {404: f"there is nothing at {path}", 405: f"{path} does not take {method}"}[status]
    assert ("allow" in answer.headers) is (status == 405)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_a_call_that_there_is_not(operator: httpx.AsyncClient, method: str) -> None:
    answer = await operator.request(method, "/calls/nobody")
    assert (answer.status_code, answer.json()) == (404, {"msg": "there is no call nobody"})


# --------------------------------------------------------------------------- a call placed


async def test_a_call_is_placed(line: Line) -> None:
    placed = await line.placed()
    assert placed["sid"] == line.town.leg(CALL, "b1").leg_id
    assert line.dial() == {
        "connection_id": "1",
        "to": OTHER,
        "from": OURS,
        "timeout_secs": 60,
        "time_limit_secs": 14400,
        "retry_on_timeout": False,
        "answering_machine_detection": "disabled",
    }


async def test_everything_that_a_call_may_have(tmp_path: Path) -> None:
    async with served(tmp_path, Person(answers=0.01)) as line:
        await line.placed(
            app="second",
            call_hook={"url": f"{line.town.url}/mine", "method": "POST"},
            call_status_hook=f"{line.town.url}/status",
            timeout=25,
            timeLimit=90,
            callerName="Acme",
            headers={"X-Order": "17"},
            amd={"actionHook": "/amd"},
            tag={"order": 17},
            carrier={"sip_region": "Europe"},
        )
        await line.town.until(CALL, "webhook", "call.speak.ended", "b1")
    dial = line.dial()
    assert dial["timeout_secs"] == 25
    assert dial["time_limit_secs"] == 90
    assert dial["from_display_name"] == "Acme"
    assert {"name": "X-Order", "value": "17"} in dial["custom_headers"]
    assert dial["answering_machine_detection"] not in ("", "disabled")
    assert dial["sip_region"] == "Europe"
    asked = line.town.of(CALL, "hook", "/mine")
    assert [one.told["customerData"] for one in asked] == [{"order": 17}]
    assert [one.told["call_status"] for one in line.town.of(CALL, "hook", "/status")][:2] == ["trying", "in-progress"]
    assert line.town.of(CALL, "hook", "/second") == line.town.of(CALL, "hook", "/call") == []


async def test_whom_a_call_is_for(line: Line) -> None:
    """A number, a SIP URI, or a target as dial has it."""
    jane = "sip:jane@example.com"
    written: list[Any] = [OTHER, jane, {"type": "phone", "number": OTHER}, {"type": "sip", "sipUri": jane}]
    for to in written:
        await line.placed(to=to)
    assert [leg.to for leg in line.town.server.carrier.legs()] == [OTHER, jane, OTHER, jane]


@pytest.mark.parametrize(
    ("body", "pointer", "words"),
    [
        ({}, "", "to"),
        ([], "", "object"),
        ("x", "", "object"),
        (None, "", "object"),
        ({"to": OTHER}, "", "from"),
        ({**ABSENT, "from": ""}, "/from", ""),
        ({**ABSENT, "to": ""}, "/to", ""),
        ({**ABSENT, "to": {"type": "phone"}}, "/to", "number"),
        ({**ABSENT, "to": {"type": "teams", "number": OTHER}}, "/to/type", "Teams"),
        ({**ABSENT, "timeout": 0}, "/timeout", ""),
        ({**ABSENT, "timeout": "60"}, "/timeout", "number"),
        ({**ABSENT, "timeLimit": 14401}, "/timeLimit", "14400"),
        ({**ABSENT, "callerName": "Zoë"}, "/callerName", "a calling name may have"),
        ({**ABSENT, "headers": {"X-Order": []}}, "/headers/X-Order", ""),
        ({**ABSENT, "headers": {"X-Order": "1\r\nX-Other: 2"}}, "/headers/X-Order", "one line"),
        ({**ABSENT, "amd": {}}, "/amd", "actionHook"),
        ({**ABSENT, "tag": "order 17"}, "/tag", "object"),
        ({**ABSENT, "call_hook": ""}, "/call_hook", ""),
        ({**ABSENT, "call_hook": {"method": "GET"}}, "/call_hook", "url"),
        ({**ABSENT, "application_sid": "x"}, "/application_sid", ""),
        ({**ABSENT, "carrier": {"to": OTHER}}, "/carrier/to", ""),
    ],
)
async def test_a_body_that_is_wrong(operator: httpx.AsyncClient, body: Any, pointer: str, words: str) -> None:
    answer = await operator.post("/calls", content=json.dumps(body))
    told = answer.json()
    assert answer.status_code == 400
    assert told["msg"] == told["errors"][0]["message"]
    assert pointer in [one["pointer"] for one in told["errors"]]
    assert words in told["msg"]
    assert (await operator.get("/calls")).json() == []


async def test_everything_that_is_wrong_is_said_at_once(operator: httpx.AsyncClient) -> None:
    answer = await operator.post("/calls", json={"to": "", "from": "", "timeout": 0})
    assert {one["pointer"] for one in answer.json()["errors"]} == {"/to", "/from", "/timeout"}


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"to=x&from=y", b"[" * 100_000])
async def test_a_body_that_is_no_json(operator: httpx.AsyncClient, content: bytes) -> None:
    answer = await operator.post("/calls", content=content)
    assert answer.status_code == 400
    assert answer.json()["msg"].startswith("the body is not JSON: ")
    assert answer.json()["errors"][0]["pointer"] == ""


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"app": "third"}, "the settings know no application third"),
        ({"call_hook": "/mine"}, "call_hook must be an http or https URL, not /mine"),
        ({"call_hook": {"url": "file:///etc/passwd"}}, "call_hook must be an http or https URL, not file:///etc/passwd"),
    ],
)
async def test_what_the_settings_do_not_know(operator: httpx.AsyncClient, body: dict[str, Any], message: str) -> None:
    answer = await operator.post("/calls", json={**ABSENT, **body})
    assert (answer.status_code, answer.json()) == (400, {"msg": message})
    assert (await operator.get("/calls")).json() == []


async def test_a_call_needs_a_connection(tmp_path: Path) -> None:
    async with served(tmp_path, connection="") as line:
        answer = await line.operator.post("/calls", json=ABSENT)
        assert answer.status_code == 400
        assert answer.json()["msg"].startswith("there is no connection to call through: set CALLVERBS_CONNECTION_ID")
        await line.placed(app="second")


async def test_a_call_that_the_carrier_refuses(tmp_path: Path) -> None:
    async with served(tmp_path, connection="2") as line:
        answer = await line.operator.post("/calls", json=ABSENT)
        told = answer.json()
        assert answer.status_code == 502
        assert "the connection 2 is no Call Control application" in told["msg"]
        assert (await line.operator.get(f"/calls/{told['id']}")).json()["ended"]


async def test_a_carrier_that_cannot_be_reached(operator: httpx.AsyncClient) -> None:
    answer = await operator.post("/calls", json=ABSENT)
    assert answer.status_code == 502
    assert answer.json()["msg"].startswith("dial a: the carrier cannot be reached")


async def test_a_carrier_that_says_nothing_for_a_while(line: Line) -> None:
    """The call is on its way, and has an id of ours; what becomes of it is asked for later."""
    line.town.stops.append(Stop("command", "dial", "unanswered", "b1", CALL))
    wanted = CallRequested(id="mine", from_=OURS, spec=CallSpec(to=Target(type="phone", number=OTHER)))
    application = line.rooms.settings.application("main")
    assert application
    assert await line.rooms.place(wanted, application.app, seconds=0.0) is None
    assert (await line.operator.get("/calls/mine")).json()["legs"]["a"]["to"] == OTHER
    line.town.lets_all_pass()


# --------------------------------------------------------------------------- a call ended


async def test_a_call_is_ended(line: Line) -> None:
    await line.town.call(CALL)
    await line.town.until(CALL, "webhook", "call.answered", "a")
    leg = line.town.leg(CALL, "a")
    answer = await line.operator.delete(f"/calls/{leg.leg_id}")
    assert (answer.status_code, answer.content) == (202, b"")
    await line.town.over(CALL)
    (told,) = (await line.operator.get("/calls")).json()
    assert told["ended"]
    assert told["call_status"] == "completed"
    assert (await line.operator.delete(f"/calls/{leg.leg_id}")).status_code == 202
    assert len(line.town.of(CALL, "command", "hangup")) == 1


async def test_a_call_is_ended_before_anybody_has_answered(line: Line) -> None:
    placed = await line.placed()
    assert (await line.operator.delete(f"/calls/{placed['id']}")).status_code == 202
    await line.town.until(CALL, "webhook", "call.hangup", "b1")
    assert line.town.leg(CALL, "b1").state == "ended"


# --------------------------------------------------------------------------- the store fails


async def test_a_call_that_cannot_be_saved(caplog: pytest.LogCaptureFixture) -> None:
    class FullStore(MemoryStore):
        async def save(self, change: Change) -> bool:
            raise OSError("the disk is full")

    async with asked() as (client, rooms):
        rooms.board.store = FullStore()
        answer = await client.post("/calls", json=ABSENT)
        assert (answer.status_code, answer.json()) == (500, {"msg": "this could not be done; the log says why"})
        assert rooms._watched == {}
    assert "the disk is full" in caplog.text
