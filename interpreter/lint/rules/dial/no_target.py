"""The rule no-target (CV301)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class NoTarget(Rule, code="CV301", severity=ERROR):
    """The list of targets is empty.

    Why: no phone rings. In jambonz the caller hears silence until the ring time is over.

    Bad:

        [{"verb": "dial", "target": [], "actionHook": "/dialed"}]

    Good:

        [{"verb": "dial", "target": [{"type": "phone", "number": "+14155550100"}], "actionHook": "/dialed"}]
    """
