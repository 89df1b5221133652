"""Files beside flows that an editor gets help with: scenarios, and callverbs.toml. A kind is a schema, and a function that checks a text.

The kinds are given by whoever starts the server: this module knows no scenario and no setting.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from callverbs.interpreter.lsp.completion import Completion
from callverbs.interpreter.lsp.cursor import PLACEHOLDER, find_cursor
from callverbs.interpreter.lsp.descriptions import describe_type
from callverbs.interpreter.text.lines import Span
from callverbs.interpreter.text.source import TOML, Source
from callverbs.interpreter.text.syntax_tree import SyntaxNode
from callverbs.schemas import Schema, ValuePath

TOML_TABLE = re.compile(r"^[ \t]*\[{1,2}([^\[\]\r\n]+)\]{1,2}", re.MULTILINE)
TOML_LINE = re.compile(r"[ \t]*(?:(?P<key>[\w-]+)[ \t]*=[ \t]*(?P<value>[\"']?[\w-]*)|(?P<word>[\w-]*))")
"""A line of TOML as far as the cursor: the beginning of a name, or of a value."""
WORD_END = re.compile(r"[\w-]*[\"']?")


class Problem(NamedTuple):
    """What is wrong in a file, and where."""

    span: Span
    message: str


class FileKind(NamedTuple):
    """A kind of file, by its name: its JSON Schema, and what finds its problems."""

    name: re.Pattern[str]
    load_schema: Callable[[], Schema]
    check: Callable[[Source], Sequence[Problem]]

    def matches(self, path: Path) -> bool:
        """Returns whether a file is of this kind."""
        return bool(self.name.search(path.name))


class KeyCompletions(NamedTuple):
    """What can be written at a cursor, and the offsets of the word there."""

    start: int
    end: int
    found: list[Completion]


def complete(kind: FileKind, source: Source, offset: int) -> KeyCompletions:
    """Returns the properties, or the values, that the schema has at an offset."""
    root = kind.load_schema()
    if source.language == TOML:
        return _complete_toml(root, source.text, offset)
    cursor = find_cursor(source.text, source.language, offset)
    if cursor is None or cursor.around != ("", ""):
        start, end = (cursor.start, cursor.end) if cursor else (offset, offset)
        return KeyCompletions(start, end, list(_properties(root, root)) if cursor else [])
    container = cursor.container
    present = [key for key in container if key != PLACEHOLDER] if isinstance(container, dict) else []
    found = [
        completion
        for schema in _schemas_at(root, root, cursor.path[:-1] if cursor.is_key else cursor.path)
        for completion in (_properties(root, schema, present) if cursor.is_key else _values(root, schema))
    ]
    return KeyCompletions(cursor.start, cursor.end, found)


def _complete_toml(root: Schema, text: str, offset: int) -> KeyCompletions:
    line = TOML_LINE.fullmatch(text, text.rfind("\n", 0, offset) + 1, offset)
    if not line:
        return KeyCompletions(offset, offset, [])
    tables = [one for one in TOML_TABLE.finditer(text, 0, offset) if one.end() <= offset]
    path = [step.strip().strip("\"'") for step in tables[-1][1].split(".")] if tables else []
    rest = WORD_END.match(text, offset)
    end = rest.end() if rest else offset
    if key := line["key"]:
        schemas, kind = _schemas_at(root, root, (*path, key)), _values
    else:
        schemas, kind = _schemas_at(root, root, tuple(path)), _properties
    found = [one for schema in schemas for one in kind(root, schema)]
    return KeyCompletions(line.start("value" if key else "word"), end, found)


def hover(kind: FileKind, source: Source, offset: int) -> str:
    """Returns the description of the property at an offset, as Markdown; "" where there is none."""
    root = kind.load_schema()
    path = _path_at(source.tree, offset) if source.readable else ()
    for schema in _schemas_at(root, root, path) if path else ():
        if description := schema.get("description", ""):
            return f"**{'.'.join(map(str, path))}**: {describe_type(schema)}\n\n{description}"
    return ""


def _path_at(node: SyntaxNode, offset: int) -> ValuePath:
    """Returns the path of the innermost property whose name or value is at an offset. A table of TOML has its properties behind it."""
    for step, child in node.children.items():
        inner = _path_at(child, offset)
        ranges = [(child.start, child.end), *([child.key] if child.key else [])]
        if inner or any(start <= offset <= end for start, end in ranges):
            return (step, *inner)
    return ()


def _schemas_at(root: Schema, schema: Schema, path: ValuePath) -> Iterator[Schema]:
    """Yields the schemas of a path: several, where a value may be of several kinds."""
    schema = _resolved(root, schema)
    for one in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from _schemas_at(root, one, path)
    if not path:
        yield schema
        return
    step = path[0]
    inner: Any = (
        schema.get("items") if isinstance(step, int) else schema.get("properties", {}).get(step, schema.get("additionalProperties"))
    )
    if isinstance(inner, dict):
        yield from _schemas_at(root, inner, path[1:])


def _resolved(root: Schema, schema: Schema) -> Schema:
    """Returns a schema merged with the one below `$defs` that it refers to."""
    reference = schema.get("$ref", "")
    if not reference.startswith("#/"):
        return schema
    found: Any = root
    for step in reference[2:].split("/"):
        found = found[step]
    return {**_resolved(root, found), **{key: value for key, value in schema.items() if key != "$ref"}}


def _properties(root: Schema, schema: Schema, present: Sequence[str] = ()) -> Iterator[Completion]:
    for name, written in schema.get("properties", {}).items():
        if name not in present:
            found = _resolved(root, written)
            is_required = name in schema.get("required", ())
            yield Completion(name, "property", describe_type(found), str(found.get("description", "")), is_required)


def _values(root: Schema, schema: Schema) -> Iterator[Completion]:
    values = schema.get("enum", [True, False] if schema.get("type") == "boolean" else [])
    yield from (Completion(value, "value", "", str(schema.get("description", ""))) for value in values if value != "")
