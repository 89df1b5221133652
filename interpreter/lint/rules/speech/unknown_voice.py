"""The rule unknown-voice (CV517)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.synthesizers import synthesizers, with_defaults
from callverbs.interpreter.lint.facts.voice_names import explain_unknown_vendor, explain_unknown_voice
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic, Fix


class UnknownVoice(Rule, code="CV517", severity=WARNING, hides=("CV505",)):
    """There is no voice of this name, or no speech vendor.

    The voices of aws and microsoft are known. A name of microsoft that has the right form and is like no known one may be new, and is
    not reported.

    Why: the carrier knows no such voice, and the caller does not hear the text as intended, if at all.

    Bad:

        - verb: say
          text: Good morning.
          synthesizer: {vendor: microsoft, language: en-GB, voice: en-GB-SonyaNeural}

    Good:

        - verb: say
          text: Good morning.
          synthesizer: {vendor: microsoft, language: en-GB, voice: en-GB-SoniaNeural}
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for path, synthesizer in synthesizers(document):
            written, effective = synthesizer, with_defaults(document, path, synthesizer)
            vendor, voice = effective.get("vendor"), written.get("voice")
            if isinstance(vendor, str) and "vendor" in written:
                yield from self._diagnostics((*path, "vendor"), explain_unknown_vendor(vendor))
            if isinstance(vendor, str) and isinstance(voice, str) and voice not in ("", "default"):
                yield from self._diagnostics((*path, "voice"), explain_unknown_voice(vendor.lower(), voice))

    def _diagnostics(self, path: tuple[str | int, ...], found: tuple[str, str]) -> Iterator[Diagnostic]:
        reason, guess = found
        if reason:
            message = f"{reason}; did you mean {guess}?" if guess else reason
            yield self.diagnostic(path, message, fix=Fix("replace", guess, safe=False) if guess else None)
