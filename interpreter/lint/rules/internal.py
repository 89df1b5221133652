"""The linter's own mistakes."""

from typing import ClassVar

from interpreter.lint.finding import Severity
from interpreter.lint.rules._rule import Rule


class Internal(Rule):
    """A rule has failed on this document, which is a mistake in callverbs. Please report it, with the document if you can.

    The other rules have run, and what they found stands in the report.

    Why: a document that could not be checked to the end may hurt a caller.

    Bad: no document is known that comes to this.

    Good:

        [{"verb": "say", "text": "Hello"}]
    """

    code: ClassVar[str] = "CV900"
    name: ClassVar[str] = "internal-error"
    severity: ClassVar[Severity] = "error"
