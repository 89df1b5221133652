"""An editor counts lines from 0 and columns in UTF-16 units; we count characters. There and back is the same place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol.types import Position

from interpreter.lsp.positions import WIDTHS, Positions

TEXTS = st.text(st.sampled_from("aé😀\n\r\t"), max_size=30)


@given(TEXTS, st.sampled_from(list(WIDTHS)))
def test_there_and_back(text: str, encoding: str) -> None:
    positions = Positions(text, encoding)
    for offset in range(len(text) + 1):
        if text[offset - 1 : offset + 1] != "\r\n":  # there is no place within a line end
            assert positions.offset(positions.position(offset)) == offset


@pytest.mark.parametrize(("encoding", "column"), [(None, 3), ("utf-8", 6), ("utf-16", 3), ("utf-32", 2)])
def test_an_emoji_is_as_wide_as_was_agreed(encoding: str | None, column: int) -> None:
    assert Positions("a\r\né😀b", encoding).position(5) == Position(1, column)
    assert Positions("a\r\né😀b", encoding).offset(Position(1, column)) == 5


def test_what_is_outside_is_at_the_end() -> None:
    positions = Positions("ab\ncd")
    assert positions.offset(Position(0, 9)) == 2
    assert positions.offset(Position(9, 0)) == 5
    assert positions.place(2, 2) == 4
