"""How messages quote a document: a value, and the path to it, short enough to read."""

import json
from collections.abc import Iterable

MAX_CHARACTERS = 40


def shorten(quoted: str) -> str:
    """Returns a text, cut off at the end with three dots if it is too long for a message."""
    return quoted if len(quoted) <= MAX_CHARACTERS else f"{quoted[: MAX_CHARACTERS - 3]}..."


def quote(value: object) -> str:
    """Returns a value as JSON, shortened."""
    return shorten(json.dumps(value, ensure_ascii=False))


def path_text(path: Iterable[str | int]) -> str:
    """Returns a path as an author would write it: target[2].type, text[1]; "" for the root."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
