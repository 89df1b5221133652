"""Descriptions in Markdown of verbs, properties and findings: from the schemas, the verbs' pages and the rules' pages."""

import json
import re
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from callverbs import schemas
from callverbs.interpreter.lint.document import VERB_NAME_KEY
from callverbs.interpreter.lint.finding import Finding
from callverbs.interpreter.lint.rule_page import read_page
from callverbs.interpreter.lint.rules import RULES
from callverbs.interpreter.lsp.cursor import Cursor
from callverbs.interpreter.text.paths import value_at
from callverbs.schemas import Schema, ValuePath
from callverbs.verbs import REGISTRY, SYNONYMS, schema_name

LINK = re.compile(r"(?<!!)\[([^\]]+)\]\([^)]*\)")
"""A link in Markdown, which has no target in an editor."""
TYPE_NAMES = {"string": "text", "boolean": "true or false", "array": "list", "integer": "whole number"}


class EnclosingVerb(NamedTuple):
    """The verb around a path: its name, its properties, and the rest of the path from there."""

    name: str
    body: dict[str, Any]
    rest: ValuePath

    def schema(self, path: ValuePath) -> Schema | None:
        """Returns the schema of a path in the verb."""
        return schemas.schema_at(schema_name(self.name), path)


def enclosing_verb(value: Any, path: ValuePath) -> EnclosingVerb | None:
    """Returns the verb around a path; None where there is none that we know."""
    element = value_at(value, path[:1])
    if len(path) < 2 or not isinstance(element, dict) or not isinstance(value, list):
        return None
    if VERB_NAME_KEY in element:
        name, body, rest = element[VERB_NAME_KEY], element, path[1:]
    else:
        name, body, rest = path[1], element[path[1]], path[2:]
    name = SYNONYMS.get(name, name) if isinstance(name, str) else None
    return EnclosingVerb(name, body, rest) if name in REGISTRY and isinstance(body, dict) else None


def describe_word(cursor: Cursor) -> str:
    """Returns the description of the word under a cursor; "" for an unknown one."""
    is_verb_name = cursor.path[1:] == (VERB_NAME_KEY,) and not cursor.is_key
    is_short_form_name = cursor.is_key and len(cursor.path) == 2 and VERB_NAME_KEY not in (cursor.container or {})
    if is_verb_name or is_short_form_name:
        return describe_verb(SYNONYMS.get(cursor.word, cursor.word))
    verb = enclosing_verb(cursor.value, cursor.path)
    if cursor.is_key:
        return describe_property(verb, (*verb.rest[:-1], cursor.word)) if verb else ""
    while verb and verb.rest and isinstance(verb.rest[-1], int):
        verb = verb._replace(rest=verb.rest[:-1])
    return describe_property(verb, verb.rest) if verb and verb.rest else ""


def describe_finding(finding: Finding) -> str:
    """Returns the message of a finding, and its rule's page without the examples."""
    headline = f"**{finding.code} {finding.name}**: {finding.message}"
    rule = RULES.get(finding.code)
    if rule is None:
        return headline
    page = read_page(rule)
    return "\n\n".join([headline, *page.description, f"Why: {page.why}"])


@cache
def describe_verb(name: str) -> str:
    """Returns a verb's page as far as its table of properties; "" for an unknown verb."""
    if name not in REGISTRY:
        return ""
    text = resources.files("callverbs.verbs").joinpath(f"{name.replace(':', '_')}.md").read_text(encoding="utf-8")
    return LINK.sub(r"\1", text.partition("\n## ")[0].replace("# ", "### ", 1)).strip()


def describe_property(verb: EnclosingVerb, path: ValuePath) -> str:
    """Returns the type, the description and the default of a property; "" for an unknown one."""
    schema = verb.schema(path)
    if not path or schema is None:
        return ""
    name = ".".join([verb.name, *(str(step) for step in path if isinstance(step, str))])
    parts = [f"**{name}**: {describe_type(schema)}", schema.get("description", "")]
    if "default" in schema:
        parts.append(f"Default: `{json.dumps(schema['default'], ensure_ascii=False)}`")
    if "x-unsupported" in schema:
        parts.append(f"No effect here: {schema['x-unsupported']}.")
    return "\n\n".join(filter(None, parts))


def describe_type(schema: Schema) -> str:
    """Returns the values of a property, or its types and its range."""
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    types = schema.get("type", "any value")
    names = " or ".join(TYPE_NAMES.get(one, one) for one in ([types] if isinstance(types, str) else types))
    limits = [f"{word} {schema[key]}" for word, key in (("from", "minimum"), ("to", "maximum")) if key in schema]
    return " ".join([names, *limits])
