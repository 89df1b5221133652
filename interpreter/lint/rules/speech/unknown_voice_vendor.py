"""The rule unknown-voice-vendor (CV505)."""

from collections.abc import Iterator

from callverbs import schemas
from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.synthesizers import with_defaults
from callverbs.interpreter.lint.finding import INFO
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic

VENDORS_WITH_DEFAULT_VOICES = ({"voice": "AWS.Polly.{voice}{engine}"},)
"""The voice patterns of vendors with a default voice for most languages."""


class UnknownVoiceVendor(Rule, code="CV505", severity=INFO):
    """The carrier has no voices of this vendor, or none of them is named. Another voice of the same language and gender speaks instead.

    Why: the caller hears a voice that the author has not chosen.

    Bad:

        [{"verb": "say", "text": "Hello", "synthesizer": {"vendor": "google", "language": "en-GB"}}]

    Good:

        [{"verb": "say", "text": "Hello", "synthesizer": {"vendor": "aws", "language": "en-GB", "voice": "Amy"}}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for verb in document.main_program:
            for path, synthesizer in verb.find_all("components/synthesizer"):
                vendor = synthesizer.get("vendor") if isinstance(synthesizer, dict) else None
                if not isinstance(synthesizer, dict) or not isinstance(vendor, str) or vendor == "default":
                    continue
                fallback = synthesizer.get("fallbackVendor")
                if isinstance(fallback, str) and not schemas.has_voices(fallback):
                    message = f"the carrier has no voices of {fallback}: another voice of the language speaks"
                    yield self.diagnostic((*path, "fallbackVendor"), message)
                if not schemas.has_voices(vendor) and isinstance(fallback, str) and schemas.has_voices(fallback):
                    yield self.diagnostic((*path, "vendor"), f"the carrier has no voices of {vendor}: the fallback speaks")
                elif not schemas.has_voices(vendor):
                    yield self.diagnostic((*path, "vendor"), f"the carrier has no voices of {vendor}: another voice of the language speaks")
                elif (
                    with_defaults(document, path, synthesizer).get("voice", "default") == "default"
                    and schemas.load_table("voices")["vendors"][vendor.lower()] not in VENDORS_WITH_DEFAULT_VOICES
                ):
                    message = f"no voice of {vendor} is named: one of the language speaks, perhaps another vendor's"
                    yield self.diagnostic((*path, "vendor"), message)
