"""The rule recorded-twice (CV721)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.recording import is_recorded_after
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class RecordedTwice(Rule, code="CV721", severity=WARNING):
    """A message is recorded in a call that is recorded: from its answer on, or by `record` of a config.

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
            is_recorded = is_recorded_after(verb, is_recorded)
            if is_recorded and verb.item.name == "record":
                path, at_key = verb.name_location
                yield self.diagnostic(path, "the call is recorded already, and the end of this message ends that, too", at_key)
