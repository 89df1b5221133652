"""What a YAML scalar means. A plain one is a number where JSON would call it one, true, false or null, and text otherwise.

That is YAML 1.2 without its octal, hexadecimal and signed numbers: an author of telephone numbers means text by `+14155550100`
and by `0044`. Where another reader would take a scalar for something else, we say so (CV005).
"""

import re
from typing import Any

from yaml.resolver import Resolver

TAG = "tag:yaml.org,2002:"
WORDS: dict[str, bool | None] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,4000})(\.[0-9]+)?([eE][+-]?[0-9]+)?")
READERS: dict[str, list[tuple[str, re.Pattern[str]]]] = Resolver.yaml_implicit_resolvers
"""What YAML 1.1 makes of a plain scalar, by its first character (PyYAML resolver.py)."""
KINDS = {"bool": "true or false", "int": "a number", "float": "a number", "timestamp": "a date", "str": "text"}
TYPES: dict[str, tuple[type, ...]] = {"int": (int,), "float": (int, float), "bool": (bool,), "null": (type(None),)}


def plain(text: str) -> str | float | bool | None:
    """What a scalar without quotes and without a tag stands for."""
    if text in WORDS:
        return WORDS[text]
    if number := NUMBER.fullmatch(text):
        return float(text) if number[1] or number[2] else int(text)
    return text


def tagged(tag: str, text: str) -> Any:
    """A scalar with a tag of YAML's own. ValueError where the two don't fit, or the tag means nothing here."""
    name = tag.removeprefix(TAG)
    if tag == "!" or name == "str":
        return text
    value = plain(text)
    if tag == name or name not in TYPES or type(value) not in TYPES[name]:
        raise ValueError(tag)
    return float(text) if name == "float" else value


def elsewhere(text: str, value: object) -> str | None:
    """What other readers take a plain scalar for, if that is not what we do."""
    found = next((tag.removeprefix(TAG) for tag, pattern in READERS.get(text[:1], ()) if pattern.match(text)), "str")
    ours = "text" if isinstance(value, str) else "a number"
    theirs = KINDS.get(found)
    if value is None or isinstance(value, bool) or theirs in (None, ours):
        return None
    return f"{text} is {ours} here, and other YAML readers take it for {theirs}: put it in quotes if text is meant"
