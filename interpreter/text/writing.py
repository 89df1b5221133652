"""Writes values into a text as its author would: in its language, with its quotes, and in one line. It knows no positions."""

import json
import re
from typing import Any

from interpreter.text.source import JSON

BLOCK = ("|", ">")
"""How a block of text begins in YAML."""
PLAIN = re.compile(r"[A-Za-z/_.][A-Za-z0-9_./:@?&=%+~#$()' -]*")
"""Text that may do without quotes in YAML, between brackets too."""
SIGNS = re.compile(r":(?:\s|$)|\s#|\s$")
"""What would end such a text."""


def written(value: Any, language: str, like: str = "") -> str:
    """A value in one line. `like` is what stood there before: its quotes are kept, if the value can stand in them."""
    if language == JSON:
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{written(key, language)}: {written(one, language)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(written(one, language) for one in value) + "]"
    if isinstance(value, str):
        return _text(value, like[:1])
    return json.dumps(value)


def _text(value: str, quote: str) -> str:
    """A text in YAML."""
    if quote == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    if quote != '"' and _is_plain(value):
        return value
    return json.dumps(value, ensure_ascii=False)


def _is_plain(value: str) -> bool:
    """Whether every reader of YAML takes it for text without quotes."""
    from interpreter.text import yaml_scalars  # with PyYAML: only where there is YAML

    if not PLAIN.fullmatch(value) or SIGNS.search(value):
        return False
    return yaml_scalars.plain(value) == value and yaml_scalars.elsewhere(value, value) is None
