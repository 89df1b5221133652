"""The rule bad-gather-timeout (CV406)."""

from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule


class BadGatherTimeout(Rule, code="CV406", severity=WARNING):
    """`timeout` of a gather is less than 0, which counts as 0: it waits without limit. The default is 15 seconds.

    Why: a caller who presses nothing waits until somebody hangs up.

    Bad:

        [{"verb": "gather", "timeout": -1, "actionHook": "/menu"}]

    Good:

        [{"verb": "gather", "timeout": 10, "actionHook": "/menu"}]
    """
