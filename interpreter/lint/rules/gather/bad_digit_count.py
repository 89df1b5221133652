"""The rule bad-digit-count (CV403)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class BadDigitCount(Rule, code="CV403", severity=ERROR):
    """`numDigits`, `minDigits` or `maxDigits` is more than the 128 keys that the carrier collects.

    0 counts as not given (CV115).

    Why: the carrier refuses the command, and the caller's keys are not collected.

    Bad:

        [{"verb": "gather", "numDigits": 129, "actionHook": "/menu"}]

    Good:

        [{"verb": "gather", "numDigits": 1, "actionHook": "/menu"}]
    """
