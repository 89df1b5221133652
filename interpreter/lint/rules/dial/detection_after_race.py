"""The rule detection-after-race (CV319)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.targets import racing_phones
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class DetectionAfterRace(Rule, code="CV319", severity=WARNING):
    """A dial rings several phones at once and looks for machines, and a phone has no `confirmHook`.

    What is found is told when somebody is connected, and of whom is connected only.

    Why: the first voicemail takes the call, everybody else stops ringing, and only then is the machine found. A `confirmHook`
    lets a person accept before the others are let go.

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
                    "a machine is found when it has taken the call and the other phones ring no more: screen them with confirmHook",
                    at_key=True,
                )
