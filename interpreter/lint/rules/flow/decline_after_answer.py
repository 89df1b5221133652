"""The rule decline-after-answer (CV209)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.answered import with_answering_verb
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class DeclineAfterAnswer(Rule, code="CV209", severity=WARNING):
    """`sip:decline` after a verb that answers the call. `dial` answers it, too, unless it has `answerOnBridge: true`.

    Why: an answered call cannot be declined. The verb is skipped: the caller, who should hear a busy tone, pays for the call, and the
    next verb runs.

    Bad:

        [{"verb": "say", "text": "We are closed."}, {"verb": "sip:decline", "status": 486}]

    Good:

        [{"verb": "pause", "length": 2}, {"verb": "sip:decline", "status": 486}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb, answering in with_answering_verb(document.main_program):
            if verb.type.before_answer and answering is not None:
                path, at_key = verb.name_location
                message = f"the call is answered by then, by the {answering.item.written} above: {verb.item.written} is skipped"
                yield self.diagnostic(path, message, at_key)
