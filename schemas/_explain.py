"""Turns the validation errors of a value into diagnostics: which property, what is wrong with it, what to write instead.

A schema can bring its own words: `x-codes` and `x-messages` beside a keyword give that keyword a code and a sentence of its own,
`x-refused` explains values that jambonz knows and that are not possible here, `x-reserved` says why callverbs sets a parameter itself.
"""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from functools import cache
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from callverbs import schemas
from callverbs.schemas.diagnostic import Diagnostic, Fix, ValuePath, did_you_mean, spelling_fix
from callverbs.schemas.quoting import path_text, quote

ValidationError = Any
"""A jsonschema.exceptions.ValidationError. Any, because its attributes are unions with a private sentinel."""

CODE_OF_KEYWORD = {
    "additionalProperties": "CV102",
    "propertyNames": "CV102",
    "required": "CV103",
    "dependentRequired": "CV103",
    "type": "CV104",
    "enum": "CV105",
    "const": "CV105",
    "not": "CV106",
}
DEFAULT_CODE = "CV111"
"""The code of every other keyword."""
RESERVED_CODE = "CV112"
"""The code of a parameter of the carrier that callverbs sets itself."""
REFUSED_CODE = "CV113"
"""The code of a value that jambonz knows, and that is not possible here."""

MAX_ERRORS = 200
"""Errors of one verb that are explained. An error takes a tenth of a millisecond, and a list in a verb has no end."""

TYPE_NAMES = {
    "string": "a string",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}
YAML_BOOLEANS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
"""The words for true and false in YAML 1.1."""


def explain(name: str, value: Any) -> list[Diagnostic]:
    """Returns the diagnostics of a value, sorted by path; of a text or a number only the first, from which the others follow."""
    errors = list(islice(_validator(name).iter_errors(value), MAX_ERRORS))
    misspelt = {
        (diagnostic.path[:-1], diagnostic.fix.value)
        for diagnostic in _diagnostics(errors)
        if diagnostic.fix and diagnostic.fix.action == "rename"
    } | {
        (tuple(error.absolute_path), _synonym(error, key).partition(":")[0])
        for error in errors
        if error.validator == "additionalProperties"
        for key in _keys(error)
    }
    found = sorted(_diagnostics(errors, misspelt), key=lambda diagnostic: _sort_key(diagnostic.path))
    once: dict[Any, Diagnostic] = {}
    for diagnostic in found:
        once.setdefault(
            diagnostic._replace(fix=None) if isinstance(_value_at(value, diagnostic.path), dict | list) else diagnostic.path, diagnostic
        )
    return list(once.values())


def _value_at(value: Any, path: ValuePath) -> Any:
    """Returns the value at a path; None for a property that is not there."""
    for part in path:
        value = value.get(part) if isinstance(value, dict) else value[part]
    return value


@cache
def _validator(name: str) -> Validator:
    resources = [(uri, DRAFT202012.create_resource(schema)) for uri, schema in schemas.parts().items()]
    registry: Registry[Any] = Registry().with_resources(resources)
    return Draft202012Validator(schemas.load(name), registry=registry)


def _diagnostics(errors: Iterable[ValidationError], misspelt: AbstractSet[tuple[ValuePath, str]] = frozenset()) -> Iterator[Diagnostic]:
    """Yields the diagnostics of some errors. A property in `misspelt` is not reported as missing: its wrong name is reported already."""
    for error in errors:
        if _is_misspelt(error, misspelt):
            continue
        if error.validator in ("if", "allOf", "anyOf") and error.context and not _schema_message(error):
            yield from _diagnostics(error.context, misspelt)
        elif error.validator == "additionalProperties":
            yield from _unknown_properties(error)
        elif "propertyNames" in list(error.relative_schema_path)[-2:]:
            yield Diagnostic(
                (*error.absolute_path, error.instance),
                CODE_OF_KEYWORD["propertyNames"],
                f"{quote(error.instance)} is not a name that {_path_text(error)} can have",
                True,
            )
        else:
            path, missing = tuple(error.absolute_path), tuple(_missing_properties(error))
            yield Diagnostic(
                path, _code(error), _message(error), error.validator == "not", _fix(error), missing, _conflicting_properties(error)
            )


def _unknown_properties(error: ValidationError) -> Iterator[Diagnostic]:
    """Yields a diagnostic for each property that the schema does not have."""
    schema: dict[str, Any] = error.schema
    known = list(schema.get("properties", {}))
    where = _path_text(error)
    for key in error.instance:
        if key not in known:
            names = [name for name in known if not name.startswith("_") and name != "verb"]
            fix = spelling_fix("rename", key, names)
            advice = did_you_mean(key, names)
            if (meant := _synonym(error, key)) and not (fix and fix.safe):
                fix = Fix("rename", meant, safe=False) if meant in names else None
                advice = f"; did you mean {meant}?" if fix else f"; write {meant}"
            fix = None if fix and fix.value in error.instance else fix
            yield Diagnostic((*error.absolute_path, key), _code(error), f"{where} has no property {key}{advice}", True, fix)


def _keys(error: ValidationError) -> list[Any]:
    """Returns the names of the properties of the object that an error is about."""
    return list(error.instance)


