"""The rule unknown-property (CV102)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class UnknownProperty(Rule, code="CV102", severity=ERROR):
    """The verb, or an object in it, has no property of this name. Letter case matters.

    Why: a misspelt property has no effect: a hook is never asked, or a time limit does not exist.

    Bad:

        [{"verb": "gather", "numDigits": 1, "actionhook": "/menu"}]

    Good:

        [{"verb": "gather", "numDigits": 1, "actionHook": "/menu"}]
    """
