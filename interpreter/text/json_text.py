"""JSON as text: its value by the standard library's parser, its positions by a scanner that runs only when somebody asks.

The parser reads a document in a tenth of a millisecond and knows no positions; the scanner walks the same text, which is
known to be JSON by then, and notes where things stand. What the parser refuses is explained here.
"""

import json
import re
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

from interpreter.text.place import DEEPEST, Flaw, Parsed, Place, Steps, UnreadableError

BLANK = re.compile(r"[ \t\n\r]*")
WORD = re.compile(r"[^ \t\n\r,\]}]*")
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]|-?Infinity\b|NaN\b|-?[0-9]{4301,}', re.DOTALL)
NAME = re.compile(r"[A-Za-z_$][\w$.-]*")
BEGINS = '"{[-0123456789tfn'
"""Characters that a value begins with."""
CLOSES = {"]": "[", "}": "{"}
LITERALS = {"True": "true", "False": "false", "None": "null", "undefined": "null", "TRUE": "true", "FALSE": "false", "NULL": "null"}

STRINGS = {
    "Unterminated string": "this string is never closed: its closing quote is missing",
    "Invalid control character": "a string cannot run over a line end or hold a tab: write \\n or \\t",
    "Invalid \\escape": "there is no such escape: write \\\\ for a backslash",
    "Invalid \\uXXXX escape": "\\u needs four hexadecimal digits",
}
"""What the parser says of strings, and what an author can do about it."""


def read(text: str) -> Parsed:
    """A text as JSON. Raises UnreadableError."""
    repeats = False

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeats
        found = dict(pairs)
        repeats = repeats or len(found) < len(pairs)
        return found

    try:
        value = json.loads(text, object_pairs_hook=members, parse_constant=refuse)
    except json.JSONDecodeError as error:
        raise UnreadableError(_explain(text, error)) from None
    except RecursionError:
        raise UnreadableError(too_deep(text)) from None
    except ValueError:
        raise UnreadableError(_number(text)) from None
    return Parsed(value, places(text)[1] if repeats else [], lambda: places(text)[0])


def refuse(word: str) -> None:
    """NaN and Infinity: words of the parser, and not of JSON. Raises ValueError."""
    raise ValueError(word)


# --------------------------------------------------------------------------- positions


def places(text: str) -> tuple[Place, list[Flaw]]:
    """Where everything stands in a text that is JSON, and the keys that it has twice."""
    repeated: list[Flaw] = []
    return _value(text, _blank(text, 0), (), None, repeated), repeated


def _blank(text: str, at: int) -> int:
    found = BLANK.match(text, at)
    assert found
    return found.end()


def _value(text: str, at: int, path: Steps, key: tuple[int, int] | None, repeated: list[Flaw]) -> Place:
    match text[at]:
        case "{":
            return _members(text, at, path, key, repeated)
        case "[":
            return _items(text, at, path, key, repeated)
        case '"':
            return Place(at, scanstring(text, at + 1)[1], key=key)
    word = WORD.match(text, at)
    assert word
    return Place(at, word.end(), key=key)


def _members(text: str, start: int, path: Steps, key: tuple[int, int] | None, repeated: list[Flaw]) -> Place:
    inside: dict[str | int, Place] = {}
    at = _blank(text, start + 1)
    while text[at] != "}":
        name, end = scanstring(text, at + 1)
        if name in inside:
            repeated.append(twice(name, at, end, (*path, name)))
        colon = _blank(text, end)
        inside[name] = _value(text, _blank(text, colon + 1), (*path, name), (at, end), repeated)
        at = _blank(text, inside[name].end)
        if text[at] == ",":
            at = _blank(text, at + 1)
    return Place(start, at + 1, inside, key)


def _items(text: str, start: int, path: Steps, key: tuple[int, int] | None, repeated: list[Flaw]) -> Place:
    inside: dict[str | int, Place] = {}
    at = _blank(text, start + 1)
    while text[at] != "]":
        index = len(inside)
        inside[index] = _value(text, at, (*path, index), None, repeated)
        at = _blank(text, inside[index].end)
        if text[at] == ",":
            at = _blank(text, at + 1)
    return Place(start, at + 1, inside, key)


