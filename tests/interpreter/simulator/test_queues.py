"""Queues of the simulated carrier: who waits where, who is taken first, and what the carrier says of it."""

from typing import Any

import pytest

from callverbs.interpreter.simulator.refusals import ApiResponse
from tests.interpreter.simulator.harness import CarrierHarness, error

PARK = {"park_after_unbridge": "self"}


def queued(harness: CarrierHarness, name: str = "support", **body: Any) -> str:
    """Returns the leg of a caller who waits."""
    leg = harness.inbound({"talks": None})
    harness.do(leg, "enqueue", queue_name=name, **body)
    harness.run(1)
    return leg


def webhooks(harness: CarrierHarness, leg: str) -> list[tuple[str, Any]]:
    """Returns the webhooks about a leg, with what is special to queues."""
    found = [one["data"] for one in harness.webhooks if one["data"]["payload"]["call_control_id"] == leg]
    return [
        (one["event_type"].removeprefix("call."), one["payload"].get("reason", one["payload"].get("current_position"))) for one in found
    ]


def get(harness: CarrierHarness, path: str) -> Any:
    response = harness.carrier.request("GET", path)
    assert response.status == 200, response
    return response.body["data"]


def test_places_count_up_and_move_up() -> None:
    harness = CarrierHarness()
    first, second, third = (queued(harness) for _ in range(3))
    assert webhooks(harness, third) == [("enqueued", 3)]
    harness.do(first, "leave_queue")
    assert get(harness, f"/queues/support/calls/{third}")["queue_position"] == 2
    assert [one["call_control_id"] for one in get(harness, "/queues/support/calls")] == [second, third]
    assert get(harness, "/queues/support")["current_size"] == 2


def test_a_bridge_with_a_queue_takes_whoever_has_waited_longest() -> None:
    harness = CarrierHarness()
    first, second = queued(harness), queued(harness)
    agent = harness.inbound({"talks": None})
    harness.do(agent, "bridge", queue="support", **PARK)
    harness.run(1)
    assert webhooks(harness, first) == [("dequeued", "bridged"), ("bridged", None)]
    assert harness.view(agent).peer == first
    assert get(harness, f"/queues/support/calls/{second}")["queue_position"] == 1


def test_a_bridge_with_a_call_takes_it_out_of_its_queue() -> None:
    harness = CarrierHarness()
    _, second = queued(harness), queued(harness)
    agent = harness.inbound({"talks": None})
    harness.do(agent, "bridge", call_control_id=second)
    harness.run(1)
    assert webhooks(harness, second) == [("dequeued", "bridged"), ("bridged", None)]
    assert get(harness, "/queues/support")["current_size"] == 1


def test_two_who_take_one_call_at_once() -> None:
    harness = CarrierHarness()
    caller = queued(harness)
    agents = [harness.inbound({"talks": None}) for _ in range(2)]
    taken = [harness.send(agent, "bridge", call_control_id=caller, prevent_double_bridge=True) for agent in agents]
    assert [response.status for response in taken] == [200, 422]
    assert harness.view(agents[0]).peer == caller


def test_an_empty_queue() -> None:
    harness = CarrierHarness()
    agent = harness.inbound()
    assert error(harness.send(agent, "bridge", queue="support")) == (422, "90035", "/queue")


def test_a_call_is_removed_although_the_bridge_fails() -> None:
    harness = CarrierHarness()
    caller = queued(harness, keep_after_hangup=True)
    harness.carrier.hangup(caller)
    assert get(harness, f"/queues/support/calls/{caller}")["is_alive"] is False
    agent = harness.inbound()
    assert error(harness.send(agent, "bridge", queue="support")) == (422, "90018", "/queue")
    assert get(harness, "/queues/support")["current_size"] == 0


def test_a_caller_cannot_be_bridged_with_the_queue_that_they_wait_in() -> None:
    harness = CarrierHarness()
    caller = queued(harness)
    assert error(harness.send(caller, "bridge", queue="support")) == (422, "10015", "/queue")
    harness.run(1)
    assert webhooks(harness, caller) == [("enqueued", 1), ("dequeued", "bridging-in-process")]


