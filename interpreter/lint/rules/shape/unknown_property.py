"""The rule unknown-property (CV102)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class UnknownProperty(Rule, code="CV102", severity=ERROR):
    """The verb, or an object in it, has no property of this name. Upper and lower case count.

    Why: a misspelt property is a setting that the author believes in and nobody reads: a hook that is never asked, a time limit
    that never ends.

    Bad:

        [{"verb": "gather", "numDigits": 1, "actionhook": "/menu"}]

    Good:

        [{"verb": "gather", "numDigits": 1, "actionHook": "/menu"}]
    """
