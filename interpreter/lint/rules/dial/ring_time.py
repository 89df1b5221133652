"""The rule ring-time (CV309)."""

from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule


class RingTime(Rule, code="CV309", severity=WARNING):
    """`timeout` is outside of what the carrier can do: 0 to 600 seconds. 0 stands for the default.

    A longer time counts as 600 seconds, and a negative one as not given.

    Why: phones ring for another time than the document says.

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
