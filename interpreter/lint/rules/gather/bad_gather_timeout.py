"""The rule bad-gather-timeout (CV406)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class BadGatherTimeout(Rule, code="CV406", severity=ERROR):
    """`timeout` of a gather is less than 0. 0 waits without limit; the default is 15 seconds.

    Why: the caller has no time to press anything.

    Bad:

        [{"verb": "gather", "timeout": -1, "actionHook": "/menu"}]

    Good:

        [{"verb": "gather", "timeout": 10, "actionHook": "/menu"}]
    """
