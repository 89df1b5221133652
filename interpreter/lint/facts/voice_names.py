"""The names of voices and of vendors: which there are, and the nearest one to a name that there is not."""

from collections.abc import Iterable
from functools import cache

from callverbs import schemas

POLLY_PREFIXES = ("AWS.Polly.", "Polly.")
"""What authors write before a name: the carrier's own way, and Twilio's."""
AZURE_PREFIX, AZURE_ENDING = "Azure.", "Neural"
POLLY_VENDORS, AZURE_VENDORS = ("aws", "polly"), ("microsoft", "azure")
SEVERAL_LANGUAGES = "*"
OTHER_VENDORS = (
    "cartesia",
    "deepgram",
    "google",
    "houndify",
    "ibm",
    "nuance",
    "nvidia",
    "openai",
    "playht",
    "verbio",
    "wellsaid",
    "whisper",
)
"""Vendors of jambonz whose voices the carrier does not have: CV505 says so."""
CUSTOM_PREFIX = "custom:"
VENDOR_SYNONYMS = {"amazon": "aws", "aws-polly": "aws", "amazon-polly": "aws", "ms": "microsoft", "11labs": "elevenlabs", "gcp": "google"}


@cache
def polly_languages() -> dict[str, str]:
    """Returns the language of every voice of Polly; "" of one with several."""
    table: dict[str, str] = schemas.load_table("voice_names")["polly"]
    return {name: "" if language == SEVERAL_LANGUAGES else language for language, names in table.items() for name in names.split()}


@cache
def azure_voices() -> dict[str, dict[str, str]]:
    """Returns the full names of Azure's voices by their locale and bare name."""
    table: dict[str, str] = schemas.load_table("voice_names")["azure"]
    return {locale: {name: f"{locale}-{name}{AZURE_ENDING}" for name in names.split()} for locale, names in table.items()}


@cache
def azure_names() -> frozenset[str]:
    """Returns the full names of Azure's voices."""
    return frozenset(name for names in azure_voices().values() for name in names.values())


def azure_locales() -> Iterable[str]:
    """Returns the language tags for which Azure has voices."""
    return azure_voices().keys()


def polly_name(voice: str) -> str:
    """Returns the bare name of a voice of Polly, without prefix and engine."""
    for prefix in POLLY_PREFIXES:
        voice = voice.removeprefix(prefix)
    return voice.partition("-")[0]


def explain_unknown_voice(vendor: str, voice: str) -> tuple[str, str]:
    """Returns why a vendor has no such voice, and the voice that is probably meant; "" where it may have it, or none is like it."""
    if vendor in POLLY_VENDORS:
        return _explain_polly(voice)
    return _explain_azure(voice) if vendor in AZURE_VENDORS else ("", "")


def _explain_polly(voice: str) -> tuple[str, str]:
    name, known = polly_name(voice), polly_languages()
    if name in known and not voice.startswith("Polly."):
        return "", ""
    guess = name if name in known else schemas.nearest(name, known)
    guess = guess and voice.removeprefix("AWS.").removeprefix("Polly.").replace(name, guess, 1)
    return f"aws has no voice {voice}", guess


def _explain_azure(voice: str) -> tuple[str, str]:
    name = voice.removeprefix(AZURE_PREFIX)
    if name in azure_names() or ":" in name:
        return "", ""
    if f"{name}{AZURE_ENDING}" in azure_names():
        return f"microsoft has no voice {voice}", f"{name}{AZURE_ENDING}"
    locale, _, bare = name.removesuffix(AZURE_ENDING).rpartition("-")
    of_locale, everywhere = azure_voices().get(locale, {}), {bare: full for one in azure_voices().values() for bare, full in one.items()}
    guess = of_locale.get(schemas.nearest(bare, of_locale), "") or everywhere.get(bare, "")
    may_be_new = locale in azure_voices() and name.endswith(AZURE_ENDING)
    return (f"microsoft has no voice {voice}", guess) if guess or not may_be_new else ("", "")


def explain_unknown_vendor(vendor: str) -> tuple[str, str]:
    """Returns why a vendor does not exist, and the one that is probably meant; "" for one of the carrier or of jambonz."""
    word = vendor.lower()
    if schemas.has_voices(word) or word in OTHER_VENDORS or word.startswith(CUSTOM_PREFIX):
        return "", ""
    known = [*schemas.load_table("voices")["vendors"], *OTHER_VENDORS]
    return f"there is no speech vendor {vendor}", VENDOR_SYNONYMS.get(word) or schemas.nearest(word, known)
