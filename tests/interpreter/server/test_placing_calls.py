"""An operator places a call: what the request may hold, what is wrong with one, and what the carrier answers."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from callverbs.interpreter.simulator.people import Person
from callverbs.verbs.language.call_request import CallSpec
from callverbs.verbs.language.events import CallRequested
from callverbs.verbs.language.target import Target
from callverbs.verbs.parts.calling import LIMIT_MARGIN_SECONDS
from tests.interpreter.server.fake_network import OURS, Interception
from tests.interpreter.server.served import CALL, CALL_BODY, OTHER, RunningServer, serve

# --------------------------------------------------------------------------- a call placed


async def test_a_call_is_placed(served: RunningServer) -> None:
    placed = await served.place()
    assert placed["sid"] == served.network.leg(CALL, "b1").leg_id
    assert served.dial() == {
        "connection_id": "1",
        "to": OTHER,
        "from": OURS,
        "timeout_secs": 60,
        "time_limit_secs": 14400,
        "retry_on_timeout": False,
        "answering_machine_detection": "disabled",
    }


async def test_everything_that_a_call_may_have(tmp_path: Path) -> None:
    async with serve(tmp_path, Person(answers=0.01)) as served:
        await served.place(
            app="second",
            call_hook={"url": f"{served.network.url}/mine", "method": "POST"},
            call_status_hook=f"{served.network.url}/status",
            timeout=25,
            timeLimit=90,
            callerName="Acme",
            headers={"X-Order": "17"},
            amd={"actionHook": "/amd"},
            tag={"order": 17},
            carrier={"sip_region": "Europe"},
        )
        await served.network.until(CALL, "webhook", "call.speak.ended", "b1")
    dial = served.dial()
    assert dial["timeout_secs"] == 25
    assert dial["time_limit_secs"] == 25 + 90 + LIMIT_MARGIN_SECONDS
    assert dial["from_display_name"] == "Acme"
    assert {"name": "X-Order", "value": "17"} in dial["custom_headers"]
    assert dial["answering_machine_detection"] not in ("", "disabled")
    assert dial["sip_region"] == "Europe"
    asked = served.network.requests_of(CALL, "hook", "/mine")
    assert [one.body["customerData"] for one in asked] == [{"order": 17}]
    assert [one.body["call_status"] for one in served.network.requests_of(CALL, "hook", "/status")][:2] == ["trying", "in-progress"]
    assert served.network.requests_of(CALL, "hook", "/second") == served.network.requests_of(CALL, "hook", "/call") == []


async def test_the_forms_of_a_target(served: RunningServer) -> None:
    """A number, a SIP URI, or a target as dial has it."""
    jane = "sip:jane@example.com"
    written: list[Any] = [OTHER, jane, {"type": "phone", "number": OTHER}, {"type": "sip", "sipUri": jane}]
    for to in written:
        await served.place(to=to)
    assert [leg.to for leg in served.network.server.carrier.legs()] == [OTHER, jane, OTHER, jane]


@pytest.mark.parametrize(
    ("body", "pointer", "words"),
    [
        ({}, "", "to"),
        ([], "", "object"),
        ("x", "", "object"),
        (None, "", "object"),
        ({"to": OTHER}, "", "from"),
        ({**CALL_BODY, "from": ""}, "/from", ""),
        ({**CALL_BODY, "to": ""}, "/to", ""),
        ({**CALL_BODY, "to": {"type": "phone"}}, "/to", "number"),
        ({**CALL_BODY, "to": {"type": "teams", "number": OTHER}}, "/to/type", "Teams"),
        ({**CALL_BODY, "timeout": 0}, "/timeout", ""),
        ({**CALL_BODY, "timeout": "60"}, "/timeout", "number"),
        ({**CALL_BODY, "timeLimit": 14401}, "/timeLimit", "14400"),
        ({**CALL_BODY, "callerName": "Zoë"}, "/callerName", "a calling name may have"),
        ({**CALL_BODY, "headers": {"X-Order": []}}, "/headers/X-Order", ""),
        ({**CALL_BODY, "headers": {"X-Order": "1\r\nX-Other: 2"}}, "/headers/X-Order", "one line"),
        ({**CALL_BODY, "amd": {}}, "/amd", "actionHook"),
        ({**CALL_BODY, "tag": "order 17"}, "/tag", "object"),
        ({**CALL_BODY, "call_hook": ""}, "/call_hook", ""),
        ({**CALL_BODY, "call_hook": {"method": "GET"}}, "/call_hook", "url"),
        ({**CALL_BODY, "application_sid": "x"}, "/application_sid", ""),
        ({**CALL_BODY, "carrier": {"to": OTHER}}, "/carrier/to", ""),
    ],
)
async def test_a_body_that_is_wrong(operator: httpx.AsyncClient, body: Any, pointer: str, words: str) -> None:
    answer = await operator.post("/calls", content=json.dumps(body))
    found = answer.json()
    assert answer.status_code == 400
    assert found["msg"] == found["errors"][0]["message"]
    assert pointer in [one["pointer"] for one in found["errors"]]
    assert words in found["msg"]
    assert (await operator.get("/calls")).json() == []


async def test_all_errors_are_reported_at_once(operator: httpx.AsyncClient) -> None:
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
        ({"app": "third"}, "the settings name no application third"),
        ({"call_hook": "/mine"}, "call_hook must be an http or https URL, not /mine"),
        ({"call_status_hook": "file:///x"}, "call_status_hook must be an http or https URL, or a path, not file:///x"),
        ({"call_status_hook": {"url": "data:x"}}, "call_status_hook must be an http or https URL, or a path, not data:x"),
        ({"call_status_hook": "https:///x"}, "call_status_hook must be an http or https URL, or a path, not https:///x"),
        ({"call_hook": "https://"}, "call_hook must be an http or https URL, not https://"),
        ({"call_hook": {"url": "file:///etc/passwd"}}, "call_hook must be an http or https URL, not file:///etc/passwd"),
    ],
)
async def test_what_the_settings_do_not_know(operator: httpx.AsyncClient, body: dict[str, Any], message: str) -> None:
    answer = await operator.post("/calls", json={**CALL_BODY, **body})
    assert (answer.status_code, answer.json()) == (400, {"msg": message})
    assert (await operator.get("/calls")).json() == []


async def test_a_body_that_is_too_long(operator: httpx.AsyncClient) -> None:
    answer = await operator.post("/calls", content=b" " * 1_000_001)
    assert (answer.status_code, answer.json()) == (413, {"msg": "a body may have 1000000 bytes"})


async def test_many_faults_are_found_at_once(operator: httpx.AsyncClient) -> None:
    answer = await operator.post("/calls", json={**CALL_BODY, "headers": {f"X-{n}": [] for n in range(25_000)}})
    assert answer.status_code == 400
    assert answer.json()["msg"] == "headers has 25000 entries: of more than 1000 none is checked"


async def test_a_request_with_the_same_key_places_no_second_call(served: RunningServer) -> None:
    """Also at the same time. Another call with that key is refused."""
    key = {"Idempotency-Key": "order 17"}
    twice = await asyncio.gather(*(served.operator.post("/calls", json=CALL_BODY, headers=key) for _ in range(2)))
    third = await served.operator.post("/calls", json=CALL_BODY, headers=key)
    assert [one.status_code for one in (*twice, third)] == [201] * 3
    assert len({one.text for one in (*twice, third)}) == 1
    assert len(served.network.requests_of(CALL, "command", "dial")) == 1
    other = await served.operator.post("/calls", json={**CALL_BODY, "to": "+14155550102"}, headers=key)
    assert (other.status_code, other.json()["id"]) == (409, third.json()["id"])
    long = await served.operator.post("/calls", json=CALL_BODY, headers={"Idempotency-Key": "x" * 256})
    assert (long.status_code, long.json()) == (400, {"msg": "Idempotency-Key may have 255 characters"})


async def test_a_call_needs_a_connection(tmp_path: Path) -> None:
    async with serve(tmp_path, connection="") as served:
        answer = await served.operator.post("/calls", json=CALL_BODY)
        assert answer.status_code == 400
        assert answer.json()["msg"].startswith("there is no connection to call through: set CALLVERBS_CONNECTION_ID")
        await served.place(app="second")


async def test_a_call_that_the_carrier_refuses(tmp_path: Path) -> None:
    async with serve(tmp_path, connection="2") as served:
        answer = await served.operator.post("/calls", json=CALL_BODY)
        found = answer.json()
        assert answer.status_code == 502
        assert "the connection 2 is no Call Control application" in found["msg"]
        assert (await served.operator.get(f"/calls/{found['id']}")).json()["ended"]


async def test_a_carrier_that_cannot_be_reached(operator: httpx.AsyncClient) -> None:
    answer = await operator.post("/calls", json=CALL_BODY)
    assert answer.status_code == 502
    assert answer.json()["msg"].startswith("dial a: the carrier cannot be reached")


async def test_a_carrier_that_does_not_answer_for_a_while(served: RunningServer) -> None:
    """The call is on its way, and has an id of ours; its result can be asked for later."""
    served.network.interceptions.append(Interception("command", "dial", "unanswered", "b1", CALL))
    event = CallRequested(id="mine", from_=OURS, spec=CallSpec(to=Target(type="phone", number=OTHER)))
    application = served.runtime.settings.application("main")
    assert application
    assert await served.runtime.place(event, application.app, timeout_seconds=0.0) is None
    assert (await served.operator.get("/calls/mine")).json()["legs"]["a"]["to"] == OTHER
    served.network.release_all()
