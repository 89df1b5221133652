"""The rule time-limit (CV310)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class TimeLimit(Rule, code="CV310", severity=ERROR):
    """`timeLimit` is outside of what the carrier can do: up to 14400 seconds, which is four hours.

    Why: the carrier refuses the call, and no phone rings.

    Bad:

        - verb: dial
          actionHook: /dialed
          timeLimit: 86400
          target: [{type: phone, number: "+14155550100"}]

    Good:

        - verb: dial
          actionHook: /dialed
          timeLimit: 14400
          target: [{type: phone, number: "+14155550100"}]
    """
