"""What can run after what."""

from collections.abc import Iterator
from itertools import pairwise
from typing import ClassVar

from interpreter.lint.document import Document
from interpreter.lint.finding import Severity
from interpreter.lint.rules._rule import Rule
from schemas import Fault


class Unreachable(Rule):
    """Verbs stand behind one that ends the call. The finding stands at the first of them.

    Behind `sip:decline` nothing is reported: it is skipped in a call that has been answered already.

    Why: nobody ever hears them. A goodbye that stands behind the hangup is a caller who is cut off.

    Bad:

        [{"verb": "hangup"}, {"verb": "say", "text": "Goodbye."}]

    Good:

        [{"verb": "say", "text": "Goodbye."}, {"verb": "hangup"}]
    """

    code: ClassVar[str] = "CV201"
    name: ClassVar[str] = "unreachable-verb"
    severity: ClassVar[Severity] = "warning"

    def check(self, document: Document) -> Iterator[Fault]:
        for program in document.programs:
            for written, after in pairwise(program):
                if written.kind.ends_call and not written.kind.before_answer:
                    path, at_key = after.named
                    yield self.fault(path, f"{after.item.written} never runs: the {written.item.written} before it ends the call", at_key)
                    break


class NothingAfterDial(Rule):
    """A dial is the last verb, and it has no actionHook.

    Why: a caller whose call nobody takes is hung up, or rejected, without a word. Where that is meant, all is well.

    Bad:

        [{"verb": "dial", "target": [{"type": "phone", "number": "+14155550100"}]}]

    Good:

        - verb: dial
          target: [{type: phone, number: "+14155550100"}]
        - verb: say
          text: Nobody can take your call now. Please try again later.
    """

    code: ClassVar[str] = "CV314"
    name: ClassVar[str] = "nothing-after-dial"
    severity: ClassVar[Severity] = "info"

    def check(self, document: Document) -> Iterator[Fault]:
        for program in document.programs:
            last = program[-1] if program else None
            asks = last and ("actionHook" in last.item.body or document.surroundings.dialect == "cognigy")
            if last and last.spec and last.item.name == "dial" and not asks:
                path, at_key = last.named
                yield self.fault(path, "nothing follows if nobody takes the call: the caller is hung up without a word", at_key)
