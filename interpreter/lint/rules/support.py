"""What jambonz can do and callverbs, or its carrier, cannot: pages of what the language says by itself."""

from collections.abc import Iterator
from typing import ClassVar

from interpreter.lint.document import Document
from interpreter.lint.finding import Severity
from interpreter.lint.rules._rule import Rule
from schemas import Fault, versions


class NoEffect(Rule):
    """A property that jambonz knows and that does nothing here. The message says why, and what to write instead.

    Why: the call goes on without it. What a caller would have heard by it, or been asked, is missing.

    Bad:

        [{"verb": "play", "url": "https://example.com/hello.mp3", "seekOffset": 8000}]

    Good:

        [{"verb": "play", "url": "https://example.com/hello-from-second-1.mp3"}]
    """

    code: ClassVar[str] = "CV108"
    name: ClassVar[str] = "no-effect"
    severity: ClassVar[Severity] = "warning"

    def check(self, document: Document) -> Iterator[Fault]:
        for written in document.each("gather"):
            for index, kind in enumerate(written.many("input")):
                if kind == "speech":
                    yield self.fault((*written.path, "input", index), "speech input is not built yet: what is said is not heard")


class ReservedParameter(Rule):
    """A parameter below `carrier` that callverbs sets itself.

    `carrier` adds parameters of the carrier's command that no property of the verb covers. Those by which callverbs knows its
    legs, or that a property of the verb decides, are not for documents.

    Why: with a foreign value callverbs would lose the call.

    Bad:

        [{"verb": "say", "text": "Hello", "carrier": {"client_state": "bXkgc3RhdGU="}}]

    Good:

        [{"verb": "say", "text": "Hello", "id": "my state"}]
    """

    code: ClassVar[str] = "CV112"
    name: ClassVar[str] = "reserved-parameter"
    severity: ClassVar[Severity] = "error"


class ImpossibleValue(Rule):
    """A value that jambonz knows and that is not possible here.

    Why: the verb could not do what it is there for, so the document is not run.

    Bad:

        [{"verb": "dial", "actionHook": "/dialed", "target": [{"type": "teams", "number": "+14155550100"}]}]

    Good:

        [{"verb": "dial", "actionHook": "/dialed", "target": [{"type": "phone", "number": "+14155550100"}]}]
    """

    code: ClassVar[str] = "CV113"
    name: ClassVar[str] = "impossible-value"
    severity: ClassVar[Severity] = "error"


class UnsupportedVerb(Rule):
    """A verb of jambonz that callverbs does not have. The message says why, and what to do instead.

    Some verbs are missing only where the settings ask for version 1 of the carrier's API.

    Why: the document is not run. A list in which one verb were skipped would be another call than the one that was written.

    Bad:

        [{"verb": "conference", "name": "sales"}]

    Good:

        [{"verb": "dial", "actionHook": "/dialed", "target": [{"type": "phone", "number": "+14155550100"}]}]
    """

    code: ClassVar[str] = "CV701"
    name: ClassVar[str] = "unsupported-verb"
    severity: ClassVar[Severity] = "error"

    def check(self, document: Document) -> Iterator[Fault]:
        reasons = versions.unsupported(document.surroundings.api, {written.item.name for written in document.main})
        for written in document.main:
            if reason := reasons.get(written.item.name):
                path, at_key = written.named
                yield self.fault(path, reason, at_key)


class NoEffectHere(Rule):
    """A property that means something elsewhere, and nothing in this combination.

    A transfer is the carrier's own: it screens nobody and goes out through the caller's connection. A REFER only tells the far end
    whom to call, so nothing of ours is in that call. In `amd`, the carrier tells nothing of speech before it knows who has answered:
    a `noSpeechTimeoutMs` below `decisionTimeoutMs` has no effect, nor has a `thresholdWordCount` of more words than are spoken in
    that time.

    Why: the author believes that the target is screened, or that somebody stops ringing after 20 seconds.

    Bad:

        - verb: transfer
          mode: blind
          blindMethod: refer
          timeout: 20
          target: [{type: sip, sipUri: "sip:jane@example.com"}]

    Good:

        - verb: transfer
          mode: blind
          blindMethod: refer
          target: [{type: sip, sipUri: "sip:jane@example.com"}]
    """

    code: ClassVar[str] = "CV109"
    name: ClassVar[str] = "no-effect-here"
    severity: ClassVar[Severity] = "warning"
