"""The rule reserved-parameter (CV112)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class ReservedParameter(Rule, code="CV112", severity=ERROR):
    """A parameter below `carrier` that callverbs sets itself.

    `carrier` adds parameters of the carrier's command that no property of the verb covers. Those by which callverbs knows its
    legs, or that a property of the verb decides, are not for documents.

    Why: with a foreign value callverbs would lose the call.

    Bad:

        [{"verb": "say", "text": "Hello", "carrier": {"client_state": "bXkgc3RhdGU="}}]

    Good:

        [{"verb": "say", "text": "Hello", "id": "my state"}]
    """
