"""The rule unknown-code (CV903)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class UnknownCode(Rule, code="CV903", severity=ERROR):
    """The settings, a comment or an option name a rule that does not exist.

    Why: a misspelt code keeps nothing quiet and selects nothing: a check that somebody believes in is not made.

    Bad:

        # callverbs: ignore[no-such-rule] it is misspelt
        - say: {text: Hello}

    Good:

        - say: {text: Hello}
    """
