"""The rule too-many-targets (CV302)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class TooManyTargets(Rule, code="CV302", severity=ERROR):
    """More targets than can ring at once: ten for a dial, one for a transfer.

    Why: jambonz silently drops the eleventh and all after it, so these phones never ring.

    Bad:

        - verb: transfer
          mode: blind
          target: [{type: phone, number: "+14155550100"}, {type: phone, number: "+14155550101"}]

    Good:

        - verb: dial
          actionHook: /dialed
          target: [{type: phone, number: "+14155550100"}, {type: phone, number: "+14155550101"}]
    """
