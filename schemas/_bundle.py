"""Bundles the parts into one schema of a whole document, or of the settings, for editors. No reference leaves it: it needs no network.

The bundle leads an editor to one verb: by the value of `verb` in the long form, by the only property in the short form. So the editor
reports an error at the property that causes it, and completes and explains the properties of that verb. Keywords of our own (`x-…`) are
left out, or replaced by those that editors know.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from posixpath import normpath
from typing import Any

from callverbs import schemas

DOCUMENT_FILE = Path(__file__).parent / f"document{schemas.FILE_SUFFIX}"
META_SCHEMA_URI = "https://json-schema.org/draft/2020-12/schema"
SETTINGS_PART = "components/settings"
KEYWORDS_BY_NAME = ("properties", "$defs", "dependentSchemas", "dependentRequired")
"""Keywords whose keys are names of properties or definitions, not keywords."""
EDITOR_KEYWORDS = {"x-unsupported": "deprecationMessage", "x-reserved": "errorMessage"}
"""Keywords of our own, and what VS Code's JSON language service calls them."""
SYNONYMS = "x-synonyms"
"""Keyword of our own beside the `const` of a verb's name: other names of the verb."""

Schema = schemas.Schema


def bundle() -> Schema:
    """Returns the schema of a document."""
    verbs = {name: part for part in map("verbs/{}".format, schemas.names("verbs")) for name in verb_names(part)}
    return {
        "$schema": META_SCHEMA_URI,
        "$id": f"{schemas.BASE_URI}document{schemas.FILE_SUFFIX}",
        "title": "callverbs document",
        "description": "A phone call as a list of verbs, which run one after the other.",
        "type": "array",
        "items": {"$ref": "#/$defs/verb"},
        "$defs": {"verb": _verb_schema(verbs), **_definitions(list(dict.fromkeys(verbs.values())))},
    }


def verb_names(part: str) -> list[str]:
    """Returns what a verb is called: its name, then its synonyms."""
    verb: Schema = schemas.load(part)["properties"]["verb"]
    return [verb["const"], *verb.get(SYNONYMS, [])]


def bundle_settings() -> Schema:
    """Returns the schema of the settings file."""
    root = schemas.load(SETTINGS_PART)
    return {
        "$schema": META_SCHEMA_URI,
        "$id": f"{schemas.BASE_URI}settings{schemas.FILE_SUFFIX}",
        **_for_editors(root, SETTINGS_PART),
        "$defs": _definitions(list(_references(root, SETTINGS_PART))),
    }


def _definitions(queue: list[str]) -> Schema:
    """Returns the `$defs` of some parts, and of all parts that they refer to."""
    parts: dict[str, Schema] = {}
    while queue:
        name = queue.pop(0)
        if name not in parts:
            parts[name] = _for_editors(schemas.load(name), name)
            queue += _references(schemas.load(name), name)
    return {_definition_name(name): parts[name] for name in sorted(parts)}


def _verb_schema(verbs: dict[str, str]) -> Schema:
    """Returns the schema of one verb: the long form where it has a property `verb`, the short form otherwise."""
    descriptions = {name: schemas.load(part)["description"] for name, part in verbs.items()}
    references = {name: {"$ref": f"#/$defs/{_definition_name(part)}"} for name, part in verbs.items()}
    return {
        "type": "object",
        "if": {"type": "object", "required": ["verb"]},  # without the type, a value that is not an object would fail at every verb
        "then": {
            "properties": {
                "verb": {"enum": list(verbs), "enumDescriptions": list(descriptions.values()), "description": "The name of the verb."},
            },
            "allOf": [{"if": {"properties": {"verb": {"const": name}}}, "then": reference} for name, reference in references.items()],
        },
        "else": {
            "properties": {name: {**reference, "description": descriptions[name]} for name, reference in references.items()},
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
        },
    }


def _definition_name(part: str) -> str:
    """Returns the name of a part below `$defs`. It has no slash, which a reference would have to escape."""
    return part.replace("/", ".")


def _target(reference: str, name: str) -> tuple[str, str]:
    """Returns what a reference in the part `name` points to: the name of a part, and the fragment inside it."""
    path, _, fragment = reference.partition("#")
    return (normpath(f"{name}/../{path}").removesuffix(schemas.FILE_SUFFIX) if path else name), fragment


def _references(schema: Any, name: str) -> Iterator[str]:
    """Yields the names of the parts that the part `name` refers to."""
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield _target(schema["$ref"], name)[0]
        for value in schema.values():
            yield from _references(value, name)
    elif isinstance(schema, list):
        for value in schema:
            yield from _references(value, name)


def _for_editors(schema: Any, name: str, keyed_by_name: bool = False) -> Any:
    """Returns the part `name` with references and keywords of the bundle. `keyed_by_name`: the keys here are names, not keywords."""
    if isinstance(schema, list):
        return [_for_editors(value, name) for value in schema]
    if not isinstance(schema, dict):
        return schema
    found: Schema = {}
    for key, value in schema.items():
        if key == "const" and SYNONYMS in schema:
            found["enum"] = [value, *schema[SYNONYMS]]
        elif keyed_by_name:
            found[key] = _for_editors(value, name)
        elif key == "$ref":
            part, fragment = _target(value, name)
            found[key] = f"#/$defs/{_definition_name(part)}{fragment}"
        elif key in EDITOR_KEYWORDS and isinstance(value, str):
            found[EDITOR_KEYWORDS[key]] = value
        elif not key.startswith("x-") and key not in ("$id", "$schema", "source", "version"):
            found[key] = value if key in ("enum", "const", "default") else _for_editors(value, name, key in KEYWORDS_BY_NAME)
    return found


if __name__ == "__main__":
    DOCUMENT_FILE.write_text(json.dumps(bundle(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
