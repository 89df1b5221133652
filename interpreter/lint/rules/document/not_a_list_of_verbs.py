"""The rule not-a-list-of-verbs (CV003)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class NotAListOfVerbs(Rule, code="CV003", severity=ERROR):
    """A document is not a list of verbs, or something in the list is not a verb.

    A verb is an object that names itself, in the long form `{"verb": "say", …}` or in the short form `{"say": {…}}`.

    Why: jambonz and callverbs run lists only. A single verb without its list is the commonest mistake in hooks' replies, and it
    is ignored in mid-call: the caller hears whatever came next.

    Bad:

        {"verb": "say", "text": "Hello"}

    Good:

        [{"verb": "say", "text": "Hello"}]
    """
