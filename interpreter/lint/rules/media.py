"""What a caller hears."""

from typing import ClassVar

from interpreter.lint.finding import Severity
from interpreter.lint.rules._rule import Rule


class NoText(Rule):
    """A say has an empty text, or an empty list of texts.

    Why: the carrier refuses a command without text, and the caller hears silence.

    Bad:

        [{"verb": "say", "text": ""}]

    Good:

        [{"verb": "say", "text": "One moment, please."}]
    """

    code: ClassVar[str] = "CV501"
    name: ClassVar[str] = "no-text"
    severity: ClassVar[Severity] = "error"


class BadMediaUrl(Rule):
    """The carrier cannot play this URL: it takes http and https. `silence_stream://MS` is a silence of so many milliseconds.

    Why: nothing is played, and the caller waits in silence.

    Bad:

        [{"verb": "play", "url": "hello.mp3"}]

    Good:

        [{"verb": "play", "url": "https://example.com/hello.mp3"}]
    """

    code: ClassVar[str] = "CV507"
    name: ClassVar[str] = "bad-media-url"
    severity: ClassVar[Severity] = "error"
