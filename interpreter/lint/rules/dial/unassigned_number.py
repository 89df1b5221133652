"""The rule unassigned-number (CV326)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.phone_numbers import explain_impossible, parse_number, phone_numbers
from callverbs.interpreter.lint.finding import INFO
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class UnassignedNumber(Rule, code="CV326", severity=INFO, profile="strict"):
    """A number of the right length in a range that its country has not assigned, as far as libphonenumber knows.

    Countries add and remove ranges, and fictional numbers for films and examples can be outside of all of them.

    Why: unless the range is new, no phone has this number.

    Bad:

        [{"verb": "dial", "target": [{"type": "phone", "number": "+15551234567"}], "actionHook": "/dialed"}]

    Good:

        [{"verb": "dial", "target": [{"type": "phone", "number": "+14155550100"}], "actionHook": "/dialed"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for path, number in phone_numbers(document):
            if not explain_impossible(number) and (parsed := parse_number(number)):
                from phonenumbers import is_valid_number

                if not is_valid_number(parsed):
                    yield self.diagnostic(path, f"{number} is in no range of numbers that is known to be assigned")
