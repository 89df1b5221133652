"""The rule impossible-number (CV306)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.phone_numbers import explain_impossible, phone_numbers
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class ImpossibleNumber(Rule, code="CV306", severity=WARNING):
    """A number in E.164 that cannot exist: its country has no numbers of this length, or no country has this code.

    A number with the national prefix 0, as in +44 (0)20, cannot exist either. The lengths are those of libphonenumber. The rule checks
    numbers of targets, `callerId`, and `from.user` of a target.

    Why: a digit is missing, or there is one too many. No phone rings; or, for a calling number, the carrier refuses the call.

    Bad:

        [{"verb": "dial", "target": [{"type": "phone", "number": "+1415555010"}], "actionHook": "/dialed"}]

    Good:

        [{"verb": "dial", "target": [{"type": "phone", "number": "+14155550100"}], "actionHook": "/dialed"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for path, number in phone_numbers(document):
            if reason := explain_impossible(number):
                yield self.diagnostic(path, f"there is no number {number}: {reason}")
