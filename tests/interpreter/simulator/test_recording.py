"""Recordings at the simulated carrier: what ends them, how long they are, and what is reported when."""

from datetime import datetime
from typing import Any

import pytest

from callverbs.interpreter.simulator.exchange import MAX_SAVED_RECORDINGS
from tests.interpreter.simulator.harness import OTHER, CarrierHarness, error

BOTH: dict[str, Any] = {"format": "mp3", "channels": "dual"}
SAVED = 0.5
"""Seconds from the end of a recording to its webhook."""


def length(payload: dict[str, Any]) -> float:
    """Returns the length of a recording by its webhook."""
    began, ended = (datetime.fromisoformat(payload[f"recording_{name}_at"]) for name in ("started", "ended"))
    return (ended - began).total_seconds()


def recording_id(payload: dict[str, Any]) -> str:
    (url,) = payload["recording_urls"].values()
    found: str = url.split("/")[-2]
    return found


def test_a_recording_that_is_stopped() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "record_start", **BOTH, custom_file_name="message")
    assert harness.view(leg).recording
    harness.run(7)
    harness.do(leg, "record_stop")
    assert not harness.view(leg).recording
    stopped = harness.now()
    harness.run(1)
    assert harness.event_types() == ["recording.saved"]
    saved = harness.last("recording.saved")
    assert "call_control_id" not in saved
    assert (saved["call_leg_id"], saved["channels"]) == (harness.view(leg).leg_id, "dual")
    assert length(saved) == 7
    assert harness.at("recording.saved") == pytest.approx(stopped + SAVED, abs=0.001)
    assert saved["recording_urls"]["mp3"].split("/")[-1].startswith("message-17000000")
    file = harness.carrier.recording(recording_id(saved))
    assert file
    assert (file.format, file.channels, file.seconds) == ("mp3", "dual", 7)


def test_nothing_is_reported_when_it_begins_and_nothing_is_there_to_stop() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    for name in ("record_stop", "record_pause", "record_resume"):
        harness.do(leg, name)
    harness.do(leg, "record_start", **BOTH)
    harness.run(100)
    assert harness.event_types() == []
    assert error(harness.send(leg, "record_stop", recording_id="00000000-0000-4000-8000-000000000000")) == (422, "10015", "/recording_id")


def test_the_longest_time() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "record_start", **BOTH, max_length=20)
    harness.run(100)
    assert harness.event_types() == ["recording.saved"]
    assert length(harness.last("recording.saved")) == 20


def test_a_pause_is_not_in_the_file_and_does_not_count() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "record_start", **BOTH, max_length=10)
    harness.run(4)
    harness.do(leg, "record_pause")
    harness.do(leg, "record_pause")
    harness.run(30)
    harness.do(leg, "record_resume")
    harness.do(leg, "record_resume")
    harness.run(7)
    saved = harness.last("recording.saved")
    assert length(saved) == 40
    file = harness.carrier.recording(recording_id(saved))
    assert file
    assert file.seconds == 10


def test_a_paused_recording_that_is_stopped() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "record_start", **BOTH)
    harness.run(4)
    harness.do(leg, "record_pause")
    harness.run(30)
    harness.do(leg, "record_stop")
    harness.run(1)
    file = harness.carrier.recording(recording_id(harness.last("recording.saved")))
    assert file
    assert file.seconds == 4


@pytest.mark.parametrize(
    ("person", "beep", "seconds"),
    [
        ({"message": 6}, False, 9.0),
        ({"message": 6}, True, 9.4),
        ({}, True, None),  # a person without a message speaks all the time
        ("silent", True, None),  # "the timer only starts when the speech is detected"
    ],
)
def test_silence(person: object, beep: bool, seconds: float | None) -> None:
    harness = CarrierHarness()
    leg = harness.inbound(person)
    harness.do(leg, "record_start", **BOTH, timeout_secs=3, play_beep=beep)
    harness.run(60)
    ends = [length(body["data"]["payload"]) for body in harness.webhooks if body["data"]["event_type"] == "call.recording.saved"]
    assert ends == ([] if seconds is None else [seconds])


def test_what_is_played_is_no_silence() -> None:
    harness = CarrierHarness()
    leg = harness.inbound({"message": 1})
    harness.do(leg, "record_start", **BOTH, timeout_secs=3)
    harness.do(leg, "playback_start", audio_url="https://example.com/a.mp3", loop=2)  # 8 s
    harness.run(60)
    assert length(harness.last("recording.saved")) == 10


def test_silence_is_cut_off() -> None:
    harness = CarrierHarness()
    leg = harness.inbound({"message": 6})
    harness.do(leg, "record_start", **BOTH, timeout_secs=3, trim="trim-silence")
    harness.run(60)
    saved = harness.last("recording.saved")
    file = harness.carrier.recording(recording_id(saved))
    assert file
    assert (length(saved), file.seconds) == (9, 6)


