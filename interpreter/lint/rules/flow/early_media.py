"""The rule early-media (CV207)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document, DocumentVerb
from callverbs.interpreter.lint.facts.answered import with_answering_verb
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic, Fix

EARLY_MEDIA = "earlyMedia"


class EarlyMedia(Rule, code="CV207", severity=WARNING, hides=("CV108",)):
    """`earlyMedia: true` on a verb that an inbound call may reach before it is answered.

    The carrier plays nothing before the answer (Telnyx playback_start and speak: an answered call). After a verb that has answered
    the call the property has no effect anywhere, which is CV108.

    Why: the call is answered, so the caller pays for what should be free, and the call can no longer be rejected as busy.

    Bad:

        [{"verb": "play", "url": "https://example.com/closed.mp3", "earlyMedia": true}, {"verb": "hangup"}]

    Good:

        [{"verb": "play", "url": "https://example.com/closed.mp3"}, {"verb": "hangup"}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb, answering in with_answering_verb(document.main_program):
            if answering is None:
                yield from self._check_body(verb.item.body, verb)
                for key in verb.type.programs:
                    yield from self._check_body(verb.item.body.get(key), verb, key)

    def _check_body(self, body: object, verb: DocumentVerb, *nested: str) -> Iterator[Diagnostic]:
        if isinstance(body, dict) and body.get(EARLY_MEDIA) is True:
            message = "the carrier plays nothing before the answer: this verb answers a call that still rings"
            yield self.diagnostic((*verb.path, *nested, EARLY_MEDIA), message, True, Fix("remove", safe=False))
