"""The rule detection-after-race (CV319)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.targets import racing_phones
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class DetectionAfterRace(Rule, code="CV319", severity=WARNING):
    """A dial rings several phones at once with machine detection, and a phone has no `confirmHook`.

    Results of the detection are reported after the bridge, and for the connected target only.

    Why: the first voicemail wins the call, all other phones stop ringing, and only then the machine is reported. With a
    `confirmHook`, a person has to accept before the other phones stop ringing.

    Bad:

        - verb: dial
          actionHook: /dialed
          amd: {actionHook: /amd}
          target: [{type: phone, number: "+14155550100"}, {type: phone, number: "+14155550101"}]

    Good:

        - verb: dial
          actionHook: /dialed
          amd: {actionHook: /amd}
          confirmHook: /screen
          target: [{type: phone, number: "+14155550100"}, {type: phone, number: "+14155550101"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb in document.all_verbs("dial"):
            if verb.spec and "amd" in verb.item.body and not all(target.is_screened for target in racing_phones(verb)):
                yield self.diagnostic(
                    (*verb.path, "amd"),
                    "a machine is reported only after it has won the call and the other phones have stopped: screen them with confirmHook",
                    at_key=True,
                )
