"""SSML as rules see it: its elements, and the text that is spoken, in order. It fetches nothing and expands no entity.

Entities are declared in a document type, and a few lines of them become gigabytes: such a text is refused at its first line.
"""

import re
from functools import lru_cache
from pyexpat import ErrorString, ExpatError, ParserCreate, XMLParserType
from typing import NamedTuple

MAX_ELEMENT_DEPTH = 50
"""Elements within each other."""
TEXT_MAX_CHARACTERS = 200_000
"""A longer text is not parsed: it takes as long to speak as the carrier lets a call last."""
XML_ENTITIES = ("amp", "lt", "gt", "quot", "apos")
ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
BARE_AMPERSAND = re.compile(r"&(?!#?[A-Za-z0-9]+;)")
"""An ampersand that begins no entity."""
EXPAT_ERRORS = {
    "mismatched tag": "an element is closed that is not the one that was opened last",
    "no element found": "an element is not closed",
    "unclosed token": "a tag is not closed",
    "undefined entity": "XML knows the entities &amp; &lt; &gt; &quot; and &apos; only",
    "junk after document element": "there is something after </speak>",
    "duplicate attribute": "a tag has the same attribute twice",
    "not well-formed (invalid token)": "there is a character that XML does not allow (write &amp; for &, and &lt; for <)",
}
"""expat's errors, and the messages that an author gets."""


class Element(NamedTuple):
    """An element with its attributes."""

    name: str
    attributes: dict[str, str]


class TextRun(NamedTuple):
    """Text between two tags, and the names of the elements around it, outermost first."""

    text: str
    elements: tuple[str, ...]


class Ssml(NamedTuple):
    """A text parsed as SSML; `problem` is why it cannot be."""

    elements: tuple[Element, ...] = ()
    runs: tuple[TextRun, ...] = ()
    problem: str = ""


class _RefusedError(Exception):
    """SSML that is refused, whether it is well-formed or not."""


@lru_cache(maxsize=64)
def parse(text: str) -> Ssml:
    """Parses a text that begins with `<speak`, in time proportional to its length."""
    if len(text) > TEXT_MAX_CHARACTERS:
        return Ssml()
    collector = _Collector()
    try:
        collector.parser.Parse(text.strip(), True)
    except ExpatError as error:
        message = ErrorString(error.code)
        line = f" of line {error.lineno}" if "\n" in text.strip() else ""
        return Ssml(problem=f"{EXPAT_ERRORS.get(message, message)}, at character {error.offset + 1}{line}")
    except (_RefusedError, UnicodeEncodeError) as error:
        return Ssml(problem=str(error))
    return Ssml(tuple(collector.elements), tuple(collector.runs))


def fix_entities(text: str) -> str | None:
    """Returns the text with its ampersands and HTML entities as XML has them; None where that does not make it well-formed."""
    import html

    def to_character(found: re.Match[str]) -> str:
        return found[0] if found[1] in XML_ENTITIES else html.unescape(found[0])

    fixed = BARE_AMPERSAND.sub("&amp;", ENTITY.sub(to_character, text))
    return fixed if fixed != text and not parse(fixed).problem else None


class _Collector:
    """Collects the elements and the text that expat reports."""

    def __init__(self) -> None:
        self.elements: list[Element] = []
        self.runs: list[TextRun] = []
        self.open_elements: tuple[str, ...] = ()
        self.parser: XMLParserType = ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start_element
        self.parser.EndElementHandler = self._end_element
        self.parser.CharacterDataHandler = self._add_text
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype

    def _start_element(self, name: str, attributes: dict[str, str]) -> None:
        if not self.open_elements and name != "speak":
            raise _RefusedError(f"the outermost element is {name}, and has to be speak")
        if len(self.open_elements) >= MAX_ELEMENT_DEPTH:
            raise _RefusedError(f"elements are nested more than {MAX_ELEMENT_DEPTH} deep")
        self.elements.append(Element(name, attributes))
        self.open_elements = (*self.open_elements, name)

    def _end_element(self, name: str) -> None:
        self.open_elements = self.open_elements[:-1]

    def _add_text(self, text: str) -> None:
        self.runs.append(TextRun(text, self.open_elements))

    def _refuse_doctype(self, name: str, system: str | None, public: str | None, internal: bool) -> None:
        raise _RefusedError("SSML needs no document type, and one that declares entities can grow without end: leave <!DOCTYPE …> out")
