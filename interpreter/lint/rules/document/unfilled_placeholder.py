"""The rule unfilled-placeholder (CV011)."""

from collections.abc import Iterator

from callverbs import schemas, verbs
from callverbs.interpreter.lint.document import Document, DocumentVerb
from callverbs.interpreter.lint.facts.hook_urls import explain_bad_url
from callverbs.interpreter.lint.facts.placeholders import find_placeholder, may_have_placeholders
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic, ValuePath
from callverbs.schemas.quoting import shorten
from callverbs.verbs.parts.speech import is_ssml

UNCHECKED = ("_", "id", "recognizer", "carrier", "instructions", "data", "headers", "customerData")
"""Properties that are written for others: comments, hints with names of classes, what the carrier or the application reads."""
URL_ENDINGS = ("hook", "url", "sipuri", "dialmusic")


class UnfilledPlaceholder(Rule, code="CV011", severity=WARNING):
    """A text, a number or a URL has a placeholder: `{{name}}`, `${host}`, `{id}`, `<your-host>`, `[COMPANY NAME]`, `TODO`.

    callverbs fills no placeholders: a document is spoken and called as it is. What differs from call to call is written by the
    application, in the reply of a hook. If the document is a template that your own tools fill, lint the result.

    Why: the caller hears "hello, curly bracket name", or the hook is asked at a host that does not exist.

    Bad:

        [{"verb": "say", "text": "Hello {{name}}, how are you?"}]

    Good:

        [{"verb": "say", "text": "Hello, how are you?"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        faulty = {one.path for one in document.diagnostics}
        for verb in document.main_program:
            if not may_have_placeholders(verb.item.body):
                continue
            for path, text in self._texts(verb):
                name = next((str(step) for step in reversed(path) if isinstance(step, str)), "").lower()
                is_url = name.endswith(URL_ENDINGS)
                if path in faulty or (is_url and "hook" in name and explain_bad_url(text)):
                    continue
                if found := find_placeholder(text, is_url, is_ssml(text)):
                    yield self.diagnostic(path, f"nobody fills {shorten(found)}: write the value, or let a hook reply with this verb")

    def _texts(self, verb: DocumentVerb) -> Iterator[tuple[ValuePath, str]]:
        """Yields the texts of a verb that its schema describes, those of verbs within it too."""
        for path, value in schemas.walk(verbs.schema_name(verb.item.name), verb.item.body):
            if isinstance(value, str) and path and path != ("verb",) and not any(step in UNCHECKED for step in path):
                yield (*verb.path, *path), value
