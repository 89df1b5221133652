"""The rule bad-gather-timeout (CV406)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class BadGatherTimeout(Rule, code="CV406", severity=ERROR):
    """`timeout` of a gather is less than 0. 0 waits for ever; without it, 15 seconds.

    Why: there is no time in which a caller could press anything.

    Bad:

        [{"verb": "gather", "timeout": -1, "actionHook": "/menu"}]

    Good:

        [{"verb": "gather", "timeout": 10, "actionHook": "/menu"}]
    """
