"""The rule conflicting-properties (CV106)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class ConflictingProperties(Rule, code="CV106", severity=ERROR):
    """Two properties exclude each other.

    Why: the carrier refuses the command, and the verb does nothing for the caller.

    Bad:

        - verb: dial
          actionHook: /dialed
          target: [{type: phone, number: "+14155550100"}]
          carrier: {audio_url: "https://example.com/hello.mp3", media_name: hello}

    Good:

        - verb: dial
          actionHook: /dialed
          target: [{type: phone, number: "+14155550100"}]
          carrier: {media_name: hello}
    """
