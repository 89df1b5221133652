"""The rule unused-suppression (CV901)."""

from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule


class UnusedSuppression(Rule, code="CV901", severity=WARNING):
    """A comment, or the property `_` of a verb, keeps a finding quiet that is not there.

    It is looked for in documents without errors only: behind an error nobody can see what else there is.

    Why: what it was written for is mended, and the next mistake at this place would go unseen.

    Bad:

        # callverbs: ignore[CV301] the hook fills the list
        - say: {text: Hello}

    Good:

        - say: {text: Hello}
    """
