"""The rule unknown-code (CV903)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class UnknownCode(Rule, code="CV903", severity=ERROR):
    """The settings, a comment or an option name a rule that does not exist.

    Why: a misspelt code suppresses nothing and selects nothing, so a check that the author expects does not run.

    Bad:

        # callverbs: ignore[no-such-rule] it is misspelt
        - say: {text: Hello}

    Good:

        - say: {text: Hello}
    """
