"""The rule unused-suppression (CV901)."""

from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule


class UnusedSuppression(Rule, code="CV901", severity=WARNING):
    """A comment, or the property `_` of a verb, suppresses a finding that does not exist.

    The rule runs only on documents without errors, because an error can hide other findings.

    Why: the mistake has been fixed, and the suppression would hide the next one at this place.

    Bad:

        # callverbs: ignore[CV301] the hook fills the list
        - say: {text: Hello}

    Good:

        - say: {text: Hello}
    """
