"""The rule redirect-to-itself (CV203)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.exits import find_cycle
from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class RedirectToItself(Rule, code="CV203", severity=ERROR):
    """A redirect asks the hook that this same document answers, and nothing before it can lead anywhere else.

    The rule needs `address` in the settings, the URL at which a document answers. A hook that asks an application is a way out, and
    so are dial and transfer, because a caller hangs up after a conversation. The examples answer at `/menu`.

    Why: the document runs again and again. The caller hears the same without end; or, if it plays nothing, callverbs asks the
    application as fast as it can reply.

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
                found.first.path, "this document is itself the reply of that hook: it runs again and again, and nothing in it ends the loop"
            )
