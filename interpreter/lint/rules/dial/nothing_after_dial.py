"""The rule nothing-after-dial (CV314)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.finding import INFO
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class NothingAfterDial(Rule, code="CV314", severity=INFO):
    """A dial is the last verb, and it has no actionHook.

    Why: if no target accepts, the caller is hung up, or rejected, without a word. Ignore the finding if that is intended. Write an
    actionHook whose reply depends on `dial_call_status`: verbs after the dial would run after a conversation, too (CV330).

    Bad:

        [{"verb": "dial", "target": [{"type": "phone", "number": "+14155550100"}]}]

    Good:

        - verb: dial
          actionHook: /dialed
          target: [{type: phone, number: "+14155550100"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for program in document.programs:
            last = program[-1] if program else None
            asks = last and ("actionHook" in last.item.body or document.context.dialect == "cognigy")
            if last and last.spec and last.item.name == "dial" and not asks and document.is_last(last):
                path, at_key = last.name_location
                yield self.diagnostic(path, "nothing follows if no target accepts: the caller is hung up without a word", at_key)
