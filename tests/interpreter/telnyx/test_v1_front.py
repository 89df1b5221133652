"""The front in either version: a webhook of the other one is refused, signed or not, with the sentence that says what to set."""

import json
from typing import Any

import httpx
import pytest

from interpreter.server.app import create_app
from interpreter.server.front import PATH
from interpreter.server.rooms import Rooms
from interpreter.server.settings import CarrierSettings, Settings
from interpreter.telnyx.signature import Signer
from interpreter.telnyx.v1_signature import Layout
from tests.interpreter.telnyx.v1_carrier import SECRET, signed

NOW = 1_795_255_200.0
SIGNER = Signer(bytes(range(32)))
FIRST = json.dumps({"record_type": "event", "id": "1", "event_type": "call_initiated", "payload": {"direction": "incoming"}}).encode()
SECOND = json.dumps({"data": {"id": "1", "event_type": "call.initiated", "payload": {"direction": "incoming"}}, "meta": {}}).encode()
UNKNOWN = {
    1: json.dumps({"record_type": "event", "id": "1", "event_type": "fork_started", "payload": {}}).encode(),
    2: json.dumps({"data": {"id": "1", "event_type": "call.fork.started", "payload": {}}}).encode(),
}
"""Events that we have no word for: they get past the front without a switchboard."""
SENTENCES = {
    1: "this is a webhook of API version 2, and version 1 is expected: set the application's webhook API version to 1 at the carrier,"
    " or api = 2 under [carrier] in the settings",
    2: "this is a webhook of API version 1, and version 2 is expected: set the application's webhook API version to 2 at the carrier"
    " (new applications have 1), or api = 1 under [carrier] in the settings",
}
FOREIGN = {1: SECOND, 2: FIRST}
"""What comes from an application that is set to the other version."""
ACCOUNTS = {
    1: CarrierSettings(api=1, api_key="KEY:SECRET", public_key=SECRET),
    2: CarrierSettings(api=2, api_key="KEY", public_key=SIGNER.public_key),
}


def own(api: int, body: bytes) -> dict[str, str]:
    return signed(body, now=NOW) if api == 1 else SIGNER.headers(body, NOW)


async def post(account: CarrierSettings, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    app: Any = create_app(Rooms(Settings(store="memory:", carrier=account), now=lambda: NOW))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://callverbs") as client:
        answer = await client.post(PATH, content=body, headers=headers)
    return answer.status_code, answer.text


@pytest.mark.parametrize("api", [1, 2])
async def test_a_webhook_of_the_other_version_as_it_really_comes(api: int) -> None:
    """It carries the other version's signature, which cannot be checked here; the sentence is told all the same."""
    status, text = await post(ACCOUNTS[api], FOREIGN[api], own(3 - api, FOREIGN[api]))
    assert status == 403
    assert text.endswith(f"; {SENTENCES[api]}")
    assert "missing" in text


@pytest.mark.parametrize("api", [1, 2])
async def test_a_webhook_of_the_other_version_without_any_signature(api: int) -> None:
    status, text = await post(ACCOUNTS[api], FOREIGN[api], {})
    assert (status, text.partition("; ")[2]) == (403, SENTENCES[api])


@pytest.mark.parametrize("api", [1, 2])
async def test_a_webhook_of_the_other_version_under_our_signature(api: int) -> None:
    assert await post(ACCOUNTS[api], FOREIGN[api], own(api, FOREIGN[api])) == (400, SENTENCES[api])


@pytest.mark.parametrize("api", [1, 2])
async def test_a_webhook_of_our_version(api: int) -> None:
    assert await post(ACCOUNTS[api], UNKNOWN[api], own(api, UNKNOWN[api])) == (200, "{}")


@pytest.mark.parametrize("api", [1, 2])
@pytest.mark.parametrize("body", [UNKNOWN[1], UNKNOWN[2], b"", b"{", b"[]", b"\xff", b'{"data": 5}'])
async def test_without_a_signature_nothing_is_taken(api: int, body: bytes) -> None:
    status, text = await post(ACCOUNTS[api], body, {})
    assert status == 403
    assert (SENTENCES[api] in text) == (body == UNKNOWN[3 - api])


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Telnyx-Signature": "t=²,h=x"},
        {"X-Telnyx-Signature": "t=1"},
        {"X-Telnyx-Signature": ","},
        {"X-Telnyx-Signature": "t=" + "9" * 400 + ",h=x"},
        signed(UNKNOWN[1], secret="another", now=NOW),
        signed(UNKNOWN[1], now=NOW - 301),
        signed(UNKNOWN[1] + b" ", now=NOW),
    ],
)
async def test_a_bad_hmac_is_refused_and_never_a_mistake_of_ours(headers: dict[str, str]) -> None:
    raw: Any = {key: value.encode("latin-1") for key, value in headers.items()}
    status, text = await post(ACCOUNTS[1], UNKNOWN[1], raw)
    assert status == 403
    assert "version" not in text


async def test_another_layout_reaches_the_front() -> None:
    account = CarrierSettings(api=1, api_key="KEY:SECRET", public_key=SECRET, signature=Layout(signature_field="v1"))
    assert (await post(account, UNKNOWN[1], signed(UNKNOWN[1], now=NOW)))[0] == 403
    headers = {key: value.replace("h=", "v1=") for key, value in signed(UNKNOWN[1], now=NOW).items()}
    assert (await post(account, UNKNOWN[1], headers))[0] == 200
