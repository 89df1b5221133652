"""The rule not-a-list-of-verbs (CV003)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class NotAListOfVerbs(Rule, code="CV003", severity=ERROR):
    """A document is not a list of verbs, or something in the list is not a verb.

    A verb is an object with the name of the verb, in the long form `{"verb": "say", …}` or in the short form `{"say": {…}}`.

    Why: jambonz and callverbs run lists only. A single verb without a list is the commonest mistake in the replies of hooks. During
    a call such a reply is ignored, and the next verb of the old document runs.

    Bad:

        {"verb": "say", "text": "Hello"}

    Good:

        [{"verb": "say", "text": "Hello"}]
    """
