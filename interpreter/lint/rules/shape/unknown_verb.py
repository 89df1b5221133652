"""The rule unknown-verb (CV101)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class UnknownVerb(Rule, code="CV101", severity=ERROR):
    """There is no verb of this name, neither here nor in jambonz.

    Why: the document is not run. jambonz, too, refuses the whole list for one unknown verb, in the middle of a call if need be.

    Bad:

        [{"verb": "sey", "text": "Hello"}]

    Good:

        [{"verb": "say", "text": "Hello"}]
    """
