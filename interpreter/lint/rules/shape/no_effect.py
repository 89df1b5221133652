"""The rule no-effect (CV108)."""

from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule


class NoEffect(Rule, code="CV108", severity=WARNING):
    """A property of jambonz that has no effect in callverbs. The message says why, and what to write instead.

    Why: the call continues without it. What the caller would have heard, or been asked, is missing.

    Bad:

        [{"verb": "play", "url": "https://example.com/hello.mp3", "seekOffset": 8000}]

    Good:

        [{"verb": "play", "url": "https://example.com/hello-from-second-1.mp3"}]
    """
