"""The rule bad-media-url (CV507)."""

from callverbs.interpreter.lint.finding import ERROR
from callverbs.interpreter.lint.rule import Rule


class BadMediaUrl(Rule, code="CV507", severity=ERROR):
    """The carrier cannot play this URL: it takes http and https. `silence_stream://MS` is a silence in milliseconds.

    Why: nothing is played, and the caller waits in silence.

    Bad:

        [{"verb": "play", "url": "hello.mp3"}]

    Good:

        [{"verb": "play", "url": "https://example.com/hello.mp3"}]
    """
