"""The rule wrong-type (CV104)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class WrongType(Rule, code="CV104", severity=ERROR):
    """A value is of another type than the property takes; or the name of a property is not text.

    Of a number in quotes, and of a number that lacks them, CV110 says it.

    Why: the document is not run. What is true in quotes is text, and nobody reads it as it was meant.

    Bad:

        [{"verb": "pause", "length": "two"}]

    Good:

        [{"verb": "pause", "length": 2}]
    """
