"""What an author wrote: one frozen struct per verb, in the document's own names. This file knows nothing of calls."""

from typing import Any, Literal

import msgspec

from callverbs.verbs.language.names import verb_name
from callverbs.verbs.language.word import Word


class Spec(Word, rename="camel", tag_field="verb", tag=verb_name):
    """A verb as written, with its defaults filled in. A test holds names and defaults equal to the schema."""

    id: str | None = None


class Credentials(Word):
    """A user name and a password."""

    username: str
    password: str


class HookSpec(Word, rename="camel"):
    """A hook written as an object."""

    url: str
    method: str = "POST"
    username: str | None = None
    password: str | None = None
    basic_auth: Credentials | None = None


Hook = str | HookSpec
"""Where to ask the application: a URL, or an object with more."""


class Synthesizer(Word, rename="camel"):
    """The voice that speaks; "default" and nothing both mean: as the application's settings say."""

    vendor: str = "default"
    language: str = "default"
    voice: str | dict[str, Any] = "default"
    engine: Literal["standard", "neural", "generative", "long-form"] | None = None
    gender: Literal["MALE", "FEMALE", "NEUTRAL"] | None = None
    fallback_vendor: str | None = None
    fallback_language: str | None = None
    fallback_voice: str | dict[str, Any] | None = None

    @property
    def fallback(self) -> "Synthesizer | None":
        """The voice that speaks where this one cannot, in the same language if none is named; None without a vendor."""
        if self.fallback_vendor in (None, "default"):
            return None
        language, voice = self.fallback_language or self.language, self.fallback_voice or "default"
        return Synthesizer(vendor=self.fallback_vendor or "", language=language, voice=voice, gender=self.gender)

    def over(self, other: "Synthesizer") -> "Synthesizer":
        """Returns this voice, with what it leaves open taken from another one.

        A voice belongs to its vendor and its language. So where this one names another language, the other's voice doesn't count;
        where it names another vendor, only the other's language does, and only if no voice is named, which has a language itself.
        A fallback is taken as a whole.
        """
        own = self if self.fallback_vendor else other
        names = ("fallback_vendor", "fallback_language", "fallback_voice")
        return msgspec.structs.replace(self._voice_over(other), **{name: getattr(own, name) for name in names})

    def _voice_over(self, other: "Synthesizer") -> "Synthesizer":
        if self.vendor not in ("default", other.vendor):
            keeps = self.voice != "default" or self.language != "default"
            return self if keeps else msgspec.structs.replace(self, language=other.language)
        speaks_it = self.language in ("default", other.language)
        return Synthesizer(
            vendor=other.vendor,
            language=other.language if self.language == "default" else self.language,
            voice=other.voice if self.voice == "default" and speaks_it else self.voice,
            engine=self.engine or other.engine,
            gender=self.gender or other.gender,
        )


OF_VENDOR = ("model", "deepgram_options")
"""Properties of a recognizer that mean something to its vendor only."""
OF_INPUT: dict[str, Any] = {
    "interim": False,
    "asr_timeout": None,
    "asr_dtmf_termination_digit": None,
    "fast_recognition_timeout": None,
    "min_confidence": None,
}
"""Properties of a recognizer that say which of its results are an input, with their defaults."""


class Recognizer(Word, rename="camel"):
    """How speech is recognised, as written; "default" and nothing both mean: as the application's settings say. Times in seconds."""

    vendor: str = "default"
    language: str = "default"
    model: str | None = None
    hints: tuple[str | dict[str, Any], ...] = ()
    hints_boost: float | None = None
    profanity_filter: bool | None = None
    profanity_option: str | None = None
    enhanced_model: bool | None = None
    diarization: bool | None = None
    diarization_min_speakers: int | None = None
    diarization_max_speakers: int | None = None
    interim: bool = False
    asr_timeout: float | None = None
    asr_dtmf_termination_digit: str | None = None
    fast_recognition_timeout: float | None = None
    min_confidence: float | None = None
    deepgram_options: dict[str, Any] = {}

    def over(self, other: "Recognizer") -> "Recognizer":
        """Returns this recognizer, with what it leaves open taken from another one. A model belongs to its vendor."""
        nothing = Recognizer()
        own = OF_VENDOR if self.vendor not in ("default", other.vendor) else ()
        open_ = [name for name in self.__struct_fields__ if name not in own and getattr(self, name) == getattr(nothing, name)]
        return msgspec.structs.replace(self, **{name: getattr(other, name) for name in open_})

    def recognises_like(self, other: "Recognizer") -> bool:
        """Returns whether speech is recognised in the same way, whatever becomes of it then."""
        return msgspec.structs.replace(self, **OF_INPUT) == msgspec.structs.replace(other, **OF_INPUT)


class AmdTimers(Word, rename="camel"):
    """Time limits of answering machine detection as written, in milliseconds."""

    no_speech_timeout_ms: float = 5000
    decision_timeout_ms: float = 15000
    greeting_completion_timeout_ms: float = 2000


class Amd(Word, rename="camel"):
    """Answering machine detection as written: the property `amd`."""

    action_hook: Hook
    threshold_word_count: int = 9
    timers: AmdTimers = AmdTimers()
