"""Checks that `when` of a hook's answer names fields that hooks are told: an answer for a misspelt one would never be given."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from callverbs import schemas
from callverbs.interpreter.simulator.expectations import TEXT_CONDITIONS
from callverbs.schemas import ValuePath


class UnknownFieldError(ValueError):
    """No hook is told of a field. `path` is where `when` names it."""

    def __init__(self, reason: str, path: ValuePath) -> None:
        self.path = path
        super().__init__(reason)


@cache
def fields() -> frozenset[str]:
    """Returns the names of all fields that hooks are told."""
    loaded = [schemas.load(f"callbacks/{name}") for name in schemas.names("callbacks")]
    return frozenset(key for schema in loaded for key in schema.get("properties", {}))


@cache
def _texts() -> frozenset[str]:
    """Returns the names of the fields that are always a text."""
    loaded = [schemas.load(f"callbacks/{name}").get("properties", {}) for name in schemas.names("callbacks")]
    return frozenset(key for key in fields() if all(_is_text(one[key]) for one in loaded if key in one))


def _is_text(schema: Mapping[str, Any]) -> bool:
    return schema.get("type") == "string" or all(isinstance(word, str) for word in schema.get("enum", [0]))


def check(when: Mapping[str, Any]) -> None:
    """Raises UnknownFieldError for the first field that no hook is told, or the first condition of a text that there is not."""
    for key, value in when.items():
        if key not in fields():
            raise UnknownFieldError(f"no hook is told of a field {key}{schemas.did_you_mean(key, sorted(fields()))}", (key,))
        unknown = [name for name in value if name not in TEXT_CONDITIONS] if isinstance(value, Mapping) and key in _texts() else []
        if unknown:
            known = list(TEXT_CONDITIONS)
            guess = schemas.did_you_mean(str(unknown[0]), known)
            raise UnknownFieldError(f"{key} has no condition {unknown[0]}{guess}; there are {', '.join(known)}", (key, unknown[0]))
