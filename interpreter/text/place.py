"""Where in a text the parts of a value stand. This file knows offsets, lines and columns, and neither JSON nor YAML.

Offsets and columns count characters (Unicode code points): an emoji is one, a tab is one, a byte order mark none. Lines and
columns begin at 1; an end is the place just behind the last character. A line ends with LF, CR LF or CR.
"""

import re
from bisect import bisect_right
from collections.abc import Callable
from typing import Any, NamedTuple

Steps = tuple[str | int, ...]
"""The way to a part of a value: keys and indexes from the root."""
DEEPEST = 100
"""Lists and objects within each other, at the most: deeper is a mistake, or an attack on whoever reads it."""
MISSING: Any = object()
"""The value of a text that cannot be read."""

BREAK = re.compile(r"\r\n|\n|\r")


class Span(NamedTuple):
    """A range of a text, as people count."""

    line: int
    column: int
    end_line: int
    end_column: int


class Place(NamedTuple):
    """A range of offsets that holds a value, the range of its key, and the places of what is inside."""

    start: int
    end: int
    inside: "dict[str | int, Place]" = {}
    key: tuple[int, int] | None = None


class Flaw(NamedTuple):
    """Something wrong with the text itself: where, which rule, and one sentence."""

    start: int
    end: int
    code: str
    message: str
    path: Steps = ()


class UnreadableError(Exception):
    """The text cannot be read any further."""

    def __init__(self, flaw: Flaw) -> None:
        self.flaw = flaw
        super().__init__(flaw.message)


class Parsed(NamedTuple):
    """What a reader makes of a text. `places` is asked only where something is to be reported."""

    value: Any
    flaws: list[Flaw]
    places: Callable[[], Place]


class Lines:
    """The lines of a text."""

    def __init__(self, text: str) -> None:
        self._text = text
        breaks = list(BREAK.finditer(text))
        self._starts = [0, *(one.end() for one in breaks)]
        self._ends = [*(one.start() for one in breaks), len(text)]

    def span(self, start: int, end: int) -> Span:
        """A range of offsets, as people count."""
        return Span(*self._at(start), *self._at(max(start, end)))

    def _at(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, min(offset, len(self._text)))
        return line, min(offset, len(self._text)) - self._starts[line - 1] + 1

    def line(self, number: int) -> str:
        """A line without its end; nothing where there is no such line."""
        if not 1 <= number <= len(self._starts):
            return ""
        return self._text[self._starts[number - 1] : self._ends[number - 1]]


def find(root: Place, path: Steps) -> tuple[Place, bool]:
    """The place of a path, and whether it is that of the whole path: where a step does not exist, its nearest ancestor's."""
    place = root
    for step in path:
        if step not in place.inside:
            return place, False
        place = place.inside[step]
    return place, True
