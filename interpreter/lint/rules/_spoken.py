"""What a document speaks: every text of every say, with its place and the voice that the verb names."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from interpreter.lint.document import Document, Written
from interpreter.lint.rules import _markup as markup
from interpreter.text.place import Steps
from verbs._speech import is_ssml


class Spoken(NamedTuple):
    """One text of a say; of a list, one of its items."""

    path: Steps
    text: str
    written: Written

    @property
    def voice(self) -> dict[str, Any]:
        """The synthesizer, as far as the verb names one."""
        voice = self.written.item.body.get("synthesizer")
        return voice if isinstance(voice, dict) else {}

    @property
    def is_ssml(self) -> bool:
        return is_ssml(self.text)

    @property
    def words(self) -> str:
        """What is heard of it. Of SSML that is wrong, nothing: it is complained of already."""
        return " ".join(part.text for part in markup.read(self.text).words) if self.is_ssml else self.text


def spoken(document: Document) -> Iterator[Spoken]:
    """Every text, in the order of the document."""
    for written in document.each("say"):
        yield from texts(written)


def texts(written: Written) -> Iterator[Spoken]:
    """The texts of one say."""
    if isinstance(text := written.item.body.get("text"), str):
        yield Spoken((*written.path, "text"), text, written)
    for index, item in enumerate(written.many("text")):
        if isinstance(item, str):
            yield Spoken((*written.path, "text", index), item, written)
