"""The rule seconds-for-milliseconds (CV116)."""

import re
from collections.abc import Iterator

from callverbs import schemas
from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.media_files import media_files
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic
from callverbs.verbs import schema_name

SHORTEST_MS = 50
"""A shorter time cannot be heard, and no detection is done in it."""
MILLISECONDS = re.compile(r"Ms$")
SILENCE = re.compile(r"silence_stream://([0-9]+)")
ALSO = ("duration",)
"""Properties in milliseconds whose names do not say it."""


class SecondsForMilliseconds(Rule, code="CV116", severity=WARNING, hides=("CV702",)):
    """A time in milliseconds is less than 50: a silence of `silence_stream://2`, a `duration` of a key, a timer of machine detection.

    Why: the author means seconds, and the caller hears no silence, or the machine is never recognised.

    Bad:

        [{"verb": "play", "url": ["https://example.com/a.mp3", "silence_stream://2", "https://example.com/b.mp3"]}]

    Good:

        [{"verb": "play", "url": ["https://example.com/a.mp3", "silence_stream://2000", "https://example.com/b.mp3"]}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for path, url in media_files(document):
            if (found := SILENCE.match(url)) and 0 < int(found[1]) < SHORTEST_MS:
                yield self._diagnostic(path, int(found[1]))
        for verb in document.main_program:
            if "amd" not in verb.item.body and not any(key in verb.item.body for key in ALSO):
                continue
            for path, value in schemas.walk(schema_name(verb.item.name), verb.item.body):
                is_time = path and isinstance(path[-1], str) and (MILLISECONDS.search(path[-1]) or path[-1] in ALSO)
                if is_time and isinstance(value, int | float) and 0 < value < SHORTEST_MS:
                    yield self._diagnostic((*verb.path, *path), value)

    def _diagnostic(self, path: tuple[str | int, ...], milliseconds: float) -> Diagnostic:
        return self.diagnostic(path, f"this is in milliseconds: write {milliseconds * 1000:g} for {milliseconds:g} seconds")
