"""The rule caller-trapped (CV204)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.exits import find_cycle
from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class CallerTrapped(Rule, code="CV204", severity=ERROR):
    """Local documents lead to each other in a cycle, and none of them ends the call, connects the caller, or asks an application.

    The rule needs `replies` in the settings, which names the local document that each hook replies with. The finding is at the hook
    that leads to the next document; every document of the cycle has one. The examples answer at `/menu`, and a local document at
    `/again` redirects to `/menu`.

    Why: whatever the caller does, the same documents run again. The only way out is to hang up.

    Bad:

        [{"verb": "gather", "numDigits": 1, "say": {"text": "Press 1 for sales."}, "actionHook": "/again"}]

    Good:

        - gather: {numDigits: 1, say: {text: "Press 1 for sales."}, actionHook: /chosen}
        - redirect: {actionHook: /again}
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        found = find_cycle(document)
        if found and not found.is_own:
            names = [one.context.address or "this document" for one in found.documents]
            yield self.diagnostic(found.first.path, f"the only way out of this cycle is to hang up: {' → '.join(names)}")
