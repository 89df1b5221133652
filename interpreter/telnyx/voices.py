"""Translates a synthesizer as written into a voice of the carrier, by the table `schemas/voices.json`."""

from typing import Any

from callverbs import schemas
from callverbs.verbs.language.spec import Synthesizer


def carrier_voice(synthesizer: Synthesizer) -> str:
    """Returns the carrier's name of a voice, such as `AWS.Polly.Joanna-Neural`.

    Where no voice is named, or the carrier has no voices of the vendor, it is a voice of the same language.
    """
    table = schemas.load_table("voices")
    vendor = _vendor(synthesizer)
    name = _voice_name(synthesizer.voice)
    if vendor is None or not name:
        return fallback_voice(synthesizer)
    pattern: str = vendor["voice"]
    if name.startswith(pattern.partition("{")[0]):  # it is written as the carrier's own name
        return name
    return pattern.format(voice=name, engine="" if "-" in name else table["engines"][_engine(synthesizer, name)])


def replacement_note(synthesizer: Synthesizer) -> str:
    """Returns a sentence that says which voice speaks instead of the wanted one; empty where the voice is one of the wanted vendor."""
    vendor, voice = _vendor(synthesizer), carrier_voice(synthesizer)
    if vendor is None and schemas.has_voices(synthesizer.vendor):
        return ""
    if vendor is None:
        return f"the carrier has no voices of {synthesizer.vendor}: {voice} speaks instead"
    pattern: str = vendor["voice"]
    is_of_vendor = voice.startswith(pattern.partition("{")[0])
    return "" if is_of_vendor else f"no voice of {synthesizer.vendor} is named: {voice} speaks instead"


def fallback_voice(synthesizer: Synthesizer) -> str:
    """Returns a voice of the wanted language and gender: for the exact tag if there is one, else for the bare language, else English."""
    fallback = schemas.load_table("voices")["fallback"]
    language = synthesizer.language
    voices = fallback.get(language) or fallback.get(language.partition("-")[0]) or fallback["en"]
    voice: str = voices.get(synthesizer.gender or "FEMALE") or voices["FEMALE"]
    return voice


def carrier_language(synthesizer: Synthesizer) -> str | None:
    """Returns the language if the carrier's `language` parameter has it, else None. A voice has a language without that parameter."""
    known: list[str] = schemas.load("commands/speak")["properties"]["language"]["enum"]
    return synthesizer.language if synthesizer.language in known else None


def recognised_language(tag: str) -> str | None:
    """Returns the language of a tag as the carrier's assistant recognises it, without a region; None where it does not know it."""
    known: list[str] = schemas.load("commands/gather_using_ai")["properties"]["language"]["enum"]
    language = tag.partition("-")[0].lower()
    language = RECOGNISED_AS.get(language, language)
    return language if language in known else None


RECOGNISED_AS = {"arb": "ar", "cmn": "zh", "nb": "no", "he": "iw"}
"""Languages that voices and recognition name differently."""


def _vendor(synthesizer: Synthesizer) -> dict[str, Any] | None:
    """Returns the row of the vendor; None where the carrier has none of its voices."""
    vendor: dict[str, Any] | None = schemas.load_table("voices")["vendors"].get(synthesizer.vendor.lower())
    return vendor


def _engine(synthesizer: Synthesizer, name: str) -> str:
    """Returns the engine of an AWS voice: the wanted one, unless the table says that the voice does not have it."""
    table, wanted = schemas.load_table("voices"), synthesizer.engine or "standard"
    if name in table["standard"]:
        return "standard"
    return "neural" if wanted == "standard" and name in table["neural"] else wanted


def _voice_name(voice: object) -> str:
    """Returns the name of a voice; empty for the default. In objects of vendors it is called name, voice or voice_id."""
    if isinstance(voice, dict):
        voice = next((voice[key] for key in ("name", "voice", "voice_id", "voiceId") if isinstance(voice.get(key), str)), "")
    return voice if isinstance(voice, str) and voice != "default" else ""
