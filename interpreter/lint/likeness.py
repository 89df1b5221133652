"""What looks like a flow, though it may be a broken one: a list of verbs, verbs without their list, or an object around them.

Other JSON and YAML has lists and objects too, so one word is not enough where it is a common one. It reads no file.
"""

import re
from typing import Any

from callverbs import schemas
from callverbs.interpreter.text.source import Source
from callverbs.verbs import REGISTRY, SYNONYMS

UNMISTAKABLE = frozenset(REGISTRY) - set(schemas.load_table("synonyms")["common"].split())
"""Verbs that other files hardly have as the name of a property."""
SCENARIO_KEYS = ("script", "scenario", "given", "expect")
"""Properties of scenarios, which have verbs in them, and are no flows."""
VERB_NAMES = "|".join(map(re.escape, REGISTRY))
VERB_MENTION = re.compile(
    rf"""["']?\bverb\b["']?\s*:
    |^[ \t]*-[ \t]+(?:{VERB_NAMES}):[ \t]*(?:\{{|\r?$)
    |[\[,]\s*\{{\s*"(?:{VERB_NAMES})"\s*:\s*\{{""",
    re.MULTILINE | re.VERBOSE,
)
"""A verb in its long form; one in its short form in YAML; one in JSON."""
VERB_BYTES = re.compile(rb'"(?:verbs?|' + "|".join(map(re.escape, sorted(UNMISTAKABLE))).encode() + rb')"\s*:')


def may_mention_verbs(content: bytes) -> bool:
    """Returns whether a text of JSON may have verbs in it, without reading it."""
    return bool(VERB_BYTES.search(content))


def looks_like_flow(source: Source) -> bool:
    """Returns whether a text has verbs where a flow has them, or is broken and mentions verbs."""
    if not source.readable:
        return bool(VERB_MENTION.search(source.text))
    value = source.value
    if isinstance(value, list):
        return any(map(_is_verb, value))
    return isinstance(value, dict) and not any(key in value for key in SCENARIO_KEYS) and _has_verbs(value)


def _has_verbs(value: dict[str, Any]) -> bool:
    """Returns whether an object is a verb, a flow without its dashes, or has a list of verbs as one of its properties."""
    if isinstance(value.get("verb"), str) and _known(value["verb"]):
        return True
    if any(isinstance(inner, list) and inner and all(map(_is_verb, inner)) for inner in value.values()):
        return True
    return all(map(_known, value)) and any(key in UNMISTAKABLE for key in value)


def _is_verb(value: Any) -> bool:
    if isinstance(value, str):
        return value in UNMISTAKABLE
    if isinstance(value, list):
        return any(isinstance(one, dict) and _is_verb(one) for one in value)
    if not isinstance(value, dict):
        return False
    if len(value) == 1:
        (name,) = value
        if _known(name):
            return True
    return isinstance(value.get("verb"), str) or any(key in UNMISTAKABLE for key in value)


def _known(name: object) -> bool:
    """Returns whether a word is a verb, of jambonz too, in any letter case."""
    word = name.lower() if isinstance(name, str) else ""
    return word in REGISTRY or word in SYNONYMS or word in schemas.load_table("foreign")["verbs"]
