"""Changes of a text: what to write where so that its value changes in one place, and nothing else of the text does.

Comments, order, indentation, quotes and line ends stay. Where that cannot be, or where the place is shared by an alias of YAML,
there is no edit. It proves nothing: whoever applies an edit reads the text again and compares the values.
"""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from interpreter.text.comments import comments
from interpreter.text.place import BREAK, Place, Steps
from interpreter.text.source import JSON, Source
from interpreter.text.writing import BLOCK, written

PROPERTIES = re.compile(r"(?:[&!][^ \t\r\n]*[ \t\r\n]+)*")
"""Anchors and tags before a value."""
DASHES = re.compile(r"[ \t]*(?:-[ \t]+)+")


class Edit(NamedTuple):
    """Characters to replace by others."""

    start: int
    end: int
    text: str


def apply(text: str, edits: Sequence[Edit]) -> str:
    """A text with some edits, which do not overlap."""
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


class Page:
    """A source that is to be edited."""

    def __init__(self, source: Source) -> None:
        self.text = source.text
        self.language = source.language
        self.root = source.places
        self._comments: list[tuple[int, int]] | None = None

    def trail(self, path: Steps) -> list[Place]:
        """The places from the root to a path; empty where it does not exist, or stands elsewhere in the text by an alias."""
        found = [self.root]
        for step in path:
            inside = found[-1].inside.get(step)
            if inside is None or not found[-1].start <= begin(inside) <= inside.end <= found[-1].end:
                return []
            found.append(inside)
        return found

    def is_flow(self, trail: Sequence[Place]) -> bool:
        """Whether the last place stands between brackets, or opens some: in JSON everything does."""
        return any(self.opens(place) in "[{" for place in trail)

    def opens(self, place: Place) -> str:
        """The first character of a value, behind its anchor and its tag."""
        found = PROPERTIES.match(self.text, place.start, place.end) if self.language != JSON else None
        at = found.end() if found else place.start
        return self.text[at : at + 1] if at < place.end else " "

    def members(self, place: Place) -> list[Place]:
        """What stands in a list or an object, in the order of the text. What `<<` brings in does not stand there."""
        inside = [one for one in place.inside.values() if place.start <= begin(one) <= one.end <= place.end]
        return sorted(inside, key=begin)

    def line(self, at: int) -> int:
        """Where the line of an offset begins."""
        return max(self.text.rfind("\n", 0, at), self.text.rfind("\r", 0, at)) + 1

    def line_end(self, at: int) -> int:
        """Where it ends, before its line end."""
        found = BREAK.search(self.text, at)
        return found.start() if found else len(self.text)

    def indent(self, at: int) -> int:
        """The column of an offset, from 0."""
        return at - self.line(at)

    def leads(self, at: int) -> bool:
        """Whether nothing stands before an offset in its line."""
        return not self.text[self.line(at) : at].strip(" \t")

    @property
    def newline(self) -> str:
        """How lines end here."""
        found = BREAK.search(self.text)
        return found[0] if found else "\n"

    def has_comment(self, start: int, end: int) -> bool:
        """Whether a comment begins in a range."""
        return any(start <= at < end for at, _ in self.comments)

    @property
    def comments(self) -> list[tuple[int, int]]:
        """Every comment of a text in YAML."""
        if self._comments is None:
            self._comments = [] if self.language == JSON else [*comments(self.text, self.root)]
        return self._comments


def begin(place: Place) -> int:
    """Where a member begins: with its key, if it has one."""
    return place.key[0] if place.key else place.start


# --------------------------------------------------------------------------- names and values


def rename(page: Page, path: Steps, name: str) -> Edit | None:
    """The property of a path gets another name."""
    trail = page.trail(path)
    if not trail or not trail[-1].key:
        return None
    start, end = trail[-1].key
    return Edit(start, end, written(name, page.language, page.text[start:end]))


