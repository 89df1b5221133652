"""The rule too-many-targets (CV302)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class TooManyTargets(Rule, code="CV302", severity=ERROR):
    """More targets than can ring at once: ten for a dial or a transfer, and one for a transfer with `blindMethod: refer`.

    Why: jambonz silently drops the eleventh and all after it, so these phones never ring; and a far end calls one address.

    Bad:

        - verb: transfer
          mode: blind
          blindMethod: refer
          target: [{type: user, name: ann}, {type: user, name: bob}]

    Good:

        - verb: transfer
          mode: blind
          target: [{type: user, name: ann}, {type: user, name: bob}]
    """
