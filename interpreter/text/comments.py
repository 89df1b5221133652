"""Where comments stand in a text in YAML: behind a # that belongs to no key and to no value."""

import re
from bisect import bisect_right
from collections.abc import Iterator

from interpreter.text.place import BREAK, Place

HASH = re.compile(r"(?:(?<=[ \t\r\n])|^)#")
HEADER = re.compile(r"(?:[&!][^ \t\r\n]*[ \t]+)*[|>][^\r\n]*")
"""The line that a block of text begins with: a comment can stand there."""

Range = tuple[int, int]


def comments(text: str, root: Place) -> Iterator[Range]:
    """Every comment, from its sign to the end of its line."""
    scalars = sorted(_scalars(root, text))
    behind = 0
    for found in HASH.finditer(text):
        if found.start() >= behind and not is_within(scalars, found.start()):
            end = BREAK.search(text, found.start())
            behind = end.start() if end else len(text)
            yield found.start(), behind


def is_within(ranges: list[Range], offset: int) -> bool:
    """Whether one of some ranges, which are sorted, holds an offset."""
    at = bisect_right(ranges, offset, key=lambda one: one[0]) - 1
    return at >= 0 and offset < ranges[at][1]


def _scalars(place: Place, text: str) -> Iterator[Range]:
    """The ranges of keys and values, in which a # is no comment."""
    if place.key:
        yield place.key
    if place.inside:
        for inside in place.inside.values():
            yield from _scalars(inside, text)
    elif place.end > place.start and text[place.start] not in "[{":
        header = HEADER.match(text, place.start)
        yield (header.end() if header else place.start), place.end
