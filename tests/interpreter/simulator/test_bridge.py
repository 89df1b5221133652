"""Which legs hear each other, and what remains of a bridge when it is over: bridge, transfer, refer."""

import base64
from typing import Any

import pytest

from tests.interpreter.simulator.harness import FILE, LATENCY, OTHER, OURS, THEIRS, CarrierHarness, error

STATE = base64.b64encode(b"b").decode()
PARK = {"park_after_unbridge": "self"}


def test_bridging() -> None:
    harness = CarrierHarness()
    a, b = harness.inbound(), harness.outbound()
    harness.do(a, "bridge", call_control_id=b)
    harness.run(1)
    assert harness.event_types() == ["bridged", "bridged"]
    assert [harness.event_types(leg) for leg in (a, b)] == [["bridged"], ["bridged"]]
    assert (harness.view(a).peer, harness.view(a).state, harness.view(b).peer, harness.view(b).state) == (b, "bridged", a, "bridged")


@pytest.mark.parametrize("who", ["a", "b"])
@pytest.mark.parametrize("body", [{}, PARK])
@pytest.mark.parametrize("how", ["party", "command"])
def test_one_of_them_hangs_up(who: str, body: dict[str, Any], how: str) -> None:
    harness = CarrierHarness(default={"talks": None})
    a, b = harness.bridged(**body)
    goes, stays = (a, b) if who == "a" else (b, a)
    if how == "party":
        harness.carrier.hangup(goes)
    else:
        harness.do(goes, "hangup")
    harness.run(1)
    kept = who == "b" and body == PARK
    assert harness.event_types() == ["hangup"] * (1 if kept else 2)
    assert harness.event_types(goes) == ["hangup"]
    assert (harness.view(stays).state, harness.view(stays).peer) == ("answered" if kept else "ended", None)
    if not kept:
        assert harness.view(stays).cause == "normal_clearing"


def test_the_called_hang_up_after_a_while() -> None:
    harness = CarrierHarness(default={"answers": 1, "talks": "7s"})
    a, _ = harness.bridged(**PARK)
    bridged_at = harness.now() - 0.1
    harness.run()
    assert harness.at("hangup") == pytest.approx(bridged_at + 7, abs=0.001)
    assert harness.view(a).state == "answered"


def test_a_caller_who_has_talked_enough() -> None:
    harness = CarrierHarness(default={"answers": 1, "talks": None})
    a = harness.inbound({"talks": 4})
    b = harness.outbound()
    harness.run(20)
    harness.do(a, "bridge", call_control_id=b)
    harness.run()
    assert harness.event_types() == ["bridged", "bridged", "hangup", "hangup"]
    assert harness.last("hangup")["call_control_id"] == b


def test_bridged_anew() -> None:
    harness = CarrierHarness()
    a, b = harness.bridged()
    c = harness.outbound()
    harness.do(c, "bridge", call_control_id=a)
    harness.run(1)
    assert harness.event_types() == ["hangup", "bridged", "bridged"]
    assert (harness.view(a).peer, harness.view(b).state, harness.view(c).peer) == (c, "ended", a)


def test_bridged_anew_with_the_same() -> None:
    harness = CarrierHarness()
    a, b = harness.bridged()
    harness.do(b, "bridge", call_control_id=a, **PARK)
    harness.run(1)
    harness.carrier.hangup(a)
    assert harness.view(b).state == "answered"


def test_two_bridges_cross() -> None:
    harness = CarrierHarness(default={"talks": None})
    a, b = harness.bridged(**PARK)
    c, d = harness.bridged()
    harness.do(a, "bridge", call_control_id=c)
    harness.run(1)
    assert [harness.view(leg).state for leg in (a, b, c, d)] == ["bridged", "ended", "bridged", "ended"]


