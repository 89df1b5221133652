"""In which language a text is spoken: whether there is a voice for it, and whether the voice that is named speaks it."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, ClassVar

import schemas
from interpreter.lint.document import Document
from interpreter.lint.finding import Severity
from interpreter.lint.rules._rule import Rule
from interpreter.text.place import Steps
from schemas import Fault, Fix

AZURE_VOICE = re.compile(r"(?:Azure\.)?([a-z]{2,3})-[A-Z][A-Za-z]+-")
POLLY = {
    "ar": "Zeina Hala Zayd",
    "ca": "Arlet",
    "cmn": "Zhiyu",
    "cs": "Jitka",
    "cy": "Gwyneth",
    "da": "Naja Mads Sofie",
    "de": "Marlene Hans Vicki Daniel Hannah",
    "en": "Joanna Salli Kendra Kimberly Ivy Ruth Danielle Matthew Justin Joey Kevin Stephen Gregory Amy Emma Brian Arthur"
    " Nicole Olivia Russell Geraint Raveena Niamh Ayanda Aria",
    "es": "Conchita Lucia Enrique Sergio Mia Andres Lupe Penelope Miguel Pedro",
    "fi": "Suvi",
    "fr": "Celine Lea Mathieu Remi Chantal Gabrielle Liam Isabelle",
    "is": "Dora Karl",
    "it": "Carla Bianca Giorgio Adriano",
    "ja": "Mizuki Takumi Kazuha Tomoko",
    "ko": "Seoyeon Jihye",
    "nb": "Liv Ida",
    "nl": "Lotte Ruben Laura Lisa",
    "pl": "Ewa Maja Jacek Jan Ola",
    "pt": "Camila Vitoria Ricardo Thiago Ines Cristiano",
    "ro": "Carmen",
    "ru": "Tatyana Maxim",
    "sv": "Astrid Elin",
    "tr": "Filiz Burcu",
    "yue": "Hiujin",
}
"""Voices of AWS Polly by their language (its list of voices); those of two languages are left out."""
SAME = {"arb": "ar", "zh": "cmn", "no": "nb"}
"""Languages with two tags."""


class UnknownLanguage(Rule):
    """A language that callverbs has no voice for, where no voice is named that could speak it.

    A language is a tag such as `de-DE`: the language in small letters, a hyphen, the country in capital letters.

    Why: an English voice speaks instead. A caller who hears German in the mouth of an English voice understands nothing.

    Bad:

        [{"verb": "say", "text": "Guten Tag.", "synthesizer": {"vendor": "default", "language": "de_DE"}}]

    Good:

        [{"verb": "say", "text": "Guten Tag.", "synthesizer": {"vendor": "default", "language": "de-DE"}}]
    """

    code: ClassVar[str] = "CV408"
    name: ClassVar[str] = "unknown-language"
    severity: ClassVar[Severity] = "error"

    def check(self, document: Document) -> Iterator[Fault]:
        for path, voice in _voices(document):
            language = voice.get("language")
            if not isinstance(language, str) or language in ("", "default") or _is_named(voice):
                continue
            meant = _tag(language)
            spoken, wanted = _voice(language), _voice(meant)
            if spoken is None and wanted is not None and wanted != _voice("en"):
                fix = Fix("replace", meant)
                yield self.fault((*path, "language"), f"{language} is not the tag of a language: write {meant}; English is spoken", fix=fix)
            elif wanted is None:
                yield self.fault((*path, "language"), f"no voice is known for {language}, and English is spoken: name vendor and voice")


class VoiceOfAnotherLanguage(Rule):
    """A voice that speaks another language than the one beside it. Compared are languages, not countries: an accent is a choice.

    Why: the voice wins. The caller hears the text of one language spoken by the rules of another, and understands nothing.

    Bad:

        - verb: say
          text: Guten Tag.
          synthesizer: {vendor: microsoft, language: de-DE, voice: en-US-JennyNeural}

    Good:

        - verb: say
          text: Guten Tag.
          synthesizer: {vendor: microsoft, language: de-DE, voice: de-DE-KatjaNeural}
    """

    code: ClassVar[str] = "CV506"
    name: ClassVar[str] = "voice-of-another-language"
    severity: ClassVar[Severity] = "warning"

    def check(self, document: Document) -> Iterator[Fault]:
        for path, voice in _voices(document):
            language, name, vendor = voice.get("language"), voice.get("voice"), voice.get("vendor")
            if not (isinstance(language, str) and isinstance(name, str) and isinstance(vendor, str)) or language == "default":
                continue
            speaks, wanted = _language_of(name, vendor.lower()), _primary(language)
            if speaks and wanted and speaks != wanted:
                yield self.fault((*path, "voice"), f"the voice {name} speaks {speaks}, and the language is {language}")


def _voices(document: Document) -> Iterator[tuple[Steps, dict[str, Any]]]:
    for written in document.main:
        for path, voice in written.places("components/synthesizer"):
            if isinstance(voice, dict):
                yield path, voice


def _is_named(voice: dict[str, Any]) -> bool:
    """Whether a voice of the carrier is named, which then speaks whatever the language is."""
    vendor = voice.get("vendor")
    return voice.get("voice", "default") != "default" and isinstance(vendor, str) and schemas.speaks(vendor)


def _voice(language: str) -> Any:
    """The voices that speak a language, where none is named; None for a language that nobody speaks."""
    voices = schemas.data("voices")["fallback"]
    return voices.get(language) or voices.get(language.partition("-")[0])


def _tag(language: str) -> str:
    """A tag as it should be written: `de_de` and `DE` become `de-DE` and `de`."""
    first, *rest = re.split(r"[-_]", language.strip())
    return "-".join([first.lower(), *(part.upper() if len(part) == 2 else part for part in rest)])


def _primary(language: str) -> str:
    first = re.split(r"[-_]", language.strip())[0].lower()
    return SAME.get(first, first)


def _language_of(name: str, vendor: str) -> str:
    """The language of a voice, where its name says it for certain."""
    if vendor in ("microsoft", "azure"):
        found = AZURE_VOICE.match(name)
        return SAME.get(found[1], found[1]) if found and "Multilingual" not in name else ""
    return _polly().get(name.removeprefix("AWS.Polly.").partition("-")[0], "") if vendor in ("aws", "polly") else ""


@cache
def _polly() -> dict[str, str]:
    return {name: SAME.get(language, language) for language, names in POLLY.items() for name in names.split()}
