"""The data that every other package reads: schemas of verbs, of commands, and of hook payloads. This package imports none of them.

A part is named by its path without the file suffix: `verbs/say`, `components/hook`, `commands/dial`. What the carrier's command
`dial` leaves to the author of a document is the derived part `commands/dial.carrier`.
"""

import json
import pathlib
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any

import jsonschema_rs

from callverbs.schemas import adjust
from callverbs.schemas.diagnostic import Diagnostic, Fix, ValuePath, did_you_mean, json_pointer, nearest, spelling_fix
from callverbs.schemas.quoting import path_text

__all__ = [
    "BASE_URI",
    "FILE_SUFFIX",
    "Diagnostic",
    "Fix",
    "Schema",
    "ValuePath",
    "adjusted",
    "bundle",
    "bundle_settings",
    "dereferenced",
    "diagnose",
    "did_you_mean",
    "has_voices",
    "is_valid",
    "json_pointer",
    "load",
    "load_table",
    "names",
    "nearest",
    "parts",
    "places",
    "schema_at",
    "spelling_fix",
    "walk",
    "without_effect",
]

BASE_URI = "https://callverbs.dev/schemas/"
"""The `$id` of a part is this URI, the part's name, and the file suffix."""
FILE_SUFFIX = ".schema.json"
MAX_ENTRIES = 1_000
"""Entries of a list or an object in a faulty value that are looked at: to explain each of 25,000 takes seconds."""
FOLDER = pathlib.Path(__file__).parent

Schema = dict[str, Any]


@cache
def names(kind: str) -> tuple[str, ...]:
    """Returns the names of the parts of one kind (`verbs`, `components`, `commands`, `callbacks`), sorted."""
    return tuple(sorted(path.name.removesuffix(FILE_SUFFIX) for path in (FOLDER / kind).glob(f"*{FILE_SUFFIX}")))


@cache
def load(name: str) -> Schema:
    """Returns one part, as its file has it. Raises KeyError where there is none."""
    if name.endswith(".carrier"):
        return _carrier_part(name)
    path = FOLDER / f"{name}{FILE_SUFFIX}"
    if not path.is_file():
        raise KeyError(name)
    schema: Schema = json.loads(path.read_text(encoding="utf-8"))
    return schema


@cache
def load_table(name: str) -> dict[str, Any]:
    """Returns a table that is not a schema, for example `voices`."""
    table: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return table


def _carrier_part(name: str) -> Schema:
    """Returns what a document may put under `carrier`: the command's parameters, none of them required, the reserved ones refused.

    `x-also` names parameters of other commands that the verb sends instead.
    """
    command = load(name.removesuffix(".carrier"))
    reserved: dict[str, str] = command["x-reserved"]
    refused = {key: {"not": {}, "x-reserved": reason} for key, reason in reserved.items()}
    also = {key: load(f"commands/{other}")["properties"][key] for other, keys in command.get("x-also", {}).items() for key in keys}
    return {
        "$schema": command["$schema"],
        "$id": f"{BASE_URI}{name}{FILE_SUFFIX}",
        "title": f"Parameters of the carrier's {command['title']}",
        "description": f"Parameters of the carrier's `{command['title']}` command that no property of the verb covers.",
        "type": "object",
        "properties": {**command["properties"], **refused, **also},
        "additionalProperties": False,
        **{keyword: command[keyword] for keyword in ("allOf", "dependentSchemas") if keyword in command},
    }


@cache
def parts() -> dict[str, Schema]:
    """Returns every part by its absolute `$id`."""
    every = [f"{kind}/{name}" for kind in ("verbs", "components", "commands", "callbacks") for name in names(kind)]
    every += [f"commands/{name}.carrier" for name in names("commands") if "x-reserved" in load(f"commands/{name}")]
    return {f"{BASE_URI}{name}{FILE_SUFFIX}": load(name) for name in every}


