"""The rule detection-without-hook (CV318)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class DetectionWithoutHook(Rule, code="CV318", severity=ERROR):
    """`amd` has no `actionHook`.

    Why: machine detection costs money, and its result is not reported. A caller who has reached a voicemail keeps talking to it.

    Bad:

        - verb: dial
          actionHook: /dialed
          amd: {thresholdWordCount: 7}
          target: [{type: phone, number: "+14155550100"}]

    Good:

        - verb: dial
          actionHook: /dialed
          amd: {thresholdWordCount: 7, actionHook: /amd}
          target: [{type: phone, number: "+14155550100"}]
    """
