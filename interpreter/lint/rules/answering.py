"""What can be done before an inbound call is answered, and what only then."""

from collections.abc import Iterator
from typing import ClassVar

from interpreter.lint.document import Document, Written
from interpreter.lint.finding import Severity
from interpreter.lint.rules._rule import Rule
from schemas import Fault, Fix

EARLY = "earlyMedia"


def answered(program: list[Written]) -> Iterator[tuple[Written, Written | None]]:
    """Each verb, and the one before it that has answered the call; up to the first with a fault, of which nobody knows what it does."""
    by = None
    for written in program:
        yield written, by
        if written.spec is None:
            return
        if by is None and (written.kind.command == "answer" or written.kind.answers(written.spec)):
            by = written


class EarlyMedia(Rule):
    """`earlyMedia: true` on a verb that an inbound call may reach before it is answered.

    The carrier plays nothing into a call that rings (Telnyx playback_start and speak: an answered call). Behind a verb that has
    answered the call the property has no effect anywhere, which is CV108.

    Why: the call is answered, so the caller pays for what was meant to be free, and can no longer be rejected as busy.

    Bad:

        [{"verb": "play", "url": "https://example.com/closed.mp3", "earlyMedia": true}, {"verb": "hangup"}]

    Good:

        [{"verb": "play", "url": "https://example.com/closed.mp3"}, {"verb": "hangup"}]
    """

    code: ClassVar[str] = "CV207"
    name: ClassVar[str] = "early-media"
    severity: ClassVar[Severity] = "warning"
    hides: ClassVar[tuple[str, ...]] = ("CV108",)

    def check(self, document: Document) -> Iterator[Fault]:
        for written, by in answered(document.main):
            if by is None:
                yield from self._of(written.item.body, written)
                for key in written.kind.programs:
                    yield from self._of(written.item.body.get(key), written, key)

    def _of(self, body: object, written: Written, *inside: str) -> Iterator[Fault]:
        if isinstance(body, dict) and body.get(EARLY) is True:
            words = "the carrier plays nothing before the answer: a call that rings is answered here"
            yield self.fault((*written.path, *inside, EARLY), words, True, Fix("remove", safe=False))


class HangupUnanswered(Rule):
    """A hangup that an inbound call may reach unanswered: the verbs before it answer nothing.

    A hangup alone, or with nothing but tags before it, is most often a hook's reply in mid-call: nothing is said of it.

    Why: the caller is rejected at once, and hears what her own network makes of that. jambonz skips a hangup there. Who wants the
    caller to hear a busy tone writes `sip:decline` with 486.

    Bad:

        [{"verb": "pause", "length": 5}, {"verb": "hangup"}]

    Good:

        [{"verb": "pause", "length": 5}, {"verb": "sip:decline", "status": 486}]
    """

    code: ClassVar[str] = "CV208"
    name: ClassVar[str] = "hangup-unanswered"
    severity: ClassVar[Severity] = "info"

    def check(self, document: Document) -> Iterator[Fault]:
        before: list[Written] = []
        for written, by in answered(document.main):
            if written.item.name == "hangup" and by is None and any(one.item.name != "tag" for one in before):
                path, at_key = written.named
                yield self.fault(path, "a call that is still ringing is rejected here, and not as busy: sip:decline can choose", at_key)
            before.append(written)


class DeclineAnswered(Rule):
    """`sip:decline` behind a verb that answers the call. `dial` does, too, unless it has `answerOnBridge: true`.

    Why: what is answered cannot be declined any more. The verb is skipped: the caller, who should have heard a busy tone, pays
    for the call, and hears whatever comes next.

    Bad:

        [{"verb": "say", "text": "We are closed."}, {"verb": "sip:decline", "status": 486}]

    Good:

        [{"verb": "pause", "length": 2}, {"verb": "sip:decline", "status": 486}]
    """

    code: ClassVar[str] = "CV209"
    name: ClassVar[str] = "decline-after-answer"
    severity: ClassVar[Severity] = "error"

    def check(self, document: Document) -> Iterator[Fault]:
        for written, by in answered(document.main):
            if written.kind.before_answer and by is not None:
                path, at_key = written.named
                said = f"the call is answered by then, by the {by.item.written} above: {written.item.written} is skipped"
                yield self.fault(path, said, at_key)
