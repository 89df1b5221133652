"""The rule out-of-range (CV111)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class OutOfRange(Rule, code="CV111", severity=ERROR):
    """A value has the right type, but is too small, too large, too long, or in the wrong format.

    Why: the carrier refuses the command in mid-call.

    Bad:

        [{"verb": "sip:decline", "status": 200}]

    Good:

        [{"verb": "sip:decline", "status": 486}]
    """
