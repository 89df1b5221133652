"""The rule unknown-verb (CV101)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class UnknownVerb(Rule, code="CV101", severity=ERROR):
    """There is no verb of this name, neither here nor in jambonz.

    Why: the document is not run. jambonz, too, refuses the whole list because of one unknown verb, even during a call.

    Bad:

        [{"verb": "sey", "text": "Hello"}]

    Good:

        [{"verb": "say", "text": "Hello"}]
    """
