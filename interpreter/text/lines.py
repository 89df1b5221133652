"""The lines of a text: offsets become lines and columns. This module knows neither JSON nor YAML.

Offsets and columns count characters (Unicode code points): an emoji is one, a tab is one, a byte order mark none. Lines and
columns begin at 1; an end is the position just behind the last character. A line ends with LF, CR LF or CR.
"""

import re
from bisect import bisect_right
from typing import NamedTuple

LINE_BREAK = re.compile(r"\r\n|\n|\r")


class Span(NamedTuple):
    """A range of a text, in lines and columns."""

    line: int
    column: int
    end_line: int
    end_column: int


class Lines:
    """The lines of one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        breaks = list(LINE_BREAK.finditer(text))
        self._starts = [0, *(found.end() for found in breaks)]
        self._ends = [*(found.start() for found in breaks), len(text)]

    def span(self, start: int, end: int) -> Span:
        """Returns a range of offsets in lines and columns."""
        return Span(*self._position(start), *self._position(max(start, end)))

    def _position(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, min(offset, len(self._text)))
        return line, min(offset, len(self._text)) - self._starts[line - 1] + 1

    def line(self, number: int) -> str:
        """Returns a line without its line break; "" where there is no such line."""
        if not 1 <= number <= len(self._starts):
            return ""
        return self._text[self._starts[number - 1] : self._ends[number - 1]]
