"""SSML as rules see it: its elements, and the words that are spoken, in order. It fetches nothing and expands no entity.

A document type is where entities are declared, and a few lines of them become gigabytes: such a text is refused at its first line.
"""

import re
from functools import lru_cache
from pyexpat import ErrorString, ExpatError, ParserCreate, XMLParserType
from typing import NamedTuple

DEEPEST = 50
"""Elements within each other."""
MOST = 200_000
"""Characters of a text. A longer one is not read: it takes as long to speak as the carrier lets a call last."""
BUILT_IN = ("amp", "lt", "gt", "quot", "apos")
ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
BARE = re.compile(r"&(?!#?[A-Za-z0-9]+;)")
"""An ampersand that begins no entity."""
REASONS = {
    "mismatched tag": "an element is closed that is not the one that was opened last",
    "no element found": "an element is not closed",
    "unclosed token": "a tag is not closed",
    "undefined entity": "XML knows the entities &amp; &lt; &gt; &quot; and &apos; only",
    "junk after document element": "something stands behind </speak>",
    "duplicate attribute": "a tag has the same attribute twice",
    "not well-formed (invalid token)": "a character stands here that XML does not allow (& is written &amp;, < is written &lt;)",
}


class Element(NamedTuple):
    """An element as it is opened."""

    name: str
    attributes: dict[str, str]


class Words(NamedTuple):
    """Text between two tags, and the names of the elements that it stands in."""

    text: str
    inside: tuple[str, ...]


class Markup(NamedTuple):
    """What a text holds as SSML; `fault` says why it is none."""

    elements: tuple[Element, ...] = ()
    words: tuple[Words, ...] = ()
    fault: str = ""


class _NoSsmlError(Exception):
    """Well-formed or not, no voice should be given this."""


@lru_cache(maxsize=64)
def read(text: str) -> Markup:
    """A text that begins with `<speak`, as SSML. It takes time in proportion to its length."""
    if len(text) > MOST:
        return Markup()
    reader = _Reader()
    try:
        reader.parser.Parse(text.strip(), True)
    except ExpatError as error:
        word = ErrorString(error.code)
        line = f" of line {error.lineno}" if "\n" in text.strip() else ""
        return Markup(fault=f"{REASONS.get(word, word)}, at character {error.offset + 1}{line}")
    except (_NoSsmlError, UnicodeEncodeError) as error:
        return Markup(fault=str(error))
    return Markup(tuple(reader.elements), tuple(reader.words))


def mended(text: str) -> str | None:
    """The text with its ampersands and its HTML entities as XML has them, where that is all that is wrong with it."""
    import html

    def character(found: re.Match[str]) -> str:
        return found[0] if found[1] in BUILT_IN else html.unescape(found[0])

    better = BARE.sub("&amp;", ENTITY.sub(character, text))
    return better if better != text and not read(better).fault else None


class _Reader:
    """Collects what expat tells."""

    def __init__(self) -> None:
        self.elements: list[Element] = []
        self.words: list[Words] = []
        self.inside: tuple[str, ...] = ()
        self.parser: XMLParserType = ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._open
        self.parser.EndElementHandler = self._close
        self.parser.CharacterDataHandler = self._hear
        self.parser.StartDoctypeDeclHandler = self._refuse

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        if not self.inside and name != "speak":
            raise _NoSsmlError(f"the outermost element is {name}, and has to be speak")
        if len(self.inside) >= DEEPEST:
            raise _NoSsmlError(f"elements are nested more than {DEEPEST} deep")
        self.elements.append(Element(name, attributes))
        self.inside = (*self.inside, name)

    def _close(self, name: str) -> None:
        self.inside = self.inside[:-1]

    def _hear(self, text: str) -> None:
        self.words.append(Words(text, self.inside))

    def _refuse(self, name: str, system: str | None, public: str | None, internal: bool) -> None:
        raise _NoSsmlError("SSML needs no document type, and one that declares entities can grow without end: leave <!DOCTYPE …> out")
