"""The rule unknown-language (CV408)."""

from collections.abc import Iterator
from typing import Any

from callverbs import schemas
from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.language_tags import corrected_tag
from callverbs.interpreter.lint.facts.synthesizers import synthesizers, with_defaults
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic, Fix


class UnknownLanguage(Rule, code="CV408", severity=WARNING):
    """A language that is not written as a tag, or for which callverbs has no voice where the document names none.

    A language is a tag such as `de-DE`: the language in small letters, a hyphen, the country in capital letters.

    Why: an English voice speaks instead. A caller does not understand German from an English voice.

    Bad:

        [{"verb": "say", "text": "Guten Tag.", "synthesizer": {"vendor": "default", "language": "de_DE"}}]

    Good:

        [{"verb": "say", "text": "Guten Tag.", "synthesizer": {"vendor": "default", "language": "de-DE"}}]
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for path, synthesizer in synthesizers(document):
            language = synthesizer.get("language")
            if not isinstance(language, str) or language in ("", "default"):
                continue
            names_voice = _names_voice(with_defaults(document, path, synthesizer))
            tag = corrected_tag(language)
            if tag:
                safe = tag.lower() == language.strip().lower().replace("_", "-")
                is_spoken = names_voice or _default_voices(language) == _default_voices(tag) or tag.startswith("en")
                spoken = "" if is_spoken else "; English is spoken"
                message = f"{language} is not the tag of a language: write {tag}{spoken}"
                yield self.diagnostic((*path, "language"), message, fix=Fix("replace", tag, safe=safe))
            elif not names_voice and _default_voices(language) is None:
                yield self.diagnostic(
                    (*path, "language"), f"no voice is known for {language}, and English is spoken: name vendor and voice"
                )


def _names_voice(synthesizer: dict[str, Any]) -> bool:
    """Returns whether a synthesizer names a voice of the carrier, which then speaks whatever the language is."""
    vendor = synthesizer.get("vendor")
    return synthesizer.get("voice", "default") != "default" and isinstance(vendor, str) and schemas.has_voices(vendor)


def _default_voices(language: str) -> Any:
    """Returns the voices that speak a language where none is named; None for a language without voices."""
    voices = schemas.load_table("voices")["fallback"]
    return voices.get(language) or voices.get(language.partition("-")[0])
