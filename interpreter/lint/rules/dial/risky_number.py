"""The rule risky-number (CV307)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.phone_numbers import explain_impossible, parse_number
from callverbs.interpreter.lint.facts.targets import calling_verbs, targets_of
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic
from callverbs.verbs.language.phone_number import SHORT_NUMBER

EMERGENCY_NUMBERS = (
    *("000", "100", "101", "102", "103", "108", "110", "111", "112", "113", "115", "117", "118", "119", "122"),
    *("190", "192", "193", "911", "995", "997", "998", "999"),
)
"""Numbers that call police, ambulance or fire brigade in at least one country (ITU-T E.129, national numbering plans)."""


class RiskyNumber(Rule, code="CV307", severity=WARNING):
    """A target is an emergency number, a premium-rate number, or a short code.

    A short code of a target with a `trunk` is not reported: it may be an extension behind that trunk.

    Why: if a flow calls 911, a caller who presses a wrong key calls an ambulance, to an address that is not the caller's. With a
    premium-rate number, every caller spends your money. A short code has another meaning in every country, or none at the carrier.

    Bad:

        [{"verb": "dial", "target": [{"type": "phone", "number": "911"}], "actionHook": "/dialed"}]

    Good:

        [{"verb": "dial", "target": [{"type": "phone", "number": "+14155550100"}], "actionHook": "/dialed"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb in calling_verbs(document):
            for target in targets_of(verb):
                if target.number and (reason := self._explain(target.number, "trunk" in target.body)):
                    yield self.diagnostic((*target.path, "number"), reason)

    def _explain(self, number: str, behind_trunk: bool) -> str:
        if number in EMERGENCY_NUMBERS:
            return f"{number} is an emergency number: every caller who reaches this verb calls for help"
        if SHORT_NUMBER.fullmatch(number):
            return "" if behind_trunk else f"{number} is a short code, which means something in one country only: write +…"
        if (parsed := parse_number(number)) and not explain_impossible(number):
            from phonenumbers import PhoneNumberType, number_type

            if number_type(parsed) == PhoneNumberType.PREMIUM_RATE:
                return f"{number} is a premium-rate number: every call to it is charged to you"
        return ""
