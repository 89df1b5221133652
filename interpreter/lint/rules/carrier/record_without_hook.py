"""The rule record-without-hook (CV720)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class RecordWithoutHook(Rule, code="CV720", severity=WARNING):
    """A record has no actionHook. Only the call status hook is told of its recording, if the application has one.

    Why: the caller leaves a message, and the application that should pass it on does not learn where it is. The carrier's URLs expire
    after 10 minutes.

    Bad:

        - say: {text: Please leave a message after the beep.}
        - record: {maxLength: 60}

    Good:

        - say: {text: Please leave a message after the beep.}
        - record: {maxLength: 60, actionHook: /recorded}
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb in document.all_verbs("record"):
            if verb.spec and "actionHook" not in verb.item.body:
                path, at_key = verb.name_location
                yield self.diagnostic(path, "no hook is told where the message is: actionHook is missing", at_key)
