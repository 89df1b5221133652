"""The rule bad-input (CV402)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class BadInput(Rule, code="CV402", severity=ERROR):
    """`input` is empty, or has another value than digits and speech. The value for keys is digits, not dtmf.

    Why: the gather collects nothing, and the caller presses keys in vain until the time is over.

    Bad:

        [{"verb": "gather", "input": ["dtmf"], "numDigits": 1, "actionHook": "/menu"}]

    Good:

        [{"verb": "gather", "input": ["digits"], "numDigits": 1, "actionHook": "/menu"}]
    """
