"""The rule ring-time (CV309)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class RingTime(Rule, code="CV309", severity=ERROR):
    """`timeout` is outside of what the carrier can do: 0 to 600 seconds. 0 stands for the default.

    Why: the carrier refuses the call, and no phone rings.

    Bad:

        - verb: dial
          actionHook: /dialed
          timeout: 900
          target: [{type: phone, number: "+14155550100"}]

    Good:

        - verb: dial
          actionHook: /dialed
          timeout: 60
          target: [{type: phone, number: "+14155550100"}]
    """
