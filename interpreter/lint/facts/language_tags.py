"""Tags of languages: whether they are written as they have to be, and the tag that is probably meant."""

import re

from callverbs.interpreter.lint.facts.voice_names import azure_locales

TAG = re.compile(r"(?P<language>[A-Za-z]{2,3})(?:[-_](?P<script>[A-Za-z]{4}))?(?:[-_](?P<region>[A-Za-z]{2}|[0-9]{3}))?")
LANGUAGES = {
    "jp": "ja",
    "cn": "zh",
    "cz": "cs",
    "dk": "da",
    "gr": "el",
    "se": "sv",
    "ua": "uk",
    "kr": "ko",
    "us": "en",
    "gb": "en",
    "at": "de",
}
"""Codes of countries that are taken for those of their languages. `br`, `ch` and others are languages, too."""
REGIONS = {"UK": "GB", "EN": "GB", "JA": "JP", "EL": "GR", "CS": "CZ", "SV": "SE", "DA": "DK", "KO": "KR", "EU": "", "HI": "IN"}
"""What is taken for the code of a country, and the code; "" where several may be meant."""
NAMES = {
    "english": "en-US",
    "american": "en-US",
    "british": "en-GB",
    "german": "de-DE",
    "deutsch": "de-DE",
    "french": "fr-FR",
    "spanish": "es-ES",
    "italian": "it-IT",
    "dutch": "nl-NL",
    "portuguese": "pt-PT",
    "brazilian": "pt-BR",
    "polish": "pl-PL",
    "russian": "ru-RU",
    "turkish": "tr-TR",
    "japanese": "ja-JP",
    "chinese": "zh-CN",
    "mandarin": "zh-CN",
    "korean": "ko-KR",
    "arabic": "ar-EG",
    "hindi": "hi-IN",
    "swedish": "sv-SE",
}


def corrected_tag(written: str) -> str:
    """Returns the tag that is meant by a wrong one; "" for a right one, and where none is known."""
    text = written.strip()
    if text.lower() in NAMES:
        return NAMES[text.lower()]
    found = TAG.fullmatch(text)
    if not found:
        return ""
    language, region = found["language"].lower(), (found["region"] or "").upper()
    if language in LANGUAGES and (not region or LANGUAGES[language] != language):
        region = region or {"us": "US", "gb": "GB", "at": "AT"}.get(language, "")
        language = LANGUAGES[language]
    if region and not _is_region(region):
        region = REGIONS.get(region, "")
    script = found["script"].title() if found["script"] else ""
    tag = "-".join(filter(None, (language, script, region)))
    return "" if tag == written else tag


def _is_region(region: str) -> bool:
    """Returns whether a country, or an area of the world, has this code."""
    if region.isdecimal() or any(locale.endswith(f"-{region}") for locale in azure_locales()):
        return True
    if region in REGIONS:
        return False
    from phonenumbers import SUPPORTED_REGIONS  # only for a rare country

    return region in SUPPORTED_REGIONS