def test_a_beep_is_heard() -> None:
    harness = CarrierHarness()
    leg = harness.inbound({"hears": [{"pattern": "beep", "press": "#", "after": 2}]})
    harness.do(leg, "record_start", **BOTH, play_beep=True)
    harness.run(10)
    assert harness.event_types() == ["dtmf.received"]
    assert [one.what for one in harness.view(leg).heard] == ["beep"]


def test_the_hangup_ends_it_and_is_reported_first() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "record_start", **BOTH)
    harness.run(5)
    harness.carrier.hangup(leg)
    harness.run(5)
    assert harness.event_types() == ["hangup", "recording.saved"]
    assert length(harness.last("recording.saved")) == 5


RECORD: dict[str, Any] = {"record": "record-from-answer", "record_format": "wav", "record_channels": "single"}


def test_from_the_answer_of_the_caller() -> None:
    harness = CarrierHarness()
    leg = harness.carrier.place("+1", "+2")
    data = harness.send(leg, "answer", **RECORD, record_max_length=30, record_custom_file_name="all").body["data"]
    assert data["result"] == "ok"
    harness.run(60)
    saved = harness.last("recording.saved")
    assert (length(saved), list(saved["recording_urls"]), saved["channels"]) == (30, ["wav"], "single")
    assert recording_id(saved) == data["recording_id"]
    assert "/all-" in saved["recording_urls"]["wav"]


def test_from_the_answer_of_a_callee() -> None:
    harness = CarrierHarness()
    response = harness.try_dial(OTHER, **RECORD)
    leg = response.body["data"]["call_control_id"]
    harness.run(5)  # answered after 3 s
    harness.do(leg, "hangup")
    harness.run(2)
    saved = harness.last("recording.saved")
    assert (saved["call_leg_id"], length(saved)) == (harness.view(leg).leg_id, 2)
    assert recording_id(saved) == response.body["data"]["recording_id"]


def test_a_callee_who_does_not_answer_is_not_recorded() -> None:
    harness = CarrierHarness({OTHER: "no_answer"})
    harness.dial(OTHER, **RECORD, timeout_secs=10)
    harness.run(60)
    assert harness.event_types() == ["initiated", "hangup"]


def test_from_the_answer_of_the_target_of_a_transfer() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "transfer", to=OTHER, **RECORD)
    harness.run(60)
    (target,) = [one for one in harness.carrier.legs() if one.direction == "outgoing"]
    saved = harness.last("recording.saved")
    assert (saved["call_leg_id"], length(saved)) == (target.leg_id, 10)


def test_from_the_bridge() -> None:
    harness = CarrierHarness()
    a, b = harness.bridged(**RECORD, record_timeout_secs=2)
    harness.run(60)  # the callee hangs up after 10 s
    saved = harness.last("recording.saved")
    assert saved["call_leg_id"] == harness.view(a).leg_id
    assert length(saved) == pytest.approx(10, abs=0.1)
    assert harness.view(b).state == "ended"


def test_one_direction_has_one_channel() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "record_start", **BOTH, recording_track="inbound", max_length=2)
    harness.run(5)
    assert harness.last("recording.saved")["channels"] == "single"


def test_two_at_once() -> None:
    harness = CarrierHarness()
    leg = harness.carrier.place("+1", "+2")
    own = harness.send(leg, "answer", **RECORD).body["data"]["recording_id"]
    harness.run(2)
    harness.do(leg, "record_start", **BOTH)
    harness.run(3)
    harness.forget()
    harness.do(leg, "record_stop", recording_id=own)
    harness.run(1)
    assert length(harness.last("recording.saved")) == 5
    assert harness.view(leg).recording
    harness.do(leg, "record_stop")
    harness.run(1)
    assert length(harness.last("recording.saved")) == 4


@pytest.mark.parametrize(
    ("outcome", "events", "at"),
    [(30.0, ["recording.saved"], 30.0), ("error", ["recording.error"], 0.5), ("lost", [], 0)],
)
def test_what_a_scenario_says_becomes_of_it(outcome: Any, events: list[str], at: float) -> None:
    harness = CarrierHarness(recordings={"a": outcome})
    leg = harness.inbound()
    harness.do(leg, "record_start", **BOTH)
    harness.run(5)
    harness.do(leg, "record_stop")
    stopped = harness.now()
    harness.run(60)
    assert harness.event_types() == events
    if events:
        assert harness.at(events[0]) == pytest.approx(stopped + at, abs=0.001)
    if outcome == "error":
        assert harness.last("recording.error")["reason"] == "Internal server error"


def test_a_url_expires_and_recordings_are_bounded() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    for _ in range(MAX_SAVED_RECORDINGS + 1):
        harness.do(leg, "record_start", **BOTH)
        harness.do(leg, "record_stop")
    harness.run(1)
    ids = [recording_id(body["data"]["payload"]) for body in harness.webhooks]
    assert harness.carrier.recording(ids[0]) is None
    assert harness.carrier.recording(ids[1])
    harness.run(600)
    assert harness.carrier.recording(ids[-1]) is None


def test_nothing_is_sent_when_the_carrier_is_closed() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "record_start", **BOTH)
    harness.do(leg, "record_stop")
    harness.carrier.close()
    harness.run(10)
    assert harness.event_types() == []
