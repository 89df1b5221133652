"""The rule bad-caller-name (CV317)."""

from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule


class BadCallerName(Rule, code="CV317", severity=WARNING):
    """`callerName` is longer than 128 characters, or has other characters than letters, digits, spaces and `-_~!.+`.

    Accents are removed, other signs become spaces, and what is too long is cut off.

    Why: the carrier refuses such a name, so the target sees another one.

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
