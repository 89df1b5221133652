"""Whole calls in version 1 over loopback HTTP: settings, middleware, switchboard, dispatcher and a small carrier of version 1 only."""

import base64
from pathlib import Path
from typing import Any

import pytest

from callverbs.interpreter.engine.session import Session, load
from callverbs.interpreter.runtime.switchboard import session_of
from tests.interpreter.telnyx.v1_carrier import OTHER, OURS, THEIRS, Setup, served

ANSWER, HANGUP = {"verb": "answer"}, {"verb": "hangup"}
TRANSFER = {"verb": "transfer", "mode": "blind", "target": [{"type": "phone", "number": OTHER}], "callerId": OURS, "timeout": 20}
SESSION = session_of("v2:in")


def state(leg: str, session: str = SESSION) -> str:
    return base64.b64encode(f"cv1:{session}:{leg}".encode()).decode()


async def call(setup: Setup, session: str = SESSION) -> Session:
    record = await setup.runtime.store.load(session)
    assert record
    return load(record.snapshot)


def bodies(setup: Setup) -> list[tuple[str, str, dict[str, Any]]]:
    """Returns the commands that the carrier took, without their ids."""
    assert len({sent.body["command_id"] for sent in setup.carrier.commands}) == len(setup.carrier.commands)
    return [(name, leg, {key: value for key, value in body.items() if key != "command_id"}) for name, leg, body in setup.carrier.commands]


TRANSFERRED = {
    "to": OTHER,
    "from": OURS,
    "timeout": 20,
    "time_limit": 14400,
    "answering_machine_detection": "disabled",
    "client_state": state("a"),
    "target_leg_client_state": state("b1"),
}
BEGINNING = [("answer", "v2:in", {"client_state": state("a")}), ("transfer", "v2:in", TRANSFERRED)]


async def test_a_call_is_answered_transferred_and_hung_up(tmp_path: Path) -> None:
    async with served(tmp_path, [ANSWER, TRANSFER, HANGUP]) as setup:
        await setup.carrier.call()
        await setup.carrier.until("call_bridged", "v2:new")
        assert bodies(setup) == BEGINNING
        talking = await call(setup)
        assert {name: leg.state for name, leg in talking.legs.items()} == {"a": "answered", "b1": "answered"}
        await setup.carrier.end("v2:new", "v2:in")  # without park_after_unbridge both end together
        await setup.carrier.until("call_hangup", "v2:in")
        over = await call(setup)
        assert over.ended
        assert over.problems == []
        assert {status for _, _, status in setup.carrier.webhooks} == {200}
        drawn = (await setup.operator.get(f"/calls/{SESSION}", params={"format": "ladder"})).text
    rows = [" ".join(row.split()[1:]) for row in drawn.splitlines()[1:]]
    note = "· transfer a: both legs end together: version 1 of the carrier's API has no park_after_unbridge, so no verb runs after the talk"
    assert rows.count(note) == 1
    rows.remove(note)  # it comes with the carrier's answer, before or after the first webhook
    assert [rows[0], *rows[3:8]] == [
        f"a ●──▶ call_initiated from={THEIRS} to={OURS}",
        "a ◀──● answer",
        "a ●──▶ call_answered",
        f"a ◀──● transfer {OTHER} from {OURS} 20 s",
        f"b1 ●──▶ call_initiated from={OURS} to={OTHER}",
        "b1 ●──▶ call_answered",
    ]


async def test_a_caller_who_is_given_back_is_hung_up(tmp_path: Path) -> None:
    async with served(tmp_path, [ANSWER, TRANSFER, HANGUP], target="busy") as setup:
        await setup.carrier.call()
        await setup.carrier.until("call_hangup", "v2:in")
        assert bodies(setup) == [*BEGINNING, ("hangup", "v2:in", {})]
        over = await call(setup)
        assert over.ended
        assert over.problems == []
        assert over.legs["b1"].sip_status == 486


async def test_a_caller_who_is_refused(tmp_path: Path) -> None:
    """There is no reject: it is a hangup before the answer."""
    async with served(tmp_path, [{"verb": "sip:decline", "status": 486}]) as setup:
        await setup.carrier.call()
        await setup.carrier.until("call_hangup", "v2:in")
        assert bodies(setup) == [("hangup", "v2:in", {})]
        over = await call(setup)
        assert over.ended
        assert over.problems == []


async def test_a_call_of_ours(tmp_path: Path) -> None:
    async with served(tmp_path, [HANGUP]) as setup:
        placed = await setup.operator.post("/calls", json={"from": OURS, "to": OTHER, "timeout": 25})
        assert placed.status_code == 201, placed.text
        assert placed.json()["sid"] == "leg of v2:out"
        await setup.carrier.until("call_hangup", "v2:out")
        session = placed.json()["id"]
        assert bodies(setup) == [
            (
                "dial",
                "",
                {
                    "connection_id": "77",
                    "to": OTHER,
                    "from": OURS,
                    "timeout": 25,
                    "time_limit": 14400,
                    "answering_machine_detection": "disabled",
                    "client_state": state("a", session),
                },
            ),
            ("hangup", "v2:out", {}),
        ]
        assert (await call(setup, session)).ended


REPLY = [{"verb": "say", "text": "Hello"}, {"verb": "dial", "target": [{"type": "phone", "number": OTHER}]}, TRANSFER, HANGUP]


async def test_what_version_1_cannot_do_is_recorded_and_the_call_goes_on(tmp_path: Path) -> None:
    """A hook may reply what a document may not hold: no party is called that the caller could not be connected with."""
    async with served(tmp_path, None, target="busy", reply=REPLY) as setup:
        await setup.carrier.call()
        await setup.carrier.until("call_hangup", "v2:in")
        over = await call(setup)
        assert over.ended
        names = [name for name, _, _ in bodies(setup)]
        assert names == ["answer", "transfer", "hangup"]
        texts = [problem.text for problem in over.problems]
        assert "speak a: callverbs has no speak in version 1 of the carrier's API: set api = 2 (version)" in texts
        assert "dial b1: callverbs has no bridge in version 1 of the carrier's API: use transfer, or set api = 2 (version)" in texts
        assert {problem.whose for problem in over.problems} == {"carrier"}
        drawn = (await setup.operator.get(f"/calls/{SESSION}", params={"format": "ladder"})).text
    assert "· carrier: speak a: callverbs has no speak in version 1 of the carrier's API: set api = 2" in drawn
    assert "· speak was never sent" in drawn
    assert "· dial was never sent" in drawn


async def test_a_wrong_signature_changes_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with served(tmp_path, [ANSWER, HANGUP]) as setup:
        body = b'{"record_type": "event", "id": "1", "event_type": "call_initiated", "payload": {"call_control_id": "v2:in"}}'
        for headers in ({}, {"X-Telnyx-Signature": "t=1,h=x"}, {"X-Telnyx-Signature": ""}):
            answer = await setup.operator.post(setup.carrier.webhook_url, content=body, headers=headers)
            assert answer.status_code == 403
        assert await setup.runtime.store.load(SESSION) is None
        assert setup.carrier.commands == []
    assert "a webhook from 127.0.0.1 is refused" in caplog.text
