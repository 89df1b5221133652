"""The rule cut-by-comment (CV013)."""

from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule


class CutByComment(Rule, code="CV013", severity=WARNING):
    """In YAML, a # within a text without quotes begins a comment, and the rest of the text is lost.

    Reported is a # that is followed by a digit, by `rc=` or `rp=`, or that continues the sentence: `Press # to continue`.

    Why: the caller hears half of the sentence, or the retries of a hook do not exist.

    Bad:

        - verb: say
          text: Your suite is #12, on the first floor.

    Good:

        - verb: say
          text: "Your suite is #12, on the first floor."
    """
