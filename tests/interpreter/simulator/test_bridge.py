"""Who hears whom, and what is left of a bridge when it is over: bridge, transfer, refer."""

import base64
from typing import Any

import pytest

from tests.interpreter.simulator.stage import FILE, LATENCY, OTHER, OURS, THEIRS, Stage, error

STATE = base64.b64encode(b"b").decode()
PARK = {"park_after_unbridge": "self"}


def test_bridging() -> None:
    stage = Stage()
    a, b = stage.inbound(), stage.outbound()
    stage.do(a, "bridge", call_control_id=b)
    stage.run(1)
    assert stage.told() == ["bridged", "bridged"]
    assert [stage.told(leg) for leg in (a, b)] == [["bridged"], ["bridged"]]
    assert (stage.view(a).peer, stage.view(a).state, stage.view(b).peer, stage.view(b).state) == (b, "bridged", a, "bridged")


@pytest.mark.parametrize("who", ["a", "b"])
@pytest.mark.parametrize("body", [{}, PARK])
@pytest.mark.parametrize("how", ["party", "command"])
def test_one_of_them_leaves(who: str, body: dict[str, Any], how: str) -> None:
    stage = Stage(default={"talks": None})
    a, b = stage.bridged(**body)
    goes, stays = (a, b) if who == "a" else (b, a)
    if how == "party":
        stage.carrier.hangup(goes)
    else:
        stage.do(goes, "hangup")
    stage.run(1)
    kept = who == "b" and body == PARK
    assert stage.told() == ["hangup"] * (1 if kept else 2)
    assert stage.told(goes) == ["hangup"]
    assert (stage.view(stays).state, stage.view(stays).peer) == ("answered" if kept else "ended", None)
    if not kept:
        assert stage.view(stays).cause == "normal_clearing"


def test_the_called_hang_up_after_a_while() -> None:
    stage = Stage(default={"answers": 1, "talks": "7s"})
    a, _ = stage.bridged(**PARK)
    bridged_at = stage.now() - 0.1
    stage.run()
    assert stage.at("hangup") == pytest.approx(bridged_at + 7, abs=0.001)
    assert stage.view(a).state == "answered"


def test_a_caller_who_has_talked_enough() -> None:
    stage = Stage(default={"answers": 1, "talks": None})
    a = stage.inbound({"talks": 4})
    b = stage.outbound()
    stage.run(20)
    stage.do(a, "bridge", call_control_id=b)
    stage.run()
    assert stage.told() == ["bridged", "bridged", "hangup", "hangup"]
    assert stage.last("hangup")["call_control_id"] == b


def test_bridged_anew() -> None:
    stage = Stage()
    a, b = stage.bridged()
    c = stage.outbound()
    stage.do(c, "bridge", call_control_id=a)
    stage.run(1)
    assert stage.told() == ["hangup", "bridged", "bridged"]
    assert (stage.view(a).peer, stage.view(b).state, stage.view(c).peer) == (c, "ended", a)


def test_bridged_anew_with_the_same() -> None:
    stage = Stage()
    a, b = stage.bridged()
    stage.do(b, "bridge", call_control_id=a, **PARK)
    stage.run(1)
    stage.carrier.hangup(a)
    assert stage.view(b).state == "answered"


def test_two_bridges_cross() -> None:
    stage = Stage(default={"talks": None})
    a, b = stage.bridged(**PARK)
    c, d = stage.bridged()
    stage.do(a, "bridge", call_control_id=c)
    stage.run(1)
    assert [stage.view(leg).state for leg in (a, b, c, d)] == ["bridged", "ended", "bridged", "ended"]


@pytest.mark.parametrize("once", [True, False])
def test_a_bridge_that_would_end_another(once: bool) -> None:
    stage = Stage()
    a, b = stage.bridged()
    c = stage.outbound()
    response = stage.ask(c, "bridge", call_control_id=a, prevent_double_bridge=once)
    if once:
        assert error(response) == (422, "10015", "/call_control_id")
    assert stage.view(a).peer == (b if once else c)


@pytest.mark.parametrize(("other", "code"), [("ringing", "90034"), ("over", "90018")])
def test_nobody_to_bridge_with(other: str, code: str) -> None:
    stage = Stage(default="no_answer")
    a, b = stage.inbound(), stage.dial()
    if other == "over":
        stage.do(b, "hangup")
    assert error(stage.ask(a, "bridge", call_control_id=b)) == (422, code, "/call_control_id")


# --------------------------------------------------------------------------- transfer


def test_transferring() -> None:
    stage = Stage(default={"answers": 2})
    a = stage.inbound()
    stage.do(a, "transfer", to=OTHER, target_leg_client_state=STATE, custom_headers=[{"name": "X-A", "value": "1"}], **PARK)
    stage.run(3)
    assert stage.told() == ["initiated", "answered", "bridged"]
    assert stage.told(a) == []
    b = stage.carrier.legs()[-1]
    begun = stage.last("initiated")
    assert (begun["from"], begun["to"], begun["client_state"]) == (OURS, OTHER, STATE)
    assert begun["call_session_id"] == stage.view(a).session_id
    assert (b.peer, b.label, b.headers) == (a, "b1", {"X-A": "1"})
    stage.carrier.hangup(b.id)
    assert stage.view(a).state == "answered"


