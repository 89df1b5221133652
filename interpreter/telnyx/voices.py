"""A synthesizer as written becomes the carrier's voice, by the table `schemas/voices.json`."""

import schemas
from verbs._spec import Synthesizer


def voice(synthesizer: Synthesizer) -> str:
    """`AWS.Polly.Joanna-Neural` and the like. A vendor that the carrier does not have is replaced by one that speaks the language."""
    table = schemas.data("voices")
    vendor = table["vendors"].get(synthesizer.vendor.lower())
    name = _name(synthesizer.voice)
    if vendor is None or not name:
        return stand_in(synthesizer)
    pattern: str = vendor["voice"]
    if name.startswith(pattern.partition("{")[0]):  # the carrier's own name for it, in full
        return name
    return pattern.format(voice=name, engine="" if "-" in name else table["engines"][engine(synthesizer, name)])


def replaced(synthesizer: Synthesizer) -> str:
    """Why another voice speaks than the one that is wanted, in a sentence; nothing where it is that one's vendor."""
    vendor, spoken = schemas.data("voices")["vendors"].get(synthesizer.vendor.lower()), voice(synthesizer)
    if vendor is None and schemas.speaks(synthesizer.vendor):
        return ""
    if vendor is None:
        return f"the carrier has no voices of {synthesizer.vendor}: {spoken} speaks instead"
    pattern: str = vendor["voice"]
    own = spoken.startswith(pattern.partition("{")[0])
    return "" if own else f"no voice of {synthesizer.vendor} is named: {spoken} speaks instead"


def engine(synthesizer: Synthesizer, name: str) -> str:
    """The engine of an aws voice: the wanted one, unless it is known that this voice does not have it."""
    table, wanted = schemas.data("voices"), synthesizer.engine or "standard"
    if name in table["standard"]:
        return "standard"
    return "neural" if wanted == "standard" and name in table["neural"] else wanted


def stand_in(synthesizer: Synthesizer) -> str:
    """A voice of the wanted language and gender: the exact tag if there is one, else the bare language, else English."""
    fallback = schemas.data("voices")["fallback"]
    language = synthesizer.language
    voices = fallback.get(language) or fallback.get(language.partition("-")[0]) or fallback["en"]
    chosen: str = voices.get(synthesizer.gender or "FEMALE") or voices["FEMALE"]
    return chosen


def _name(voice: object) -> str:
    """The voice's name; vendors' own objects call it name, voice or voice_id."""
    if isinstance(voice, dict):
        voice = next((voice[key] for key in ("name", "voice", "voice_id", "voiceId") if isinstance(voice.get(key), str)), "")
    return voice if isinstance(voice, str) and voice != "default" else ""


def language(synthesizer: Synthesizer) -> str | None:
    """The language, where it is one that the carrier's `language` parameter knows; voices carry their own."""
    known: list[str] = schemas.load("commands/speak")["properties"]["language"]["enum"]
    return synthesizer.language if synthesizer.language in known else None
