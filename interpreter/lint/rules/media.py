"""What a caller hears."""

from collections.abc import Iterator
from typing import ClassVar

import schemas
from interpreter.lint.document import Document
from interpreter.lint.finding import Severity
from interpreter.lint.rules._rule import Rule
from schemas import Fault


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


class UnknownVendor(Rule):
    """The carrier has no voices of this vendor. Another voice of the same language and gender speaks instead.

    Why: the caller hears a voice that nobody has chosen.

    Bad:

        [{"verb": "say", "text": "Hello", "synthesizer": {"vendor": "google", "language": "en-GB"}}]

    Good:

        [{"verb": "say", "text": "Hello", "synthesizer": {"vendor": "aws", "language": "en-GB", "voice": "Amy"}}]
    """

    code: ClassVar[str] = "CV505"
    name: ClassVar[str] = "unknown-voice-vendor"
    severity: ClassVar[Severity] = "info"

    def check(self, document: Document) -> Iterator[Fault]:
        for written in document.main:
            for path, voice in written.places("components/synthesizer"):
                vendor = voice.get("vendor") if isinstance(voice, dict) else None
                if isinstance(vendor, str) and not schemas.speaks(vendor):
                    yield self.fault((*path, "vendor"), f"the carrier has no voices of {vendor}: another voice of the language speaks")
