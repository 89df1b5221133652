"""Adjusts values that harm nobody, so that a document runs as its author meant: what is empty, and what `x-adjust` in its schema names.

The rule: a value is refused only where running without it, or with the nearest possible one, would do something else than its author
meant. An optional property that is null or "" counts as not given, as in jambonz. `x-adjust` beside a keyword of a schema says what
becomes of a value that this keyword refuses: `limit` (the nearest bound), `omit` (as if not given, in a list, too), `strip` (without the
characters that the pattern does not allow, and no longer than maxLength), `drop` (an object without the properties that nobody knows).
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from callverbs.schemas.diagnostic import Diagnostic, Fix, ValuePath
from callverbs.schemas.quoting import path_text, quote

EMPTY_CODE = "CV114"
"""The code of an optional property that is empty."""
ADJUSTED_CODE = "CV115"
"""The code of an adjusted value whose schema has no code of its own for it."""
MAX_ERRORS = 100
"""Errors of one verb that are looked at. With more, the others are refused."""
EMPTY = (None, "")
OMITTED = object()
"""Stands for a property that is left out."""

Schema = dict[str, Any]


class Adjustment(NamedTuple):
    """A new value for a path: `value` may be OMITTED. `diagnostic` says what was done."""

    path: ValuePath
    value: Any
    diagnostic: Diagnostic


def adjustment(path: ValuePath, keyword: str, instance: Any, schema: Schema, parent: Schema) -> Adjustment | None:
    """Returns what becomes of a value that a keyword of its schema refuses; None where the value has to be refused."""
    name = path[-1] if path else "verb"
    if name == "verb":
        return None
    optional = name not in set(_required(parent))
    if instance in EMPTY and isinstance(name, str):
        if not optional:
            return None
        text = f"{path_text(path)} is {'null' if instance is None else 'empty'}: it counts as not given"
        return Adjustment(path, OMITTED, Diagnostic(path, EMPTY_CODE, text, at_key=True, fix=Fix("remove")))
    how = schema.get("x-adjust", {}).get(keyword, "")
    if not how or (how == "omit" and not optional):
        return None
    value = HOW[how](keyword, instance, schema)
    code = schema.get("x-codes", {}).get(keyword, ADJUSTED_CODE)
    if value is OMITTED or value == "":
        text = f"{path_text(path)} {_refusal(keyword, instance, schema)}: it counts as not given"
        return Adjustment(path, OMITTED, Diagnostic(path, code, text, fix=Fix("remove")))
    used = "the rest" if how == "drop" else quote(value)
    text = f"{path_text(path)} {_refusal(keyword, instance, schema)}: {used} is used"
    return Adjustment(path, value, Diagnostic(path, code, text, fix=Fix("replace", value)))


def apply(value: Any, adjustments: list[Adjustment]) -> Any:
    """Returns a copy of a value with adjusted properties. Nothing of the value itself is changed."""
    for one in sorted(adjustments, key=lambda one: one.path, reverse=True):  # the last item of a list goes first
        value = _replaced(value, one.path, one.value)
    return value


def _replaced(value: Any, path: ValuePath, new: Any) -> Any:
    head, *rest = path
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    if rest:
        copy[head] = _replaced(copy[head], tuple(rest), new)
    elif new is OMITTED:
        del copy[head]
    else:
        copy[head] = new
    return copy


def _required(schema: Any) -> Iterator[str]:
    """Yields the properties that an object may have to have, in any of its cases."""
    if isinstance(schema, dict):
        required = schema.get("required", [])
        yield from required
        for keyword in ("allOf", "anyOf", "oneOf", "then", "else"):
            inner = schema.get(keyword, [])
            for one in inner if isinstance(inner, list) else [inner]:
                yield from _required(one)


def _limit(keyword: str, instance: Any, schema: Schema) -> Any:
    return schema[keyword]


def _omit(keyword: str, instance: Any, schema: Schema) -> Any:
    return OMITTED


def _strip(keyword: str, instance: str, schema: Schema) -> str:
    """Returns a text without accents, and without the characters that the pattern does not allow."""
    allowed = re.compile(schema["pattern"])
    bare = "".join(one for one in unicodedata.normalize("NFKD", instance) if not unicodedata.combining(one))
    kept = "".join(one if allowed.search(one) else " " for one in bare)
    return " ".join(kept.split())[: schema.get("maxLength")].strip()


def _drop(keyword: str, instance: dict[str, Any], schema: Schema) -> dict[str, Any]:
    return {name: value for name, value in instance.items() if name in schema["properties"]}


HOW: dict[str, Callable[[str, Any, Schema], Any]] = {"limit": _limit, "omit": _omit, "strip": _strip, "drop": _drop}

REFUSALS = {
    "minimum": "must be at least {0}, not {1}",
    "exclusiveMinimum": "must be more than {0}, not {1}",
    "maximum": "must be at most {0}, not {1}",
    "maxLength": "may have at most {0} characters",
    "enum": "cannot be {1}",
}


def _refusal(keyword: str, instance: Any, schema: Schema) -> str:
    """Returns what is wrong with a value: the sentence of its schema, or the keyword's own."""
    if own := schema.get("x-messages", {}).get(keyword):
        return f"cannot be {quote(instance)}: {own}"
    if keyword == "additionalProperties":
        return f"has no property {', '.join(sorted(set(instance) - set(schema['properties'])))}"
    return REFUSALS[keyword].format(schema[keyword], quote(instance))
