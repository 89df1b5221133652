"""The rule empty-application (CV004)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class EmptyApplication(Rule, code="CV004", severity=ERROR):
    """The document is an empty list.

    In the reply of an actionHook an empty list means that the next verb runs. As an application it leaves nothing to run.

    Why: every call is rejected.

    Bad:

        []

    Good:

        [{"verb": "say", "text": "We are closed today."}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        if document.value == []:
            yield self.diagnostic((), "there is no verb in this list: a caller would be rejected")
