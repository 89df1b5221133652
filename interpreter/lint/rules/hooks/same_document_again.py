"""The rule same-document-again (CV612)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.exits import find_cycle
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class SameDocumentAgain(Rule, code="CV612", severity=WARNING):
    """A hook replies with the same document that it is in, whatever the result of its verb.

    The rule needs `address` in the settings, the URL at which a document answers. For a redirect, see CV203. The examples answer at
    `/menu`.

    Why: whatever the caller presses, the same menu runs again; a target that has been called is called again.

    Bad:

        [{"verb": "gather", "numDigits": 1, "say": {"text": "Press 1 for sales."}, "actionHook": "/menu"}]

    Good:

        [{"verb": "gather", "numDigits": 1, "say": {"text": "Press 1 for sales."}, "actionHook": "/chosen"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        found = find_cycle(document, connected=False)
        if found and found.is_own and found.first.verb.item.name != "redirect":
            yield self.diagnostic(found.first.path, "this document is itself the reply of that hook: whatever the result, it runs again")
