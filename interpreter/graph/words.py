"""What a picture says of a verb in a few words: what is heard, who is called, how long it lasts. It knows properties, and no verb."""

import re
from collections.abc import Mapping
from typing import Any

import schemas

LONGEST = 34
"""Characters of a line."""
TELLING = ("text", "url", "target", "say", "play", "length", "actionHook", "reason", "data")
"""Properties that say most of a verb, the first one that is there."""
ADDRESSES = ("number", "sipUri", "name")


def detail(body: Mapping[str, Any]) -> str:
    """The most telling thing about a verb as written; nothing where there is none."""
    for name in TELLING:
        if body.get(name):
            return _said(name, body[name])
    return ""


def outcomes(verb: str) -> str:
    """How a verb can end, as its hook is told (schemas/callbacks); nothing where it can end in one way only."""
    if verb not in schemas.names("callbacks"):
        return ""
    for written in schemas.load(f"callbacks/{verb}").get("properties", {}).values():
        if "enum" in written:
            return " · ".join(map(spaced, written["enum"]))
    return ""


def spaced(name: str) -> str:
    """A name of several words as words: onNoAnswer, no-answer."""
    return re.sub(r"(?<=[a-z])([A-Z])", r" \1", name).replace("-", " ").replace("_", " ").lower()


def short(text: str, most: int = LONGEST) -> str:
    """One line of a text."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def _said(name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        return detail(value) if name != "data" else ", ".join(map(str, value))
    if isinstance(value, list):
        return ", ".join(_said(name, one) if name != "target" else _address(one) for one in value)
    if name == "actionHook":
        return str(value).partition("#")[0]
    return f"{value:g} s" if name == "length" and isinstance(value, int | float) else str(value)


def _address(target: Any) -> str:
    if not isinstance(target, Mapping):
        return str(target)
    return next((str(target[name]) for name in ADDRESSES if name in target), "")
