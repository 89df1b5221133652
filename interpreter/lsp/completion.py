"""Completions at a cursor: the verbs, properties and values that the schemas allow there."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from callverbs import schemas
from callverbs.interpreter.lint.document import VERB_NAME_KEY
from callverbs.interpreter.lsp.cursor import PLACEHOLDER, Cursor
from callverbs.interpreter.lsp.descriptions import EnclosingVerb, describe_property, describe_type, describe_verb, enclosing_verb
from callverbs.interpreter.text.paths import value_at
from callverbs.schemas import Schema
from callverbs.verbs import REGISTRY, schema_name


class Completion(NamedTuple):
    """A verb, a property or a value that can be written at a cursor."""

    value: Any
    kind: str
    """verb, property or value."""
    detail: str
    description: str
    """Markdown."""
    is_required: bool = False
    has_no_effect: bool = False


def completions(cursor: Cursor) -> Iterator[Completion]:
    """Yields everything that can be written at a cursor."""
    element = value_at(cursor.value, cursor.path[:1])
    if not isinstance(cursor.value, list):
        return
    depth = len(cursor.path)
    if depth == 1 or (depth == 2 and isinstance(element, dict) and VERB_NAME_KEY not in element and cursor.is_key):
        if depth == 2 and isinstance(element, dict):
            yield Completion(VERB_NAME_KEY, "property", "name of the verb", "The name of the verb.", is_required=True)
        if depth == 1 or element == {PLACEHOLDER: None}:
            yield from _verbs()
    elif cursor.path[1:] == (VERB_NAME_KEY,) and not cursor.is_key:
        yield from _verbs()
    elif verb := enclosing_verb(cursor.value, cursor.path):
        starts_object = isinstance(cursor.path[-1], int) and "properties" in (verb.schema(verb.rest) or {})
        yield from _properties(verb, cursor) if cursor.is_key or starts_object else _values(verb)


def _verbs() -> Iterator[Completion]:
    for name, verb in REGISTRY.items():
        schema = schemas.load(schema_name(name))
        for written in (name, *verb.synonyms):
            yield Completion(written, "verb", schema["description"], describe_verb(name))


def _properties(verb: EnclosingVerb, cursor: Cursor) -> Iterator[Completion]:
    """Yields the properties that the object does not have yet, and the one under the cursor."""
    path = verb.rest[:-1] if cursor.is_key else verb.rest  # an element of a list becomes an object with its first property
    schema = verb.schema(path)
    present = {key for key in cursor.container if key != PLACEHOLDER} if isinstance(cursor.container, dict) else set()
    for name in (schema or {}).get("properties", {}):
        if name in present or (name.startswith("_") and name != cursor.word) or (name == VERB_NAME_KEY and VERB_NAME_KEY in verb.body):
            continue
        found = verb.schema((*path, name)) or {}
        if name == VERB_NAME_KEY or found.get("not") == {}:
            continue
        is_required = name in (schema or {}).get("required", ())
        description = describe_property(verb, (*path, name))
        yield Completion(name, "property", describe_type(found), description, is_required, "x-unsupported" in found)


def _values(verb: EnclosingVerb) -> Iterator[Completion]:
    schema = verb.schema(verb.rest) or {}
    for value in _choices(schema):
        yield Completion(value, "value", str(verb.rest[-1]) if verb.rest else "", describe_property(verb, verb.rest))


def _choices(schema: Schema) -> Iterator[Any]:
    """Yields the values of a schema that lists them."""
    yield from schema.get("enum", ())
    if "const" in schema:
        yield schema["const"]
    if schema.get("type") == "boolean":
        yield from (True, False)
    for part in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from _choices(part)
