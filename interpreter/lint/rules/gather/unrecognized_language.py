"""The rule unrecognized-language (CV421)."""

from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.language_tags import corrected_tag
from callverbs.interpreter.lint.facts.recognizers import recognizers
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic, Fix
from callverbs.schemas.recognizers import transcription


class UnrecognizedLanguage(Rule, code="CV421", severity=WARNING):
    """A language that the carrier's engine of this vendor does not know. Another engine recognises it, or English is recognised instead.

    A language is a tag such as `de-DE`.

    Why: of German words an English engine makes English ones, and no reply fits them.

    Bad:

        [{"verb": "gather", "input": ["speech"], "actionHook": "/said", "recognizer": {"vendor": "google", "language": "german"}}]

    Good:

        [{"verb": "gather", "input": ["speech"], "actionHook": "/said", "recognizer": {"vendor": "google", "language": "de-DE"}}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for path, recognizer in recognizers(document):
            losses = [loss for loss in transcription(recognizer).losses if loss.property == "language"]
            for loss in losses:
                yield self.diagnostic((*path, "language"), loss.reason)
            language = recognizer.get("language")
            if not losses and isinstance(language, str) and language != "default" and (tag := corrected_tag(language)):
                message = f"{language} is not the tag of a language: write {tag}"
                yield self.diagnostic((*path, "language"), message, fix=Fix("replace", tag))
