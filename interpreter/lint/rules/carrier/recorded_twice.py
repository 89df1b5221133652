"""The rule recorded-twice (CV721)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.recording import records_from_answer
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class RecordedTwice(Rule, code="CV721", severity=WARNING):
    """A message is recorded in a call that the carrier records from its answer on.

    The key that ends the message ends all recordings of the call: the carrier names none of them to callverbs.

    Why: the recording of the call is not complete, and the message is in it twice.

    Bad:

        - answer: {carrier: {record: record-from-answer}}
        - say: {text: This call is recorded. Please leave a message.}
        - record: {actionHook: /recorded}

    Good:

        - say: {text: Please leave a message.}
        - record: {actionHook: /recorded}
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        is_recorded = False
        for verb in document.main_program:
            is_recorded = is_recorded or (verb.type.command == "answer" and records_from_answer(verb))
            if is_recorded and verb.item.name == "record":
                path, at_key = verb.name_location
                yield self.diagnostic(path, "the call is recorded from its answer on, and the end of this message ends that, too", at_key)
