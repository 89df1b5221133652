"""The rule unknown-language (CV408)."""

import re
from collections.abc import Iterator
from typing import Any

from callverbs import schemas
from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.synthesizers import synthesizers, with_defaults
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic, Fix


class UnknownLanguage(Rule, code="CV408", severity=WARNING):
    """A language for which callverbs has no voice, and the document names none.

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
            if not isinstance(language, str) or language in ("", "default") or _names_voice(with_defaults(document, path, synthesizer)):
                continue
            tag = _normalized_tag(language)
            voices, tag_voices = _default_voices(language), _default_voices(tag)
            if voices is None and tag_voices is not None and tag_voices != _default_voices("en"):
                fix = Fix("replace", tag)
                yield self.diagnostic(
                    (*path, "language"), f"{language} is not the tag of a language: write {tag}; English is spoken", fix=fix
                )
            elif tag_voices is None:
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


def _normalized_tag(language: str) -> str:
    """Returns the tag of a language in its right form: `de_de` and `DE` become `de-DE` and `de`."""
    first, *rest = re.split(r"[-_]", language.strip())
    return "-".join([first.lower(), *(part.upper() if len(part) == 2 else part for part in rest)])
