"""The rule space-in-url (CV515)."""

import re
from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.media_files import media_files
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic, Fix

SPACE = re.compile(r"\s")


class SpaceInUrl(Rule, code="CV515", severity=WARNING):
    """The URL of a file has a space in it, or before or after it.

    Why: a URL has no spaces, so the file may not be found, and the caller waits in silence. A space in the name of a file is `%20`.

    Bad:

        [{"verb": "play", "url": "https://example.com/my greeting.mp3"}]

    Good:

        [{"verb": "play", "url": "https://example.com/my%20greeting.mp3"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        faulty = {one.path for one in document.diagnostics}
        for path, url in media_files(document):
            if SPACE.search(url) and path not in faulty:
                fixed = SPACE.sub("%20", url.strip())
                yield self.diagnostic(path, f"a URL has no spaces: write {fixed}", fix=Fix("replace", fixed))
