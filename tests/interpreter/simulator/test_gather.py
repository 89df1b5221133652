"""How keys are collected. A case has the body of the command, the keys with their times, and the result with its time."""

from typing import Any

import pytest

from tests.interpreter.simulator.harness import FILE, FILE_SECONDS, SPEECH, SPEECH_SECONDS, CarrierHarness, keys

Typed = tuple[tuple[float, str], ...]
"""Keys, each with the seconds since the one before."""


def collect(harness: CarrierHarness, leg: str, typed: Typed) -> tuple[str, str, float]:
    """Types, and waits for the end. Returns status, digits, and seconds since the command."""
    begun = harness.now()
    for after, key in typed:
        harness.run(after)
        harness.carrier.press(leg, key)
    harness.run(500)
    over = harness.last("gather.ended")
    return over["status"], over["digits"], round(harness.at("gather.ended") - begun, 2)


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
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "gather", **keys(**body))
    assert collect(harness, leg, typed) == wanted
    assert harness.event_types() == ["dtmf.received"] * len(typed) + ["gather.ended"]
    assert not harness.view(leg).waiting


def test_the_carrier_s_own_times() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "gather")
    assert collect(harness, leg, ()) == ("timeout", "", 5.0)
    harness.do(leg, "gather")
    assert collect(harness, leg, ((4, "1"),)) == ("valid", "1", 9.0)


@pytest.mark.parametrize(
    ("name", "lasts", "events"), [("speak", SPEECH_SECONDS, []), ("audio", FILE_SECONDS, ["playback.started", "playback.ended"])]
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
    name: str, lasts: float, events: list[str], body: dict[str, Any], typed: Typed, wanted: tuple[str, str, float]
) -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    prompt = SPEECH if name == "speak" else {"audio_url": FILE}
    given = {"maximum_tries": 1, "timeout_millis": 10_000, "inter_digit_timeout_millis": 2_000}
    harness.do(leg, f"gather_using_{name}", **prompt, **given, **body)
    assert collect(harness, leg, typed) == wanted
    assert [one for one in harness.event_types() if one != "dtmf.received"] == [*events, "gather.ended"]
    if events:
        assert harness.last("playback.ended")["status"] == ("completed" if typed[0][0] > lasts else "cancelled")
    assert harness.view(leg).heard[0].whole == (typed[0][0] > lasts)


@pytest.mark.parametrize(("tries", "after"), [(1, SPEECH_SECONDS + 6), (3, 3 * (SPEECH_SECONDS + 6))])
def test_no_key_comes(tries: int, after: float) -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "gather_using_speak", **SPEECH, timeout_millis=6_000, **({"maximum_tries": 1} if tries == 1 else {}))
    status, digits, at = collect(harness, leg, ())
    assert (status, digits) == ("timeout", "")
    assert at == pytest.approx(after, abs=0.01)
    assert [one.what for one in harness.view(leg).heard] == ["Hello, world!"] * tries


def test_an_invalid_input_is_asked_for_again() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    body = {"invalid_payload": "That is not one of them.", "valid_digits": "12", "maximum_digits": 1, "maximum_tries": 2}
    harness.do(leg, "gather_using_speak", **SPEECH, **body)
    assert collect(harness, leg, ((1, "9"), (8, "2")))[:2] == ("valid", "2")
    assert [one.what for one in harness.view(leg).heard] == ["Hello, world!", "That is not one of them.", "Hello, world!"]


@pytest.mark.parametrize(
    ("body", "heard"),
    [({}, [FILE, FILE]), ({"invalid_audio_url": "https://example.com/no.mp3"}, [FILE, "https://example.com/no.mp3", FILE])],
)
def test_an_invalid_input_and_files(body: dict[str, Any], heard: list[str]) -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "gather_using_audio", audio_url=FILE, valid_digits="12", maximum_digits=1, maximum_tries=2, **body)
    assert collect(harness, leg, ((1, "9"), (15, "8")))[:2] == ("invalid", "8")
    assert [one.what for one in harness.view(leg).heard] == heard


