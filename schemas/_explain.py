"""Turns a refused value into sentences: which property, what is wrong with it, what to write instead.

The schema is the source of the words: `x-codes` and `x-messages` beside a keyword give that keyword a code and a sentence of
its own, `x-refused` explains values that are known and not possible here, `x-reserved` says why a parameter is ours.
"""

import json
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

import schemas
from schemas._fault import Fault, Fix, closest, meant

Path = tuple[str | int, ...]
Error = Any
"""A jsonschema.exceptions.ValidationError, whose attributes are unions with a private sentinel."""

CODES = {
    "additionalProperties": "CV102",
    "propertyNames": "CV102",
    "required": "CV103",
    "dependentRequired": "CV103",
    "type": "CV104",
    "enum": "CV105",
    "const": "CV105",
    "not": "CV106",
}
OTHERS = "CV111"
RESERVED = "CV112"
"""A parameter of the carrier that callverbs sets itself."""
REFUSED = "CV113"
"""A value that jambonz knows, and that is not possible here."""

TYPES = {
    "string": "a string",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}
SPOKEN = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
"""What YAML 1.1 takes for true and false."""


def explain(name: str, value: Any) -> list[Fault]:
    """The faults of a value, by the words of the schema. Of a text or a number only the first is told: the others follow from it."""
    errors = list(_validator(name).iter_errors(value))
    renamed = {(fault.path[:-1], fault.fix.value) for fault in _walk(errors) if fault.fix and fault.fix.do == "rename"}
    found = sorted(_walk(errors, renamed), key=lambda fault: _order(fault.path))
    once: dict[Any, Fault] = {}
    for fault in found:
        once.setdefault(fault._replace(fix=None) if isinstance(_at(value, fault.path), dict | list) else fault.path, fault)
    return list(once.values())


def _at(value: Any, path: tuple[str | int, ...]) -> Any:
    """What stands at a path. The name of a property that may not be there counts as plain text."""
    for part in path:
        value = value.get(part) if isinstance(value, dict) else value[part]
    return value


@cache
def _validator(name: str) -> Validator:
    resources = [(uri, DRAFT202012.create_resource(schema)) for uri, schema in schemas.parts().items()]
    registry: Registry[Any] = Registry().with_resources(resources)
    return Draft202012Validator(schemas.load(name), registry=registry)


def _walk(errors: Iterable[Error], misspelt: AbstractSet[tuple[Path, str]] = frozenset()) -> Iterator[Fault]:
    """What is missing only because its name is wrong is told once, of the name."""
    for error in errors:
        if _is_misspelt(error, misspelt):
            continue
        if error.validator in ("if", "allOf", "anyOf") and error.context and not _own_words(error):
            yield from _walk(error.context, misspelt)
        elif error.validator == "additionalProperties":
            yield from _unknown(error)
        elif "propertyNames" in list(error.relative_schema_path)[-2:]:
            yield Fault(
                (*error.absolute_path, error.instance),
                CODES["propertyNames"],
                f"{_show(error.instance)} is not a name that {_where(error)} can have",
                True,
            )
        else:
            yield Fault(tuple(error.absolute_path), _code(error), _message(error), error.validator == "not", _fix(error))


def _unknown(error: Error) -> Iterator[Fault]:
    schema: dict[str, Any] = error.schema
    known = list(schema.get("properties", {}))
    where = _where(error)
    for key in error.instance:
        if key not in known:
            names = [name for name in known if not name.startswith("_") and name != "verb"]
            fix = meant("rename", key, names)
            fix = None if fix and fix.value in error.instance else fix
            yield Fault((*error.absolute_path, key), _code(error), f"{where} has no property {key}{closest(key, names)}", True, fix)


