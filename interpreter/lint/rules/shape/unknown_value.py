"""The rule unknown-value (CV105)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class UnknownValue(Rule, code="CV105", severity=ERROR, hides=("CV012",)):
    """The property takes one of a few words, and this is not one of them.

    Why: the document is not run, because callverbs does not guess which word was meant.

    Bad:

        [{"verb": "dial", "actionHook": "/dialed", "target": [{"type": "fone", "number": "+14155550100"}]}]

    Good:

        [{"verb": "dial", "actionHook": "/dialed", "target": [{"type": "phone", "number": "+14155550100"}]}]
    """
