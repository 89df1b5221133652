"""What a leg hears: in what order, for how long, and what its webhooks report."""

from typing import Any

import pytest

from callverbs.interpreter.simulator import media
from callverbs.interpreter.simulator.legs import Heard
from tests.interpreter.simulator.harness import FILE, FILE_SECONDS, SPEECH, SPEECH_SECONDS, CarrierHarness

SECOND = "https://example.com/b.mp3"
SPEAK, PLAY = ("speak", SPEECH), ("playback_start", {"audio_url": FILE})
NEXT = ("playback_start", {"audio_url": SECOND})


def statuses(harness: CarrierHarness) -> list[tuple[str, str]]:
    """Returns what has ended, and how: the kind with the file's last letters, and the status."""
    return [
        (body["data"]["event_type"].split(".")[1] + body["data"]["payload"].get("media_url", "")[-6:-4], body["data"]["payload"]["status"])
        for body in harness.webhooks
        if body["data"]["event_type"].endswith("ended")
    ]


def test_speech_lasts_as_long_as_its_words() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    begun = harness.now()
    harness.do(leg, "speak", **SPEECH)
    harness.run(10)
    assert harness.event_types() == ["speak.started", "speak.ended"]
    assert harness.last("speak.ended")["status"] == "completed"
    assert harness.at("speak.ended") == pytest.approx(begun + SPEECH_SECONDS, abs=0.001)
    assert harness.view(leg).heard == (Heard("speech", "Hello, world!", harness.view(leg).answered_at + 1, whole=True),)


def test_ssml_is_heard_without_its_tags() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "speak", **{**SPEECH, "payload": "<speak>Hello, <break time='1s'/>Tom &amp; Ann</speak>", "payload_type": "ssml"})
    harness.do(leg, "speak", **{**SPEECH, "payload": "<3"})
    harness.run(10)
    assert [one.what for one in harness.view(leg).heard] == ["Hello, Tom & Ann", "<3"]


@pytest.mark.parametrize(
    ("name", "body", "names"),
    [
        ("audio_url", {"audio_url": FILE}, {"media_url": FILE}),
        ("media_name", {"media_name": "tune"}, {"media_name": "tune"}),
        ("content", {"playback_content": "SUQz"}, {}),
    ],
)
def test_files(name: str, body: dict[str, Any], names: dict[str, str]) -> None:
    harness = CarrierHarness(media={FILE: 7, "tune": 2.5})
    leg = harness.inbound()
    begun = harness.now()
    harness.do(leg, "playback_start", **body)
    harness.run(20)
    assert harness.event_types() == ["playback.started", "playback.ended"]
    over = harness.last("playback.ended")
    assert {key: value for key, value in over.items() if key.startswith("media")} == names
    assert (over["status"], over["overlay"]) == ("completed", False)
    assert harness.at("playback.ended") - begun == pytest.approx({"audio_url": 7, "media_name": 2.5, "content": FILE_SECONDS}[name])


def test_a_file_that_is_not_there() -> None:
    harness = CarrierHarness(media={FILE: "missing"})
    leg = harness.inbound()
    harness.do(leg, *PLAY[:1], **PLAY[1])
    harness.do(leg, "speak", **SPEECH)
    harness.run(10)
    assert harness.event_types() == ["playback.ended", "speak.started", "speak.ended"]
    over = harness.last("playback.ended")
    assert (over["status"], over["status_detail"]) == ("file_not_found", "the file is not there")
    assert [one.what for one in harness.view(leg).heard] == ["Hello, world!"]


def test_a_leg_hears_one_thing_after_the_other() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    for name, body in (SPEAK, PLAY, NEXT):
        harness.do(leg, name, **body)
    harness.run(20)
    assert harness.event_types() == ["speak.started", "speak.ended"] + ["playback.started", "playback.ended"] * 2
    assert statuses(harness) == [("speak", "completed"), ("playback/a", "completed"), ("playback/b", "completed")]
    assert [one.whole for one in harness.view(leg).heard] == [True, True, True]


@pytest.mark.parametrize(
    ("what", "stop", "over"),
    [
        ((SPEAK,), {}, [("speak", "completed")]),
        ((PLAY,), {}, [("playback/a", "cancelled")]),
        ((PLAY, NEXT), {}, [("playback/a", "cancelled")]),
        ((PLAY, NEXT), {"stop": "all"}, [("playback/a", "cancelled")]),
        ((PLAY, NEXT), {"stop": "current"}, [("playback/a", "cancelled"), ("playback/b", "completed")]),
        ((), {}, []),
    ],
)
def test_playback_stop(what: tuple[tuple[str, dict[str, Any]], ...], stop: dict[str, Any], over: list[tuple[str, str]]) -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    for name, body in what:
        harness.do(leg, name, **body)
    harness.run(0.5)
    harness.do(leg, "playback_stop", **stop)
    harness.run(20)
    assert statuses(harness) == over
    assert [one.whole for one in harness.view(leg).heard[:1]] == [False] * bool(what)


