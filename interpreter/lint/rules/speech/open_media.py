"""The rule open-media (CV509)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.media_files import media_files
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic, Fix


class OpenMedia(Rule, code="CV509", severity=WARNING, profile="strict"):
    """A file is fetched over plain http.

    Why: anybody on the network path between the carrier and the server can hear the file, and replace it.

    Bad:

        [{"verb": "play", "url": "http://example.com/hello.mp3"}]

    Good:

        [{"verb": "play", "url": "https://example.com/hello.mp3"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for path, url in media_files(document):
            if url.lower().startswith("http:"):
                fix = Fix("replace", f"https{url[4:]}", safe=False)
                yield self.diagnostic(path, "this file is fetched over plain http: write https", fix=fix)
