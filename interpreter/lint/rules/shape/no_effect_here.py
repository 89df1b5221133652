"""The rule no-effect-here (CV109)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.default_voices import UNKNOWN, default_voice
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic
from callverbs.verbs.config import ConfigSpec


class NoEffectHere(Rule, code="CV109", severity=WARNING):
    """A property that has an effect elsewhere, but none in this combination.

    A blind transfer briefs nobody. With a REFER, the far end places the call, so its parameters are not ours to set. In `amd`, the
    carrier reports no speech before it has decided who has answered, so a `noSpeechTimeoutMs` below `decisionTimeoutMs` has no effect.
    Neither has a `thresholdWordCount` of more words than can be spoken in that time. A `config` that sets nothing, or the voice that
    a config before it has set already, has no effect either.

    Why: the author believes that the target is briefed, or that its phone stops ringing after 20 seconds.

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

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb in document.main_program:
            if isinstance(verb.spec, ConfigSpec) and verb.spec.synthesizer and "synthesizer" not in verb.spec.resets:
                before = default_voice(document, verb.path)
                if before != UNKNOWN and verb.spec.synthesizer.over(before) == before:
                    message = "this is the voice already: the config before it has set it"
                    yield self.diagnostic((*verb.path, "synthesizer"), message, at_key=True)
