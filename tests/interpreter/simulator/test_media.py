"""What a leg hears: in what order, for how long, and what its webhooks say of it."""

from typing import Any

import pytest

from interpreter.simulator.legs import Heard
from tests.interpreter.simulator.stage import FILE, FILE_LASTS, SPEECH, SPEECH_LASTS, Stage

SECOND = "https://example.com/b.mp3"
SPEAK, PLAY = ("speak", SPEECH), ("playback_start", {"audio_url": FILE})
NEXT = ("playback_start", {"audio_url": SECOND})


def statuses(stage: Stage) -> list[tuple[str, str]]:
    """What has ended, and how: the kind with the file's last letters, and the status."""
    return [
        (body["data"]["event_type"].split(".")[1] + body["data"]["payload"].get("media_url", "")[-6:-4], body["data"]["payload"]["status"])
        for body in stage.webhooks
        if body["data"]["event_type"].endswith("ended")
    ]


def test_speech_lasts_as_long_as_its_words() -> None:
    stage = Stage()
    leg = stage.inbound()
    begun = stage.now()
    stage.do(leg, "speak", **SPEECH)
    stage.run(10)
    assert stage.told() == ["speak.started", "speak.ended"]
    assert stage.last("speak.ended")["status"] == "completed"
    assert stage.at("speak.ended") == pytest.approx(begun + SPEECH_LASTS, abs=0.001)
    assert stage.view(leg).heard == (Heard("speech", "Hello, world!", stage.view(leg).answered_at + 1, whole=True),)


def test_ssml_is_heard_without_its_tags() -> None:
    stage = Stage()
    leg = stage.inbound()
    stage.do(leg, "speak", **{**SPEECH, "payload": "<speak>Hello, <break time='1s'/>Tom &amp; Ann</speak>", "payload_type": "ssml"})
    stage.do(leg, "speak", **{**SPEECH, "payload": "<3"})
    stage.run(10)
    assert [one.what for one in stage.view(leg).heard] == ["Hello, Tom & Ann", "<3"]


@pytest.mark.parametrize(
    ("name", "body", "names"),
    [
        ("audio_url", {"audio_url": FILE}, {"media_url": FILE}),
        ("media_name", {"media_name": "tune"}, {"media_name": "tune"}),
        ("content", {"playback_content": "SUQz"}, {}),
    ],
)
def test_files(name: str, body: dict[str, Any], names: dict[str, str]) -> None:
    stage = Stage(media={FILE: 7, "tune": 2.5})
    leg = stage.inbound()
    begun = stage.now()
    stage.do(leg, "playback_start", **body)
    stage.run(20)
    assert stage.told() == ["playback.started", "playback.ended"]
    over = stage.last("playback.ended")
    assert {key: value for key, value in over.items() if key.startswith("media")} == names
    assert (over["status"], over["overlay"]) == ("completed", False)
    assert stage.at("playback.ended") - begun == pytest.approx({"audio_url": 7, "media_name": 2.5, "content": FILE_LASTS}[name])


def test_a_file_that_is_not_there() -> None:
    stage = Stage(media={FILE: "missing"})
    leg = stage.inbound()
    stage.do(leg, *PLAY[:1], **PLAY[1])
    stage.do(leg, "speak", **SPEECH)
    stage.run(10)
    assert stage.told() == ["playback.ended", "speak.started", "speak.ended"]
    over = stage.last("playback.ended")
    assert (over["status"], over["status_detail"]) == ("file_not_found", "the file is not there")
    assert [one.what for one in stage.view(leg).heard] == ["Hello, world!"]


def test_a_leg_hears_one_thing_after_the_other() -> None:
    stage = Stage()
    leg = stage.inbound()
    for name, body in (SPEAK, PLAY, NEXT):
        stage.do(leg, name, **body)
    stage.run(20)
    assert stage.told() == ["speak.started", "speak.ended"] + ["playback.started", "playback.ended"] * 2
    assert statuses(stage) == [("speak", "completed"), ("playback/a", "completed"), ("playback/b", "completed")]
    assert [one.whole for one in stage.view(leg).heard] == [True, True, True]


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
    stage = Stage()
    leg = stage.inbound()
    for name, body in what:
        stage.do(leg, name, **body)
    stage.run(0.5)
    stage.do(leg, "playback_stop", **stop)
    stage.run(20)
    assert statuses(stage) == over
    assert [one.whole for one in stage.view(leg).heard[:1]] == [False] * bool(what)


