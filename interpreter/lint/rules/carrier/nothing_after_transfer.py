"""The rule nothing-after-transfer (CV709)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.finding import INFO
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic

OUTCOME_WORDS = {"onNoAnswer": "does not answer", "onBusy": "is busy", "onDecline": "refuses", "onFailure": "cannot be called"}
"""What a target that was not reached does, by the property of `disposition`."""


class NothingAfterTransfer(Rule, code="CV709", severity=INFO):
    """A transfer is the last verb, has no actionHook, and returns the caller if the target is not reached.

    `disposition` decides what happens then: `return`, which is the default, runs the next verb.

    Why: if the target is not reached, the caller is hung up without a word.

    Bad:

        [{"verb": "transfer", "mode": "blind", "target": [{"type": "phone", "number": "+14155550100"}]}]

    Good:

        - verb: transfer
          mode: blind
          actionHook: /transferred
          target: [{type: phone, number: "+14155550100"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        last = document.main_program[-1] if document.main_program else None
        if last and last.spec and last.item.name == "transfer" and "actionHook" not in last.item.body and document.is_last(last):
            disposition = last.item.body.get("disposition", {})
            if outcomes := [outcome for key, outcome in OUTCOME_WORDS.items() if disposition.get(key, "return") == "return"]:
                path, at_key = last.name_location
                message = f"the caller is hung up without a word if the target {' or '.join(outcomes)}: nothing follows"
                yield self.diagnostic(path, message, at_key)
