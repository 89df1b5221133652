"""The rule unreachable-verb (CV201)."""

from collections.abc import Iterator
from itertools import pairwise

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class UnreachableVerb(Rule, code="CV201", severity=WARNING):
    """Verbs follow a verb that ends the call. The finding is at the first of them.

    After `sip:decline` nothing is reported, because an answered call skips it.

    Why: they never run. If the goodbye comes after the hangup, the caller is cut off.

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