def test_a_transfer_of_his_own_number() -> None:
    stage = Stage()
    stage.do(stage.inbound(), "transfer", to=OTHER, from_=THEIRS)
    assert stage.carrier.legs()[-1].from_ == THEIRS


@pytest.mark.parametrize("who", ["a", "b"])
def test_a_transfer_without_parking(who: str) -> None:
    stage = Stage(default={"answers": 2})
    a = stage.inbound()
    stage.do(a, "transfer", to=OTHER)
    stage.run(3)
    b = stage.carrier.legs()[-1].id
    stage.carrier.hangup(a if who == "a" else b)
    stage.run(1)
    assert {leg.state for leg in stage.carrier.legs()} == {"ended"}


def test_what_the_destination_hears_first() -> None:
    stage = Stage(default={"answers": 2})
    stage.do(stage.inbound(), "transfer", to=f"{OTHER},7", audio_url=FILE)
    stage.run(10)
    assert stage.told() == ["initiated", "answered", "playback.started", "playback.ended", "bridged"]
    assert [one.what for one in stage.carrier.legs()[-1].heard] == ["7", FILE]


@pytest.mark.parametrize(("person", "cause"), [("busy", "user_busy"), ("rejects", "call_rejected"), ("no_answer", "timeout")])
def test_a_transfer_that_fails(person: str, cause: str) -> None:
    stage = Stage({OTHER: person})
    a = stage.inbound()
    stage.do(a, "transfer", to=OTHER)
    stage.run(40)
    assert stage.told() == ["initiated", "hangup"]
    assert stage.last("hangup")["hangup_cause"] == cause
    assert stage.view(a).state == "answered"
    stage.carrier.hangup(a)
    stage.run(1)
    assert stage.told() == ["initiated", "hangup", "hangup"]


def test_the_caller_goes_while_it_rings() -> None:
    stage = Stage(default="no_answer")
    a = stage.inbound()
    stage.do(a, "transfer", to=OTHER)
    stage.run(1)
    stage.carrier.hangup(a)
    stage.run(1)
    assert stage.told() == ["initiated", "hangup", "hangup"]
    assert stage.last("hangup")["hangup_cause"] == "originator_cancel"


def test_the_caller_goes_while_the_destination_hears_a_file() -> None:
    stage = Stage(default={"answers": 1})
    a = stage.inbound()
    stage.do(a, "transfer", to=OTHER, audio_url=FILE)
    stage.run(2)
    stage.carrier.hangup(a)
    stage.run(20)
    assert stage.told() == ["initiated", "answered", "playback.started", "hangup", "playback.ended", "hangup"]
    assert stage.last("hangup")["hangup_cause"] == "normal_clearing"


def test_a_caller_who_was_not_answered_is_answered_by_the_transfer() -> None:
    stage = Stage(default={"answers": 2})
    a = stage.carrier.place(THEIRS, OURS)
    stage.run(1)
    stage.do(a, "transfer", to=OTHER)
    stage.run(3)
    assert stage.told(a) == ["initiated", "answered"]
    assert stage.told() == ["initiated", "initiated", "answered", "answered", "bridged"]
    assert stage.view(a).state == "bridged"


def test_a_transfer_ends_the_bridge_before() -> None:
    stage = Stage(default={"answers": 2, "talks": None})
    a, b = stage.bridged(**PARK)
    stage.do(b, "transfer", to=OTHER)
    stage.run(3)
    assert stage.told() == ["initiated", "answered", "bridged"]
    assert (stage.view(a).state, stage.view(b).peer) == ("answered", stage.carrier.legs()[-1].id)


# --------------------------------------------------------------------------- refer


@pytest.mark.parametrize(
    ("person", "told", "status", "after"),
    [
        ({"answers": 2}, ["refer.started", "refer.completed", "hangup"], 200, 2.0),
        ("busy", ["refer.started", "refer.failed"], 486, 0.5),
        ("rejects", ["refer.started", "refer.failed"], 603, 2.0),
        ("unknown", ["refer.started", "refer.failed"], 404, 0.5),
        ("no_answer", ["refer.started", "refer.failed"], 480, 30.0),
    ],
)
def test_referring(person: object, told: list[str], status: int, after: float) -> None:
    stage = Stage({"sip:bob@example.com": person})
    leg = stage.inbound()
    begun = stage.now()
    stage.do(leg, "refer", sip_address="sip:bob@example.com", custom_headers=[{"name": "X-A", "value": "1"}])
    stage.run(60)
    assert stage.told() == told
    assert stage.last("refer.started")["sip_notify_response"] == 100
    assert stage.last(told[1])["sip_notify_response"] == status
    assert stage.at(told[1]) == pytest.approx(begun + after)
    assert stage.view(leg).sent["refer"] == {"X-A": "1"}
    if status == 200:
        over = stage.last("hangup")
        assert (over["hangup_cause"], over["hangup_source"]) == ("normal_clearing", "caller")
    else:
        assert stage.view(leg).state == "answered"


def test_a_far_end_that_leaves_by_itself() -> None:
    stage = Stage()
    leg = stage.inbound()
    stage.do(leg, "refer", sip_address="sip:bob@example.com")
    stage.run(LATENCY)
    stage.carrier.hangup(leg)
    stage.run()
    assert stage.told() == ["refer.started", "hangup"]
