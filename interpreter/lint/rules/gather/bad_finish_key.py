"""The rule bad-finish-key (CV405)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class BadFinishKey(Rule, code="CV405", severity=ERROR):
    """`finishOnKey` is not one key: 0 to 9, * or #. A `record` may have several, of which each one ends it.

    Why: the caller presses the key that should end the input, and it counts as one more digit.

    Bad:

        [{"verb": "gather", "finishOnKey": "pound", "actionHook": "/pin"}]

    Good:

        [{"verb": "gather", "finishOnKey": "#", "actionHook": "/pin"}]
    """
