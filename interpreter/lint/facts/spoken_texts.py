"""The texts that a document speaks: every text of every say, with its path and the voice that the verb names."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from callverbs.interpreter.lint.document import Document, DocumentVerb
from callverbs.interpreter.lint.facts import ssml
from callverbs.interpreter.lint.facts.synthesizers import with_defaults
from callverbs.schemas import ValuePath
from callverbs.verbs.parts.speech import is_ssml


class SpokenText(NamedTuple):
    """One text of a say; of a list, one of its elements."""

    path: ValuePath
    text: str
    verb: DocumentVerb
    synthesizer: dict[str, Any]
    """The voice, as far as the document says it: what the verb names, and what the configs before it have set."""

    @property
    def is_ssml(self) -> bool:
        return is_ssml(self.text)

    @property
    def words(self) -> str:
        """The text without its tags; "" for SSML that cannot be parsed, which has a diagnostic already."""
        return " ".join(run.text for run in ssml.parse(self.text).runs) if self.is_ssml else self.text


def spoken_texts(document: Document) -> Iterator[SpokenText]:
    """Yields every text, in the order of the document."""
    for verb in document.all_verbs("say"):
        yield from texts_of(document, verb)


def texts_of(document: Document, verb: DocumentVerb) -> Iterator[SpokenText]:
    """Yields the texts of one say."""
    written = verb.item.body.get("synthesizer", {})
    voice = with_defaults(document, verb.path, written) if isinstance(written, dict) else {}
    if isinstance(text := verb.item.body.get("text"), str):
        yield SpokenText((*verb.path, "text"), text, verb, voice)
    for index, element in enumerate(verb.elements("text")):
        if isinstance(element, str):
            yield SpokenText((*verb.path, "text", index), element, verb, voice)
