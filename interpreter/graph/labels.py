"""The labels of a picture: what is heard, who is called, how long it lasts, in a few words. It knows properties, and no verb."""

import re
from collections.abc import Mapping
from typing import Any

from callverbs import schemas

LINE_MAX_CHARACTERS = 34
LABEL_PROPERTIES = ("text", "url", "target", "say", "play", "length", "actionHook", "reason", "data")
"""Properties that describe a verb best. The first one that is present is its label."""
ADDRESS_PROPERTIES = ("number", "sipUri", "name")
"""Properties that hold the address of a target."""


def detail(body: Mapping[str, Any]) -> str:
    """Returns the label of a verb by its properties; "" where none of them describes it."""
    for name in LABEL_PROPERTIES:
        if body.get(name):
            return _label(name, body[name])
    return ""


def outcomes(verb: str, body: Mapping[str, Any]) -> str:
    """Returns how a verb can end, as its hook reports it (schemas/callbacks); "" where it can end in one way only.

    `x-input` of the schema names outcomes that need an input, which the verb may not listen to.
    """
    if verb not in schemas.names("callbacks"):
        return ""
    for schema in schemas.load(f"callbacks/{verb}").get("properties", {}).values():
        if "enum" in schema:
            listened = body.get("input") or ["digits"]
            needs = schema.get("x-input", {})
            return " · ".join(split_words(one) for one in schema["enum"] if needs.get(one, "digits") in (*listened, "digits"))
    return ""


def split_words(name: str) -> str:
    """Returns a name as separate words in small letters: onNoAnswer is `on no answer`, no-answer is `no answer`."""
    return re.sub(r"(?<=[a-z])([A-Z])", r" \1", name).replace("-", " ").replace("_", " ").lower()


def shorten(text: str, max_characters: int = LINE_MAX_CHARACTERS) -> str:
    """Returns a text in one line, cut off at the end if it is too long."""
    line = " ".join(text.split())
    return line if len(line) <= max_characters else f"{line[: max_characters - 1].rstrip()}…"


def _label(name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        return detail(value) if name != "data" else ", ".join(map(str, value))
    if isinstance(value, list):
        return ", ".join(_label(name, one) if name != "target" else _address(one) for one in value)
    if name == "actionHook":
        return str(value).partition("#")[0]
    return f"{value:g} s" if name == "length" and isinstance(value, int | float) else str(value)


def _address(target: Any) -> str:
    if not isinstance(target, Mapping):
        return str(target)
    return next((str(target[name]) for name in ADDRESS_PROPERTIES if name in target), "")
