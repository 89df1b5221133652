"""Explains why msgspec cannot convert a value into a struct, in an author's words: msgspec's own name fields and types.

It knows structs and their fields, and nothing of their use.
"""

import json
import re
from collections.abc import Iterator
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import msgspec
from msgspec import Struct

from callverbs import schemas
from callverbs.schemas import Diagnostic, ValuePath

UNKNOWN_FIELD = re.compile(r"Object contains unknown field `(.*)`")
MISSING_FIELD = re.compile(r"Object missing required field `(.*)`")
WRONG_TYPE = re.compile(r"Expected `(.*)`, got `.*`")
PATH_STEP = re.compile(r"\[([0-9]+)\]|[.]([^.\[]+)|(\[[.]{3}\])")
"""A step of msgspec's `$.hooks[...][0].fault`."""
TYPE_NAMES = {
    "bool": "true or false",
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "object": "an object",
    "array": "a list",
    "null": "null",
}


def diagnose(value: Any, struct: type[Struct], error: msgspec.ValidationError, name: str) -> Diagnostic:
    """Returns what is wrong with a value that should be a `struct`; `name` is what the whole value is called."""
    sentence, _, place = str(error).partition(" - at ")
    path: ValuePath = ()
    for index, key, _ in PATH_STEP.findall(place.rpartition("`$")[2].rstrip("`")):
        path = (*path, int(index) if index else key or _failing_key(value, struct, path, sentence))
    found_type = type_at(struct, path)
    property_name = _property_name(path) or name
    if unknown := UNKNOWN_FIELD.fullmatch(sentence):
        known = [field.encode_name for one in _structs(found_type) for field in msgspec.structs.fields(one)]
        guess = schemas.did_you_mean(unknown[1], known)
        return Diagnostic(
            (*path, unknown[1]), "CV102", f"there is no property {unknown[1]}{guess}; there are {', '.join(known)}", at_key=True
        )
    if missing := MISSING_FIELD.fullmatch(sentence):
        return Diagnostic(path, "CV103", f"{property_name} needs {missing[1]}", missing=(missing[1],))
    if sentence.startswith("Invalid enum value"):
        known = [word for one in _union_members(found_type) if get_origin(one) is Literal for word in get_args(one) if word]
        return Diagnostic(path, "CV105", f"{property_name} cannot be {_value_at(value, path)}; there are {', '.join(known)}")
    if wrong := WRONG_TYPE.fullmatch(sentence):
        expected = " or ".join(TYPE_NAMES.get(word, word) for word in wrong[1].split(" | "))
        given = json.dumps(_value_at(value, path), ensure_ascii=False, default=str)
        return Diagnostic(path, "CV104", f"{property_name} must be {expected}, not {given}")
    return Diagnostic(path, "CV111", sentence)


def _property_name(path: ValuePath) -> str:
    """Returns the name of a path's last property, with the indexes that follow it."""
    name = ""
    for step in path:
        name = f"{name}[{step}]" if isinstance(step, int) else step
    return name


def type_at(struct: Any, path: ValuePath) -> Any:
    """Returns the type of the value at a path of a struct."""
    found_type = struct
    for step in path:
        found_type = next(_step_types(found_type, step), Any)
    return found_type


def _step_types(whole: Any, step: str | int) -> Iterator[Any]:
    for one in _union_members(whole):
        if get_origin(one) in (list, tuple) and isinstance(step, int):
            yield get_args(one)[0]
        elif get_origin(one) is dict:
            yield get_args(one)[1]
    for struct in _structs(whole):
        yield from (field.type for field in msgspec.structs.fields(struct) if field.encode_name == step)


def _union_members(whole: Any) -> tuple[Any, ...]:
    return get_args(whole) if get_origin(whole) in (Union, UnionType) else (whole,)


def _structs(whole: Any) -> list[type[Struct]]:
    return [one for one in _union_members(whole) if isinstance(one, type) and issubclass(one, Struct)]


def _failing_key(value: Any, struct: type[Struct], path: ValuePath, sentence: str) -> str:
    """Returns the key that msgspec's `...` stands for: the one that fails in the same way when it is there alone."""
    for key in _value_at(value, path):
        try:
            msgspec.convert(_with_only(value, path, key), struct)
        except msgspec.ValidationError as error:
            if str(error).startswith(sentence):
                return str(key)
    return ""


def _value_at(value: Any, path: ValuePath) -> Any:
    for step in path:
        value = value[step]
    return value


def _with_only(value: Any, path: ValuePath, key: str) -> Any:
    """Returns the value with one key of the object at a path, and without its others."""
    if not path:
        return {key: value[key]}
    first, *rest = path
    if isinstance(value, list):
        return [_with_only(one, tuple(rest), key) if index == first else one for index, one in enumerate(value)]
    return {**value, first: _with_only(value[first], tuple(rest), key)}
