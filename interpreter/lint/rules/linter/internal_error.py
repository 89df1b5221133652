"""The rule internal-error (CV900)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class InternalError(Rule, code="CV900", severity=ERROR):
    """A rule has failed on this document because of a bug in callverbs. Please report it, with the document if you can.

    The other rules have run, and the report has their findings.

    Why: a document that is not completely checked may break a call.

    Bad: no document is known that comes to this.

    Good:

        [{"verb": "say", "text": "Hello"}]
    """