def _is_misspelt(error: Error, misspelt: AbstractSet[tuple[Path, str]]) -> bool:
    """Whether all that is missing, or one of the ways to have it, is there under a wrong name."""
    if error.validator == "anyOf":
        return any(_is_misspelt(one, misspelt) for one in error.context)
    return error.validator == "required" and all((tuple(error.absolute_path), key) in misspelt for key in _missing(error))


def _missing(error: Error) -> list[str]:
    return [key for key in error.validator_value if key not in error.instance]


def _message(error: Error) -> str:
    schema: dict[str, Any] = error.schema
    name, instance, wanted = _where(error), error.instance, error.validator_value
    if own := _own_words(error):
        return own
    reserved = schema.get("x-reserved")
    if isinstance(reserved, str):
        return f"{name} is set by callverbs: {reserved}"
    if isinstance(instance, str) and (refused := schema.get("x-refused", {}).get(instance)):
        return f"{name}: {refused}"
    match error.validator:
        case "required":
            return f"{name} needs {' and '.join(_missing(error))}"
        case "type":
            kinds = [wanted] if isinstance(wanted, str) else wanted
            return f"{name} must be {' or '.join(TYPES[kind] for kind in kinds)}, not {_show(instance)}"
        case "enum":
            guess = closest(instance, [str(one) for one in wanted]) if isinstance(instance, str) else ""
            return f"{name} must be one of {', '.join(map(str, wanted))}, not {_show(instance)}{guess}"
        case "const":
            return f"{name} must be {_show(wanted)}, not {_show(instance)}"
        case "minimum":
            return f"{name} must be at least {wanted}, not {instance}"
        case "exclusiveMinimum":
            return f"{name} must be more than {wanted}, not {instance}"
        case "maximum":
            return f"{name} must be at most {wanted}, not {instance}"
        case "maxItems":
            return f"{name} may have at most {wanted} items; it has {len(instance)}"
        case "minItems" | "minLength" | "minProperties":
            return f"{name} must not be empty"
        case "maxLength":
            return f"{name} may have at most {wanted} characters; it has {len(instance)}"
        case "pattern":
            return f"{name} cannot be {_show(instance)}: {schema.get('description', 'see its page')}"
    return f"{name}: {error.message}"


def _fix(error: Error) -> Fix | None:
    """What the author meant, where a value of another type says it plainly, or a word is like a known one. Numbers: CV110."""
    value, wanted = error.instance, error.validator_value
    if error.validator == "enum" and isinstance(value, str):
        return meant("replace", value, [one for one in wanted if isinstance(one, str)])
    if error.validator != "type":
        return None
    kinds = [wanted] if isinstance(wanted, str) else wanted
    if isinstance(value, str) and "boolean" in kinds and value.lower() in SPOKEN:
        return Fix("replace", SPOKEN[value.lower()])
    return Fix("replace", [value]) if isinstance(value, str) and "array" in kinds else None


def _own_words(error: Error) -> str:
    words: dict[str, str] = error.schema.get("x-messages", {}) if isinstance(error.schema, dict) else {}
    return words.get(str(error.validator), "")


def _code(error: Error) -> str:
    schema: dict[str, Any] = error.schema
    if isinstance(schema.get("x-reserved"), str):
        return RESERVED
    if isinstance(error.instance, str) and error.instance in schema.get("x-refused", {}):
        return REFUSED
    codes: dict[str, str] = schema.get("x-codes", {})
    return codes.get(str(error.validator), CODES.get(str(error.validator), OTHERS))


def _where(error: Error) -> str:
    """The property's name with the indexes that follow it, as an author would say it: target[2].type, text[1]."""
    words = ""
    for part in error.absolute_path:
        words += f"[{part}]" if isinstance(part, int) else f".{part}"
    return words.lstrip(".") or str(error.schema.get("title", "the value")).lower()


def _show(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else text[:37] + "..."


def _order(path: tuple[str | int, ...]) -> list[tuple[int, str]]:
    return [(part, "") if isinstance(part, int) else (-1, part) for part in path]
