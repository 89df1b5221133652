"""The rule briefed-machine (CV328)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.targets import calling_verbs, is_warm, targets_of
from callverbs.interpreter.lint.finding import INFO
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class BriefedMachine(Rule, code="CV328", severity=INFO):
    """A warm transfer rings a phone, and has neither `amd` nor `confirm`.

    Why: a voicemail answers like a person. It records the brief, with whatever it says of the caller, and then gets the caller. Ignore
    the finding if the phone has no voicemail.

    Bad:

        - verb: transfer
          mode: warm
          actionHook: /transferred
          brief: {text: A caller with a question about an invoice.}
          target: [{type: phone, number: "+14155550100"}]

    Good:

        - verb: transfer
          mode: warm
          actionHook: /transferred
          amd: {actionHook: /amd}
          brief: {text: A caller with a question about an invoice.}
          target: [{type: phone, number: "+14155550100"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb in calling_verbs(document):
            asked = {"amd", "confirm"} & set(verb.item.body)
            if verb.spec and is_warm(verb) and not asked and any(target.number for target in targets_of(verb)):
                what = "hears the brief, and gets the caller" if "brief" in verb.item.body else "gets the caller"
                yield self.diagnostic((*verb.path, "mode"), f"a voicemail that answers {what}: write amd or confirm", at_key=True)
