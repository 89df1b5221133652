"""The rule unscreened-race (CV311)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.targets import racing_phones
from callverbs.interpreter.lint.finding import INFO
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class UnscreenedRace(Rule, code="CV311", severity=INFO):
    """A dial rings several phones at once, and one of them has no `confirmHook`.

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
        for verb in document.all_verbs("dial"):
            if verb.spec and "amd" not in verb.item.body and not all(target.is_screened for target in racing_phones(verb)):
                yield self.diagnostic(
                    (*verb.path, "target"),
                    "the first voicemail that answers takes the call from the other phones: screen them with confirmHook",
                    at_key=True,
                )
