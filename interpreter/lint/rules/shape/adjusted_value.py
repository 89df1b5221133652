"""The rule adjusted-value (CV115)."""

from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule


class AdjustedValue(Rule, code="CV115", severity=WARNING):
    """A value is out of range, and the verb runs with the nearest value, or without the property.

    Values for which that would be something else than the author can have meant are errors (CV111).

    Why: the call does not run exactly as it is written.

    Bad:

        [{"verb": "pause", "length": -1}]

    Good:

        [{"verb": "pause", "length": 1}]
    """
