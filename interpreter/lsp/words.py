"""What can stand at a place of a document, and what it means: by the schemas, the verbs' pages and the rules' pages."""

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import schemas
from interpreter.lint.finding import Finding
from interpreter.lint.page import page
from interpreter.lint.rules import RULES
from interpreter.lsp.cursor import MARK, Spot, at
from interpreter.text.place import Steps
from schemas import Schema
from verbs import REGISTRY, SYNONYMS

NAME = "verb"
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\([^)]*\)")
"""A link of a page, which leads nowhere in an editor."""
TYPES = {"string": "text", "boolean": "true or false", "array": "list", "integer": "whole number"}


class Word(NamedTuple):
    """Something that can be written: a verb, a property, a value."""

    text: Any
    kind: str
    """verb, property or value."""
    detail: str
    about: str
    """Markdown."""
    needed: bool = False
    idle: bool = False
    """It has no effect here."""


class Verb(NamedTuple):
    """The verb that a place belongs to, and the way from its properties to the place."""

    name: str
    written: dict[str, Any]
    rest: Steps

    def schema(self, path: Steps) -> Schema | None:
        """What its schema says of a place in it."""
        return schemas.at(_part(self.name), path)


def verb_of(value: Any, path: Steps) -> Verb | None:
    """The verb around a path."""
    element = at(value, path[:1])
    if len(path) < 2 or not isinstance(element, dict) or not isinstance(value, list):
        return None
    if NAME in element:
        name, body, rest = element[NAME], element, path[1:]
    else:
        name, body, rest = path[1], element[path[1]], path[2:]
    name = SYNONYMS.get(name, name) if isinstance(name, str) else None
    return Verb(name, body, rest) if name in REGISTRY and isinstance(body, dict) else None


# --------------------------------------------------------------------------- what can stand here


def possible(spot: Spot) -> Iterator[Word]:
    """What can be written where a cursor stands."""
    element = at(spot.value, spot.path[:1])
    if not isinstance(spot.value, list):
        return
    if len(spot.path) == 1 or (len(spot.path) == 2 and isinstance(element, dict) and NAME not in element and spot.is_key):
        if len(spot.path) == 2 and isinstance(element, dict):
            yield Word(NAME, "property", "name of the verb", "The name of the verb.", needed=True)
        if len(spot.path) == 1 or element == {MARK: None}:
            yield from _verbs()
    elif spot.path[1:] == (NAME,) and not spot.is_key:
        yield from _verbs()
    elif verb := verb_of(spot.value, spot.path):
        begins = isinstance(spot.path[-1], int) and "properties" in (verb.schema(verb.rest) or {})
        yield from _properties(verb, spot) if spot.is_key or begins else _values(verb)


def _verbs() -> Iterator[Word]:
    for name in REGISTRY:
        schema = schemas.load(_part(name))
        yield Word(name, "verb", schema["description"], _verb(name))


def _properties(verb: Verb, spot: Spot) -> Iterator[Word]:
    """Those that are not there yet. The one under the cursor may stay."""
    whole = verb.rest[:-1] if spot.is_key else verb.rest  # an object of a list, which its first property begins
    schema = verb.schema(whole)
    there = {key for key in spot.whole if key != MARK} if isinstance(spot.whole, dict) else set()
    for name in (schema or {}).get("properties", {}):
        if name in there or (name.startswith("_") and name != spot.word) or (name == NAME and NAME in verb.written):
            continue
        one = verb.schema((*whole, name)) or {}
        if name == NAME or one.get("not") == {}:
            continue
        needed = name in (schema or {}).get("required", ())
        yield Word(name, "property", kind(one), _property(verb, (*whole, name)), needed, "x-unsupported" in one)


def _values(verb: Verb) -> Iterator[Word]:
    schema = verb.schema(verb.rest) or {}
    for value in _choices(schema):
        yield Word(value, "value", str(verb.rest[-1]) if verb.rest else "", _property(verb, verb.rest))


def _choices(schema: Schema) -> Iterator[Any]:
    """The few values that a property can have, where they are few."""
    yield from schema.get("enum", ())
    if "const" in schema:
        yield schema["const"]
    if schema.get("type") == "boolean":
        yield from (True, False)
    for part in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from _choices(part)


# --------------------------------------------------------------------------- what it means


def meaning(spot: Spot) -> str:
    """What the word under a cursor means; nothing where it means nothing."""
    path = (*spot.path[:-1], spot.word) if spot.is_key else spot.path
    if spot.path[1:] == (NAME,) and not spot.is_key:
        return _verb(SYNONYMS.get(spot.word, spot.word))
    if spot.is_key and len(path) == 2 and NAME not in (spot.whole or {}):
        return _verb(SYNONYMS.get(spot.word, spot.word))
    if spot.is_key:
        verb = verb_of(spot.value, spot.path)
        return _property(verb, (*verb.rest[:-1], spot.word)) if verb else ""
    verb = verb_of(spot.value, spot.path)
    while verb and verb.rest and isinstance(verb.rest[-1], int):
        verb = verb._replace(rest=verb.rest[:-1])
    return _property(verb, verb.rest) if verb and verb.rest else ""


def reason(finding: Finding) -> str:
    """What a finding means: its sentence, and its rule's page without the examples."""
    rule = RULES.get(finding.code)
    if rule is None:
        return f"**{finding.code} {finding.name}**: {finding.message}"
    found = page(rule)
    return "\n\n".join([f"**{finding.code} {finding.name}**: {finding.message}", *found.what, f"Why: {found.why}"])


@cache
def _verb(name: str) -> str:
    """A verb's page, as far as its table of properties."""
    if name not in REGISTRY:
        return ""
    text = resources.files("verbs").joinpath(f"{name.replace(':', '_')}.md").read_text(encoding="utf-8")
    return LINK.sub(r"\1", text.partition("\n## ")[0].replace("# ", "### ", 1)).strip()


def _property(verb: Verb, path: Steps) -> str:
    schema = verb.schema(path)
    if not path or schema is None:
        return ""
    name = ".".join([verb.name, *(str(step) for step in path if isinstance(step, str))])
    parts = [f"**{name}**: {kind(schema)}", schema.get("description", "")]
    if "default" in schema:
        parts.append(f"Default: `{json.dumps(schema['default'], ensure_ascii=False)}`")
    if "x-unsupported" in schema:
        parts.append(f"No effect here: {schema['x-unsupported']}.")
    return "\n\n".join(filter(None, parts))


def kind(schema: Schema) -> str:
    """What a property may be: its values, or its types, and its range."""
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    types = schema.get("type", "any value")
    words = " or ".join(TYPES.get(one, one) for one in ([types] if isinstance(types, str) else types))
    ends = [f"{word} {schema[key]}" for word, key in (("from", "minimum"), ("to", "maximum")) if key in schema]
    return " ".join([words, *ends])


def _part(name: str) -> str:
    return f"verbs/{name.replace(':', '_')}"
