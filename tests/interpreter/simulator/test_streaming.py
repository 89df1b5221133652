"""Streams of a leg's audio: what begins and ends one, and what the webhooks say. The WebSockets are stubs here."""

from typing import Any

import pytest

from callverbs.interpreter.simulator.people import PersonError
from callverbs.interpreter.simulator.stream_stubs import StreamStub, read_stub
from tests.interpreter.simulator.harness import CarrierHarness, error

URL, OTHER_URL = "wss://bot.example/audio", "wss://other.example/audio"


def streams(harness: CarrierHarness) -> list[tuple[str, float]]:
    """Returns the webhooks about streams, and when they happened."""
    types = [body["data"]["event_type"] for body in harness.webhooks]
    return [(name, at) for name, at in zip(types, harness.times, strict=True) if name.startswith("streaming.")]


def test_a_stream_begins_and_is_stopped() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    begun = harness.now()
    harness.do(leg, "streaming_start", stream_url=URL)
    assert harness.view(leg).stream == ""
    harness.run(5)
    assert harness.view(leg).stream == URL
    harness.do(leg, "streaming_stop")
    harness.run(5)
    assert streams(harness) == [("streaming.started", begun + 0.1), ("streaming.stopped", begun + 5)]
    assert all(body["data"]["payload"]["stream_url"] == URL for body in harness.webhooks)
    assert harness.view(leg).stream == ""
    assert error(harness.send(leg, "streaming_stop")) == (422, "90048", "")


def test_a_stream_that_is_stopped_before_it_has_begun() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "streaming_start", stream_url=URL)
    harness.do(leg, "streaming_stop")
    harness.run(5)
    assert [name for name, _ in streams(harness)] == ["streaming.stopped"]


def test_a_websocket_that_refuses() -> None:
    harness = CarrierHarness(streams={URL: StreamStub(refused=True)})
    leg = harness.inbound()
    harness.do(leg, "streaming_start", stream_url=URL, stream_track="both_tracks")
    harness.run(5)
    (webhook,) = harness.webhooks
    payload = webhook["data"]["payload"]
    assert webhook["data"]["event_type"] == "streaming.failed"
    assert (payload["failure_reason"], payload["stream_type"]) == ("connection_failed", "websocket")
    assert payload["stream_params"] == {"stream_url": URL, "track": "both_tracks"}
    assert payload["stream_id"] == "00000003-0000-4000-8000-000000000001"
    harness.do(leg, "streaming_start", stream_url=OTHER_URL)


def test_a_websocket_that_closes_the_connection() -> None:
    harness = CarrierHarness(streams={URL: StreamStub(connects="500ms", closes="10s")})
    leg = harness.inbound()
    begun = harness.now()
    harness.do(leg, "streaming_start", stream_url=URL)
    harness.run(60)
    assert streams(harness) == [("streaming.started", begun + 0.5), ("streaming.stopped", begun + 10.5)]
    assert error(harness.send(leg, "streaming_stop"))[1] == "90048"


def test_there_is_one_stream_for_each_leg() -> None:
    harness = CarrierHarness()
    a, b = harness.bridged()
    harness.do(a, "streaming_start", stream_url=URL)
    assert error(harness.send(a, "streaming_start", stream_url=OTHER_URL)) == (422, "90045", "")
    harness.do(b, "streaming_start", stream_url=OTHER_URL)
    harness.run(1)
    assert (harness.view(a).stream, harness.view(b).stream) == (URL, OTHER_URL)


def test_a_stream_ends_with_its_leg() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "streaming_start", stream_url=URL)
    harness.run(1)
    harness.forget()
    harness.carrier.hangup(leg)
    harness.run(1)
    assert [body["data"]["event_type"] for body in harness.webhooks] == ["streaming.stopped", "call.hangup"]


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({}, (422, "10004", "/stream_url")),
        ({"stream_url": "https://bot.example/audio"}, (422, "10015", "/stream_url")),
        ({"stream_url": URL, "stream_track": "mixed"}, (422, "10032", "/stream_track")),
        ({"stream_url": URL, "stream_bidirectional_sampling_rate": 44_100}, (422, "10032", "/stream_bidirectional_sampling_rate")),
    ],
)
def test_what_the_carrier_refuses(body: dict[str, Any], refusal: tuple[int, str, str]) -> None:
    harness = CarrierHarness()
    assert error(harness.send(harness.inbound(), "streaming_start", **body)) == refusal


def test_a_stream_needs_an_answered_call() -> None:
    harness = CarrierHarness()
    leg = harness.carrier.place("+14155550100", "+14155550199")
    assert error(harness.send(leg, "streaming_start", stream_url=URL))[1] == "90034"


def test_another_stream_is_not_stopped() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "streaming_start", stream_url=URL)
    other = "00000003-0000-4000-8000-000000000009"
    assert error(harness.send(leg, "streaming_stop", stream_id=other))[1] == "90048"
    harness.do(leg, "streaming_stop", stream_id="00000003-0000-4000-8000-000000000001")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("refused", StreamStub(refused=True)),
        ("connects", StreamStub()),
        ({"connects": "1s", "closes": 5}, StreamStub(connects="1s", closes=5)),
    ],
)
def test_stubs_as_written(written: Any, expected: StreamStub) -> None:
    assert read_stub(written) == expected


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("busy", 'a stream is one of refused, connects, or an object with connects, refused, closes; not "busy"'),
        ({"refused": True, "closes": 5}, "a stream that is refused is never closed"),
        ({"connects": "soon"}, '"soon" is not a duration'),
        ({"closed": 5}, "closed"),
        (5, "a stream"),
    ],
)
def test_what_is_no_stub(written: Any, why: str) -> None:
    with pytest.raises(PersonError, match=why):
        read_stub(written)