@pytest.mark.parametrize("once", [True, False])
def test_a_bridge_that_would_end_another(once: bool) -> None:
    harness = CarrierHarness()
    a, b = harness.bridged()
    c = harness.outbound()
    response = harness.send(c, "bridge", call_control_id=a, prevent_double_bridge=once)
    if once:
        assert error(response) == (422, "10015", "/call_control_id")
    assert harness.view(a).peer == (b if once else c)


@pytest.mark.parametrize(("other", "code"), [("ringing", "90034"), ("over", "90018")])
def test_a_leg_that_cannot_be_bridged(other: str, code: str) -> None:
    harness = CarrierHarness(default="no_answer")
    a, b = harness.inbound(), harness.dial()
    if other == "over":
        harness.do(b, "hangup")
    assert error(harness.send(a, "bridge", call_control_id=b)) == (422, code, "/call_control_id")


# --------------------------------------------------------------------------- transfer


def test_transferring() -> None:
    harness = CarrierHarness(default={"answers": 2})
    a = harness.inbound()
    harness.do(a, "transfer", to=OTHER, target_leg_client_state=STATE, custom_headers=[{"name": "X-A", "value": "1"}], **PARK)
    harness.run(3)
    assert harness.event_types() == ["initiated", "answered", "bridged"]
    assert harness.event_types(a) == []
    b = harness.carrier.legs()[-1]
    begun = harness.last("initiated")
    assert (begun["from"], begun["to"], begun["client_state"]) == (OURS, OTHER, STATE)
    assert begun["call_session_id"] == harness.view(a).session_id
    assert (b.peer, b.label, b.headers) == (a, "b1", {"X-A": "1"})
    harness.carrier.hangup(b.id)
    assert harness.view(a).state == "answered"


def test_a_transfer_with_another_calling_number() -> None:
    harness = CarrierHarness()
    harness.do(harness.inbound(), "transfer", to=OTHER, from_=THEIRS)
    assert harness.carrier.legs()[-1].from_ == THEIRS


@pytest.mark.parametrize("who", ["a", "b"])
def test_a_transfer_without_parking(who: str) -> None:
    harness = CarrierHarness(default={"answers": 2})
    a = harness.inbound()
    harness.do(a, "transfer", to=OTHER)
    harness.run(3)
    b = harness.carrier.legs()[-1].id
    harness.carrier.hangup(a if who == "a" else b)
    harness.run(1)
    assert {leg.state for leg in harness.carrier.legs()} == {"ended"}


def test_what_the_destination_hears_first() -> None:
    harness = CarrierHarness(default={"answers": 2})
    harness.do(harness.inbound(), "transfer", to=f"{OTHER},7", audio_url=FILE)
    harness.run(10)
    assert harness.event_types() == ["initiated", "answered", "playback.started", "playback.ended", "bridged"]
    assert [one.what for one in harness.carrier.legs()[-1].heard] == ["7", FILE]


@pytest.mark.parametrize(("person", "cause"), [("busy", "user_busy"), ("rejects", "call_rejected"), ("no_answer", "timeout")])
def test_a_transfer_that_fails(person: str, cause: str) -> None:
    harness = CarrierHarness({OTHER: person})
    a = harness.inbound()
    harness.do(a, "transfer", to=OTHER)
    harness.run(40)
    assert harness.event_types() == ["initiated", "hangup"]
    assert harness.last("hangup")["hangup_cause"] == cause
    assert harness.view(a).state == "answered"
    harness.carrier.hangup(a)
    harness.run(1)
    assert harness.event_types() == ["initiated", "hangup", "hangup"]


def test_the_caller_hangs_up_while_it_rings() -> None:
    harness = CarrierHarness(default="no_answer")
    a = harness.inbound()
    harness.do(a, "transfer", to=OTHER)
    harness.run(1)
    harness.carrier.hangup(a)
    harness.run(1)
    assert harness.event_types() == ["initiated", "hangup", "hangup"]
    assert harness.last("hangup")["hangup_cause"] == "originator_cancel"


