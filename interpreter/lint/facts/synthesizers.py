"""The synthesizers that a document names, with their language and voice."""

from collections.abc import Iterator
from typing import Any

import msgspec

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.default_voices import default_voice
from callverbs.schemas import ValuePath
from callverbs.verbs.language.spec import Synthesizer


def synthesizers(document: Document) -> Iterator[tuple[ValuePath, dict[str, Any]]]:
    """Yields the path and the properties of every synthesizer, as written."""
    for verb in document.main_program:
        for path, synthesizer in verb.find_all("components/synthesizer"):
            if isinstance(synthesizer, dict):
                yield path, synthesizer


def with_defaults(document: Document, path: ValuePath, written: dict[str, Any]) -> dict[str, Any]:
    """Returns a synthesizer as it speaks: what it leaves open is as the configs before it have set it. A faulty one stays as written."""
    try:
        synthesizer = msgspec.convert(written, Synthesizer)
    except msgspec.ValidationError:
        return written
    found: dict[str, Any] = msgspec.to_builtins(synthesizer.over(default_voice(document, path)))
    return found
