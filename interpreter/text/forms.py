"""The two ways to write a named object: with its name among its properties, `{verb: say, text: x}`, or around them, `{say: {text: x}}`.

It turns the text of one into the other, with the comments, quotes and lines that it has. It does not know what a verb is.
"""

import re

from interpreter.text.edits import Edit, Page, begin
from interpreter.text.place import BREAK, Place, Steps
from interpreter.text.source import JSON
from interpreter.text.writing import written

UNIT = 2
"""Columns of an indentation that nobody has shown us."""


def name_inside(page: Page, path: Steps, key: str) -> Edit | None:
    """An object of one property becomes that property's object, with its name as the value of `key`."""
    trail = page.trail(path)
    members = page.members(trail[-1]) if trail else []
    if len(members) != 1 or not members[0].key:
        return None
    whole, body = trail[-1], members[0]
    start, end = members[0].key
    name = f"{_key(page, members[0], key)}: {page.text[start:end]}"
    inner = page.members(body)
    if page.opens(body) != "{":
        if page.is_flow([*trail, body]) or not inner:
            return None
        behind = page.text.index(":", end) + 1
        shifted = _shift(page.text[behind : body.end], page.indent(start) - page.indent(begin(inner[0])))
        return Edit(start, body.end, name + shifted)
    if not inner:
        return Edit(start, body.end, name)
    first, last = begin(inner[0]), inner[-1].end
    if page.has_comment(end, first) or page.has_comment(last, body.end):
        return None
    if page.opens(whole) != "{":
        return Edit(start, body.end, f"{{{name}, {page.text[first:last]}}}")
    if not (page.leads(first) and page.leads(start)):
        return Edit(start, body.end, f"{name}, {page.text[first:last]}")
    head = page.text[page.line(start) : start]
    return Edit(start, body.end, f"{name},{page.newline}{head}{_shift(page.text[first:last], page.indent(start) - page.indent(first))}")


def name_outside(page: Page, path: Steps, key: str) -> Edit | None:
    """An object whose first property is `key` becomes the only property of an object, named by that one's value."""
    trail = page.trail(path)
    members = page.members(trail[-1]) if trail else []
    if not members or members[0] is not trail[-1].inside.get(key):
        return None
    whole, name, rest = trail[-1], members[0], members[1:]
    start = begin(name)
    called = page.text[name.start : name.end]
    if not rest:
        return Edit(start, name.end, f"{called}: {{}}")
    first, last = begin(rest[0]), rest[-1].end
    if page.opens(whole) != "{":
        if page.is_flow(trail):
            return None
        return Edit(start, last, f"{called}:{_shift(page.text[name.end : last], UNIT)}")
    if page.has_comment(start, first):
        return None
    if not (page.leads(start) and page.leads(first)):
        return Edit(start, last, f"{called}: {{{page.text[first:last]}}}")
    head = page.text[page.line(start) : start]
    before = page.text[page.line(whole.start) :]
    unit = head.removeprefix(before[: len(before) - len(before.lstrip(" \t"))]) or " " * UNIT
    inner = page.newline + head + unit + page.text[first:last].replace(page.newline, page.newline + unit)
    return Edit(start, last, f"{called}: {{{inner}{page.newline}{head}}}")


def _key(page: Page, like: Place, key: str) -> str:
    """A name in the quotes of another one."""
    assert like.key
    quoted = page.language == JSON or page.text[like.key[0]] == '"'
    return f'"{key}"' if quoted else written(key, page.language, page.text[like.key[0] :])


def _shift(text: str, columns: int) -> str:
    """Every line but the first moves to the right, or to the left as far as it can. Empty lines stay empty."""
    if columns >= 0:
        return re.sub(rf"({BREAK.pattern})(?=[^\r\n])", lambda found: found[1] + " " * columns, text)
    return re.sub(rf"({BREAK.pattern})[ \t]{{0,{-columns}}}", r"\1", text)
