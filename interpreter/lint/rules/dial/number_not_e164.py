"""The rule number-not-e164 (CV305)."""

import re
from collections.abc import Iterator
from functools import cache

from callverbs import schemas
from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.number_format import SHORT_NUMBER, remove_separators
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class NumberNotE164(Rule, code="CV305", severity=WARNING):
    """A telephone number is not in E.164: a plus, the country code, and up to 15 digits without spaces.

    Short codes and emergency numbers (two to six digits) are not reported. Keys after a comma are sent at the answer.

    Why: the carrier refuses the number, or takes it for a number of another country.

    Bad:

        [{"verb": "dial", "target": [{"type": "phone", "number": "(415) 555-0100"}], "actionHook": "/dialed"}]

    Good:

        [{"verb": "dial", "target": [{"type": "phone", "number": "+14155550100"}], "actionHook": "/dialed"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb in document.all_verbs():
            for index, target in enumerate(verb.elements("target")):
                number = target.get("number") if isinstance(target, dict) and target.get("type") == "phone" else None
                if isinstance(number, str) and number:
                    called = number.partition(",")[0]
                    if not carrier_e164().search(called) and not SHORT_NUMBER.fullmatch(called):
                        yield self.diagnostic(
                            (*verb.path, "target", index, "number"),
                            f"{called} is not a number in E.164: write + and the country code, as in +14155550100",
                            fix=remove_separators(number),
                        )


@cache
def carrier_e164() -> re.Pattern[str]:
    """Returns the pattern of the numbers that the carrier accepts as E.164."""
    return re.compile(schemas.load("components/limits")["$defs"]["e164"]["pattern"])
