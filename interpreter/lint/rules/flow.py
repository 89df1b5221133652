"""What can run after what."""

from collections.abc import Iterator
from itertools import pairwise
from typing import ClassVar

from interpreter.lint.document import Document
from interpreter.lint.finding import Severity
from interpreter.lint.rules._rule import Profile, Rule
from interpreter.lint.ways import CONNECTS
from schemas import Fault

REASONS = {"onNoAnswer": "does not answer", "onBusy": "is busy", "onDecline": "refuses", "onFailure": "cannot be called"}
"""What a disposition decides."""


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


class OpenEnd(Rule):
    """The last verb of a document neither ends the call nor asks a hook what comes next. For a dial, CV314 says it.

    Why: the caller is hung up there. That is a way to end a call; who reads the document cannot tell whether it is meant. Where the
    document answers a confirmHook, its end has another meaning: whoever is screened has accepted.

    Bad:

        [{"verb": "say", "text": "We will call you back."}]

    Good:

        [{"verb": "say", "text": "We will call you back."}, {"verb": "hangup"}]
    """

    code: ClassVar[str] = "CV206"
    name: ClassVar[str] = "open-end"
    severity: ClassVar[Severity] = "info"
    profile: ClassVar[Profile] = "strict"

    def check(self, document: Document) -> Iterator[Fault]:
        last = document.main[-1] if document.main else None
        if last and last.spec and not last.kind.ends_call and "actionHook" not in last.item.body and last.item.name not in CONNECTS:
            path, at_key = last.named
            yield self.fault(path, f"after this {last.item.written} the call is hung up: write hangup where that is meant", at_key)


class NothingAfterTransfer(Rule):
    """A transfer is the last verb, has no actionHook, and gives the caller back where the target is not reached.

    `disposition` says what then: `return` gives the caller back, which is also what happens where nothing is written.

    Why: a caller whom nobody takes is hung up without a word.

    Bad:

        [{"verb": "transfer", "mode": "blind", "target": [{"type": "phone", "number": "+14155550100"}]}]

    Good:

        - verb: transfer
          mode: blind
          target: [{type: phone, number: "+14155550100"}]
        - verb: say
          text: Nobody can take your call now. Please try again later.
    """

    code: ClassVar[str] = "CV709"
    name: ClassVar[str] = "nothing-after-transfer"
    severity: ClassVar[Severity] = "info"

    def check(self, document: Document) -> Iterator[Fault]:
        last = document.main[-1] if document.main else None
        if last and last.spec and last.item.name == "transfer" and "actionHook" not in last.item.body:
            disposition = last.item.body.get("disposition", {})
            if back := [words for key, words in REASONS.items() if disposition.get(key, "return") == "return"]:
                path, at_key = last.named
                words = f"the caller is hung up without a word where the target {' or '.join(back)}: nothing follows"
                yield self.fault(path, words, at_key)
