"""Where the webhooks of a leg go: to the application, or where its commands say."""

from typing import Any

import pytest

from callverbs.interpreter.simulator.account import Account, Application
from callverbs.interpreter.simulator.routing import LegRouting, Route
from tests.interpreter.simulator.harness import OTHER, OURS, THEIRS, CarrierHarness, error

HOME = Route("https://app.example/all")
OURS_URL, THEIRS_URL, LOG_URL = "https://leg.example/a", "https://leg.example/b", "https://leg.example/log"


@pytest.mark.parametrize(
    ("body", "event_type", "expected"),
    [
        ({}, "call.hangup", [HOME]),
        ({"webhook_url": OURS_URL}, "call.hangup", [Route(OURS_URL)]),
        ({"webhook_url": OURS_URL, "webhook_url_method": "GET"}, "call.hangup", [Route(OURS_URL, "GET")]),
        ({"webhook_urls": {"call.hangup": THEIRS_URL}}, "call.hangup", [Route(THEIRS_URL)]),
        ({"webhook_urls": {"call.hangup": THEIRS_URL}}, "call.answered", [HOME]),
        ({"webhook_url": OURS_URL, "webhook_urls": {"call.hangup": [THEIRS_URL, LOG_URL]}, "webhook_urls_method": "GET"}, "call.hangup",
         [Route(THEIRS_URL, "GET"), Route(LOG_URL, "GET")]),
        ({"webhook_retries_policies": {"call.hangup": {"retries_ms": [100, 2_000]}}}, "call.hangup", [HOME._replace(pauses=(0.1, 2.0))]),
        ({"webhook_retries_policies": {"call.hangup": {"retries_ms": []}}}, "call.hangup", [HOME._replace(pauses=())]),
        ({"webhook_retries_policies": {"call.hangup": {}}}, "call.hangup", [HOME]),
    ],
)  # fmt: skip
def test_routes(body: dict[str, Any], event_type: str, expected: list[Route]) -> None:
    routing = LegRouting()
    routing.take(body)
    assert routing.routes(event_type, HOME) == expected


def test_a_later_command_changes_what_it_names() -> None:
    harness = CarrierHarness()
    leg = harness.carrier.place(THEIRS, OURS)
    harness.do(leg, "answer", webhook_url=OURS_URL, webhook_urls={"call.dtmf.received": [THEIRS_URL, LOG_URL]})
    harness.carrier.press(leg, "1")
    harness.run(1)
    assert harness.event_types(leg) == ["initiated", "answered", "dtmf.received", "dtmf.received"]
    assert [route.url for route in harness.routes] == ["", OURS_URL, THEIRS_URL, LOG_URL]
    other = harness.dial(OTHER, webhook_url=LOG_URL, webhook_url_method="GET")
    harness.run(0.1)
    assert (harness.webhooks_of(other)[0]["meta"]["delivered_to"], harness.routes[-1].method) == (LOG_URL, "GET")


def test_a_wrong_type_of_event_is_refused() -> None:
    assert error(CarrierHarness().try_dial(webhook_urls={"hangup": OURS_URL})) == (422, "90057", "/webhook_urls/hangup")


SALES = Application(
    id="10", webhook_event_url="https://app.example/sales", webhook_event_failover_url="https://b.example", webhook_timeout_secs=3
)
SUPPORT = Application(id="20", webhook_event_url="https://app.example/support", active=False)


def test_each_application_has_its_own_webhooks() -> None:
    account = Account({"10": SALES, "20": SUPPORT}, {OTHER: "20"})
    harness = CarrierHarness(account=account)
    harness.carrier.place(THEIRS, OURS)
    harness.carrier.place(THEIRS, OTHER)
    harness.run(0.1)
    assert [(route.url, route.failover_url, route.timeout_seconds) for route in harness.routes] == [
        ("https://app.example/sales", "https://b.example", 3.0),
        ("https://app.example/support", "", 10.0),
    ]
    assert [body["data"]["payload"]["connection_id"] for body in harness.webhooks] == ["10", "20"]
    assert harness.try_dial(connection_id="10").status == 200
    for refused in ("20", "30"):
        assert error(harness.try_dial(connection_id=refused)) == (422, "10015", "/connection_id")


def test_an_open_account_lets_everybody_dial() -> None:
    harness = CarrierHarness(account=Account.of_one("https://app.example/all"))
    harness.dial(connection_id="anything")
    harness.run(0.1)
    assert harness.routes == [HOME]
    assert harness.webhooks[0]["data"]["payload"]["connection_id"] == "anything"


@pytest.mark.parametrize("given", [{"id": ""}, {"id": "1", "webhook_timeout_secs": 31}])
def test_applications_that_are_none(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"application|webhook_timeout_secs"):
        Application(**given)
