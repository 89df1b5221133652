"""Writes every part into one schema of a whole document, or of the settings, for editors: no reference leaves it, and it needs no network.

An editor is led to one verb: by the value of `verb` in the long form, by the only property in the short form. So it complains
where the mistake is, and completes and explains what belongs to that verb. What is ours in the parts (`x-…`) stays behind.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from posixpath import normpath
from typing import Any

import schemas

FILE = Path(__file__).parent / f"document{schemas.ENDING}"
DRAFT = "https://json-schema.org/draft/2020-12/schema"
SETTINGS = "components/settings"
NAMED = ("properties", "$defs", "dependentSchemas", "dependentRequired")
"""Keywords that hold an author's names."""
OURS = {"x-unsupported": "deprecationMessage", "x-reserved": "errorMessage"}
"""Words of ours that editors know by another name (VS Code's JSON language service)."""

Schema = schemas.Schema


def bundle() -> Schema:
    """The schema of a document."""
    verbs = {schemas.load(part)["properties"]["verb"]["const"]: part for part in map("verbs/{}".format, schemas.names("verbs"))}
    return {
        "$schema": DRAFT,
        "$id": f"{schemas.BASE}document{schemas.ENDING}",
        "title": "callverbs document",
        "description": "A phone call as a list of verbs, which run one after the other.",
        "type": "array",
        "items": {"$ref": "#/$defs/verb"},
        "$defs": {"verb": _verb(verbs), **_parts(list(verbs.values()))},
    }


def settings() -> Schema:
    """The schema of the settings file."""
    root = schemas.load(SETTINGS)
    return {
        "$schema": DRAFT,
        "$id": f"{schemas.BASE}settings{schemas.ENDING}",
        **_plain(root, SETTINGS),
        "$defs": _parts(list(_references(root, SETTINGS))),
    }


def _parts(waiting: list[str]) -> Schema:
    """Some parts and all that they refer to, as `$defs`."""
    parts: dict[str, Schema] = {}
    while waiting:
        name = waiting.pop(0)
        if name not in parts:
            parts[name] = _plain(schemas.load(name), name)
            waiting += _references(schemas.load(name), name)
    return {_key(name): parts[name] for name in sorted(parts)}


def _verb(verbs: dict[str, str]) -> Schema:
    """One verb: the long form where it has a property `verb`, the short form otherwise."""
    about = {name: schemas.load(part)["description"] for name, part in verbs.items()}
    return {
        "type": "object",
        "if": {"type": "object", "required": ["verb"]},  # what is no object would be led to every verb, and fail at each
        "then": {
            "properties": {
                "verb": {"enum": list(verbs), "enumDescriptions": list(about.values()), "description": "The name of the verb."},
            },
            "allOf": [
                {"if": {"properties": {"verb": {"const": name}}}, "then": {"$ref": f"#/$defs/{_key(part)}"}} for name, part in verbs.items()
            ],
        },
        "else": {
            "properties": {name: {"$ref": f"#/$defs/{_key(part)}", "description": about[name]} for name, part in verbs.items()},
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
        },
    }


def _key(name: str) -> str:
    """A part's name below `$defs`: a slash there would have to be escaped."""
    return name.replace("/", ".")


def _target(reference: str, name: str) -> tuple[str, str]:
    """What a part refers to: another part's name (or its own), and the way inside it."""
    path, _, inside = reference.partition("#")
    return (normpath(f"{name}/../{path}").removesuffix(schemas.ENDING) if path else name), inside


def _references(schema: Any, name: str) -> Iterator[str]:
    """The names of the parts that a part refers to."""
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield _target(schema["$ref"], name)[0]
        for value in schema.values():
            yield from _references(value, name)
    elif isinstance(schema, list):
        for value in schema:
            yield from _references(value, name)


def _plain(schema: Any, name: str, names: bool = False) -> Any:
    """A part as an editor reads it. `names`: the keys here are an author's properties, not keywords."""
    if isinstance(schema, list):
        return [_plain(value, name) for value in schema]
    if not isinstance(schema, dict):
        return schema
    found: Schema = {}
    for key, value in schema.items():
        if names:
            found[key] = _plain(value, name)
        elif key == "$ref":
            part, inside = _target(value, name)
            found[key] = f"#/$defs/{_key(part)}{inside}"
        elif key in OURS and isinstance(value, str):
            found[OURS[key]] = value
        elif not key.startswith("x-") and key not in ("$id", "$schema", "source", "version"):
            found[key] = value if key in ("enum", "const", "default") else _plain(value, name, key in NAMED)
    return found


if __name__ == "__main__":
    FILE.write_text(json.dumps(bundle(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
