"""The rule gather-without-hook (CV401)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class GatherWithoutHook(Rule, code="CV401", severity=WARNING):
    """A gather has no actionHook.

    Why: the caller chooses, but the keys are discarded, and the next verb runs.

    Bad:

        [{"verb": "gather", "numDigits": 1, "say": {"text": "Press 1 for sales."}}]

    Good:

        [{"verb": "gather", "numDigits": 1, "say": {"text": "Press 1 for sales."}, "actionHook": "/menu"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb in document.all_verbs("gather"):
            if verb.spec and "actionHook" not in verb.item.body:
                path, at_key = verb.name_location
                yield self.diagnostic(path, "the pressed keys are sent to no hook: actionHook is missing", at_key)
