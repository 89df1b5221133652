"""The synthesizers that a document names, with their language and voice."""

from collections.abc import Iterator
from typing import Any

from callverbs.interpreter.lint.document import Document
from callverbs.schemas import ValuePath


def synthesizers(document: Document) -> Iterator[tuple[ValuePath, dict[str, Any]]]:
    """Yields the path and the properties of every synthesizer."""
    for verb in document.main_program:
        for path, synthesizer in verb.find_all("components/synthesizer"):
            if isinstance(synthesizer, dict):
                yield path, synthesizer
