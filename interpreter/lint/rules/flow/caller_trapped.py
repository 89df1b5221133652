"""The rule caller-trapped (CV204)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.exits import find_cycle
from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class CallerTrapped(Rule, code="CV204", severity=ERROR):
    """Local documents lead to each other in a circle, and none of them ends the call, connects the caller, or asks an application.

    It is looked for where the linter is told which files answer which hooks. Such a file is what its hook always replies. The
    finding stands at the hook that leads on; every document that a caller cannot come out of has one. The examples answer at
    `/menu`, and a local document at `/again` redirects to `/menu`.

    Why: whatever the caller does, she hears the same round again. There is no way out but hanging up.

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
            yield self.diagnostic(found.first.path, f"nobody comes out of here but by hanging up: {' → '.join(names)}")
