"""The rule refused (CV100)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class Refused(Rule, code="CV100", severity=ERROR):
    """The schema refuses the verb, and nothing more exact can be said of it.

    The validator that runs in production found a fault that the one that writes the messages does not see. Please report it.

    Why: the document is not run.

    Bad: no document is known that comes to this.

    Good:

        [{"verb": "say", "text": "Hello"}]
    """
