"""The rule nothing-after-dial (CV314)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.finding import INFO
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic


class NothingAfterDial(Rule, code="CV314", severity=INFO):
    """A dial is the last verb, and it has no actionHook.

    Why: if no target accepts, the caller is hung up, or rejected, without a word. Ignore the finding if that is intended.

    Bad:

        [{"verb": "dial", "target": [{"type": "phone", "number": "+14155550100"}]}]

    Good:

        - verb: dial
          target: [{type: phone, number: "+14155550100"}]
        - verb: say
          text: Nobody can take your call now. Please try again later.
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for program in document.programs:
            last = program[-1] if program else None
            asks = last and ("actionHook" in last.item.body or document.context.dialect == "cognigy")
            if last and last.spec and last.item.name == "dial" and not asks:
                path, at_key = last.name_location
                yield self.diagnostic(path, "nothing follows if no target accepts: the caller is hung up without a word", at_key)
