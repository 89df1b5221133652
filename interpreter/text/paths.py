"""Paths of values: keys and indexes from the root."""

from typing import Any

from callverbs.schemas import ValuePath


def value_at(value: Any, path: ValuePath) -> Any:
    """Returns the value at a path; None where the path does not exist."""
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value
