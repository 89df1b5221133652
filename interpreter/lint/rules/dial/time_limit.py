"""The rule time-limit (CV310)."""

from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule


class TimeLimit(Rule, code="CV310", severity=WARNING):
    """`timeLimit` is outside of what the carrier can do: up to 14400 seconds, which is four hours.

    A longer time counts as 14400 seconds; 0 and less count as not given.

    Why: the conversation ends at another time than the document says.

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
