"""Finds the path of a cursor in a document, even in a half-written one. It knows texts and values, and no verb.

A text that is being typed cannot be read most of the time. So a placeholder is inserted at the cursor, with the colon, the comma and
the brackets that may be missing, until the text can be read: the path of the placeholder in the value is that of the cursor.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from callverbs.interpreter.text import json_text
from callverbs.interpreter.text.paths import value_at
from callverbs.interpreter.text.source import JSON, Source
from callverbs.schemas import ValuePath

PLACEHOLDER = "callverbs_cursor"
TOKEN = re.compile(
    r"""(?P<string>"(?:[^"\\\r\n]|\\.)*(?P<double_end>")?|'[^'\r\n]*(?P<single_end>')?)|[^\s,\[\]{}"'#:]+(?::[^\s,\[\]{}"'#:]+)*""",
)
"""A string, closed or not, or a word."""
LINE_START = re.compile(r"(?:^|[\r\n])[ \t]*\Z")
JSON_INSERTIONS = ('"{}"', '"{}": null', '"{}": null,', ', "{}": null', '"{}",', ', "{}"')
YAML_INSERTIONS = ("{}", "{}: null", " {}", " {}: null", "{}: null,", ", {}: null", "{},")
"""Texts to insert at the cursor, with the placeholder for {}."""
CLOSING_BRACKETS = {"[": "]", "{": "}"}
TEXT_MAX_CHARACTERS = 500_000
"""A longer text is not parsed at every key."""


class Cursor(NamedTuple):
    """A cursor in a document: its path, whose last step is the placeholder if a key is under it."""

    path: ValuePath
    is_key: bool
    value: Any
    """The value of the document, with the placeholder instead of the word."""
    word: str
    """The word under the cursor, without quotes."""
    start: int
    end: int
    """The offsets of the word, quotes included."""
    around: tuple[str, str] = ("", "")
    """What is missing around the word, so that it is in a list: a dash in YAML, brackets in JSON."""

    @property
    def container(self) -> Any:
        """The object or the list around the cursor."""
        return value_at(self.value, self.path[:-1])


def find_cursor(text: str, language: str, offset: int) -> Cursor | None:
    """Returns the cursor at an offset; None where the text cannot be read even with insertions, or no word can be there."""
    if len(text) > TEXT_MAX_CHARACTERS:
        return None
    start, end = _token_range(text, offset)
    word = text[start:end].strip("\"'")
    if found := _outside_of_list(text, language, start, end):
        candidate, around = found
        value = Source("", candidate, [], language).value
        for path, is_key in _find_placeholder(value, ()):
            return Cursor(path, is_key, value, word, start, end, around)
    for candidate in _candidates(text, language, start, end):
        value = Source("", candidate, [], language).value
        for path, is_key in _find_placeholder(value, ()):
            return Cursor(path, is_key, value, word, start, end)
    return None


def _token_range(text: str, offset: int) -> tuple[int, int]:
    """Returns the range of the word or the string under a cursor; an empty one where there is none."""
    line_start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    for token in TOKEN.finditer(text, line_start):
        if token.start() > offset:
            break
        is_closed = token["double_end"] or token["single_end"]
        is_inside = token.start() < offset < token.end() if token["string"] else token.start() <= offset <= token.end()
        if is_inside or (token["string"] and not is_closed and offset == token.end()):
            return token.span()
    return offset, offset


def _outside_of_list(text: str, language: str, start: int, end: int) -> tuple[str, tuple[str, str]] | None:
    """Returns a text in which the word is an item of the document's list, and what was added; None where it may be one already.

    That is a word without its dash, in the first column below a list, and the first word of a document.
    """
    before, after = text[:start], text[end:]
    if language == JSON:
        around = ("[", "]")
        return (f'["{PLACEHOLDER}"]', around) if not (before + after).strip() else None
    if before and before[-1] not in "\r\n":
        return None
    candidate = f"{before}- {PLACEHOLDER}{after}"
    return (candidate, ("- ", "")) if isinstance(Source("", candidate, [], language).value, list) else None


def _candidates(text: str, language: str, start: int, end: int) -> Iterator[str]:
    """Yields texts that can perhaps be read: the whole text first, then the part before the cursor, then the verb alone."""
    before, after = text[:start], text[end:]
    insertions = [insertion.format(PLACEHOLDER) for insertion in (JSON_INSERTIONS if language == JSON else YAML_INSERTIONS)]
    if language != JSON and LINE_START.search(before):
        insertions.sort(key=lambda one: not one.startswith(f"{PLACEHOLDER}:"))  # at the start of a line, a key is more likely than a value
    for insertion in insertions:
        yield before + insertion + after
    closing = "".join(CLOSING_BRACKETS[text[one]] for one in reversed(json_text.open_brackets(text, start)))
    for insertion in insertions:
        yield before + insertion + closing
    if language != JSON:
        verb_start = before.rfind("\n- ") + 1
        next_verb = text.find("\n- ", end)
        rest = after[: next_verb - end] if next_verb >= 0 else after
        for insertion in insertions:
            yield before[verb_start:] + insertion + rest
        for insertion in insertions:
            yield before[verb_start:] + insertion + closing


def _find_placeholder(value: Any, path: ValuePath) -> Iterator[tuple[ValuePath, bool]]:
    """Yields the path of the placeholder in a value, and whether it is a key."""
    if isinstance(value, dict):
        for key, one in value.items():
            if key == PLACEHOLDER:
                yield (*path, key), True
            yield from _find_placeholder(one, (*path, key))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _find_placeholder(one, (*path, index))
    elif value == PLACEHOLDER:
        yield path, False
