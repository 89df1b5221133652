"""The rule suppression-without-reason (CV902)."""

from callverbs.interpreter.lint.finding import INFO
from callverbs.interpreter.lint.rule import Rule


class SuppressionWithoutReason(Rule, code="CV902", severity=INFO, profile="strict"):
    """A comment, or the property `_` of a verb, suppresses a finding and gives no reason.

    Why: a later reader cannot know whether it is still right to ignore the finding.

    Bad:

        # callverbs: ignore[CV401]
        - gather: {numDigits: 1}

    Good:

        # callverbs: ignore[CV401] any key ends the music, and which one does not matter
        - gather: {numDigits: 1}
    """
