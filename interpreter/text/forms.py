"""The two ways to write a named object: with its name among its properties, `{verb: say, text: x}`, or around them, `{say: {text: x}}`.

It turns the text of one into the other, and keeps its comments, quotes and lines. It does not know what a verb is.
"""

import re

from callverbs.interpreter.text.edits import Edit, EditableText, member_start
from callverbs.interpreter.text.formatting import format_value
from callverbs.interpreter.text.lines import LINE_BREAK
from callverbs.interpreter.text.source import JSON
from callverbs.interpreter.text.syntax_tree import SyntaxNode
from callverbs.schemas import ValuePath

DEFAULT_INDENT_COLUMNS = 2
"""The indentation where the text has none to copy."""


def move_name_inside(editable: EditableText, path: ValuePath, key: str) -> Edit | None:
    """Returns the edit that replaces an object of one property by that property's object, with its name as the value of `key`."""
    nodes = editable.nodes_to(path)
    members = editable.members(nodes[-1]) if nodes else []
    if len(members) != 1 or not members[0].key:
        return None
    whole, body = nodes[-1], members[0]
    start, end = members[0].key
    name = f"{_format_key(editable, members[0], key)}: {editable.text[start:end]}"
    properties = editable.members(body)
    if editable.first_character(body) != "{":
        if editable.is_in_brackets([*nodes, body]) or not properties:
            return None
        behind = editable.text.index(":", end) + 1
        shifted = _shift_lines(editable.text[behind : body.end], editable.indent(start) - editable.indent(member_start(properties[0])))
        return Edit(start, body.end, name + shifted)
    if not properties:
        return Edit(start, body.end, name)
    first, last = member_start(properties[0]), properties[-1].end
    if editable.has_comment(end, first) or editable.has_comment(last, body.end):
        return None
    if editable.first_character(whole) != "{":
        return Edit(start, body.end, f"{{{name}, {editable.text[first:last]}}}")
    if not (editable.is_first_in_line(first) and editable.is_first_in_line(start)):
        return Edit(start, body.end, f"{name}, {editable.text[first:last]}")
    indentation = editable.text[editable.line_start(start) : start]
    shifted = _shift_lines(editable.text[first:last], editable.indent(start) - editable.indent(first))
    return Edit(start, body.end, f"{name},{editable.line_break}{indentation}{shifted}")


def move_name_outside(editable: EditableText, path: ValuePath, key: str) -> Edit | None:
    """Returns the edit that makes an object whose first property is `key` the only property of an object, named by that one's value."""
    nodes = editable.nodes_to(path)
    members = editable.members(nodes[-1]) if nodes else []
    if not members or members[0] is not nodes[-1].children.get(key):
        return None
    whole, name, properties = nodes[-1], members[0], members[1:]
    start = member_start(name)
    written_name = editable.text[name.start : name.end]
    if not properties:
        return Edit(start, name.end, f"{written_name}: {{}}")
    first, last = member_start(properties[0]), properties[-1].end
    if editable.first_character(whole) != "{":
        if editable.is_in_brackets(nodes):
            return None
        return Edit(start, last, f"{written_name}:{_shift_lines(editable.text[name.end : last], DEFAULT_INDENT_COLUMNS)}")
    if editable.has_comment(start, first):
        return None
    if not (editable.is_first_in_line(start) and editable.is_first_in_line(first)):
        return Edit(start, last, f"{written_name}: {{{editable.text[first:last]}}}")
    indentation = editable.text[editable.line_start(start) : start]
    whole_line = editable.text[editable.line_start(whole.start) :]
    step = indentation.removeprefix(whole_line[: len(whole_line) - len(whole_line.lstrip(" \t"))]) or " " * DEFAULT_INDENT_COLUMNS
    body = editable.line_break + indentation + step + editable.text[first:last].replace(editable.line_break, editable.line_break + step)
    return Edit(start, last, f"{written_name}: {{{body}{editable.line_break}{indentation}}}")


def _format_key(editable: EditableText, sibling: SyntaxNode, key: str) -> str:
    """Returns a key in the quotes of another one."""
    assert sibling.key
    is_quoted = editable.language == JSON or editable.text[sibling.key[0]] == '"'
    return f'"{key}"' if is_quoted else format_value(key, editable.language, editable.text[sibling.key[0] :])


def _shift_lines(text: str, columns: int) -> str:
    """Returns a text with every line but the first moved to the right, or to the left as far as it can. Empty lines stay empty."""
    if columns >= 0:
        return re.sub(rf"({LINE_BREAK.pattern})(?=[^\r\n])", lambda found: found[1] + " " * columns, text)
    return re.sub(rf"({LINE_BREAK.pattern})[ \t]{{0,{-columns}}}", r"\1", text)
