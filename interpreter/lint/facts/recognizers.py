"""The recognizers that a document names, where speech is recognised."""

from collections.abc import Iterator
from typing import Any

from callverbs.interpreter.lint.document import Document
from callverbs.schemas import ValuePath


def recognizers(document: Document) -> Iterator[tuple[ValuePath, dict[str, Any]]]:
    """Yields the path and the properties of every recognizer."""
    for verb in document.main_program:
        for path, recognizer in verb.find_all("components/recognizer"):
            if isinstance(recognizer, dict):
                yield path, recognizer
