"""Key sequences: found when their last key is pressed, once, in whatever order the webhooks of keys come."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callverbs.verbs.parts.dtmf_capture import MAX_GAP_SECONDS, MAX_KEYS, Capture, KeyBuffer


def found(keys: str, patterns: list[str], gap: float = 0.5) -> list[str]:
    buffer = KeyBuffer()
    return [buffer.press(key, 100 + number * gap, patterns) for number, key in enumerate(keys)]


@pytest.mark.parametrize(
    ("keys", "patterns", "matches"),
    [
        ("*2", ["*2"], ["", "*2"]),
        ("5*2", ["*2"], ["", "", "*2"]),
        ("*22", ["*2"], ["", "*2", ""]),
        ("*2*2", ["*2"], ["", "*2", "", "*2"]),
        ("12", ["2", "12"], ["", "2"]),  # the first in the author's order
        ("12", ["12", "2"], ["", "12"]),
        ("111", ["11"], ["", "11", "11"]),  # the buffer is not cleared by a match (jambonz dtmf-collector.js)
        ("123", [], ["", "", ""]),
    ],
)
def test_sequences(keys: str, patterns: list[str], matches: list[str]) -> None:
    assert found(keys, patterns) == matches


def test_a_gap_begins_anew() -> None:
    assert found("*2", ["*2"], MAX_GAP_SECONDS) == ["", ""]
    assert found("*2", ["*2"], MAX_GAP_SECONDS - 0.01) == ["", "*2"]


def test_the_gap_counts_from_key_to_key() -> None:
    assert found("1234", ["1234"], MAX_GAP_SECONDS - 0.01) == ["", "", "", "1234"]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_sequence_is_found_once_in_any_order(order: tuple[int, ...]) -> None:
    buffer = KeyBuffer()
    found = [buffer.press("1*2"[index], 100 + index, ["1*2"]) for index in order]
    assert [one for one in found if one] == ["1*2"]


def test_a_late_key_does_not_find_again_what_was_found() -> None:
    buffer = KeyBuffer()
    assert buffer.press("2", 101, ["2", "*2"]) == "2"
    assert buffer.press("*", 100, ["2", "*2"]) == "*2"
    assert buffer.press("1", 99, ["2", "*2"]) == ""


@given(st.text(st.sampled_from("0123456789*#"), max_size=80))
def test_a_buffer_is_bounded(keys: str) -> None:
    buffer = KeyBuffer()
    for number, key in enumerate(keys):
        assert buffer.press(key, number, [key]) == key
    assert len(buffer.keys) <= MAX_KEYS


def test_a_list_is_for_both_parties() -> None:
    assert Capture.of(["1"]) == Capture(parent_call=["1"], child_call=["1"])
    assert Capture.of(Capture(parent_call=["1"])) == Capture(parent_call=["1"], child_call=[])