def _synonym(error: ValidationError, key: object) -> str:
    """Returns what is written here for a property of another platform: a property, or an example; "" where none is known."""
    schema: dict[str, Any] = error.schema
    part: str = schema.get("properties", {}).get("verb", {}).get("const", "") or str(schema.get("title", "")).lower()
    properties: dict[str, str] = schemas.load_table("synonyms")["properties"].get(part, {})
    return properties.get(key, "") if isinstance(key, str) else ""


def _is_misspelt(error: ValidationError, misspelt: AbstractSet[tuple[ValuePath, str]]) -> bool:
    """Returns whether everything missing is there under a wrong name; of several ways to be complete, whether one of them is."""
    if error.validator == "anyOf":
        return any(_is_misspelt(one, misspelt) for one in error.context)
    return error.validator == "required" and all((tuple(error.absolute_path), key) in misspelt for key in _missing_properties(error))


def _missing_properties(error: ValidationError) -> list[str]:
    """Returns the properties that are not there, where that is the cause; of several ways to be complete, those of all."""
    if error.validator == "anyOf":
        return [key for one in error.context for key in _missing_properties(one)]
    if error.validator == "dependentRequired":
        needed = [key for present, keys in error.validator_value.items() if present in error.instance for key in keys]
    else:
        needed = error.validator_value if error.validator == "required" else []
    return [key for key in needed if key not in error.instance]


def _conflicting_properties(error: ValidationError) -> tuple[str, ...]:
    """Returns the properties that exclude each other, where that is the cause."""
    return tuple(error.validator_value.get("required", ())) if error.validator == "not" else ()


def _message(error: ValidationError) -> str:
    """Returns the sentence of an error: the schema's own where it has one."""
    schema: dict[str, Any] = error.schema
    name, instance, wanted = _path_text(error), error.instance, error.validator_value
    if own := _schema_message(error):
        return own
    reserved = schema.get("x-reserved")
    if isinstance(reserved, str):
        return f"{name} is set by callverbs: {reserved}"
    if isinstance(instance, str) and (refused := schema.get("x-refused", {}).get(instance)):
        return f"{name}: {refused}"
    match error.validator:
        case "required":
            return f"{name} needs {' and '.join(_missing_properties(error))}"
        case "type":
            kinds = [wanted] if isinstance(wanted, str) else wanted
            return f"{name} must be {' or '.join(TYPE_NAMES[kind] for kind in kinds)}, not {quote(instance)}"
        case "enum":
            guess = _value_synonym(instance, wanted) or (did_you_mean(instance, [*map(str, wanted)]) if isinstance(instance, str) else "")
            return f"{name} must be one of {', '.join(map(str, wanted))}, not {quote(instance)}{guess}"
        case "const":
            return f"{name} must be {quote(wanted)}, not {quote(instance)}"
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
            return f"{name} cannot be {quote(instance)}: {schema.get('description', 'see its page')}"
    return f"{name}: {error.message}"


def _value_synonym(value: object, wanted: Iterable[object]) -> str:
    """Returns the question whether a word of other platforms means one of the wanted; "" for any other value."""
    meant = schemas.load_table("synonyms")["values"].get(value.lower()) if isinstance(value, str) else None
    return f"; did you mean {meant}?" if meant in wanted else ""


def _fix(error: ValidationError) -> Fix | None:
    """Returns the fix of a value whose meaning is plain: of another type, or a word that is like a known one. Numbers are CV110's."""
    value, wanted = error.instance, error.validator_value
    if error.validator == "enum" and isinstance(value, str):
        meant = schemas.load_table("synonyms")["values"].get(value.lower())
        if meant in wanted:
            return Fix("replace", meant, safe=False)
        return spelling_fix("replace", value, [one for one in wanted if isinstance(one, str)])
    if error.validator != "type":
        return None
    kinds = [wanted] if isinstance(wanted, str) else wanted
    if isinstance(value, str) and "boolean" in kinds and value.lower() in YAML_BOOLEANS:
        return Fix("replace", YAML_BOOLEANS[value.lower()])
    return Fix("replace", [value]) if isinstance(value, str) and "array" in kinds else None


def _schema_message(error: ValidationError) -> str:
    """Returns the sentence that the schema has for the keyword; empty where it has none."""
    messages: dict[str, str] = error.schema.get("x-messages", {}) if isinstance(error.schema, dict) else {}
    return messages.get(str(error.validator), "")


def _code(error: ValidationError) -> str:
    """Returns the code of an error: the schema's own where it has one."""
    schema: dict[str, Any] = error.schema
    if isinstance(schema.get("x-reserved"), str):
        return RESERVED_CODE
    if isinstance(error.instance, str) and error.instance in schema.get("x-refused", {}):
        return REFUSED_CODE
    keyword, codes = str(error.validator), schema.get("x-codes", {})
    code: str = codes.get(keyword, CODE_OF_KEYWORD.get(keyword, DEFAULT_CODE))
    return code


def _path_text(error: ValidationError) -> str:
    """Returns the path of an error. At the root, returns the verb, or the title of the schema."""
    verb: str = error.schema.get("properties", {}).get("verb", {}).get("const", "")
    return path_text(error.absolute_path) or verb or str(error.schema.get("title", "the value")).lower()


def _sort_key(path: ValuePath) -> list[tuple[int, str]]:
    """Returns a key that sorts paths: names before indexes."""
    return [(part, "") if isinstance(part, int) else (-1, part) for part in path]
