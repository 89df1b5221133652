"""JSON as text: its value by the standard library's parser, its syntax tree by a scanner that runs only when a position is asked for.

The parser reads a document in a tenth of a millisecond and knows no positions; the scanner reads the same text, which is
valid JSON by then, and notes the offsets. Errors of the parser are explained here.
"""

import json
import re
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

from callverbs.interpreter.text.syntax_tree import (
    MAX_NESTING_DEPTH,
    OffsetRange,
    Parsed,
    SyntaxNode,
    UnreadableError,
    text_diagnostic,
)
from callverbs.schemas import Diagnostic, ValuePath

WHITESPACE = re.compile(r"[ \t\n\r]*")
SCALAR = re.compile(r"[^ \t\n\r,\]}]*")
"""A number, true, false or null of a text that is valid JSON."""
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]|-?Infinity\b|NaN\b|-?[0-9]{4301,}', re.DOTALL)
"""A string, a bracket, or a number that the parser refuses: int() takes 4300 digits."""
BARE_WORD = re.compile(r"[A-Za-z_$][\w$.-]*")
VALUE_STARTS = '"{[-0123456789tfn'
"""Characters that a value can begin with."""
OPENING_BRACKETS = {"]": "[", "}": "{"}
FOREIGN_LITERALS = {"True": "true", "False": "false", "None": "null", "undefined": "null", "TRUE": "true", "FALSE": "false", "NULL": "null"}
"""Literals of other languages, and those of JSON."""

STRING_ERRORS = {
    "Unterminated string": "this string is never closed: its closing quote is missing",
    "Invalid control character": "a string cannot run over a line end or hold a tab: write \\n or \\t",
    "Invalid \\escape": "there is no such escape: write \\\\ for a backslash",
    "Invalid \\uXXXX escape": "\\u needs four hexadecimal digits",
}
"""The parser's errors about strings by their beginning, and the messages that an author gets."""


def read(text: str) -> Parsed:
    """Returns a text parsed as JSON. Raises UnreadableError."""
    has_duplicates = False

    def build_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal has_duplicates
        members = dict(pairs)
        has_duplicates = has_duplicates or len(members) < len(pairs)
        return members

    try:
        value = json.loads(text, object_pairs_hook=build_object, parse_constant=refuse_constant)
    except json.JSONDecodeError as error:
        raise UnreadableError(_explain(text, error)) from None
    except RecursionError:
        raise UnreadableError(explain_nesting(text)) from None
    except ValueError:
        raise UnreadableError(_explain_number(text)) from None
    return Parsed(value, scan(text)[1] if has_duplicates else [], lambda: scan(text)[0])


def refuse_constant(word: str) -> None:
    """Raises ValueError for NaN and Infinity, which Python's parser takes and JSON does not have."""
    raise ValueError(word)


# --------------------------------------------------------------------------- positions


def scan(text: str) -> tuple[SyntaxNode, list[Diagnostic]]:
    """Returns the syntax tree of a text that is valid JSON, and the diagnostics of its duplicate keys."""
    duplicates: list[Diagnostic] = []
    return _scan_value(text, _skip_whitespace(text, 0), (), None, duplicates), duplicates


def _skip_whitespace(text: str, offset: int) -> int:
    found = WHITESPACE.match(text, offset)
    assert found
    return found.end()


def _scan_value(text: str, offset: int, path: ValuePath, key: OffsetRange | None, duplicates: list[Diagnostic]) -> SyntaxNode:
    match text[offset]:
        case "{":
            return _scan_object(text, offset, path, key, duplicates)
        case "[":
            return _scan_array(text, offset, path, key, duplicates)
        case '"':
            return SyntaxNode(offset, scanstring(text, offset + 1)[1], key=key)
    scalar = SCALAR.match(text, offset)
    assert scalar
    return SyntaxNode(offset, scalar.end(), key=key)


def _scan_object(text: str, start: int, path: ValuePath, key: OffsetRange | None, duplicates: list[Diagnostic]) -> SyntaxNode:
    children: dict[str | int, SyntaxNode] = {}
    offset = _skip_whitespace(text, start + 1)
    while text[offset] != "}":
        name, end = scanstring(text, offset + 1)
        if name in children:
            duplicates.append(duplicate_key(name, offset, end, (*path, name)))
        colon = _skip_whitespace(text, end)
        children[name] = _scan_value(text, _skip_whitespace(text, colon + 1), (*path, name), (offset, end), duplicates)
        offset = _skip_whitespace(text, children[name].end)
        if text[offset] == ",":
            offset = _skip_whitespace(text, offset + 1)
    return SyntaxNode(start, offset + 1, children, key)


def _scan_array(text: str, start: int, path: ValuePath, key: OffsetRange | None, duplicates: list[Diagnostic]) -> SyntaxNode:
    children: dict[str | int, SyntaxNode] = {}
    offset = _skip_whitespace(text, start + 1)
    while text[offset] != "]":
        index = len(children)
        children[index] = _scan_value(text, offset, (*path, index), None, duplicates)
        offset = _skip_whitespace(text, children[index].end)
        if text[offset] == ",":
            offset = _skip_whitespace(text, offset + 1)
    return SyntaxNode(start, offset + 1, children, key)


