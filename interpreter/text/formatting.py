"""Formats values as an author would write them: in the language of the text, with its quotes, and in one line. It knows no positions."""

import json
import re
from typing import Any

from callverbs.interpreter.text.source import JSON

BLOCK_INDICATORS = ("|", ">")
"""The first character of a block scalar in YAML."""
PLAIN_SCALAR = re.compile(r"[A-Za-z/_.][A-Za-z0-9_./:@?&=%+~#$()' -]*")
"""Text that needs no quotes in YAML, in flow style neither."""
PLAIN_SCALAR_END = re.compile(r":(?:\s|$)|\s#|\s$")
"""What would end such a scalar, or be lost at its end."""


def format_value(value: Any, language: str, replaced: str = "") -> str:
    """Returns a value in one line. The quotes of the text that it replaces are kept, if the value can stand in them."""
    if language == JSON:
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{format_value(key, language)}: {format_value(one, language)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(format_value(one, language) for one in value) + "]"
    if isinstance(value, str):
        return _format_text(value, replaced[:1])
    return json.dumps(value)


def _format_text(value: str, quote: str) -> str:
    """Returns a text in YAML, in its former quotes if it can stand in them."""
    if quote == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    if quote != '"' and _can_be_plain(value):
        return value
    return json.dumps(value, ensure_ascii=False)


def _can_be_plain(value: str) -> bool:
    """Returns whether every reader of YAML takes it for text without quotes."""
    from callverbs.interpreter.text import yaml_scalars  # imports PyYAML: only where there is YAML

    if not PLAIN_SCALAR.fullmatch(value) or PLAIN_SCALAR_END.search(value):
        return False
    return yaml_scalars.plain_value(value) == value and yaml_scalars.explain_ambiguity(value, value) is None
