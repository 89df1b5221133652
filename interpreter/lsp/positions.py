"""Positions of a text as an editor counts them: lines from 0, and columns in the units that client and server have agreed on.

A language client counts UTF-16 units unless it says otherwise: an emoji is two.
"""

from bisect import bisect_right
from collections.abc import Callable

from lsprotocol.types import Position, PositionEncodingKind, Range

from callverbs.interpreter.text.lines import LINE_BREAK, Span

UNIT_COUNTERS: dict[str, Callable[[str], int]] = {
    PositionEncodingKind.Utf8: lambda text: len(text.encode()),
    PositionEncodingKind.Utf16: lambda text: len(text.encode("utf-16-le")) // 2,
    PositionEncodingKind.Utf32: len,
}
"""By encoding, the function that counts the units of a text."""


class Positions:
    """The positions of one text in one encoding, by default UTF-16."""

    def __init__(self, text: str, encoding: str | None = None) -> None:
        self._text = text
        self._count_units = UNIT_COUNTERS[encoding or PositionEncodingKind.Utf16]
        breaks = list(LINE_BREAK.finditer(text))
        self._starts = [0, *(one.end() for one in breaks)]
        self._ends = [*(one.start() for one in breaks), len(text)]

    def position(self, offset: int) -> Position:
        """Returns the position of an offset."""
        line = bisect_right(self._starts, offset) - 1
        return Position(line, self._count_units(self._text[self._starts[line] : offset]))

    def range(self, start: int, end: int) -> Range:
        """Returns the range between two offsets."""
        return Range(self.position(start), self.position(end))

    def span_range(self, span: Span) -> Range:
        """Returns the range of a span."""
        return self.range(*self.span_offsets(span))

    def offset(self, position: Position) -> int:
        """Returns the offset of a position; behind the end of a line, or of the text, that end."""
        if position.line >= len(self._starts):
            return len(self._text)
        start, end = self._starts[position.line], self._ends[position.line]
        return next((at for at in range(start, end) if self._count_units(self._text[start:at]) >= position.character), end)

    def line_offset(self, line: int, column: int = 1) -> int:
        """Returns the offset of a line and a column as the linter counts them: from 1, in characters."""
        return self._starts[line - 1] + column - 1

    def span_offsets(self, span: Span) -> tuple[int, int]:
        """Returns the offsets of a span."""
        return self.line_offset(span.line, span.column), self.line_offset(span.end_line, span.end_column)
