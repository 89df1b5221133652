"""The rule changed-number (CV327)."""

from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule


class ChangedNumber(Rule, code="CV327", severity=WARNING):
    """A target's number is called otherwise than written: with the plus that was left out, or without its separators.

    8 to 15 digits that do not begin with 0 count as country code and number.

    Why: digits that were meant as a national number call another country.

    Bad:

        [{"verb": "dial", "target": [{"type": "phone", "number": "14155550100"}], "actionHook": "/dialed"}]

    Good:

        [{"verb": "dial", "target": [{"type": "phone", "number": "+14155550100"}], "actionHook": "/dialed"}]
    """
