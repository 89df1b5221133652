"""The rule voice-of-another-language (CV506)."""

import re
from collections.abc import Iterator
from functools import cache

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.synthesizers import synthesizers
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic

AZURE_VOICE = re.compile(r"(?:Azure\.)?([a-z]{2,3})-[A-Z][A-Za-z]+-")
POLLY_VOICES = {
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
TAG_SYNONYMS = {"arb": "ar", "zh": "cmn", "no": "nb"}
"""Languages with two tags, and the one that is compared."""


class VoiceOfAnotherLanguage(Rule, code="CV506", severity=WARNING):
    """A voice of another language than `language`. Countries are not compared, because an accent is a choice.

    Why: the voice decides. The caller hears a text pronounced by the rules of another language, and does not understand it.

    Bad:

        - verb: say
          text: Guten Tag.
          synthesizer: {vendor: microsoft, language: de-DE, voice: en-US-JennyNeural}

    Good:

        - verb: say
          text: Guten Tag.
          synthesizer: {vendor: microsoft, language: de-DE, voice: de-DE-KatjaNeural}
    """

    def check(self, document: Document) -> Iterator[Diagnostic]:
        for path, synthesizer in synthesizers(document):
            language, name, vendor = synthesizer.get("language"), synthesizer.get("voice"), synthesizer.get("vendor")
            if not (isinstance(language, str) and isinstance(name, str) and isinstance(vendor, str)) or language == "default":
                continue
            speaks, named = _language_of(name, vendor.lower()), _primary_language(language)
            if speaks and named and speaks != named:
                yield self.diagnostic((*path, "voice"), f"the voice {name} speaks {speaks}, and the language is {language}")


def _primary_language(language: str) -> str:
    first = re.split(r"[-_]", language.strip())[0].lower()
    return TAG_SYNONYMS.get(first, first)


def _language_of(name: str, vendor: str) -> str:
    """Returns the language of a voice; "" where its name does not say it for certain."""
    if vendor in ("microsoft", "azure"):
        found = AZURE_VOICE.match(name)
        return TAG_SYNONYMS.get(found[1], found[1]) if found and "Multilingual" not in name else ""
    return _polly_languages().get(name.removeprefix("AWS.Polly.").partition("-")[0], "") if vendor in ("aws", "polly") else ""


@cache
def _polly_languages() -> dict[str, str]:
    return {name: TAG_SYNONYMS.get(language, language) for language, names in POLLY_VOICES.items() for name in names.split()}
