"""The rule unscreened-race (CV311)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.targets import calling_verbs, is_warm, racing_phones, screening_property
from callverbs.interpreter.lint.finding import INFO
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class UnscreenedRace(Rule, code="CV311", severity=INFO):
    """A dial rings several phones at once, and one of them has no `confirmHook`; or a blind transfer does, without `confirm`.

    Why: a voicemail answers like a person, and often earlier. The first target that answers wins the call: the other phones stop
    ringing, and the caller talks to a machine. Ignore the finding if no phone has a voicemail.

    Bad:

        - verb: dial
          actionHook: /dialed
          target: [{type: phone, number: "+14155550100"}, {type: phone, number: "+14155550101"}]

    Good:

        - verb: dial
          actionHook: /dialed
          confirmHook: /screen
          target: [{type: phone, number: "+14155550100"}, {type: phone, number: "+14155550101"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb in calling_verbs(document):
            asked = "amd" in verb.item.body or is_warm(verb) or all(target.is_screened for target in racing_phones(verb))
            if verb.spec and not asked:
                why = f"the first voicemail that answers takes the call from the other phones: screen them with {screening_property(verb)}"
                yield self.diagnostic((*verb.path, "target"), why, at_key=True)
