"""What is heard in a conference: speech and files for all or for some, hold, keys, recordings, supervisors."""

from typing import Any

import pytest

from callverbs.interpreter.simulator.refusals import ApiResponse
from tests.interpreter.simulator.harness import FILE, FILE_SECONDS, OTHER, SPEECH, SPEECH_SECONDS, CarrierHarness, error


class Room(CarrierHarness):
    """A conference of two legs."""

    def __init__(self, **given: Any) -> None:
        super().__init__(default={"answers": 0, "talks": None}, **given)
        self.a, self.b = self.inbound(), self.outbound(OTHER)
        made = self.carrier.request("POST", "/conferences", {"call_control_id": self.a, "name": "room"})
        self.id = made.body["data"]["id"]
        self.act("join", call_control_id=self.b)
        self.run(0.1)
        self.forget()

    def try_act(self, name: str, **body: Any) -> ApiResponse:
        return self.carrier.request("POST", f"/conferences/{self.id}/actions/{name}", body)

    def act(self, name: str, **body: Any) -> None:
        response = self.try_act(name, **body)
        assert response == ApiResponse(200, {"data": {"result": "ok"}}), response

    def participants(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = self.carrier.request("GET", f"/conferences/{self.id}/participants").body["data"]
        return listed

    def heard(self, leg: str) -> list[str]:
        return [one.what for one in self.view(leg).heard]


@pytest.mark.parametrize(
    ("name", "body", "kind", "seconds"),
    [("speak", SPEECH, "speak", SPEECH_SECONDS), ("play", {"audio_url": FILE}, "playback", FILE_SECONDS)],
)
def test_what_is_for_all_has_webhooks_of_the_conference(name: str, body: dict[str, Any], kind: str, seconds: float) -> None:
    room = Room()
    began = room.now()
    room.act(name, **body)
    room.run(60)
    assert room.event_types() == [f"conference.{kind}.started", f"conference.{kind}.ended"]
    assert room.times[1] - began == pytest.approx(seconds, abs=0.001)
    assert room.heard(room.a) == room.heard(room.b) == [body.get("audio_url", body.get("payload"))]


def test_what_is_for_some_has_webhooks_of_participants() -> None:
    room = Room()
    room.act("speak", **SPEECH, call_control_ids=[room.b])
    room.run(60)
    assert room.event_types(room.b) == ["conference.participant.speak.started", "conference.participant.speak.ended"]
    assert room.heard(room.a) == []


def test_stopping() -> None:
    room = Room()
    room.act("play", audio_url=FILE, loop="infinity")
    room.run(100)
    room.act("play", audio_url=FILE, loop="infinity", call_control_ids=[room.a])
    room.act("stop", call_control_ids=[room.a])
    room.run(1)
    assert room.event_types()[-1] == "conference.participant.playback.ended"
    room.act("stop")
    room.run(1)
    assert room.event_types()[-1] == "conference.playback.ended"
    room.forget()
    room.act("speak", **SPEECH)
    room.act("end")
    room.run(1)
    assert room.event_types().count("conference.speak.ended") == 1


def test_hold() -> None:
    room = Room()
    room.act("hold", call_control_ids=[room.b], audio_url=FILE)
    assert [one["on_hold"] for one in room.participants()] == [False, True]
    room.run(100)
    room.act("unhold", call_control_ids=[room.b])
    assert [one["on_hold"] for one in room.participants()] == [False, False]
    assert room.heard(room.b) == [FILE]
    room.run(1)
    assert room.event_types() == []


def test_keys_are_heard_and_gathered() -> None:
    room = Room()
    room.act("send_dtmf", digits="12", call_control_ids=[room.b])
    assert (room.heard(room.a), room.heard(room.b)) == ([], ["12"])
    room.act("gather_using_audio", call_control_id=room.b, audio_url=FILE, maximum_digits=1, gather_id="pin")
    room.carrier.press(room.b, "7")
    room.run(1)
    ended = room.last("gather.ended")
    assert (ended["digits"], ended["gather_id"], ended["call_control_id"]) == ("7", "pin", room.b)


def test_recordings() -> None:
    room = Room()
    room.act("record_start", format="wav", channels="dual", play_beep=True, command_id="once")
    room.act("record_start", format="wav", channels="dual", play_beep=True, command_id="once")
    room.run(5)
    room.act("record_pause")
    room.run(10)
    room.act("record_resume")
    room.run(2)
    room.act("record_stop")
    room.run(1)
    (saved,) = [one["data"]["payload"] for one in room.webhooks if one["data"]["event_type"] == "conference.recording.saved"]
    assert (saved["channels"], saved["format"], saved["conference_id"]) == ("dual", "wav", room.id)
    (listed,) = room.carrier.request("GET", "/recordings?filter[conference_id]=" + room.id).body["data"]
    assert (listed["id"], listed["duration_millis"], listed["source"]) == (saved["recording_id"], 7_000, "conference")
    assert room.carrier.request("GET", "/recordings?filter[conference_id]=other").body["data"] == []
    assert error(room.try_act("record_stop", recording_id=listed["id"])) == (422, "10015", "/recording_id")


def test_supervisors() -> None:
    room = Room()
    room.act("update", call_control_id=room.b, supervisor_role="whisper", whisper_call_control_ids=[room.a])
    assert room.participants()[1]["whisper_call_control_ids"] == [room.a]
    one = room.participants()[1]["id"]
    retrieved = room.carrier.request("GET", f"/conferences/{room.id}/participants/{one}").body["data"]
    assert (retrieved["id"], retrieved["conference_id"]) == (one, room.id)


@pytest.mark.parametrize(
    ("name", "body", "code", "pointer"),
    [
        ("speak", {"payload": "Hi"}, "10004", "/voice"),
        ("speak", {**SPEECH, "call_control_ids": ["v3:nobody"]}, "10015", "/call_control_ids/0"),
        ("play", {}, "10004", "/audio_url"),
        ("gather_using_audio", {"call_control_id": "v3:leg-1"}, "10004", "/audio_url"),
        ("unhold", {}, "10004", "/call_control_ids"),
        ("update", {"call_control_id": "v3:leg-1", "supervisor_role": "boss"}, "10032", "/supervisor_role"),
        ("record_start", {"format": "ogg"}, "10032", "/format"),
        ("send_dtmf", {"digits": "1", "duration_millis": 99}, "90027", "/duration_millis"),
    ],
)
def test_what_is_refused(name: str, body: dict[str, Any], code: str, pointer: str) -> None:
    assert error(Room().try_act(name, **body)) == (422, code, pointer)


def test_a_conference_ends_when_its_time_is_over() -> None:
    harness = CarrierHarness()
    made = harness.carrier.request("POST", "/conferences", {"call_control_id": harness.inbound(), "name": "short", "duration_minutes": 1})
    assert made.status == 200
    harness.run(70)
    ended = [one["data"]["payload"] for one in harness.webhooks if one["data"]["event_type"] == "conference.ended"]
    assert [one["reason"] for one in ended] == ["time_exceeded"]
