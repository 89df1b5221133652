"""The rule lost-in-comment (CV010)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class LostInComment(Rule, code="CV010", severity=ERROR, hides=("CV104", "CV105", "CV402")):
    """In YAML, a value is missing, and a # stands in its place: what follows it is a comment.

    Why: the key that should end the input, of all keys, is the one that is lost, and a caller presses it in vain.

    Bad:

        - verb: gather
          finishOnKey: #
          actionHook: /pin

    Good:

        - verb: gather
          finishOnKey: "#"
          actionHook: /pin
    """
