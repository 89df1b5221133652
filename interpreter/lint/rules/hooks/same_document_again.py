"""The rule same-document-again (CV612)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.exits import find_cycle
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class SameDocumentAgain(Rule, code="CV612", severity=WARNING):
    """A hook is answered by the very document that it stands in, whatever its verb came to.

    It is looked for where the linter is told what address a document answers at. Of a redirect, CV203 says it. The
    examples answer at `/menu`.

    Why: whatever the caller pressed, she hears the same menu again; whoever has been called once is called again.

    Bad:

        [{"verb": "gather", "numDigits": 1, "say": {"text": "Press 1 for sales."}, "actionHook": "/menu"}]

    Good:

        [{"verb": "gather", "numDigits": 1, "say": {"text": "Press 1 for sales."}, "actionHook": "/chosen"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        found = find_cycle(document, connected=False)
        if found and found.is_own and found.first.verb.item.name != "redirect":
            yield self.diagnostic(found.first.path, "this document answers that hook itself: whatever has happened, it begins again")
