"""The rule lost-in-comment (CV010)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class LostInComment(Rule, code="CV010", severity=ERROR, hides=("CV104", "CV105", "CV402")):
    """In YAML, a # is in the place of a value: it begins a comment, and the value is missing.

    Why: the key that should end the input is lost, and the caller presses it in vain.

    Bad:

        - verb: gather
          finishOnKey: #
          minDigits: 4
          actionHook: /pin

    Good:

        - verb: gather
          finishOnKey: "#"
          actionHook: /pin
    """
