"""What people do by themselves: they listen and react, and type when they are asked to."""

from typing import Any

import pytest

from tests.interpreter.simulator.harness import FILE, SPEECH, CarrierHarness

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
    harness = CarrierHarness()
    leg = harness.inbound({"hears": [reaction]})
    begun = harness.now()
    harness.do(leg, "gather_using_speak", **MENU, maximum_digits=1, maximum_tries=1)
    harness.run(20)
    assert harness.last("gather.ended")["digits"] == key
    wait = 0.2 if "after" in reaction else 0.5
    assert harness.at("gather.ended") == pytest.approx(begun + spoken(phrase) + wait, abs=0.002)
    assert harness.view(leg).heard[0].whole is (begun + spoken(phrase) + wait > begun + SPOKEN)


def test_a_phrase_that_was_not_reached() -> None:
    harness = CarrierHarness()
    leg = harness.inbound({"hears": [{"pattern": "press 2", "press": "2"}, {"pattern": "press 1", "press": "1"}]})
    harness.do(leg, "gather_using_speak", **MENU, maximum_digits=1, maximum_tries=1)
    harness.run(20)
    assert harness.view(leg).keys == "1"


def test_the_last_word_counts() -> None:
    harness = CarrierHarness()
    leg = harness.inbound({"hears": [{"pattern": "press 2.", "hangup": True}]})
    begun = harness.now()
    harness.do(leg, "speak", **MENU)
    harness.run()
    assert harness.event_types() == ["speak.started", "speak.ended", "hangup"]
    assert harness.at("hangup") == pytest.approx(begun + SPOKEN + 0.49, abs=0.002)


@pytest.mark.parametrize(("press", "typed"), [("1", "111"), (["1", "2"], "12"), (["", "2"], "2")])
@pytest.mark.parametrize("loop", [3, "infinity"])
def test_a_phrase_that_comes_again(press: object, typed: str, loop: object) -> None:
    harness = CarrierHarness()
    leg = harness.inbound({"hears": [{"pattern": "world!", "press": press}]})
    harness.do(leg, "speak", **SPEECH, loop=loop)
    harness.run(3 * 1.2286 + 0.6)
    assert harness.view(leg).keys == typed


def test_reacting_to_a_file() -> None:
    harness = CarrierHarness()
    leg = harness.inbound({"hears": [{"pattern": "/a.mp3", "press": "5"}]})
    harness.do(leg, "playback_start", audio_url=FILE)
    harness.run(10)
    assert harness.view(leg).keys == "5"


def test_what_the_peer_says_to_both() -> None:
    harness = CarrierHarness(default={"hears": [{"pattern": "world", "press": "9"}], "talks": None})
    a, b = harness.bridged()
    harness.do(a, "speak", **SPEECH, target_legs="both")
    harness.run(5)
    assert (harness.view(a).keys, harness.view(b).keys) == ("", "9")


def test_one_item_for_each_time_that_keys_are_waited_for() -> None:
    harness = CarrierHarness()
    leg = harness.inbound({"presses": ["1", "22#"]})
    begun = harness.now()
    harness.do(leg, "gather", maximum_digits=1)
    harness.run(3)
    assert (harness.last("gather.ended")["digits"], harness.at("gather.ended")) == ("1", begun + 1)
    begun = harness.now()
    harness.do(leg, "gather_using_speak", **MENU, maximum_tries=1)
    harness.run(10)
    assert harness.last("gather.ended")["digits"] == "22"
    assert harness.at("gather.ended") == pytest.approx(begun + SPOKEN + 1.6, abs=0.002)
    harness.do(leg, "gather", maximum_digits=1)
    harness.run(20)
    assert harness.last("gather.ended")["status"] == "timeout"


def test_the_next_item_for_the_next_try() -> None:
    harness = CarrierHarness()
    leg = harness.inbound({"presses": ["9", "1"]})
    harness.do(leg, "gather_using_speak", **MENU, valid_digits="12", maximum_digits=1)
    harness.run(20)
    assert (harness.last("gather.ended")["status"], harness.view(leg).keys) == ("valid", "91")


def test_keys_with_a_pause() -> None:
    harness = CarrierHarness()
    leg = harness.inbound({"presses": "1wW2"})
    begun = harness.now()
    harness.do(leg, "gather", maximum_digits=2)
    harness.run(10)
    assert harness.at("gather.ended") == pytest.approx(begun + 1 + 0.3 + 1.5)


def test_the_caller_types_the_keys_of_the_command_line() -> None:
    harness = CarrierHarness()
    leg = harness.inbound({"presses": "1", "hangs_up": 30}, presses=("7",))
    harness.do(leg, "gather", maximum_digits=1)
    harness.run()
    assert harness.last("gather.ended")["digits"] == "7"
    assert harness.event_types()[-1] == "hangup"


def test_a_party_that_hangs_up_types_no_more() -> None:
    harness = CarrierHarness()
    leg = harness.inbound({"presses": "123"})
    harness.do(leg, "gather")
    harness.run(1.1)
    harness.do(leg, "hangup")
    harness.run()
    assert harness.view(leg).keys == "1"
