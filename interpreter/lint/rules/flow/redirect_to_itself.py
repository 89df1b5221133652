"""The rule redirect-to-itself (CV203)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.exits import find_cycle
from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class RedirectToItself(Rule, code="CV203", severity=ERROR):
    """A redirect asks the hook that this very document answers, and nothing before it can lead anywhere else.

    It is looked for where the linter is told what address a document answers at. A hook that asks an application is a way out, and
    so are dial and transfer: whoever has talked to somebody hangs up. The examples answer at `/menu`.

    Why: the document is run again and again. With something to hear in it, the caller hears that for ever; with nothing, the
    application is asked as fast as it can reply.

    Bad:

        [{"verb": "say", "text": "Please hold."}, {"verb": "redirect", "actionHook": "/menu"}]

    Good:

        - gather: {numDigits: 1, say: {text: "Press 1 for sales."}, actionHook: /chosen}
        - redirect: {actionHook: /menu}
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        found = find_cycle(document)
        if found and found.is_own and found.first.verb.item.name == "redirect":
            yield self.diagnostic(
                found.first.path, "this document answers that hook itself: it is run again and again, and nothing in it ends it"
            )