@cache
def _validator(name: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(load(name), registry=_registry())


@cache
def _registry() -> jsonschema_rs.Registry:
    return jsonschema_rs.Registry(list(parts().items()))


def is_valid(name: str, value: object) -> bool:
    """Returns whether a value is valid against a part. It takes about a microsecond for a verb."""
    return _validator(name).is_valid(value)


def diagnose(name: str, value: object) -> list[Diagnostic]:
    """Returns what is wrong with a value, one diagnostic for each cause, sorted by path."""
    if is_valid(name, value):
        return []
    if found := _long_list(value):
        path, length = found
        return [Diagnostic(path, "CV111", f"{path_text(path)} has {length} entries: of more than {MAX_ENTRIES} none is checked")]
    from callverbs.schemas import _explain  # importing jsonschema takes 100 ms, and most values are valid

    return _explain.explain(name, value) or [
        Diagnostic(tuple(error.instance_path), "CV100", error.message) for error in _validator(name).iter_errors(value)
    ]


def adjusted(name: str, value: Any) -> tuple[Any, list[Diagnostic]]:
    """Returns a value with its harmless faults put right (module `adjust`), and what was done, sorted by path. Other faults stay."""
    if is_valid(name, value) or _long_list(value):
        return value, []
    found: dict[ValuePath, adjust.Adjustment] = {}
    try:
        errors = list(islice(_validator(name).iter_errors(value), adjust.MAX_ERRORS))
    except UnicodeEncodeError:  # half a character (a lone surrogate) cannot be quoted in an error: such a verb stays as it is
        return value, []
    for error in errors:
        path = tuple(error.instance_path)
        schema, parent = schema_at(name, path), schema_at(name, path[:-1])
        if path and path not in found and schema and parent:
            one = adjust.adjustment(path, str(error.schema_path[-1]), error.instance, schema, parent)
            if one:
                found[path] = one
    return adjust.apply(value, list(found.values())), [one.diagnostic for one in found.values()]


def _long_list(value: object) -> tuple[ValuePath, int] | None:
    """Returns the path of a list or object with too many entries, and how many; None where there is none."""
    left: list[tuple[ValuePath, object]] = [((), value)]
    while left:
        path, one = left.pop()
        if isinstance(one, dict | list):
            if len(one) > MAX_ENTRIES:
                return path, len(one)
            left += [((*path, key), inner) for key, inner in (one.items() if isinstance(one, dict) else enumerate(one))]
    return None


def without_effect(name: str, value: object) -> list[Diagnostic]:
    """Returns a diagnostic for each property of a valid value that has no effect on this carrier (`x-unsupported` in its schema).

    A property with its default asks for what happens anyway, and is not reported.
    """
    return [
        Diagnostic(path, "CV108", f"{path[-1]}: {schema['x-unsupported']}", at_key=True)
        for path, schema, found in _walk(load(name), value, ())
        if "x-unsupported" in schema and ("default" not in schema or found != schema["default"])
    ]


def places(name: str, value: object, part: str) -> Iterator[tuple[ValuePath, object]]:
    """Yields the path and the value of each instance of a part, such as `components/hook`. Properties without effect are skipped."""
    uri = f"{BASE_URI}{part}{FILE_SUFFIX}"
    return ((path, found) for path, schema, found in _walk(load(name), value, ()) if schema.get("$id") == uri)


def walk(name: str, value: object) -> Iterator[tuple[ValuePath, object]]:
    """Yields the path of everything in a value that a part describes, and the value there. Properties without effect are not entered."""
    return ((path, found) for path, _, found in _walk(load(name), value, ()))


def _walk(schema: Schema, value: object, path: ValuePath) -> Iterator[tuple[ValuePath, Schema, object]]:
    """Yields each path of a value with its schema and the value there, outermost first. Properties without effect are not entered."""
    yield path, schema, value
    if "x-unsupported" in schema:
        return
    if "$ref" in schema:
        yield from _walk(_resolve(schema["$ref"]), value, path)
    if isinstance(value, dict):
        for key, inner in schema.get("properties", {}).items():
            if key in value:
                yield from _walk(inner, value[key], (*path, key))
    elif isinstance(value, list) and isinstance(schema.get("items"), dict):
        for index, item in enumerate(value):
            yield from _walk(schema["items"], item, (*path, index))


def schema_at(name: str, path: ValuePath) -> Schema | None:
    """Returns the schema of a path in a value, its references resolved; None where the part has no such path."""
    schema = dereferenced(load(name))
    for step in path:
        inner = schema.get("items") if isinstance(step, int) else schema.get("properties", {}).get(step)
        if not isinstance(inner, dict):
            return None
        schema = dereferenced(inner)
    return schema


def dereferenced(schema: Schema) -> Schema:
    """Returns a schema merged with the one it refers to. Its own keywords win."""
    return {**dereferenced(_resolve(schema["$ref"])), **schema} if "$ref" in schema else schema


def bundle() -> Schema:
    """Returns one self-contained schema of a whole document, for editors: the content of `document.schema.json`."""
    from callverbs.schemas import _bundle

    return _bundle.bundle()


def bundle_settings() -> Schema:
    """Returns one self-contained schema of callverbs.toml, for editors."""
    from callverbs.schemas import _bundle

    return _bundle.bundle_settings()


def _resolve(reference: str) -> Schema:
    """Returns the schema of a relative reference as the files write it: `../components/hook.schema.json#/$defs/…`."""
    path, _, fragment = reference.partition("#")
    kind, name = (path.split("/")[-2:] if "/" in path else ("components", path)) if path else ("", "")
    schema = load(f"{kind}/{name.removesuffix(FILE_SUFFIX)}")
    for step in filter(None, fragment.split("/")):
        schema = schema[step]
    return schema


def has_voices(vendor: str) -> bool:
    """Returns whether the carrier has voices of a vendor. It has those of "default", the vendor that the settings name."""
    return vendor == "default" or vendor.lower() in load_table("voices")["vendors"]
