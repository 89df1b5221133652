"""How keys are collected. A case says what is asked for, what is typed and when, and what came of it, and when."""

from typing import Any

import pytest

from tests.interpreter.simulator.stage import FILE, FILE_LASTS, SPEECH, SPEECH_LASTS, Stage, keys

Typed = tuple[tuple[float, str], ...]
"""Keys, each with the seconds after the one before."""


def collect(stage: Stage, leg: str, typed: Typed) -> tuple[str, str, float]:
    """Type, and wait for the end: status, digits, and seconds since the command."""
    begun = stage.now()
    for after, key in typed:
        stage.run(after)
        stage.carrier.press(leg, key)
    stage.run(500)
    over = stage.last("gather.ended")
    return over["status"], over["digits"], round(stage.at("gather.ended") - begun, 2)


@pytest.mark.parametrize(
    ("body", "typed", "wanted"),
    [
        ({"maximum_digits": 1}, ((1, "5"),), ("valid", "5", 1.0)),
        ({"minimum_digits": 4, "maximum_digits": 4}, ((1, "1"), (1, "2"), (1, "3"), (1, "4")), ("valid", "1234", 4.0)),
        ({}, ((1, "1"), (1, "2"), (1, "#")), ("valid", "12", 3.0)),
        ({"terminating_digit": "*"}, ((1, "1"), (1, "#"), (1, "*")), ("valid", "1#", 3.0)),
        ({"terminating_digit": "", "maximum_digits": 2}, ((1, "1"), (1, "#")), ("valid", "1#", 2.0)),
        ({}, ((1, "1"), (1, "2")), ("valid", "12", 4.0)),
        ({"minimum_digits": 3}, ((1, "1"), (1, "2")), ("invalid", "12", 4.0)),
        ({"minimum_digits": 3}, ((1, "1"), (1, "#")), ("invalid", "1", 2.0)),
        ({}, ((1, "#"),), ("invalid", "", 1.0)),
        ({"valid_digits": "12", "maximum_digits": 1}, ((1, "3"),), ("invalid", "3", 1.0)),
        ({}, (), ("timeout", "", 5.0)),
        ({"initial_timeout_millis": 8_000}, (), ("timeout", "", 8.0)),
        ({"timeout_millis": 3_000}, (), ("timeout", "", 3.0)),
        ({"timeout_millis": 3_000}, ((1, "1"), (1.5, "2")), ("timeout", "12", 3.0)),
        ({"timeout_millis": 0}, ((4, "1"),), ("valid", "1", 6.0)),
        ({"inter_digit_timeout_millis": 500}, ((1, "1"),), ("valid", "1", 1.5)),
    ],
)
def test_gather(body: dict[str, Any], typed: Typed, wanted: tuple[str, str, float]) -> None:
    stage = Stage()
    leg = stage.inbound()
    stage.do(leg, "gather", **keys(**body))
    assert collect(stage, leg, typed) == wanted
    assert stage.told() == ["dtmf.received"] * len(typed) + ["gather.ended"]
    assert not stage.view(leg).waiting


def test_the_carrier_s_own_times() -> None:
    stage = Stage()
    leg = stage.inbound()
    stage.do(leg, "gather")
    assert collect(stage, leg, ()) == ("timeout", "", 5.0)
    stage.do(leg, "gather")
    assert collect(stage, leg, ((4, "1"),)) == ("valid", "1", 9.0)


@pytest.mark.parametrize(
    ("name", "lasts", "told"), [("speak", SPEECH_LASTS, []), ("audio", FILE_LASTS, ["playback.started", "playback.ended"])]
)
@pytest.mark.parametrize(
    ("body", "typed", "wanted"),
    [
        ({"maximum_digits": 1}, ((0.5, "5"),), ("valid", "5", 0.5)),
        ({"maximum_digits": 2}, ((0.5, "5"), (1.5, "6")), ("valid", "56", 2.0)),
        ({}, ((0.5, "5"),), ("valid", "5", 2.5)),
        ({}, ((0.5, "#"),), ("invalid", "", 0.5)),
        ({}, ((10, "5"),), ("valid", "5", 12.0)),
    ],
)
def test_a_key_stops_the_prompt(
    name: str, lasts: float, told: list[str], body: dict[str, Any], typed: Typed, wanted: tuple[str, str, float]
) -> None:
    stage = Stage()
    leg = stage.inbound()
    prompt = SPEECH if name == "speak" else {"audio_url": FILE}
    given = {"maximum_tries": 1, "timeout_millis": 10_000, "inter_digit_timeout_millis": 2_000}
    stage.do(leg, f"gather_using_{name}", **prompt, **given, **body)
    assert collect(stage, leg, typed) == wanted
    assert [one for one in stage.told() if one != "dtmf.received"] == [*told, "gather.ended"]
    if told:
        assert stage.last("playback.ended")["status"] == ("completed" if typed[0][0] > lasts else "cancelled")
    assert stage.view(leg).heard[0].whole == (typed[0][0] > lasts)


@pytest.mark.parametrize(("tries", "after"), [(1, SPEECH_LASTS + 6), (3, 3 * (SPEECH_LASTS + 6))])
def test_nobody_types(tries: int, after: float) -> None:
    stage = Stage()
    leg = stage.inbound()
    stage.do(leg, "gather_using_speak", **SPEECH, timeout_millis=6_000, **({"maximum_tries": 1} if tries == 1 else {}))
    status, digits, at = collect(stage, leg, ())
    assert (status, digits) == ("timeout", "")
    assert at == pytest.approx(after, abs=0.01)
    assert [one.what for one in stage.view(leg).heard] == ["Hello, world!"] * tries


