"""The rule reserved-parameter (CV112)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class ReservedParameter(Rule, code="CV112", severity=ERROR):
    """A parameter below `carrier` that callverbs sets itself.

    `carrier` has parameters of the carrier's command that no property of the verb covers. A document cannot set parameters by which
    callverbs and the carrier recognise commands, or which a property of the verb sets.

    Why: with another value the carrier would not know a repeated command from a new one, or the property would mean nothing.

    Bad:

        [{"verb": "say", "text": "Hello", "carrier": {"command_id": "42"}}]

    Good:

        [{"verb": "say", "text": "Hello", "carrier": {"client_state": "bXkgc3RhdGU="}}]
    """
