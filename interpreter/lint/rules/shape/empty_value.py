"""The rule empty-value (CV114)."""

from callverbs.interpreter.lint.finding import INFO
from callverbs.interpreter.lint.rule import Rule


class EmptyValue(Rule, code="CV114", severity=INFO):
    """An optional property is null or an empty text, which counts as not given.

    Tools that draw flows write empty fields so.

    Why: the verb does what it does without the property. If something was meant to stand there, it is missing.

    Bad:

        - verb: dial
          actionHook: /dialed
          target: [{type: phone, number: "+14155550100", trunk: ""}]

    Good:

        - verb: dial
          actionHook: /dialed
          target: [{type: phone, number: "+14155550100"}]
    """
