"""What is wrong with a value that was read into a struct, in an author's words: msgspec's own speak of fields and types.

It knows structs and their fields, and nothing of what they are for.
"""

import json
import re
from collections.abc import Iterator
from types import UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

import msgspec
from msgspec import Struct

import schemas
from interpreter.text.place import Steps

UNKNOWN = re.compile(r"Object contains unknown field `(.*)`")
MISSING = re.compile(r"Object missing required field `(.*)`")
EXPECTED = re.compile(r"Expected `(.*)`, got `.*`")
STEP = re.compile(r"\[([0-9]+)\]|[.]([^.\[]+)|(\[[.]{3}\])")
"""A step of msgspec's `$.hooks[...][0].fault`."""
WORDS = {
    "bool": "true or false",
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "object": "an object",
    "array": "a list",
    "null": "null",
}


class Misfit(NamedTuple):
    """Where something is wrong, what, and whether it is the name of a property and not its value."""

    where: Steps
    words: str
    at_key: bool = False


def misfit(value: Any, kind: type[Struct], error: msgspec.ValidationError, name: str) -> Misfit:
    """What is wrong with a value that should be a `kind`; `name` is what the whole of it is called."""
    sentence, _, place = str(error).partition(" - at ")
    where: Steps = ()
    for index, key, _ in STEP.findall(place.rpartition("`$")[2].rstrip("`")):
        where = (*where, int(index) if index else key or _culprit(value, kind, where, sentence))
    inside = kind_at(kind, where)
    called = _called(where) or name
    if unknown := UNKNOWN.fullmatch(sentence):
        known = [field.encode_name for one in _structs(inside) for field in msgspec.structs.fields(one)]
        guess = schemas.closest(unknown[1], known)
        return Misfit((*where, unknown[1]), f"there is no property {unknown[1]}{guess}; there are {', '.join(known)}", at_key=True)
    if missing := MISSING.fullmatch(sentence):
        return Misfit(where, f"{called} needs {missing[1]}")
    if sentence.startswith("Invalid enum value"):
        known = [word for one in _options(inside) if get_origin(one) is Literal for word in get_args(one) if word]
        return Misfit(where, f"{called} cannot be {_at(value, where)}; there are {', '.join(known)}")
    if expected := EXPECTED.fullmatch(sentence):
        kinds = " or ".join(WORDS.get(word, word) for word in expected[1].split(" | "))
        return Misfit(where, f"{called} must be {kinds}, not {json.dumps(_at(value, where), ensure_ascii=False, default=str)}")
    return Misfit(where, sentence)


def _called(where: Steps) -> str:
    """The property's name, with the indexes that follow it."""
    words = ""
    for step in where:
        words = f"{words}[{step}]" if isinstance(step, int) else step
    return words


def kind_at(kind: Any, where: Steps) -> Any:
    """The type of what stands at a place of a struct."""
    for step in where:
        kind = next(_within(kind, step), Any)
    return kind


def _within(kind: Any, step: str | int) -> Iterator[Any]:
    for one in _options(kind):
        if get_origin(one) in (list, tuple) and isinstance(step, int):
            yield get_args(one)[0]
        elif get_origin(one) is dict:
            yield get_args(one)[1]
    for struct in _structs(kind):
        yield from (field.type for field in msgspec.structs.fields(struct) if field.encode_name == step)


def _options(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)


def _structs(kind: Any) -> list[type[Struct]]:
    return [one for one in _options(kind) if isinstance(one, type) and issubclass(one, Struct)]


def _culprit(value: Any, kind: type[Struct], where: Steps, sentence: str) -> str:
    """Which key msgspec's `...` stands for: the one that fails in the same way when it stands there alone."""
    for key in _at(value, where):
        try:
            msgspec.convert(_only(value, where, key), kind)
        except msgspec.ValidationError as error:
            if str(error).startswith(sentence):
                return str(key)
    return ""


def _at(value: Any, where: Steps) -> Any:
    for step in where:
        value = value[step]
    return value


def _only(value: Any, where: Steps, key: str) -> Any:
    """The value with one key of the object at a place, and without the others."""
    if not where:
        return {key: value[key]}
    first, *rest = where
    if isinstance(value, list):
        return [_only(one, tuple(rest), key) if index == first else one for index, one in enumerate(value)]
    return {**value, first: _only(value[first], tuple(rest), key)}