def duplicate_key(name: str, start: int, end: int, path: ValuePath) -> Diagnostic:
    """Returns the diagnostic of a key that its object has already."""
    return text_diagnostic(start, end, "CV002", f"{name} is written twice in this object: only the last one counts", path)


# --------------------------------------------------------------------------- explanations


def _unreadable(offset: int, message: str, length: int = 1) -> Diagnostic:
    return text_diagnostic(offset, offset + length, "CV001", message)


def _explain(text: str, error: json.JSONDecodeError) -> Diagnostic:
    """Returns the parser's error as a diagnostic that says what to do."""
    for beginning, message in STRING_ERRORS.items():
        if error.msg.startswith(beginning):
            return _unreadable(error.pos, message)
    offset = _skip_whitespace(text, error.pos + error.msg.startswith("Illegal trailing comma"))  # Python 3.13 points to the comma
    if offset >= len(text):
        return _explain_early_end(text)
    return _explain_foreign_syntax(text, offset) or _explain_by_message(text, offset, error.msg)


def _explain_foreign_syntax(text: str, offset: int) -> Diagnostic | None:
    """Returns the diagnostic of what other languages have and JSON has not; None where it is nothing of the kind."""
    if text.startswith(("//", "/*", "#"), offset):
        return _unreadable(offset, "JSON has no comments: leave it out, or write the document in YAML")
    if text[offset] in "'`\u2018\u2019\u201c\u201d":
        return _unreadable(offset, f'a string begins and ends with ", not with {text[offset]}')
    if text[offset] in "]}" and text[:offset].rstrip().endswith(","):
        return _unreadable(len(text[:offset].rstrip()) - 1, f"nothing follows this comma: leave it out before the {text[offset]}")
    if text[offset] in "]}" and (opened := open_brackets(text, offset)) and text[opened[-1]] != OPENING_BRACKETS[text[offset]]:
        return _unreadable(offset, f"{text[offset]} cannot close the {text[opened[-1]]} that was opened last")
    return None


def _explain_by_message(text: str, offset: int, message: str) -> Diagnostic:
    word = BARE_WORD.match(text, offset)
    if message.startswith("Extra data"):
        return _unreadable(offset, "the document is over before this: a file holds one list of verbs")
    if message.startswith("Expecting ',' delimiter"):
        missing_comma = text[offset] in VALUE_STARTS
        return _unreadable(offset, "a comma is missing before this" if missing_comma else "a comma or a closing bracket was expected")
    if message.startswith("Expecting ':' delimiter"):
        return _unreadable(offset, "a colon was expected after the name of the property")
    if message.startswith("Expecting property name"):
        if word:
            return _unreadable(offset, f'put the name of a property in double quotes: "{word[0]}"', len(word[0]))
        return _unreadable(offset, "the name of a property was expected, in double quotes")
    if word:
        literal = FOREIGN_LITERALS.get(word[0])
        return _unreadable(offset, f"write {literal}" if literal else f'put text in double quotes: "{word[0]}"', len(word[0]))
    if text[offset] in "+.0123456789":
        return _unreadable(offset, "a number begins with a digit or a minus; put a telephone number in double quotes, because it is text")
    return _unreadable(offset, "a value was expected here")


def _explain_early_end(text: str) -> Diagnostic:
    """Returns the diagnostic of a text that ends too early, at the bracket that was opened last."""
    if opened := open_brackets(text, len(text)):
        return _unreadable(opened[-1], f"this {text[opened[-1]]} is never closed")
    return _unreadable(max(len(text.rstrip()) - 1, 0), "the document ends too early")


def open_brackets(text: str, offset: int) -> list[int]:
    """Returns the offsets of the brackets that are open at an offset, outermost first."""
    opened: list[int] = []
    for token in TOKEN.finditer(text, 0, offset):
        if token[0] in ("[", "{"):
            opened.append(token.start())
        elif token[0] in OPENING_BRACKETS and opened:
            opened.pop()
    return opened


def explain_nesting(text: str) -> Diagnostic:
    """Returns the diagnostic of a text that is nested too deep, at the first bracket beyond the limit."""
    depth = 0
    for token in TOKEN.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
        if depth > MAX_NESTING_DEPTH:
            return too_deep(token.start())
    return too_deep(0)


def too_deep(offset: int) -> Diagnostic:
    """Returns the diagnostic of a bracket that is nested too deep."""
    return text_diagnostic(offset, offset + 1, "CV007", f"the document is nested more than {MAX_NESTING_DEPTH} deep")


def _explain_number(text: str) -> Diagnostic:
    """Returns the diagnostic of NaN, Infinity, or a number of thousands of digits."""
    found = next((token for token in TOKEN.finditer(text) if token[0][0] not in '"[]{}'), None)
    if found is None:
        return _unreadable(0, "a number of this document cannot be read")
    message = "a number of that many digits cannot be read" if found[0][-1].isdigit() else f"{found[0]} is not a number in JSON"
    return _unreadable(found.start(), message, len(found[0]))
