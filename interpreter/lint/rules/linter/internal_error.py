"""The rule internal-error (CV900)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class InternalError(Rule, code="CV900", severity=ERROR):
    """A rule has failed on this document, which is a mistake in callverbs. Please report it, with the document if you can.

    The other rules have run, and what they found stands in the report.

    Why: a document that could not be checked to the end may hurt a caller.

    Bad: no document is known that comes to this.

    Good:

        [{"verb": "say", "text": "Hello"}]
    """
