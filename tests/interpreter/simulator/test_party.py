"""What people do by themselves: they listen and react, and type when they are asked to."""

from typing import Any

import pytest

from tests.interpreter.simulator.stage import FILE, SPEECH, Stage

MENU = {"payload": "For sales, press 1. For support, press 2.", "voice": "AWS.Polly.Joanna"}
SPOKEN = 0.3 + len(MENU["payload"]) / 14
"""Seconds of the menu."""


def spoken(phrase: str) -> float:
    """When a phrase of the menu is over, in seconds."""
    return SPOKEN * (MENU["payload"].index(phrase) + len(phrase)) / len(MENU["payload"])


@pytest.mark.parametrize(
    ("reaction", "phrase", "key"),
    [
        ({"pattern": "press 1", "press": "1"}, "press 1", "1"),
        ({"pattern": "SUPPORT, press (\\d)", "press": 2}, "support, press 2", "2"),
        ({"pattern": "sales", "press": "0", "after": "200ms"}, "sales", "0"),
    ],
)
def test_reacting_to_a_phrase(reaction: dict[str, Any], phrase: str, key: str) -> None:
    stage = Stage()
    leg = stage.inbound({"hears": [reaction]})
    begun = stage.now()
    stage.do(leg, "gather_using_speak", **MENU, maximum_digits=1, maximum_tries=1)
    stage.run(20)
    assert stage.last("gather.ended")["digits"] == key
    wait = 0.2 if "after" in reaction else 0.5
    assert stage.at("gather.ended") == pytest.approx(begun + spoken(phrase) + wait, abs=0.002)
    assert stage.view(leg).heard[0].whole is (begun + spoken(phrase) + wait > begun + SPOKEN)


def test_a_phrase_that_was_not_reached() -> None:
    stage = Stage()
    leg = stage.inbound({"hears": [{"pattern": "press 2", "press": "2"}, {"pattern": "press 1", "press": "1"}]})
    stage.do(leg, "gather_using_speak", **MENU, maximum_digits=1, maximum_tries=1)
    stage.run(20)
    assert stage.view(leg).keys == "1"


def test_the_last_word_counts() -> None:
    stage = Stage()
    leg = stage.inbound({"hears": [{"pattern": "press 2.", "hangup": True}]})
    begun = stage.now()
    stage.do(leg, "speak", **MENU)
    stage.run()
    assert stage.told() == ["speak.started", "speak.ended", "hangup"]
    assert stage.at("hangup") == pytest.approx(begun + SPOKEN + 0.49, abs=0.002)


@pytest.mark.parametrize(("press", "typed"), [("1", "111"), (["1", "2"], "12"), (["", "2"], "2")])
@pytest.mark.parametrize("loop", [3, "infinity"])
def test_a_phrase_that_comes_again(press: object, typed: str, loop: object) -> None:
    stage = Stage()
    leg = stage.inbound({"hears": [{"pattern": "world!", "press": press}]})
    stage.do(leg, "speak", **SPEECH, loop=loop)
    stage.run(3 * 1.2286 + 0.6)
    assert stage.view(leg).keys == typed


def test_reacting_to_a_file() -> None:
    stage = Stage()
    leg = stage.inbound({"hears": [{"pattern": "/a.mp3", "press": "5"}]})
    stage.do(leg, "playback_start", audio_url=FILE)
    stage.run(10)
    assert stage.view(leg).keys == "5"


def test_what_the_peer_says_to_both() -> None:
    stage = Stage(default={"hears": [{"pattern": "world", "press": "9"}], "talks": None})
    a, b = stage.bridged()
    stage.do(a, "speak", **SPEECH, target_legs="both")
    stage.run(5)
    assert (stage.view(a).keys, stage.view(b).keys) == ("", "9")


def test_one_item_for_each_time_that_keys_are_waited_for() -> None:
    stage = Stage()
    leg = stage.inbound({"presses": ["1", "22#"]})
    begun = stage.now()
    stage.do(leg, "gather", maximum_digits=1)
    stage.run(3)
    assert (stage.last("gather.ended")["digits"], stage.at("gather.ended")) == ("1", begun + 1)
    begun = stage.now()
    stage.do(leg, "gather_using_speak", **MENU, maximum_tries=1)
    stage.run(10)
    assert stage.last("gather.ended")["digits"] == "22"
    assert stage.at("gather.ended") == pytest.approx(begun + SPOKEN + 1.6, abs=0.002)
    stage.do(leg, "gather", maximum_digits=1)
    stage.run(20)
    assert stage.last("gather.ended")["status"] == "timeout"


def test_the_next_item_for_the_next_try() -> None:
    stage = Stage()
    leg = stage.inbound({"presses": ["9", "1"]})
    stage.do(leg, "gather_using_speak", **MENU, valid_digits="12", maximum_digits=1)
    stage.run(20)
    assert (stage.last("gather.ended")["status"], stage.view(leg).keys) == ("valid", "91")


def test_keys_with_a_pause() -> None:
    stage = Stage()
    leg = stage.inbound({"presses": "1wW2"})
    begun = stage.now()
    stage.do(leg, "gather", maximum_digits=2)
    stage.run(10)
    assert stage.at("gather.ended") == pytest.approx(begun + 1 + 0.3 + 1.5)


def test_the_caller_types_what_the_command_line_says() -> None:
    stage = Stage()
    leg = stage.inbound({"presses": "1", "hangs_up": 30}, presses=("7",))
    stage.do(leg, "gather", maximum_digits=1)
    stage.run()
    assert stage.last("gather.ended")["digits"] == "7"
    assert stage.told()[-1] == "hangup"


def test_whoever_hangs_up_types_no_more() -> None:
    stage = Stage()
    leg = stage.inbound({"presses": "123"})
    stage.do(leg, "gather")
    stage.run(1.1)
    stage.do(leg, "hangup")
    stage.run()
    assert stage.view(leg).keys == "1"
