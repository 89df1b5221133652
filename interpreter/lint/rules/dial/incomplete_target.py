"""The rule incomplete-target (CV304)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class IncompleteTarget(Rule, code="CV304", severity=ERROR):
    """A target lacks the address of its type: `number` for phone, `sipUri` for sip, `name` for user.

    Why: there is nothing to call. jambonz notices it only during the call.

    Bad:

        [{"verb": "dial", "target": [{"type": "phone", "name": "+14155550100"}], "actionHook": "/dialed"}]

    Good:

        [{"verb": "dial", "target": [{"type": "phone", "number": "+14155550100"}], "actionHook": "/dialed"}]
    """
