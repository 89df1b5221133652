"""Where in a document a cursor stands, also where the document is half written. It knows texts and values, and no verb.

A text that is being typed cannot be read most of the time. So a word of ours is put where the cursor is, with the colon, the comma and
the brackets that may be missing, until the text can be read: then the value says where that word has come to stand.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from interpreter.text import json_text
from interpreter.text.place import Steps
from interpreter.text.source import JSON, Source

MARK = "callverbs_cursor"
TOKEN = re.compile(
    r"""(?P<string>"(?:[^"\\\r\n]|\\.)*(?P<shut>")?|'[^'\r\n]*(?P<closed>')?)|[^\s,\[\]{}"'#:]+(?::[^\s,\[\]{}"'#:]+)*""",
)
BLANK = re.compile(r"(?:^|[\r\n])[ \t]*\Z")
JSON_FORMS = ('"{}"', '"{}": null', '"{}": null,', ', "{}": null', '"{}",', ', "{}"')
YAML_FORMS = ("{}", "{}: null", " {}", " {}: null", "{}: null,", ", {}: null", "{},")
CLOSING = {"[": "]", "{": "}"}
LARGEST = 500_000
"""Characters of a text that is looked into at every key."""


class Spot(NamedTuple):
    """Where a cursor stands: the way there, with the word under it as the last step if that is the name of a property."""

    path: Steps
    is_key: bool
    value: Any
    """The document, with MARK where the word is."""
    word: str
    """What stands there, without quotes."""
    start: int
    end: int
    """What of the text it takes, quotes included."""

    @property
    def whole(self) -> Any:
        """The object or the list that the cursor is in."""
        return at(self.value, self.path[:-1])


def at(value: Any, path: Steps) -> Any:
    """What stands at a path; nothing where there is none."""
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def spot(text: str, language: str, offset: int) -> Spot | None:
    """Where an offset stands; None where the text cannot be read even with some help, or there is no place for a word."""
    if len(text) > LARGEST:
        return None
    start, end = _token(text, offset)
    word = text[start:end].strip("\"'")
    for candidate in _candidates(text, language, start, end):
        value = Source("", candidate, [], language).value
        for path, is_key in _find(value, ()):
            return Spot(path, is_key, value, word, start, end)
    return None


def _token(text: str, offset: int) -> tuple[int, int]:
    """The word or the string under a cursor, or nothing."""
    line = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    for found in TOKEN.finditer(text, line):
        if found.start() > offset:
            break
        shut = found["shut"] or found["closed"]
        inside = found.start() < offset < found.end() if found["string"] else found.start() <= offset <= found.end()
        if inside or (found["string"] and not shut and offset == found.end()):
            return found.span()
    return offset, offset


def _candidates(text: str, language: str, start: int, end: int) -> Iterator[str]:
    """Texts that can perhaps be read: the whole one first, then what stands before the cursor, then the verb alone."""
    before, after = text[:start], text[end:]
    forms = [form.format(MARK) for form in (JSON_FORMS if language == JSON else YAML_FORMS)]
    if language != JSON and BLANK.search(before):
        forms.sort(key=lambda form: not form.startswith(f"{MARK}:"))  # in a line of its own, a name is more likely than a value
    for form in forms:
        yield before + form + after
    closing = "".join(CLOSING[text[one]] for one in reversed(json_text.brackets(text, start)))
    for form in forms:
        yield before + form + closing
    if language != JSON:
        first = before.rfind("\n- ") + 1
        last = text.find("\n- ", end)
        rest = after[: last - end] if last >= 0 else after
        for form in forms:
            yield before[first:] + form + rest
        for form in forms:
            yield before[first:] + form + closing


def _find(value: Any, path: Steps) -> Iterator[tuple[Steps, bool]]:
    """Where our word stands in a value, and whether it is a name."""
    if isinstance(value, dict):
        for key, one in value.items():
            if key == MARK:
                yield (*path, key), True
            yield from _find(one, (*path, key))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _find(one, (*path, index))
    elif value == MARK:
        yield path, False
