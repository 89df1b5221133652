"""The webhook middleware in either version refuses a webhook of the other one, signed or not, and says what to set."""

import json
from typing import Any

import httpx
import pytest

from callverbs.interpreter.server.app import create_app
from callverbs.interpreter.server.carrier_settings import CarrierSettings
from callverbs.interpreter.server.runtime import Runtime
from callverbs.interpreter.server.settings import Settings
from callverbs.interpreter.server.webhook_middleware import WEBHOOK_PATH
from callverbs.interpreter.telnyx.signature import Signer
from callverbs.interpreter.telnyx.v1_signature import SignatureLayout
from tests.interpreter.telnyx.v1_carrier import SECRET, signed

NOW = 1_795_255_200.0
SIGNER = Signer(bytes(range(32)))
V1_WEBHOOK = json.dumps({"record_type": "event", "id": "1", "event_type": "call_initiated", "payload": {"direction": "incoming"}}).encode()
V2_WEBHOOK = json.dumps({"data": {"id": "1", "event_type": "call.initiated", "payload": {"direction": "incoming"}}, "meta": {}}).encode()
UNKNOWN = {
    1: json.dumps({"record_type": "event", "id": "1", "event_type": "fork_started", "payload": {}}).encode(),
    2: json.dumps({"data": {"id": "1", "event_type": "call.fork.started", "payload": {}}}).encode(),
}
"""Events that we do not know: the middleware accepts them without a switchboard."""
SENTENCES = {
    1: "this is a webhook of API version 2, and version 1 is expected: set the application's webhook API version to 1 at the carrier,"
    " or api = 2 under [carrier] in the settings",
    2: "this is a webhook of API version 1, and version 2 is expected: set the application's webhook API version to 2 at the carrier"
    " (new applications have 1), or api = 1 under [carrier] in the settings",
}
OTHER_VERSION = {1: V2_WEBHOOK, 2: V1_WEBHOOK}
"""What comes from an application that is set to the other version."""
ACCOUNTS = {
    1: CarrierSettings(api=1, api_key="KEY:SECRET", public_key=SECRET),
    2: CarrierSettings(api=2, api_key="KEY", public_key=SIGNER.public_key),
}


def sign(api: int, body: bytes) -> dict[str, str]:
    return signed(body, now=NOW) if api == 1 else SIGNER.headers(body, NOW)


async def post(account: CarrierSettings, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    app: Any = create_app(Runtime(Settings(store=("memory:",), carrier=account), now=lambda: NOW))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://callverbs") as client:
        answer = await client.post(WEBHOOK_PATH, content=body, headers=headers)
    return answer.status_code, answer.text


@pytest.mark.parametrize("api", [1, 2])
async def test_a_webhook_of_the_other_version_as_it_really_comes(api: int) -> None:
    """It carries the other version's signature, which cannot be checked here; the sentence is in the response all the same."""
    status, text = await post(ACCOUNTS[api], OTHER_VERSION[api], sign(3 - api, OTHER_VERSION[api]))
    assert status == 403
    assert text.endswith(f"; {SENTENCES[api]}")
    assert "missing" in text


@pytest.mark.parametrize("api", [1, 2])
async def test_a_webhook_of_the_other_version_without_any_signature(api: int) -> None:
    status, text = await post(ACCOUNTS[api], OTHER_VERSION[api], {})
    assert (status, text.partition("; ")[2]) == (403, SENTENCES[api])


@pytest.mark.parametrize("api", [1, 2])
async def test_a_webhook_of_the_other_version_under_our_signature(api: int) -> None:
    assert await post(ACCOUNTS[api], OTHER_VERSION[api], sign(api, OTHER_VERSION[api])) == (400, SENTENCES[api])


@pytest.mark.parametrize("api", [1, 2])
async def test_a_webhook_of_our_version(api: int) -> None:
    assert await post(ACCOUNTS[api], UNKNOWN[api], sign(api, UNKNOWN[api])) == (200, "{}")


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


async def test_the_middleware_uses_the_layout_of_the_settings() -> None:
    account = CarrierSettings(api=1, api_key="KEY:SECRET", public_key=SECRET, signature=SignatureLayout(signature_field="v1"))
    assert (await post(account, UNKNOWN[1], signed(UNKNOWN[1], now=NOW)))[0] == 403
    headers = {key: value.replace("h=", "v1=") for key, value in signed(UNKNOWN[1], now=NOW).items()}
    assert (await post(account, UNKNOWN[1], headers))[0] == 200