def test_an_invalid_input_is_asked_for_again() -> None:
    stage = Stage()
    leg = stage.inbound()
    body = {"invalid_payload": "That is not one of them.", "valid_digits": "12", "maximum_digits": 1, "maximum_tries": 2}
    stage.do(leg, "gather_using_speak", **SPEECH, **body)
    assert collect(stage, leg, ((1, "9"), (8, "2")))[:2] == ("valid", "2")
    assert [one.what for one in stage.view(leg).heard] == ["Hello, world!", "That is not one of them.", "Hello, world!"]


@pytest.mark.parametrize(
    ("body", "heard"),
    [({}, [FILE, FILE]), ({"invalid_audio_url": "https://example.com/no.mp3"}, [FILE, "https://example.com/no.mp3", FILE])],
)
def test_an_invalid_input_and_files(body: dict[str, Any], heard: list[str]) -> None:
    stage = Stage()
    leg = stage.inbound()
    stage.do(leg, "gather_using_audio", audio_url=FILE, valid_digits="12", maximum_digits=1, maximum_tries=2, **body)
    assert collect(stage, leg, ((1, "9"), (15, "8")))[:2] == ("invalid", "8")
    assert [one.what for one in stage.view(leg).heard] == heard


def test_a_key_while_the_apology_is_heard() -> None:
    stage = Stage()
    leg = stage.inbound()
    body = {"invalid_media_name": "sorry", "valid_digits": "12", "maximum_digits": 1, "maximum_tries": 2}
    stage.do(leg, "gather_using_audio", audio_url=FILE, **body)
    assert collect(stage, leg, ((1, "9"), (1, "2")))[:2] == ("valid", "2")
    assert [one.what for one in stage.view(leg).heard] == [FILE, "sorry"]
    assert stage.told().count("playback.started") == stage.told().count("playback.ended") == 2


def test_a_prompt_that_is_not_there() -> None:
    stage = Stage(media={FILE: "missing"})
    leg = stage.inbound()
    stage.do(leg, "gather_using_audio", audio_url=FILE, timeout_millis=3_000, maximum_tries=1)
    assert collect(stage, leg, ())[:2] == ("timeout", "")
    assert stage.last("playback.ended")["status"] == "file_not_found"


def test_a_prompt_waits_for_what_is_heard_before() -> None:
    stage = Stage()
    leg = stage.inbound()
    stage.do(leg, "playback_start", audio_url=FILE)
    stage.do(leg, "gather_using_speak", **SPEECH, timeout_millis=3_000, maximum_tries=1)
    assert collect(stage, leg, ())[2] == pytest.approx(FILE_LASTS + SPEECH_LASTS + 3, abs=0.01)


def test_a_key_takes_away_a_prompt_that_has_not_begun() -> None:
    stage = Stage()
    leg = stage.inbound()
    stage.do(leg, "playback_start", audio_url=FILE)
    stage.do(leg, "gather_using_speak", **SPEECH, maximum_digits=1)
    assert collect(stage, leg, ((1, "7"),)) == ("valid", "7", 1.0)
    assert [one.what for one in stage.view(leg).heard] == [FILE]


@pytest.mark.parametrize("before", [(), ((1.0, FILE),)])
def test_a_prompt_that_is_stopped(before: tuple[Any, ...]) -> None:
    """Whether it is being heard or still waits: the time for keys begins then."""
    stage = Stage()
    leg = stage.inbound()
    for _, url in before:
        stage.do(leg, "playback_start", audio_url=url)
    stage.do(leg, "gather_using_audio", audio_url=FILE, timeout_millis=3_000, maximum_tries=1)
    stage.run(1)
    stage.do(leg, "playback_stop")
    assert collect(stage, leg, ()) == ("timeout", "", 3.0)


def test_gather_stop() -> None:
    stage = Stage()
    leg = stage.inbound()
    stage.do(leg, "gather_using_audio", audio_url=FILE)
    stage.run(1)
    stage.carrier.press(leg, "1")
    stage.run(0.1)
    stage.do(leg, "gather_stop")
    stage.do(leg, "gather_stop")
    stage.run(100)
    assert stage.told() == ["playback.started", "dtmf.received", "playback.ended", "gather.ended"]
    assert (stage.last("gather.ended")["status"], stage.last("gather.ended")["digits"]) == ("cancelled", "1")


def test_a_new_gather_takes_the_place_of_the_old_one() -> None:
    stage = Stage()
    leg = stage.inbound()
    stage.do(leg, "gather", **keys())
    stage.run(1)
    stage.do(leg, "gather", **keys(maximum_digits=1))
    stage.run(0.1)
    assert stage.last("gather.ended")["status"] == "cancelled"
    assert collect(stage, leg, ((1, "5"),)) == ("valid", "5", 1.0)
    assert stage.told().count("gather.ended") == 2


def test_what_is_collected_ends_with_the_leg() -> None:
    stage = Stage()
    leg = stage.inbound()
    stage.do(leg, "gather_using_audio", audio_url=FILE)
    stage.do(leg, "gather_using_audio", audio_url=FILE)
    stage.run(1)
    stage.forget()
    stage.carrier.press(leg, "1")
    stage.do(leg, "playback_start", audio_url=FILE)
    stage.do(leg, "hangup")
    stage.run(100)
    assert stage.told() == ["dtmf.received", "playback.ended", "playback.started", "playback.ended", "gather.ended", "hangup"]
    assert (stage.last("gather.ended")["status"], stage.last("gather.ended")["digits"]) == ("call_hangup", "1")
    assert stage.last("playback.ended")["status"] == "call_hangup"
