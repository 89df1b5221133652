"""What a caller hears."""

from collections.abc import Iterator
from typing import ClassVar

import schemas
from interpreter.lint.document import Document
from interpreter.lint.finding import Severity
from interpreter.lint.rules._rule import Rule
from schemas import Fault
from verbs._speech import loss, utterances


class NoText(Rule):
    """A say has an empty text, an empty list of texts, or one element of SSML that is longer than a command can be.

    Why: the carrier refuses a command without text, and the caller hears silence.

    Bad:

        [{"verb": "say", "text": ""}]

    Good:

        [{"verb": "say", "text": "One moment, please."}]
    """

    code: ClassVar[str] = "CV501"
    name: ClassVar[str] = "no-text"
    severity: ClassVar[Severity] = "error"

    def check(self, document: Document) -> Iterator[Fault]:
        for written in document.each("say"):
            texts: str | list[str] = getattr(written.spec, "text", [])
            for index, text in enumerate([texts] if isinstance(texts, str) else texts):
                if (why := loss(text)) and not utterances(text):
                    yield self.fault((*written.path, "text", *([] if isinstance(texts, str) else [index])), why)


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


STANDING_IN = ({"voice": "AWS.Polly.{voice}{engine}"},)
"""Vendors that most languages have a voice of where none is named."""


class UnknownVendor(Rule):
    """The carrier has no voices of this vendor, or none of them is named. Another voice of the same language and gender speaks instead.

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
                if not isinstance(voice, dict) or not isinstance(vendor, str) or vendor == "default":
                    continue
                if not schemas.speaks(vendor):
                    yield self.fault((*path, "vendor"), f"the carrier has no voices of {vendor}: another voice of the language speaks")
                elif not voice.get("voice") and schemas.data("voices")["vendors"][vendor.lower()] not in STANDING_IN:
                    why = f"no voice of {vendor} is named: one of the language speaks, perhaps another vendor's"
                    yield self.fault((*path, "vendor"), why)