def twice(name: str, start: int, end: int, path: Steps) -> Flaw:
    """A key that its object has already."""
    return Flaw(start, end, "CV002", f"{name} is written twice in this object: only the last one counts", path)


# --------------------------------------------------------------------------- explanations


def _flaw(at: int, message: str, length: int = 1) -> Flaw:
    return Flaw(at, at + length, "CV001", message)


def _explain(text: str, error: json.JSONDecodeError) -> Flaw:
    """The parser's complaint in words that help."""
    for complaint, advice in STRINGS.items():
        if error.msg.startswith(complaint):
            return _flaw(error.pos, advice)
    at = _blank(text, error.pos + error.msg.startswith("Illegal trailing comma"))  # Python 3.13 points to the comma
    if at >= len(text):
        return _at_the_end(text)
    return _strange(text, at) or _by_complaint(text, at, error.msg)


def _strange(text: str, at: int) -> Flaw | None:
    """What stands in other languages' documents, and not in JSON."""
    if text.startswith(("//", "/*", "#"), at):
        return _flaw(at, "JSON has no comments: leave it out, or write the document in YAML")
    if text[at] in "'`\u2018\u2019\u201c\u201d":
        return _flaw(at, f'a string begins and ends with ", not with {text[at]}')
    if text[at] in "]}" and text[:at].rstrip().endswith(","):
        return _flaw(len(text[:at].rstrip()) - 1, f"nothing follows this comma: leave it out before the {text[at]}")
    if text[at] in "]}" and (opened := brackets(text, at)) and text[opened[-1]] != CLOSES[text[at]]:
        return _flaw(at, f"{text[at]} cannot close the {text[opened[-1]]} that was opened last")
    return None


def _by_complaint(text: str, at: int, complaint: str) -> Flaw:
    name = NAME.match(text, at)
    if complaint.startswith("Extra data"):
        return _flaw(at, "the document is over before this: a file holds one list of verbs")
    if complaint.startswith("Expecting ',' delimiter"):
        return _flaw(at, "a comma is missing before this" if text[at] in BEGINS else "a comma or a closing bracket was expected")
    if complaint.startswith("Expecting ':' delimiter"):
        return _flaw(at, "a colon was expected after the name of the property")
    if complaint.startswith("Expecting property name"):
        if name:
            return _flaw(at, f'the name of a property stands in double quotes: "{name[0]}"', len(name[0]))
        return _flaw(at, "the name of a property was expected, in double quotes")
    if name:
        known = LITERALS.get(name[0])
        return _flaw(at, f"write {known}" if known else f'text stands in double quotes: "{name[0]}"', len(name[0]))
    if text[at] in "+.0123456789":
        return _flaw(at, "a number begins with a digit or a minus; a telephone number is text and stands in double quotes")
    return _flaw(at, "a value was expected here")


def _at_the_end(text: str) -> Flaw:
    """The text ends too early: what was opened last is at fault."""
    if opened := brackets(text, len(text)):
        return _flaw(opened[-1], f"this {text[opened[-1]]} is never closed")
    return _flaw(max(len(text.rstrip()) - 1, 0), "the document ends too early")


def brackets(text: str, until: int) -> list[int]:
    """The brackets that are open at an offset, outermost first."""
    opened: list[int] = []
    for token in TOKEN.finditer(text, 0, until):
        if token[0] in ("[", "{"):
            opened.append(token.start())
        elif token[0] in CLOSES and opened:
            opened.pop()
    return opened


def too_deep(text: str) -> Flaw:
    """Where JSON is nested deeper than we follow."""
    depth = 0
    for token in TOKEN.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
        if depth > DEEPEST:
            return deep(token.start())
    return deep(0)


def deep(at: int) -> Flaw:
    """The bracket that is one too many."""
    return Flaw(at, at + 1, "CV007", f"the document is nested more than {DEEPEST} deep")


def _number(text: str) -> Flaw:
    """What no computer agrees on: NaN, Infinity, and numbers of thousands of digits."""
    found = next((token for token in TOKEN.finditer(text) if token[0][0] not in '"[]{}'), None)
    if found is None:
        return _flaw(0, "a number of this document cannot be read")
    what = "a number of that many digits cannot be read" if found[0][-1].isdigit() else f"{found[0]} is not a number in JSON"
    return _flaw(found.start(), what, len(found[0]))