def replace(page: Page, path: Steps, value: Any) -> Edit | None:
    """What stands at a path becomes another value, written in one line."""
    trail = page.trail(path)
    if not trail or (page.language != JSON and page.text[trail[-1].start : trail[-1].start + 1] in (*BLOCK, "&", "!", "*")):
        return None
    place = trail[-1]
    if place.inside and page.has_comment(place.start, place.end):
        return None
    blank = " " if place.start == place.end and page.text[place.start - 1 : place.start] == ":" else ""
    return Edit(place.start, place.end, blank + written(value, page.language, page.text[place.start : place.end]))


# --------------------------------------------------------------------------- members


def remove(page: Page, path: Steps) -> Edit | None:
    """What stands at a path goes, with its name, its comma, and its lines."""
    trail = page.trail(path)
    if len(trail) < 2 or page.has_comment(begin(trail[-1]), trail[-1].end):
        return None
    members = page.members(trail[-2])
    index = members.index(trail[-1])
    before, after = members[:index][-1:], members[index + 1 :][:1]
    if page.is_flow(trail[:-1]):
        return _out_of_brackets(page, trail[-2], trail[-1], before, after)
    if not before and not after:
        empty = "[]" if trail[-1].key is None else "{}"
        return None if page.has_comment(trail[-2].start, trail[-2].end) else Edit(trail[-2].start, trail[-2].end, empty)
    return _out_of_lines(page, trail[-1], after)


def _out_of_brackets(page: Page, whole: Place, gone: Place, before: list[Place], after: list[Place]) -> Edit | None:
    if after:
        start, end = begin(gone), begin(after[0])
    elif before:
        start, end = before[0].end, gone.end
    else:
        start, end = page.text.index(page.opens(whole), whole.start) + 1, whole.end - 1
    return None if page.has_comment(start, end) else Edit(start, end, "")


def _out_of_lines(page: Page, gone: Place, after: list[Place]) -> Edit | None:
    """Whole lines, if the member has them for itself. A comment behind it stays, in a line of its own."""
    start = _mark(page, gone)
    if start is None:
        return None
    if not page.leads(start):
        next_start = _mark(page, after[0]) if after else None
        if next_start is None or not DASHES.fullmatch(page.text[page.line(start) : start]) or page.has_comment(start, next_start):
            return None
        return Edit(start, next_start, "")
    last = page.line_end(gone.end)
    behind = page.text[gone.end : last]
    if comment := behind.strip():
        return Edit(start, last - len(behind.lstrip()), "") if comment.startswith("#") else None
    if found := BREAK.match(page.text, last):
        return Edit(page.line(start), found.end(), "")
    return Edit(len(page.text[: page.line(start)].rstrip("\r\n")), last, "")  # the last line, which has no end


def _mark(page: Page, member: Place) -> int | None:
    """Where a member of a block begins: at its key, or at the dash before it."""
    if member.key:
        return member.key[0]
    dash = len(page.text[: member.start].rstrip()) - 1
    return dash if page.text[dash : dash + 1] == "-" else None


def add(page: Page, path: Steps, name: str, value: Any) -> Edit | None:
    """A property comes into the object at a path, behind the others."""
    trail = page.trail(path)
    if not trail:
        return None
    members = page.members(trail[-1])
    what = f"{written(name, page.language)}: {written(value, page.language)}"
    if page.opens(trail[-1]) == "{":
        if not members:
            start = page.text.index("{", trail[-1].start) + 1
            return None if page.has_comment(start, trail[-1].end) else Edit(start, trail[-1].end - 1, what)
        first, last = begin(members[0]), members[-1].end
        gap = page.newline + page.text[page.line(first) : first] if page.leads(first) and page.line(first) > trail[-1].start else " "
        return Edit(last, last, f",{gap}{what}")
    if not members or page.is_flow(trail):
        return None
    at = page.line_end(members[-1].end)
    return Edit(at, at, page.newline + " " * page.indent(begin(members[0])) + what)
