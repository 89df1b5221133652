"""The rule refused (CV100)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class Refused(Rule, code="CV100", severity=ERROR):
    """The schema refuses the verb, and no more exact message is known.

    The validator of the server found a mistake that the validator of lint, which writes the messages, does not find. Please report it.

    Why: the document is not run.

    Bad: no document is known that comes to this.

    Good:

        [{"verb": "say", "text": "Hello"}]
    """
