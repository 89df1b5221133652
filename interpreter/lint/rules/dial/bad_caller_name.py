"""The rule bad-caller-name (CV317)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class BadCallerName(Rule, code="CV317", severity=ERROR):
    """`callerName` is longer than 128 characters, or has other characters than letters, digits, spaces and `-_~!.+`.

    Why: the carrier refuses the call, and no phone rings.

    Bad:

        - verb: dial
          actionHook: /dialed
          callerName: "Müller & Söhne"
          target: [{type: phone, number: "+14155550100"}]

    Good:

        - verb: dial
          actionHook: /dialed
          callerName: "Mueller + Soehne"
          target: [{type: phone, number: "+14155550100"}]
    """
