"""The rule ambiguous-scalar (CV005)."""

from callverbs.interpreter.lint.finding import INFO
from callverbs.interpreter.lint.rule import Rule


class AmbiguousScalar(Rule, code="CV005", severity=INFO):
    """A YAML scalar without quotes that other readers take for something else.

    callverbs reads a plain scalar as a number if JSON has such a number, as true, false or null, and as text otherwise. So
    `+14155550100`, `0044`, `12:30`, `yes` and `2026-01-01` are text in callverbs, as an author of telephone numbers expects.

    Why: callverbs runs the document as intended, but another tool may dial 14155550100, or say "false" for `no`.

    Bad:

        - verb: tag
          data:
            callback: +14155550100

    Good:

        - verb: tag
          data:
            callback: "+14155550100"
    """
