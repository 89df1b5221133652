"""The simulated carrier takes text messages, refuses them as the live one does, and recognises a repeat."""

from typing import Any

import pytest

from callverbs.interpreter.simulator.messaging import MAX_MESSAGES
from tests.interpreter.simulator.harness import OTHER, OURS, THEIRS, CarrierHarness

MESSAGE = {"from": OURS, "to": THEIRS, "text": "Hello"}


def test_a_message_is_taken() -> None:
    carrier = CarrierHarness().carrier
    response = carrier.request("POST", "/messages", MESSAGE)
    assert response.status == 200
    message = response.body["data"]
    assert message["to"] == [{"phone_number": THEIRS, "status": "queued"}]
    assert (message["type"], message["text"], message["from"]) == ("SMS", "Hello", {"phone_number": OURS})
    assert carrier.messages() == [message]
    with_media = carrier.request("POST", "/messages", {"from": OURS, "to": "12345", "media_urls": ["https://x.example/a.png"]})
    assert (with_media.body["data"]["type"], with_media.body["data"]["id"] != message["id"]) == ("MMS", True)


@pytest.mark.parametrize(
    ("change", "code", "status"),
    [
        ({"to": "0171 234567"}, "40310", 400),
        ({"from": "171234567890123456"}, "40305", 400),
        ({"from": "CORNER"}, "40305", 400),
        ({"text": None}, "40316", 400),
        ({"to": OTHER}, "40300", 400),
        ({"from": None}, "10004", 422),
        ({"message": "Hello"}, "10015", 422),
    ],
)
def test_a_message_is_refused(change: dict[str, Any], code: str, status: int) -> None:
    carrier = CarrierHarness({OTHER: {"opted_out": True}}).carrier
    body = {key: value for key, value in {**MESSAGE, **change}.items() if value is not None}
    response = carrier.request("POST", "/messages", body)
    assert (response.status, response.body["errors"][0]["code"]) == (status, code)
    assert carrier.messages() == []


def test_a_sender_s_name_needs_a_profile() -> None:
    response = CarrierHarness().carrier.request("POST", "/messages", {**MESSAGE, "from": "CORNER", "messaging_profile_id": "p"})
    assert response.body["data"]["messaging_profile_id"] == "p"


def test_a_repeat_is_the_same_message() -> None:
    carrier = CarrierHarness().carrier
    first = carrier.request("POST", "/messages", MESSAGE, idempotency_key="k")
    assert carrier.request("POST", "/messages", MESSAGE, idempotency_key="k") == first
    assert len(carrier.messages()) == 1
    for n in range(MAX_MESSAGES):
        carrier.request("POST", "/messages", MESSAGE, idempotency_key=f"{n}")
    assert len(carrier.messages()) == MAX_MESSAGES
    assert carrier.request("POST", "/messages", MESSAGE, idempotency_key="k") != first