def test_a_key_while_the_invalid_prompt_is_heard() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    body = {"invalid_media_name": "sorry", "valid_digits": "12", "maximum_digits": 1, "maximum_tries": 2}
    harness.do(leg, "gather_using_audio", audio_url=FILE, **body)
    assert collect(harness, leg, ((1, "9"), (1, "2")))[:2] == ("valid", "2")
    assert [one.what for one in harness.view(leg).heard] == [FILE, "sorry"]
    assert harness.event_types().count("playback.started") == harness.event_types().count("playback.ended") == 2


def test_a_prompt_that_is_not_there() -> None:
    harness = CarrierHarness(media={FILE: "missing"})
    leg = harness.inbound()
    harness.do(leg, "gather_using_audio", audio_url=FILE, timeout_millis=3_000, maximum_tries=1)
    assert collect(harness, leg, ())[:2] == ("timeout", "")
    assert harness.last("playback.ended")["status"] == "file_not_found"


def test_a_prompt_waits_for_what_is_heard_before() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "playback_start", audio_url=FILE)
    harness.do(leg, "gather_using_speak", **SPEECH, timeout_millis=3_000, maximum_tries=1)
    assert collect(harness, leg, ())[2] == pytest.approx(FILE_SECONDS + SPEECH_SECONDS + 3, abs=0.01)


def test_a_key_takes_away_a_prompt_that_has_not_begun() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "playback_start", audio_url=FILE)
    harness.do(leg, "gather_using_speak", **SPEECH, maximum_digits=1)
    assert collect(harness, leg, ((1, "7"),)) == ("valid", "7", 1.0)
    assert [one.what for one in harness.view(leg).heard] == [FILE]


@pytest.mark.parametrize("before", [(), ((1.0, FILE),)])
def test_a_prompt_that_is_stopped(before: tuple[Any, ...]) -> None:
    """Whether it is being heard or still waits, the time for keys begins then."""
    harness = CarrierHarness()
    leg = harness.inbound()
    for _, url in before:
        harness.do(leg, "playback_start", audio_url=url)
    harness.do(leg, "gather_using_audio", audio_url=FILE, timeout_millis=3_000, maximum_tries=1)
    harness.run(1)
    harness.do(leg, "playback_stop")
    assert collect(harness, leg, ()) == ("timeout", "", 3.0)


def test_gather_stop() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "gather_using_audio", audio_url=FILE)
    harness.run(1)
    harness.carrier.press(leg, "1")
    harness.run(0.1)
    harness.do(leg, "gather_stop")
    harness.do(leg, "gather_stop")
    harness.run(100)
    assert harness.event_types() == ["playback.started", "dtmf.received", "playback.ended", "gather.ended"]
    assert (harness.last("gather.ended")["status"], harness.last("gather.ended")["digits"]) == ("cancelled", "1")


def test_a_new_gather_takes_the_place_of_the_old_one() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "gather", **keys())
    harness.run(1)
    harness.do(leg, "gather", **keys(maximum_digits=1))
    harness.run(0.1)
    assert harness.last("gather.ended")["status"] == "cancelled"
    assert collect(harness, leg, ((1, "5"),)) == ("valid", "5", 1.0)
    assert harness.event_types().count("gather.ended") == 2


def test_what_is_collected_ends_with_the_leg() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "gather_using_audio", audio_url=FILE)
    harness.do(leg, "gather_using_audio", audio_url=FILE)
    harness.run(1)
    harness.forget()
    harness.carrier.press(leg, "1")
    harness.do(leg, "playback_start", audio_url=FILE)
    harness.do(leg, "hangup")
    harness.run(100)
    assert harness.event_types() == ["dtmf.received", "playback.ended", "playback.started", "playback.ended", "gather.ended", "hangup"]
    assert (harness.last("gather.ended")["status"], harness.last("gather.ended")["digits"]) == ("call_hangup", "1")
    assert harness.last("playback.ended")["status"] == "call_hangup"


def test_a_gather_with_an_id_is_reported_with_it() -> None:
    harness = CarrierHarness()
    leg = harness.inbound()
    harness.do(leg, "gather", **keys(maximum_digits=1, gather_id="menu"))
    harness.carrier.press(leg, "1")
    harness.run(1)
    assert harness.last("gather.ended")["gather_id"] == "menu"
