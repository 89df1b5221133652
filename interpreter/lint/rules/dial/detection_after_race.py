"""The rule detection-after-race (CV319)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.targets import calling_verbs, is_warm, racing_phones, screening_property
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
        for verb in calling_verbs(document):
            asked = "amd" not in verb.item.body or is_warm(verb) or all(target.is_screened for target in racing_phones(verb))
            if verb.spec and not asked:
                why = "a machine is reported only after it has won the call and the other phones have stopped: screen them with"
                yield self.diagnostic((*verb.path, "amd"), f"{why} {screening_property(verb)}", at_key=True)
