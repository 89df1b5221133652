"""The rule impossible-value (CV113)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class ImpossibleValue(Rule, code="CV113", severity=ERROR):
    """A value that jambonz has and callverbs does not support.

    Why: the verb could not do its work, so the document is not run.

    Bad:

        [{"verb": "dial", "actionHook": "/dialed", "target": [{"type": "teams", "number": "+14155550100"}]}]

    Good:

        [{"verb": "dial", "actionHook": "/dialed", "target": [{"type": "phone", "number": "+14155550100"}]}]
    """
