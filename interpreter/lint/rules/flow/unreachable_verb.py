"""The rule unreachable-verb (CV201)."""

from collections.abc import Iterator
from itertools import pairwise

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class UnreachableVerb(Rule, code="CV201", severity=WARNING):
    """Verbs stand behind one that ends the call. The finding stands at the first of them.

    Behind `sip:decline` nothing is reported: it is skipped in a call that has been answered already.

    Why: nobody ever hears them. A goodbye that stands behind the hangup is a caller who is cut off.

    Bad:

        [{"verb": "hangup"}, {"verb": "say", "text": "Goodbye."}]

    Good:

        [{"verb": "say", "text": "Goodbye."}, {"verb": "hangup"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for program in document.programs:
            for verb, after in pairwise(program):
                if verb.type.ends_call and not verb.type.before_answer:
                    path, at_key = after.name_location
                    yield self.diagnostic(path, f"{after.item.written} never runs: the {verb.item.written} before it ends the call", at_key)
                    break
