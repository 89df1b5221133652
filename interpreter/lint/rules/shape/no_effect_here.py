"""The rule no-effect-here (CV109)."""

from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule


class NoEffectHere(Rule, code="CV109", severity=WARNING):
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
