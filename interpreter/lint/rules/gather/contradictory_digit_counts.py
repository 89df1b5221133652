"""The rule contradictory-digit-counts (CV404)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class ContradictoryDigitCounts(Rule, code="CV404", severity=WARNING):
    """`numDigits`, `minDigits` and `maxDigits` contradict each other.

    The collection is complete at `numDigits` or at `maxDigits`, whichever comes first; `minDigits` says how many make a result
    when the time is over. So `minDigits` may be less than `numDigits`, and no other combination of the two makes sense.

    Why: the caller can never enter the input that the author expects.

    Bad:

        [{"verb": "gather", "minDigits": 6, "maxDigits": 4, "actionHook": "/pin"}]

    Good:

        [{"verb": "gather", "minDigits": 4, "maxDigits": 6, "actionHook": "/pin"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb in document.all_verbs("gather"):
            num_digits, min_digits, max_digits = (verb.number(key) for key in ("numDigits", "minDigits", "maxDigits"))
            if num_digits and max_digits and num_digits != max_digits:
                yield self.diagnostic(
                    (*verb.path, "maxDigits"), f"numDigits is {num_digits:g}, maxDigits {max_digits:g}: the smaller one ends the input"
                )
            elif min_digits and (last := num_digits or max_digits) and min_digits > last:
                yield self.diagnostic((*verb.path, "minDigits"), f"minDigits is {min_digits:g}, but the input ends at {last:g} keys")
