"""The rule bad-sip-uri (CV315)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class BadSipUri(Rule, code="CV315", severity=ERROR):
    """`sipUri` is not a SIP URI: `sip:` or `sips:`, and an address without spaces.

    Why: the carrier refuses the call, and no phone rings.

    Bad:

        [{"verb": "dial", "target": [{"type": "sip", "sipUri": "jane@example.com"}], "actionHook": "/dialed"}]

    Good:

        [{"verb": "dial", "target": [{"type": "sip", "sipUri": "sip:jane@example.com"}], "actionHook": "/dialed"}]
    """
