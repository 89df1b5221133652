"""The value of a YAML scalar. A plain one is a number where JSON would call it one, true, false or null, and text otherwise.

That is YAML 1.2 without its octal, hexadecimal and signed numbers: an author of telephone numbers means text by `+14155550100`
and by `0044`. A scalar that YAML 1.1 takes for something else is reported (CV005).
"""

import re
from typing import Any

from yaml.resolver import Resolver

TAG_PREFIX = "tag:yaml.org,2002:"
CONSTANTS: dict[str, bool | None] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,4000})(\.[0-9]+)?([eE][+-]?[0-9]+)?")
YAML_1_1_TAGS: dict[str, list[tuple[str, re.Pattern[str]]]] = Resolver.yaml_implicit_resolvers
"""The tag that YAML 1.1 gives a plain scalar, by its first character (PyYAML resolver.py)."""
TAG_DESCRIPTIONS = {"bool": "true or false", "int": "a number", "float": "a number", "timestamp": "a date", "str": "text"}
AMBIGUOUS_CODE, BOOLEAN_CODE = "CV005", "CV012"
FRAGMENT = re.compile(r"[0-9]|r[cp]=")
"""What follows a # that was not meant as a comment: a number, or the retries of a hook."""
FIRST_WORD, LAST_WORD = re.compile(r" ?([^\W\d_]+)"), re.compile(r"[^\W\d_]+$")
BEFORE_HASH = (
    "press",
    "hit",
    "push",
    "dial",
    "enter",
    "the",
    "with",
    "by",
    "then",
    "or",
    "and",
    "sie",
    "die",
    "taste",
    "mit",
    "dann",
    "und",
    "oder",
)
AFTER_HASH = ("key", "sign", "taste", "tecla", "touche", "tasto")
"""Words around a # that is part of a sentence."""
TAG_TYPES: dict[str, tuple[type, ...]] = {"int": (int,), "float": (int, float), "bool": (bool,), "null": (type(None),)}


def plain_value(text: str) -> str | float | bool | None:
    """Returns the value of a scalar without quotes and without a tag."""
    if text in CONSTANTS:
        return CONSTANTS[text]
    if number := NUMBER.fullmatch(text):
        return float(text) if number[1] or number[2] else int(text)
    return text


def tagged_value(tag: str, text: str) -> Any:
    """Returns the value of a scalar with a tag of YAML's own. Raises ValueError where the two don't fit, or the tag is unknown."""
    name = tag.removeprefix(TAG_PREFIX)
    if tag == "!" or name == "str":
        return text
    value = plain_value(text)
    if tag == name or name not in TAG_TYPES or type(value) not in TAG_TYPES[name]:
        raise ValueError(tag)
    return float(text) if name == "float" else value


def explain_ambiguity(text: str, value: object) -> tuple[str, str] | None:
    """Returns the code and the message of what other readers take a plain scalar for; None where they agree with `value`, our own."""
    found = next((tag.removeprefix(TAG_PREFIX) for tag, pattern in YAML_1_1_TAGS.get(text[:1], ()) if pattern.match(text)), "str")
    ours = "text" if isinstance(value, str) else "a number"
    theirs = TAG_DESCRIPTIONS.get(found)
    if value is None or isinstance(value, bool) or theirs in (None, ours):
        return None
    code = BOOLEAN_CODE if found == "bool" else AMBIGUOUS_CODE
    return code, f"{text} is {ours} here, and other YAML readers take it for {theirs}: put it in quotes if text is meant"


def is_cut_by_comment(text: str, comment: str) -> bool:
    """Returns whether a comment behind a plain scalar was meant as its end. `comment` begins with its #."""
    rest = comment[1:]
    if FRAGMENT.match(rest):
        return True
    first_word, last_word = FIRST_WORD.match(rest), LAST_WORD.search(text)
    if " " not in text.strip() and not (last_word and last_word[0].lower() in BEFORE_HASH):
        return False
    continues = bool(first_word and rest.startswith(" ") and first_word[1].lower() in AFTER_HASH)
    return continues or bool(last_word and last_word[0].lower() in BEFORE_HASH)
