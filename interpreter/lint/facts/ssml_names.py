"""The elements and attributes of SSML that voices know (W3C SSML 1.1; AWS Polly, Azure and Google: supported tags).

Values are checked where all vendors agree on their form, or where the union of what they take is small.
"""

import re
from collections.abc import Iterator, Mapping

from callverbs import schemas

W3C_ELEMENTS = (
    *("audio", "break", "desc", "emphasis", "lang", "lexicon", "lookup", "mark", "meta", "metadata", "p", "paragraph", "phoneme"),
    *("prosody", "s", "say-as", "sentence", "speak", "sub", "token", "voice", "w"),
)
PREFIXES = ("amazon", "mstts", "google", "xml")
"""Prefixes of the elements of vendors."""
HTML_ELEMENTS = (
    *("a", "b", "big", "blockquote", "body", "br", "center", "code", "div", "em", "font", "h1", "h2", "h3", "head", "hr", "html", "i"),
    *("img", "li", "ol", "pre", "script", "small", "span", "strong", "style", "table", "td", "tr", "u", "ul"),
)
SYNONYMS = {"pause": "break", "br": "break", "wait": "break", "silence": "break", "em": "emphasis", "b": "emphasis", "strong": "emphasis"}
"""What authors write for an element of SSML."""
TIME = re.compile(r"\+?[0-9]*\.?[0-9]+(?:ms|s)")
RATE = re.compile(r"[+-]?[0-9]*\.?[0-9]+%?")
PITCH = re.compile(r"[+-]?[0-9]*\.?[0-9]+(?:%|st|Hz)?", re.IGNORECASE)
VOLUME = re.compile(r"[+-]?[0-9]*\.?[0-9]+(?:dB|%)?", re.IGNORECASE)
SAY_AS = (
    *("address", "alphanumeric", "bleep", "cardinal", "character", "characters", "currency", "date", "digits", "duration", "expletive"),
    *(
        "fraction",
        "measure",
        "name",
        "net",
        "number",
        "number_digit",
        "ordinal",
        "spell",
        "spell-out",
        "telephone",
        "time",
        "unit",
        "verbatim",
    ),
)
LEVELS = ("x-low", "low", "medium", "high", "x-high", "default")
ATTRIBUTES: dict[tuple[str, str], tuple[tuple[str, ...], re.Pattern[str] | None, str]] = {
    ("break", "time"): ((), TIME, "a time with its unit, such as 500ms or 2s"),
    ("break", "strength"): (("none", "x-weak", "weak", "medium", "strong", "x-strong"), None, ""),
    ("say-as", "interpret-as"): (SAY_AS, None, ""),
    ("prosody", "rate"): (("x-slow", "slow", "medium", "fast", "x-fast", "default"), RATE, "a percentage"),
    ("prosody", "pitch"): (LEVELS, PITCH, "a change, such as +10%"),
    ("prosody", "volume"): (("silent", "x-soft", "soft", "medium", "loud", "x-loud", "default"), VOLUME, "a change, such as +6dB"),
    ("emphasis", "level"): (("strong", "moderate", "none", "reduced"), None, ""),
}
"""By element and attribute: its words, the form of its other values, and that form in words."""
REQUIRED = {"say-as": "interpret-as", "sub": "alias", "phoneme": "ph"}
"""Elements that say nothing without an attribute."""


def explain_element(name: str) -> tuple[str, str]:
    """Returns why no voice knows an element, and the one that is probably meant; "" for a known one."""
    if name in W3C_ELEMENTS or name.partition(":")[0] in PREFIXES:
        return "", ""
    guess = SYNONYMS.get(name.lower()) or schemas.nearest(name, W3C_ELEMENTS)
    return f"<{name}> is no tag of SSML", guess


def explain_attributes(name: str, attributes: Mapping[str, str]) -> Iterator[str]:
    """Yields why attributes of an element are wrong."""
    if (needed := REQUIRED.get(name)) and needed not in attributes:
        yield f"<{name}> needs {needed}"
    for attribute, value in attributes.items():
        words, form, description = ATTRIBUTES.get((name, attribute), ((), None, ""))
        if (not words and not form) or value in words or (form and form.fullmatch(value.strip())):
            continue
        guess = schemas.did_you_mean(value, words)
        choice = " or ".join(filter(None, (f"one of {', '.join(words)}" if words else "", description)))
        yield f'{attribute}="{value}" of <{name}> means nothing: write {choice}{guess}'


def is_tag_name(name: str) -> bool:
    """Returns whether a word between angle brackets is a tag of SSML or HTML, in any letter case."""
    bare = name.lower()
    return bare in W3C_ELEMENTS or bare in HTML_ELEMENTS or bare in SYNONYMS or bare.partition(":")[0] in PREFIXES