@pytest.mark.parametrize(
    ("stop", "over"),
    [
        ("current", [("playback/a", "cancelled"), ("playback/b", "completed"), ("speak", "completed")]),
        ("all", [("playback/a", "cancelled"), ("speak", "completed")]),
    ],
)
def test_a_command_that_stops_what_is_heard(stop: str, over: list[tuple[str, str]]) -> None:
    stage = Stage()
    leg = stage.inbound()
    stage.do(leg, PLAY[0], **PLAY[1])
    stage.do(leg, NEXT[0], **NEXT[1])
    stage.run(1)
    stage.do(leg, "speak", **SPEECH, stop=stop)
    stage.run(20)
    assert statuses(stage) == over


@pytest.mark.parametrize(("loop", "rounds"), [(1, 1), (3, 3)])
def test_rounds(loop: int, rounds: int) -> None:
    stage = Stage()
    leg = stage.inbound()
    begun = stage.now()
    stage.do(leg, "playback_start", audio_url=FILE, loop=loop)
    stage.run(60)
    assert stage.told() == ["playback.started", "playback.ended"]
    assert stage.at("playback.ended") == begun + rounds * FILE_LASTS


@pytest.mark.parametrize(("name", "body"), [SPEAK, PLAY])
def test_a_sound_that_never_ends(name: str, body: dict[str, Any]) -> None:
    stage = Stage()
    leg = stage.inbound()
    stage.do(leg, name, **body, loop="infinity")
    stage.run(10_000)
    assert len(stage.told()) == 1
    stage.do(leg, "playback_stop")
    stage.run(1)
    assert len(stage.told()) == 2


def test_what_is_heard_ends_with_the_leg() -> None:
    stage = Stage()
    leg = stage.inbound()
    stage.do(leg, "speak", **SPEECH)
    stage.do(leg, "playback_start", audio_url=FILE)
    stage.run(0.2)
    stage.carrier.hangup(leg)
    stage.run(20)
    assert stage.told() == ["speak.started", "speak.ended", "hangup"]
    assert statuses(stage) == [("speak", "call_hangup")]


def test_a_file_over_a_file() -> None:
    stage = Stage(media={FILE: 10})
    leg = stage.inbound()
    stage.do(leg, "playback_start", audio_url=SECOND, overlay=True)
    stage.do(leg, "playback_start", audio_url=FILE)
    stage.do(leg, "playback_start", audio_url=SECOND, overlay=True)
    stage.run(6)
    stage.do(leg, "playback_start", audio_url=SECOND, overlay=True)
    stage.do(leg, "playback_stop", overlay=True)
    stage.run(20)
    assert statuses(stage) == [
        ("playback/b", "failed"),
        ("playback/b", "completed"),
        ("playback/b", "cancelled"),
        ("playback/a", "completed"),
    ]
    assert {body["data"]["payload"]["overlay"] for body in stage.webhooks if "/b." in body["data"]["payload"]["media_url"]} == {True}


@pytest.mark.parametrize(("targets", "hear"), [("self", (1, 0)), ("opposite", (0, 1)), ("both", (1, 1))])
def test_who_hears_it(targets: str, hear: tuple[int, int]) -> None:
    stage = Stage()
    a, b = stage.bridged()
    stage.do(a, "speak", **SPEECH, target_legs=targets)
    stage.run(2)
    assert (len(stage.view(a).heard), len(stage.view(b).heard)) == hear
    assert stage.told(a) == ["speak.started", "speak.ended"]
    assert stage.told(b) == []


def test_nobody_is_at_the_other_end() -> None:
    stage = Stage()
    leg = stage.inbound()
    stage.do(leg, "speak", **SPEECH, target_legs="opposite")
    stage.run(2)
    assert stage.view(leg).heard == ()
    assert stage.told() == ["speak.started", "speak.ended"]
