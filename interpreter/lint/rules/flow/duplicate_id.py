"""The rule duplicate-id (CV217)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class DuplicateId(Rule, code="CV217", severity=WARNING):
    """Two verbs of a document have the same `id`. The finding is at the second one.

    Why: hooks carry the id back as `verb_id`, and the application takes the answer to one question for the answer to another.

    Bad:

        - gather: {id: menu, numDigits: 1, actionHook: /keys}
        - gather: {id: menu, numDigits: 4, actionHook: /keys}
        - hangup: {}

    Good:

        - gather: {id: menu, numDigits: 1, actionHook: /keys}
        - gather: {id: pin, numDigits: 4, actionHook: /keys}
        - hangup: {}
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        seen: set[str] = set()
        for verb in document.main_program:
            name = verb.text("id")
            if name and name in seen:
                yield self.diagnostic((*verb.path, "id"), f"a verb above has the id {name}, too: hooks cannot tell the two apart")
            elif name:
                seen.add(name)
