"""The rule open-end (CV206)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.finding import INFO
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class OpenEnd(Rule, code="CV206", severity=INFO, profile="strict"):
    """The last verb of a document neither ends the call nor asks a hook what comes next. For a dial, see CV314.

    Why: the caller is hung up there, and a reader of the document cannot tell whether that is intended. If the document answers a
    confirmHook, its end has another meaning: the callee has accepted.

    Bad:

        [{"verb": "say", "text": "We will call you back."}]

    Good:

        [{"verb": "say", "text": "We will call you back."}, {"verb": "hangup"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        last = document.main_program[-1] if document.main_program else None
        if not (last and last.spec and document.is_last(last)):
            return
        if not last.type.ends_call and "actionHook" not in last.item.body and not last.type.connects:
            path, at_key = last.name_location
            yield self.diagnostic(path, f"after this {last.item.written} the call is hung up: write hangup if that is intended", at_key)
