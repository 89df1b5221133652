"""The rule wrong-type (CV104)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class WrongType(Rule, code="CV104", severity=ERROR, hides=("CV012",)):
    """A value has the wrong type; or the name of a property is not text.

    For a number in quotes, and a number that lacks them, see CV110.

    Why: the document is not run. For example, `"true"` in quotes is a text, not a boolean.

    Bad:

        [{"verb": "pause", "length": "two"}]

    Good:

        [{"verb": "pause", "length": 2}]
    """
