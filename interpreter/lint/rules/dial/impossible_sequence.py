"""The rule impossible-sequence (CV323)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class ImpossibleSequence(Rule, code="CV323", severity=ERROR):
    """A key sequence to capture that nobody can press.

    Why: the caller presses what was announced, and nothing happens.

    Bad:

        - verb: dial
          target: [{type: phone, number: "+14155550100"}]
          dtmfCapture: ["star 2"]
          dtmfHook: /keys

    Good:

        - verb: dial
          target: [{type: phone, number: "+14155550100"}]
          dtmfCapture: ["*2"]
          dtmfHook: /keys
    """
