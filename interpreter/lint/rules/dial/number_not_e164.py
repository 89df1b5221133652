"""The rule number-not-e164 (CV305)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class NumberNotE164(Rule, code="CV305", severity=ERROR):
    """A target's number cannot be called: it is not in E.164, which is a plus, the country code, and up to 15 digits.

    A missing plus and separators behind the plus are CV327. Short codes and emergency numbers (two to six digits) are not reported, and
    nothing is behind a `trunk`, where a number may be an extension. Keys after a comma are sent at the answer.

    Why: the carrier refuses the call, and no phone rings.

    Bad:

        [{"verb": "dial", "target": [{"type": "phone", "number": "(415) 555-0100"}], "actionHook": "/dialed"}]

    Good:

        [{"verb": "dial", "target": [{"type": "phone", "number": "+14155550100"}], "actionHook": "/dialed"}]
    """
