"""The rule capture-without-hook (CV322)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class CaptureWithoutHook(Rule, code="CV322", severity=WARNING):
    """`dtmfCapture` names key sequences, and there is no `dtmfHook` that receives them.

    Why: the caller presses *2, and nothing happens.

    Bad:

        - verb: dial
          actionHook: /dialed
          dtmfCapture: ["*2"]
          target: [{type: phone, number: "+14155550100"}]

    Good:

        - verb: dial
          actionHook: /dialed
          dtmfCapture: ["*2"]
          dtmfHook: /keys
          target: [{type: phone, number: "+14155550100"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb in document.all_verbs("dial"):
            if verb.spec and verb.item.body.get("dtmfCapture") and "dtmfHook" not in verb.item.body:
                yield self.diagnostic(
                    (*verb.path, "dtmfCapture"), "these key sequences are sent to no hook: dtmfHook is missing", at_key=True
                )
