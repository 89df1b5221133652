"""Offsets of a text as an editor counts them: lines from 0, and columns in the units that client and server have agreed on.

A language client counts UTF-16 units unless it says otherwise: an emoji is two.
"""

from bisect import bisect_right
from collections.abc import Callable

from lsprotocol.types import Position, PositionEncodingKind, Range

from interpreter.text.place import BREAK

WIDTHS: dict[str, Callable[[str], int]] = {
    PositionEncodingKind.Utf8: lambda text: len(text.encode()),
    PositionEncodingKind.Utf16: lambda text: len(text.encode("utf-16-le")) // 2,
    PositionEncodingKind.Utf32: len,
}


class Positions:
    """The lines of a text."""

    def __init__(self, text: str, encoding: str | None = None) -> None:
        self._text = text
        self._width = WIDTHS[encoding or PositionEncodingKind.Utf16]
        breaks = list(BREAK.finditer(text))
        self._starts = [0, *(one.end() for one in breaks)]
        self._ends = [*(one.start() for one in breaks), len(text)]

    def position(self, offset: int) -> Position:
        """An offset as an editor counts."""
        line = bisect_right(self._starts, offset) - 1
        return Position(line, self._width(self._text[self._starts[line] : offset]))

    def range(self, start: int, end: int) -> Range:
        """A range of offsets as an editor counts."""
        return Range(self.position(start), self.position(end))

    def offset(self, position: Position) -> int:
        """An editor's position as an offset; the end of the line, or of the text, where there is no such place."""
        if position.line >= len(self._starts):
            return len(self._text)
        start, end = self._starts[position.line], self._ends[position.line]
        return next((at for at in range(start, end) if self._width(self._text[start:at]) >= position.character), end)

    def place(self, line: int, column: int) -> int:
        """A line and a column of the linter, which begin at 1 and count characters, as an offset."""
        return self._starts[line - 1] + column - 1
