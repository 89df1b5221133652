"""The people of a scenario, as it describes them."""

import re
import time
from typing import Any

import msgspec
import pytest

from callverbs.interpreter.simulator.people import Machine, Person, PersonDirectory, PersonError, Reaction, read_person, to_seconds


@pytest.mark.parametrize(
    ("written", "wanted"), [(3, 3.0), (3.5, 3.5), ("3s", 3.0), ("500ms", 0.5), ("2m", 120.0), ("1.5 s", 1.5), ("4", 4.0), ("1h", 3600.0)]
)
def test_durations(written: float | str, wanted: float) -> None:
    assert to_seconds(written) == wanted


@pytest.mark.parametrize("written", ["", "three", "3 days", "-1", -1, "s"])
def test_what_is_no_duration(written: float | str) -> None:
    with pytest.raises(PersonError):
        to_seconds(written)


@pytest.mark.parametrize(
    ("person", "after", "status"),
    [
        ({}, 3.0, 0),
        ({"answers": "500ms"}, 0.5, 0),
        ("busy", 0.5, 486),
        ("unknown", 0.5, 404),
        ("rejects", 2.0, 603),
        ({"rejects": 480}, 2.0, 480),
        ("no_answer", None, 0),
        ({"machine": True}, 3.0, 0),
        ({"machine": {"answers": 1, "greeting": 4, "beep": False}}, 1.0, 0),
    ],
)
def test_how_people_take_a_call(person: object, after: float | None, status: int) -> None:
    assert read_person(person).call_response() == (after, status)


@pytest.mark.parametrize(
    ("person", "words"),
    [
        ({"answers": 3, "busy": True}, "one way, not 2: answers, busy"),
        ({"answers": "soon"}, '"soon" is not a duration'),
        ({"rejects": 200}, "from 400 to 699"),
        ({"hears": [{"pattern": "a"}]}, "give press, say, or hangup: true"),
        ({"hears": [{"pattern": "a", "press": "1", "hangup": True}]}, "give press, say, or hangup: true"),
        ({"hears": [{"pattern": "", "press": "1"}]}, "pattern must not be empty"),
        ({"hears": [{"pattern": "a", "press": "x"}]}, '"x" cannot be typed'),
        ({"presses": ["1", "e"]}, '"e" cannot be typed'),
        ({"machine": {"greeting": "long"}}, '"long" is not a duration'),
        ({"talks": -1}, "cannot be negative"),
        ({"answer": 3}, "there is no property answer; did you mean answers?; there are answers, busy"),
        ({"machine": {"greting": 3}}, "there is no property greting; did you mean greeting?; there are greeting, beep, answers"),
        ({"hears": [{"press": 1}]}, "hears[0] needs pattern"),
        ({"busy": 1}, "busy must be true or false, not 1"),
        (5, "a person must be an object, not 5"),
        ("asleep", "there are answers, busy"),
    ],
)
def test_a_person_that_cannot_be(person: object, words: str) -> None:
    with pytest.raises(PersonError, match=re.escape(words)):
        read_person(person)


def test_a_scenario_says_where_the_fault_is() -> None:
    with pytest.raises(msgspec.ValidationError, match=r"\$\.hears\[1\]"):
        msgspec.convert({"hears": [{"pattern": "a", "press": "1"}, {"pattern": "b"}]}, Person)


@pytest.mark.parametrize(
    ("pattern", "text", "end"),
    [
        ("press 1", "Please PRESS 1 now", 14),
        ("press 1.", "Press 1. Or 2.", 8),
        ("(pin|code)", "Your code, please", 9),
        ("((", "odd (( text", 6),
        ("absent", "Please press 1", 0),
    ],
)
def test_phrases(pattern: str, text: str, end: int) -> None:
    assert Reaction(pattern, press="1").phrase_end(text) == end


def test_yaml_reads_keys_as_numbers() -> None:
    person = read_person({"presses": [1, "22#"], "hears": [{"pattern": "a", "press": 5}]})
    assert person.press_items == ("1", "22#")
    assert person.hears[0].keys(0) == "5"


def test_keys_for_a_phrase_that_comes_again() -> None:
    heard = Reaction("pin", press=("1", "2"))
    assert [heard.keys(time) for time in range(3)] == ["1", "2", ""]


WHO: dict[str, Any] = {"+1": {"answers": 1}, "sip:bob@example.com": {"answers": 2}, "b2": {"answers": 5}}


@pytest.mark.parametrize(
    ("address", "label", "answers"),
    [
        ("+1", "b2", 1),
        ("sip:Bob@Example.com;transport=tls", "", 2),
        ("sips:bob@example.com", "", 2),
        ("sip:+1@sip.telnyx.com", "b2", 1),
        ("sip:+1@example.com", "b2", 5),
        ("+2", "b2", 5),
        ("+2", "b1", 9),
    ],
)
def test_which_person_is_called(address: str, label: str, answers: float) -> None:
    people = PersonDirectory(WHO, Person(answers=8), default=Person(answers=9))
    assert people.callee(address, label).answers == answers


def test_which_person_calls() -> None:
    people = PersonDirectory({"+1": "busy"}, Person(hangs_up=5))
    assert people.caller("+1").busy
    assert people.caller("+2").hangs_up == 5
    assert PersonDirectory().caller("+2") == Person()


def test_a_machine_without_details() -> None:
    assert Person(machine=True).answering_machine == Machine()
    assert Person().answering_machine is None


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "(.*)*x", "([a-z]+)*1"])
def test_no_pattern_takes_long(pattern: str) -> None:
    began = time.perf_counter()
    assert Reaction(pattern, press="1").phrase_end("a" * 3_000 + "!") == 0
    assert time.perf_counter() - began < 0.5


@pytest.mark.parametrize(
    ("pattern", "text", "end"),
    [("press 1", "To buy, PRESS 1 now", 15), ("order (number|code)", "your order code?", 15), ("a(", "say a(b", 6), ("ä$", "xä", 2)],
)
def test_a_pattern_is_a_text_or_a_regular_expression(pattern: str, text: str, end: int) -> None:
    assert Reaction(pattern, press="1").phrase_end(text) == end


@pytest.mark.parametrize("pattern", ["(?=press)", r"(a)\1", "x" * 1_001])
def test_patterns_that_are_not_possible(pattern: str) -> None:
    with pytest.raises(PersonError, match=r"lookaround|1000 characters"):
        Reaction(pattern, press="1")
