"""The rule no-effect-here (CV109)."""

from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule


class NoEffectHere(Rule, code="CV109", severity=WARNING):
    """A property that has an effect elsewhere, but none in this combination.

    The carrier's transfer has no screening, and uses the caller's connection. With a REFER, the far end places the call, so its
    parameters are not ours to set. In `amd`, the carrier reports no speech before it has decided who has answered, so a
    `noSpeechTimeoutMs` below `decisionTimeoutMs` has no effect. Neither has a `thresholdWordCount` of more words than can be spoken
    in that time.

    Why: the author believes that the target is screened, or that its phone stops ringing after 20 seconds.

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
