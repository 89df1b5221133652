"""Responses and errors of version 1 of the carrier's API, which have no envelope, and what linter and client report as unsupported."""

import json
from typing import Any

import httpx
import pytest

from callverbs.interpreter.engine.session import OutboxEntry
from callverbs.interpreter.telnyx import v1
from callverbs.interpreter.telnyx.client import TelnyxClient
from callverbs.interpreter.telnyx.commands import RequestContext
from callverbs.interpreter.telnyx.http import HttpCarrierTransport
from callverbs.schemas import versions
from callverbs.verbs import REGISTRY
from callverbs.verbs.language import commands, events
from callverbs.verbs.language.spec import Synthesizer

IDS = {"a": "v2:Caller/x"}
PARTY = commands.Party(to="+14155550177", from_="+14155550199")


async def sent(command: commands.Command, status: int, answer: object) -> tuple[httpx.Request, Any]:
    """Sends one command over a network that is a function, and returns the request and the resulting event."""
    requests: list[httpx.Request] = []

    def network(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        content = answer if isinstance(answer, str) else json.dumps(answer)
        return httpx.Response(status, content=content)

    async with httpx.AsyncClient(transport=httpx.MockTransport(network)) as client:
        transport = HttpCarrierTransport(client, "https://api.telnyx.com", v1.authorization("KEY:SECRET"))
        event = await TelnyxClient(transport, v1.V1).send("S", OutboxEntry(7, command, 1, 0.0), IDS)
    return (requests or [httpx.Request("GET", "http://unsent")])[0], event


async def test_a_request_as_it_goes_over_the_wire() -> None:
    request, event = await sent(commands.Answer(leg="a"), 200, {"result": "ok"})
    assert (request.method, str(request.url)) == ("POST", "https://api.telnyx.com/calls/v2%3ACaller%2Fx/actions/answer")
    assert request.headers["authorization"] == "Basic S0VZOlNFQ1JFVA=="
    assert request.headers["content-type"] == "application/json"
    assert json.loads(request.content) == {"client_state": "Y3YxOlM6YQ==", "command_id": RequestContext("S", 7, IDS).command_id}
    assert event == events.CommandAccepted(id="S:7", n=7)


@pytest.mark.parametrize(
    "answer",
    [
        {"result": "ok", "call_control_id": "v2:x", "call_leg_id": "leg", "call_session_id": "session"},
        {"call_control_id": "v2:x", "call_leg_id": "leg", "call_session_id": "session", "is_alive": False},
        {"data": {"call_control_id": "v2:x", "call_leg_id": "leg", "call_session_id": "session"}},
    ],
)
async def test_the_ids_of_a_dial_are_read(answer: object) -> None:
    _, event = await sent(commands.Dial(leg="a", connection="77", party=PARTY), 200, answer)
    assert event == events.CommandAccepted(id="S:7", n=7, call_control_id="v2:x", call_leg_id="leg", call_session_id="session")


async def test_a_dial_that_returns_the_leg_id_only() -> None:
    """The carrier's page promises no more; the webhook brings the rest."""
    _, event = await sent(commands.Dial(leg="a", connection="77", party=PARTY), 200, {"call_leg_id": "leg", "call_control_id": None})
    assert event == events.CommandAccepted(id="S:7", n=7, call_leg_id="leg")


TRANSFER = commands.Transfer(leg="a", other="b1", party=PARTY)


async def test_what_is_left_out_comes_back_with_the_answer() -> None:
    _, event = await sent(TRANSFER, 200, {"result": "ok"})
    assert event == events.CommandAccepted(id="S:7", n=7, notes=v1.notes(TRANSFER, RequestContext("S", 7, IDS)))


ERROR = {"code": "90015", "title": "Invalid Call Control ID", "detail": "The call_control_id provided was not valid."}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (ERROR, ERROR),
        ([ERROR], ERROR),
        ({"errors": [ERROR]}, ERROR),
        ({"code": 90018, "title": "Call has already ended"}, {"code": "90018", "title": "Call has already ended"}),
        ({"errors": []}, {}),
        ([], {}),
        (["no"], {}),
        ("null", {}),
        ('"no"', {}),
        ("<html>", {}),
        ("", {}),
        ({"code": None, "title": ["x"], "source": "y"}, {}),
    ],
)
async def test_errors_of_any_shape(answer: object, expected: dict[str, Any]) -> None:
    _, event = await sent(commands.HangUp(leg="a"), 422, answer)
    assert event == events.CommandFailed(id="S:7", n=7, status=422, **expected)


async def test_an_unsupported_command_is_not_sent() -> None:
    request, event = await sent(commands.Speak(leg="a", text="Hello", voice=Synthesizer()), 200, {"result": "ok"})
    assert request.url.host == "unsent"
    assert event == events.CommandFailed(
        id="S:7", n=7, code="version", title="callverbs has no speak in version 1 of the carrier's API: set api = 2"
    )


# --------------------------------------------------------------------------- what the linter reports


def test_verbs_that_cannot_run() -> None:
    commands_of_verbs = {name: verb.command for name, verb in REGISTRY.items()}
    found = versions.unsupported(1, commands_of_verbs)
    assert {"dial", "gather", "play", "say"} <= set(found)
    assert not {"answer", "hangup", "transfer", "pause", "sip:decline"} & set(found)
    assert all(reason.endswith("set api = 2") for reason in found.values())
    assert versions.unsupported(2, commands_of_verbs) == {}
    assert versions.unsupported(1, {"say": "speak", "pause": ""}) == {"say": found["say"]}


@pytest.mark.parametrize(
    ("verb", "body", "expected"),
    [
        ("hangup", {"headers": {"X-A": "b"}}, [("CV108", "/headers")]),
        ("hangup", {}, []),
        ("transfer", {"callerName": "Sales", "blindMethod": "refer"}, [("CV113", "/blindMethod"), ("CV108", "/callerName")]),
        ("transfer", {"blindMethod": "dial", "carrier": {"audio_url": "https://example.com/a.mp3"}}, []),
        ("transfer", {"mode": "warm", "confirm": {"prompt": "Press 1.", "digit": "1"}}, [("CV113", "/mode"), ("CV113", "/confirm")]),
        ("transfer", {"blindMethod": ["refer"], "carrier": 5}, []),
        ("transfer", {"carrier": {"record": "record-from-answer", "privacy": "id", "unknown": 1}},
         [("CV108", "/carrier/record"), ("CV113", "/carrier/privacy")]),
        ("answer", {"carrier": {"record": "record-from-answer"}}, [("CV108", "/carrier/record")]),
        ("say", {"carrier": {"service_level": "basic"}}, []),
        ("pause", {"length": 1}, []),
    ],
)  # fmt: skip
def test_properties_without_effect(verb: str, body: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert [(diagnostic.code, diagnostic.pointer) for diagnostic in versions.diagnose(1, verb, body)] == expected
    assert list(versions.diagnose(2, verb, body)) == []
