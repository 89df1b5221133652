"""An editor counts lines from 0 and columns in UTF-16 units, we count characters; converted back and forth, an offset stays the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol.types import Position

from callverbs.interpreter.lsp.positions import UNIT_COUNTERS, Positions

TEXTS = st.text(st.sampled_from("aé😀\n\r\t"), max_size=30)


@given(TEXTS, st.sampled_from(list(UNIT_COUNTERS)))
def test_an_offset_survives_the_round_trip(text: str, encoding: str) -> None:
    positions = Positions(text, encoding)
    for offset in range(len(text) + 1):
        if text[offset - 1 : offset + 1] != "\r\n":  # there is no position within a line break
            assert positions.offset(positions.position(offset)) == offset


@pytest.mark.parametrize(("encoding", "column"), [(None, 3), ("utf-8", 6), ("utf-16", 3), ("utf-32", 2)])
def test_an_emoji_is_as_wide_as_was_agreed(encoding: str | None, column: int) -> None:
    assert Positions("a\r\né😀b", encoding).position(5) == Position(1, column)
    assert Positions("a\r\né😀b", encoding).offset(Position(1, column)) == 5


def test_a_position_outside_is_the_end() -> None:
    positions = Positions("ab\ncd")
    assert positions.offset(Position(0, 9)) == 2
    assert positions.offset(Position(9, 0)) == 5
    assert positions.line_offset(2, 2) == 4