def test_the_caller_hangs_up_while_the_destination_hears_a_file() -> None:
    harness = CarrierHarness(default={"answers": 1})
    a = harness.inbound()
    harness.do(a, "transfer", to=OTHER, audio_url=FILE)
    harness.run(2)
    harness.carrier.hangup(a)
    harness.run(20)
    assert harness.event_types() == ["initiated", "answered", "playback.started", "hangup", "playback.ended", "hangup"]
    assert harness.last("hangup")["hangup_cause"] == "normal_clearing"


def test_a_caller_who_was_not_answered_is_answered_by_the_transfer() -> None:
    harness = CarrierHarness(default={"answers": 2})
    a = harness.carrier.place(THEIRS, OURS)
    harness.run(1)
    harness.do(a, "transfer", to=OTHER)
    harness.run(3)
    assert harness.event_types(a) == ["initiated", "answered"]
    assert harness.event_types() == ["initiated", "initiated", "answered", "answered", "bridged"]
    assert harness.view(a).state == "bridged"


def test_a_transfer_ends_the_bridge_before() -> None:
    harness = CarrierHarness(default={"answers": 2, "talks": None})
    a, b = harness.bridged(**PARK)
    harness.do(b, "transfer", to=OTHER)
    harness.run(3)
    assert harness.event_types() == ["initiated", "answered", "bridged"]
    assert (harness.view(a).state, harness.view(b).peer) == ("answered", harness.carrier.legs()[-1].id)


# --------------------------------------------------------------------------- refer


@pytest.mark.parametrize(
    ("person", "events", "status", "after"),
    [
        ({"answers": 2}, ["refer.started", "refer.completed", "hangup"], 200, 2.0),
        ("busy", ["refer.started", "refer.failed"], 486, 0.5),
        ("rejects", ["refer.started", "refer.failed"], 603, 2.0),
        ("unknown", ["refer.started", "refer.failed"], 404, 0.5),
        ("no_answer", ["refer.started", "refer.failed"], 480, 30.0),
    ],
)
def test_referring(person: object, events: list[str], status: int, after: float) -> None:
    harness = CarrierHarness({"sip:bob@example.com": person})
    leg = harness.inbound()
    begun = harness.now()
    harness.do(leg, "refer", sip_address="sip:bob@example.com", custom_headers=[{"name": "X-A", "value": "1"}])
    harness.run(60)
    assert harness.event_types() == events
    assert harness.last("refer.started")["sip_notify_response"] == 100
    assert harness.last(events[1])["sip_notify_response"] == status
    assert harness.at(events[1]) == pytest.approx(begun + after)
    assert harness.view(leg).sent["refer"] == {"X-A": "1"}
    if status == 200:
        over = harness.last("hangup")
        assert (over["hangup_cause"], over["hangup_source"]) == ("normal_clearing", "caller")
    else:
        assert harness.view(leg).state == "answered"


def test_a_far_end_that_hangs_up_by_itself() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "refer", sip_address="sip:bob@example.com")
    harness.run(LATENCY)
    harness.carrier.hangup(leg)
    harness.run()
    assert harness.event_types() == ["refer.started", "hangup"]


def test_a_caller_who_hears_ringing_is_answered_and_bridged() -> None:
    harness = CarrierHarness()
    a = harness.carrier.place(THEIRS, OURS)
    b = harness.dial(OTHER, link_to=a, bridge_on_answer=True)
    harness.run(4)
    assert harness.view(a).peer == b
    assert harness.event_types(a) == ["initiated", "answered", "bridged"]
    assert harness.event_types(b) == ["initiated", "answered", "bridged"]


def test_a_leg_on_hold_outlives_its_bridge() -> None:
    harness = CarrierHarness()
    a, b = harness.bridged(hold_after_unbridge=True)
    harness.do(b, "hangup")
    assert (harness.view(a).state, harness.view(b).state) == ("answered", "ended")
