"""The rule silent-recording (CV704)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document, DocumentVerb
from callverbs.interpreter.lint.facts.recording import records_from_answer
from callverbs.interpreter.lint.finding import INFO
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class SilentRecording(Rule, code="CV704", severity=INFO, profile="strict"):
    """The carrier records from the answer on, and the document announces nothing to the caller first.

    For `answer`, the next verb has to play something; for `dial` and `transfer`, a verb before it. A `record` needs a verb before it,
    too, unless its beep is heard.

    Why: in many countries a call may be recorded only if both sides know it. The rule does not see what an earlier document has
    announced, so its severity is info.

    Bad:

        - dial:
            actionHook: /dialed
            target: [{type: phone, number: "+14155550100"}]
            carrier: {record: record-from-answer}

    Good:

        - say: {text: This call is recorded.}
        - dial:
            actionHook: /dialed
            target: [{type: phone, number: "+14155550100"}]
            carrier: {record: record-from-answer}
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for index, verb in enumerate(document.main_program):
            if verb.item.name == "record":
                yield from self._check_message(document, index, verb)
            if not records_from_answer(verb):
                continue
            announcing = document.main_program[index + 1 : index + 2] if verb.type.command == "answer" else document.main_program[:index]
            if not any(_is_heard(one) for one in announcing):
                path = (*verb.path, "carrier", "record")
                yield self.diagnostic(path, "the caller does not know that the call is recorded: announce it first", True)

    def _check_message(self, document: Document, index: int, verb: DocumentVerb) -> Iterator[Diagnostic]:
        if verb.item.body.get("playBeep", True) is False and not any(_is_heard(one) for one in document.main_program[:index]):
            yield self.diagnostic((*verb.path, "playBeep"), "the caller does not know that a message is recorded: say it, or beep", True)


def _is_heard(verb: DocumentVerb) -> bool:
    """Returns whether a verb lets the caller hear something that the author chose."""
    return verb.item.name in ("say", "play") or any(key in verb.item.body for key in verb.type.programs)
