"""The rule voice-of-another-language (CV506)."""

import re
from collections.abc import Iterator

from callverbs.interpreter.lint.document import Document
from callverbs.interpreter.lint.facts.synthesizers import synthesizers
from callverbs.interpreter.lint.facts.voice_names import AZURE_VENDORS, POLLY_VENDORS, polly_languages, polly_name
from callverbs.interpreter.lint.finding import WARNING
from callverbs.interpreter.lint.rule import Rule
from callverbs.schemas import Diagnostic

AZURE_VOICE = re.compile(r"(?:Azure\.)?([a-z]{2,3})-[A-Z][A-Za-z]+-")
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
    if vendor in AZURE_VENDORS:
        found = AZURE_VOICE.match(name)
        return TAG_SYNONYMS.get(found[1], found[1]) if found and "Multilingual" not in name else ""
    speaks = polly_languages().get(polly_name(name), "") if vendor in POLLY_VENDORS else ""
    return TAG_SYNONYMS.get(speaks, speaks)
