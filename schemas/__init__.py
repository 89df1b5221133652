"""The data that everything else reads: schemas of verbs, of commands, of what hooks are told. This package imports nothing of ours.

A part is named by its path without the ending: `verbs/say`, `components/hook`, `commands/dial`. What the carrier's
command `dial` leaves to the author of a document is the derived part `commands/dial.carrier`.
"""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from schemas._fault import Fault, Fix, closest, meant

__all__ = [
    "BASE",
    "Fault",
    "Fix",
    "Schema",
    "at",
    "bundle",
    "bundle_settings",
    "closest",
    "data",
    "faults",
    "is_valid",
    "load",
    "meant",
    "names",
    "parts",
    "places",
    "remarks",
]

BASE = "https://callverbs.dev/schemas/"
ENDING = ".schema.json"
FOLDER = Path(__file__).parent

Schema = dict[str, Any]


@cache
def names(kind: str) -> tuple[str, ...]:
    """Names of the parts of one kind (`verbs`, `components`, `commands`, `callbacks`), sorted."""
    return tuple(sorted(path.name.removesuffix(ENDING) for path in (FOLDER / kind).glob(f"*{ENDING}")))


@cache
def load(name: str) -> Schema:
    """One part, as it stands in its file. KeyError where there is none."""
    if name.endswith(".carrier"):
        return _carrier(name)
    path = FOLDER / f"{name}{ENDING}"
    if not path.is_file():
        raise KeyError(name)
    schema: Schema = json.loads(path.read_text(encoding="utf-8"))
    return schema


@cache
def data(name: str) -> dict[str, Any]:
    """A table that is not a schema, for example `voices`."""
    table: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return table


def _carrier(name: str) -> Schema:
    """What a document may put under `carrier`: the command's parameters, none of them required, the reserved ones refused."""
    command = load(name.removesuffix(".carrier"))
    reserved: dict[str, str] = command["x-reserved"]
    refused = {key: {"not": {}, "x-reserved": why} for key, why in reserved.items()}
    return {
        "$schema": command["$schema"],
        "$id": f"{BASE}{name}{ENDING}",
        "title": f"Parameters of the carrier's {command['title']}",
        "description": f"Parameters of the carrier's `{command['title']}` command that no property of the verb covers.",
        "type": "object",
        "properties": {**command["properties"], **refused},
        "additionalProperties": False,
        **{keyword: command[keyword] for keyword in ("allOf", "dependentSchemas") if keyword in command},
    }


@cache
def parts() -> dict[str, Schema]:
    """Every part by its absolute `$id`."""
    every = [f"{kind}/{name}" for kind in ("verbs", "components", "commands", "callbacks") for name in names(kind)]
    every += [f"commands/{name}.carrier" for name in names("commands") if "x-reserved" in load(f"commands/{name}")]
    return {f"{BASE}{name}{ENDING}": load(name) for name in every}


@cache
def _validator(name: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(load(name), registry=_registry())


@cache
def _registry() -> jsonschema_rs.Registry:
    return jsonschema_rs.Registry(list(parts().items()))


def is_valid(name: str, value: object) -> bool:
    """Whether a value fits a part: about a microsecond for a verb."""
    return _validator(name).is_valid(value)


def faults(name: str, value: object) -> list[Fault]:
    """What is wrong with a value, one fault for one cause, in the order of the document; empty where nothing is."""
    if is_valid(name, value):
        return []
    from schemas import _explain  # jsonschema costs 100 ms to import: only where there is something to explain

    return _explain.explain(name, value) or [
        Fault(tuple(error.instance_path), "CV100", error.message) for error in _validator(name).iter_errors(value)
    ]


def remarks(name: str, value: object) -> list[Fault]:
    """What of a valid value has no effect on this carrier: the places of `x-unsupported`, with the sentence that stands there."""
    return [
        Fault(path, "CV108", f"{path[-1]}: {schema['x-unsupported']}", at_key=True)
        for path, schema, _ in _walk(load(name), value, ())
        if "x-unsupported" in schema
    ]


def places(name: str, value: object, part: str) -> Iterator[tuple[tuple[str | int, ...], object]]:
    """Where in a value a part such as `components/hook` stands, and what stands there; not within what has no effect."""
    uri = f"{BASE}{part}{ENDING}"
    return ((path, found) for path, schema, found in _walk(load(name), value, ()) if schema.get("$id") == uri)


def _walk(schema: Schema, value: object, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Schema, object]]:
    """Where the schema and a value meet, from the outside in. What has no effect is not entered."""
    yield path, schema, value
    if "x-unsupported" in schema:
        return
    if "$ref" in schema:
        yield from _walk(_resolve(schema["$ref"]), value, path)
    if isinstance(value, dict):
        for key, part in schema.get("properties", {}).items():
            if key in value:
                yield from _walk(part, value[key], (*path, key))
    elif isinstance(value, list) and isinstance(schema.get("items"), dict):
        for index, item in enumerate(value):
            yield from _walk(schema["items"], item, (*path, index))


def at(name: str, path: tuple[str | int, ...]) -> Schema | None:
    """What a part says of a place in a value, with what it refers to; None where it knows no such place."""
    schema = _whole(load(name))
    for step in path:
        part = schema.get("items") if isinstance(step, int) else schema.get("properties", {}).get(step)
        if not isinstance(part, dict):
            return None
        schema = _whole(part)
    return schema


def _whole(schema: Schema) -> Schema:
    """A schema with what it refers to. What it says itself wins."""
    return {**_whole(_resolve(schema["$ref"])), **schema} if "$ref" in schema else schema


def bundle() -> Schema:
    """One self-contained schema of a whole document, for editors: what `document.schema.json` holds."""
    from schemas import _bundle

    return _bundle.bundle()


def bundle_settings() -> Schema:
    """One self-contained schema of callverbs.toml, for editors."""
    from schemas import _bundle

    return _bundle.settings()


def _resolve(reference: str) -> Schema:
    """A part by the relative reference that the files use: `../components/hook.schema.json#/$defs/…`."""
    path, _, inside = reference.partition("#")
    kind, name = (path.split("/")[-2:] if "/" in path else ("components", path)) if path else ("", "")
    schema = load(f"{kind}/{name.removesuffix(ENDING)}")
    for step in filter(None, inside.split("/")):
        schema = schema[step]
    return schema


def speaks(vendor: str) -> bool:
    """Whether the carrier has voices of a vendor; "default" is whatever the settings say."""
    return vendor == "default" or vendor.lower() in data("voices")["vendors"]
