"""The texts that a document speaks: of every say, and of every transfer to its targets, with the path and the voice that is named."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from callverbs.interpreter.lint.document import Document, DocumentVerb
from callverbs.interpreter.lint.facts import ssml
from callverbs.interpreter.lint.facts.synthesizers import with_defaults
from callverbs.schemas import ValuePath
from callverbs.verbs.parts.speech import is_ssml

FILE_SCHEMES = ("http:", "https:")
"""How a prompt begins that is a file."""


class SpokenText(NamedTuple):
    """One text; of a list, one of its elements."""

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
    for verb in document.all_verbs():
        if verb.item.name == "say":
            yield from texts_of(document, verb)
        elif verb.item.name == "transfer":
            yield from _texts_to_targets(document, verb)


def texts_of(document: Document, verb: DocumentVerb) -> Iterator[SpokenText]:
    """Yields the texts of one say."""
    written = verb.item.body.get("synthesizer", {})
    voice = with_defaults(document, verb.path, written) if isinstance(written, dict) else {}
    if isinstance(text := verb.item.body.get("text"), str):
        yield SpokenText((*verb.path, "text"), text, verb, voice)
    for index, element in enumerate(verb.elements("text")):
        if isinstance(element, str):
            yield SpokenText((*verb.path, "text", index), element, verb, voice)


def _texts_to_targets(document: Document, verb: DocumentVerb) -> Iterator[SpokenText]:
    """Yields what the targets of a transfer are told, and asked."""
    voice: dict[str, Any] = {}
    for key, name in (("brief", "text"), ("confirm", "prompt")):
        part = verb.item.body.get(key)
        if not isinstance(part, dict):
            continue
        if isinstance(written := part.get("synthesizer", {}), dict):
            voice = with_defaults(document, verb.path, written) if key == "brief" else voice
        if isinstance(text := part.get(name), str) and not text.startswith(FILE_SCHEMES):
            yield SpokenText((*verb.path, key, name), text, verb, voice)