@pytest.mark.parametrize(("how", "reason"), [("leave", "leave"), ("hangup", "hangup"), ("timeout", "timeout"), ("removed", "leave")])
def test_how_a_wait_ends(how: str, reason: str) -> None:
    harness = CarrierHarness()
    limit: dict[str, Any] = {"max_wait_time_secs": 20} if how == "timeout" else {}
    caller = queued(harness, **limit)
    harness.run(9)
    if how == "leave":
        harness.do(caller, "leave_queue")
    elif how == "hangup":
        harness.carrier.hangup(caller)
    elif how == "removed":
        assert harness.carrier.request("DELETE", f"/queues/support/calls/{caller}").status == 204
    harness.run(30)
    (left,) = [one["data"]["payload"] for one in harness.webhooks if one["data"]["event_type"] == "call.dequeued"]
    assert (left["queue"], left["reason"], left["queue_position"]) == ("support", reason, 1)
    assert left["wait_time_secs"] == (20 if how == "timeout" else 10)
    assert harness.view(caller).state == ("ended" if how == "hangup" else "answered")


def test_a_bridged_call_that_is_enqueued_leaves_its_bridge() -> None:
    harness = CarrierHarness(default={"talks": None})
    a, b = harness.bridged()
    harness.do(a, "enqueue", queue_name="support")
    harness.run(1)
    assert (harness.view(a).peer, harness.view(b).state) == (None, "ended")


def test_what_cannot_be_enqueued() -> None:
    harness = CarrierHarness()
    caller = queued(harness, max_size=1)
    assert error(harness.send(caller, "enqueue", queue_name="sales")) == (422, "90038", "")
    other = harness.inbound()
    assert error(harness.send(other, "enqueue", queue_name="support")) == (422, "90036", "")
    assert error(harness.send(other, "enqueue", queue_name="support", max_size=2)) == (422, "90037", "/max_size")
    assert error(harness.send(other, "enqueue")) == (422, "10004", "/queue_name")
    assert error(harness.send(other, "leave_queue")) == (422, "90035", "")


def test_queues_by_themselves() -> None:
    harness = CarrierHarness()
    request = harness.carrier.request
    made = request("POST", "/queues", {"queue_name": "sales/north"})
    assert (made.status, made.body["data"]["max_size"], made.body["data"]["current_size"]) == (200, 300, 0)
    assert request("POST", "/queues/sales%2Fnorth", {"max_size": 7}).body["data"]["max_size"] == 7
    assert [one["name"] for one in get(harness, "/queues")] == ["sales/north"]
    assert request("DELETE", "/queues/sales%2Fnorth") == ApiResponse(204, {})
    assert error(request("GET", "/queues/sales%2Fnorth")) == (404, "10005", "")
    assert error(request("PUT", "/queues")) == (404, "10005", "")
    queued(harness)
    assert error(request("DELETE", "/queues/support")) == (400, "90050", "")


def test_whether_a_call_stays_after_its_hangup_can_be_changed() -> None:
    harness = CarrierHarness()
    caller = queued(harness)
    path = f"/queues/support/calls/{caller}"
    assert harness.carrier.request("PATCH", path, {"keep_after_hangup": True}).status == 204
    harness.carrier.hangup(caller)
    assert get(harness, path)["is_alive"] is False
    assert error(harness.carrier.request("GET", "/queues/support/calls/v3:nobody")) == (404, "10005", "")


def test_pages() -> None:
    harness = CarrierHarness()
    callers = [queued(harness) for _ in range(3)]
    response = harness.carrier.request("GET", "/queues/support/calls?page[size]=2&page[number]=2")
    assert [one["call_control_id"] for one in response.body["data"]] == callers[2:]
    assert response.body["meta"] == {"page_number": 2, "page_size": 2, "total_pages": 2, "total_results": 3}
    assert error(harness.carrier.request("GET", "/queues?page[size]=0")) == (422, "10015", "")


def test_the_average_wait() -> None:
    harness = CarrierHarness()
    for seconds in (9, 19):
        caller = queued(harness)
        harness.run(seconds)
        harness.do(caller, "leave_queue")
    assert get(harness, "/queues/support")["average_wait_time_secs"] == 15
