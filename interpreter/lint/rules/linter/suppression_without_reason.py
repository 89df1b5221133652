"""The rule suppression-without-reason (CV902)."""

from callverbs.interpreter.lint.finding import INFO
from callverbs.interpreter.lint.rule import Rule


class SuppressionWithoutReason(Rule, code="CV902", severity=INFO, profile="strict"):
    """A comment, or the property `_` of a verb, keeps a finding quiet and does not say why.

    Why: whoever reads it next year cannot know whether the caller is still safe.

    Bad:

        # callverbs: ignore[CV401]
        - gather: {numDigits: 1}

    Good:

        # callverbs: ignore[CV401] any key ends the music, and which one does not matter
        - gather: {numDigits: 1}
    """