@pytest.mark.parametrize(
    ("stop", "over"),
    [
        ("current", [("playback/a", "cancelled"), ("playback/b", "completed"), ("speak", "completed")]),
        ("all", [("playback/a", "cancelled"), ("speak", "completed")]),
    ],
)
def test_a_command_that_stops_what_is_heard(stop: str, over: list[tuple[str, str]]) -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, PLAY[0], **PLAY[1])
    harness.do(leg, NEXT[0], **NEXT[1])
    harness.run(1)
    harness.do(leg, "speak", **SPEECH, stop=stop)
    harness.run(20)
    assert statuses(harness) == over


@pytest.mark.parametrize(("loop", "rounds"), [(1, 1), (3, 3)])
def test_rounds(loop: int, rounds: int) -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    begun = harness.now()
    harness.do(leg, "playback_start", audio_url=FILE, loop=loop)
    harness.run(60)
    assert harness.event_types() == ["playback.started", "playback.ended"]
    assert harness.at("playback.ended") == begun + rounds * FILE_SECONDS


@pytest.mark.parametrize(("name", "body"), [SPEAK, PLAY])
def test_a_sound_that_never_ends(name: str, body: dict[str, Any]) -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, name, **body, loop="infinity")
    harness.run(10_000)
    assert len(harness.event_types()) == 1
    harness.do(leg, "playback_stop")
    harness.run(1)
    assert len(harness.event_types()) == 2


def test_what_is_heard_ends_with_the_leg() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "speak", **SPEECH)
    harness.do(leg, "playback_start", audio_url=FILE)
    harness.run(0.2)
    harness.carrier.hangup(leg)
    harness.run(20)
    assert harness.event_types() == ["speak.started", "speak.ended", "hangup"]
    assert statuses(harness) == [("speak", "call_hangup")]


def test_a_file_over_a_file() -> None:
    harness = CarrierHarness(media={FILE: 10})
    leg = harness.inbound()
    harness.do(leg, "playback_start", audio_url=SECOND, overlay=True)
    harness.do(leg, "playback_start", audio_url=FILE)
    harness.do(leg, "playback_start", audio_url=SECOND, overlay=True)
    harness.run(6)
    harness.do(leg, "playback_start", audio_url=SECOND, overlay=True)
    harness.do(leg, "playback_stop", overlay=True)
    harness.run(20)
    assert statuses(harness) == [
        ("playback/b", "failed"),
        ("playback/b", "completed"),
        ("playback/b", "cancelled"),
        ("playback/a", "completed"),
    ]
    assert {body["data"]["payload"]["overlay"] for body in harness.webhooks if "/b." in body["data"]["payload"]["media_url"]} == {True}


@pytest.mark.parametrize(("targets", "hear"), [("self", (1, 0)), ("opposite", (0, 1)), ("both", (1, 1))])
def test_who_hears_it(targets: str, hear: tuple[int, int]) -> None:
    harness = CarrierHarness()
    a, b = harness.bridged()
    harness.do(a, "speak", **SPEECH, target_legs=targets)
    harness.run(2)
    assert (len(harness.view(a).heard), len(harness.view(b).heard)) == hear
    assert harness.event_types(a) == ["speak.started", "speak.ended"]
    assert harness.event_types(b) == []


def test_media_for_a_peer_without_a_bridge() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "speak", **SPEECH, target_legs="opposite")
    harness.run(2)
    assert harness.view(leg).heard == ()
    assert harness.event_types() == ["speak.started", "speak.ended"]


@pytest.mark.parametrize(
    ("ssml", "seconds"),
    [
        ("<speak>Hi</speak>", 0.0),
        ('<speak>Hi<break time="500ms"/> you <break time=\'2s\' strength="none"/></speak>', 2.5),
        ("<speak><break/></speak>", 0.4),
        ('<break strength="x-strong"/><break strength="none"/><break strength="odd"/>', 1.0),
        ('<break time="3600s"/>', 10.0),
        ('<break time="soon"/>', 0.4),
        ("<breakfast>", 0.0),
        ("<break " * 2_000, 0.0),
    ],
)
def test_pauses_take_their_time(ssml: str, seconds: float) -> None:
    assert media.break_seconds(ssml) == pytest.approx(seconds)


def test_a_pause_of_ssml_is_heard() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "speak", voice="AWS.Polly.Joanna", payload='<speak>Hi<break time="3s"/></speak>', payload_type="ssml")
    began = harness.now()
    harness.run(60)
    assert harness.at("speak.ended") - began == pytest.approx(0.3 + 2 / 14 + 3, abs=0.01)
