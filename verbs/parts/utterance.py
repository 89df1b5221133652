"""What a party has said, put together from the results of a transcription: final ones in their order, and the last that is not final."""

import re
from typing import Any

from msgspec import Struct, field

from callverbs.verbs.language.events import SpeechTranscribed

CARRIER = "telnyx"
"""What hooks are told of who has recognised: the raw results are the carrier's."""
MAX_PHRASES = 64
"""Final results of one utterance: with so many it is over."""
PUNCTUATION_AT_END = re.compile(r"[\s.,;:!?。！？]+$")


class Phrase(Struct, omit_defaults=True):
    """One result. `at` is the carrier's time, in UTC seconds."""

    at: float
    transcript: str
    confidence: float | None = None

    @classmethod
    def of(cls, event: SpeechTranscribed) -> "Phrase":
        """Returns the result of an event."""
        return cls(event.occurred_at, event.transcript.strip(), event.confidence)


class Utterance(Struct, omit_defaults=True):
    """What was heard so far."""

    finals: list[Phrase] = field(default_factory=list)
    interim: Phrase | None = None
    closed: bool = False
    """What is said does not count any longer: a key was pressed, or the carrier does not transcribe."""

    def add(self, event: SpeechTranscribed) -> bool:
        """Adds a result, and returns whether it tells anything: not where it is empty, or what came after it is known already."""
        phrase = Phrase.of(event)
        if not phrase.transcript:
            return False
        if event.is_final:
            self.finals = sorted([*self.finals, phrase], key=lambda one: one.at)
            if self.interim and self.interim.at <= phrase.at:
                self.interim = None
        elif self.finals and phrase.at <= self.finals[-1].at:
            return False
        else:
            self.interim = phrase
        return True

    def close(self) -> None:
        """Forgets what was heard, and what will be."""
        self.finals, self.interim, self.closed = [], None, True

    @property
    def phrases(self) -> list[Phrase]:
        """All that was heard, in its order."""
        return [*self.finals, *([self.interim] if self.interim else [])]

    @property
    def is_full(self) -> bool:
        return len(self.finals) >= MAX_PHRASES

    @property
    def word_count(self) -> int:
        return sum(len(phrase.transcript.split()) for phrase in self.phrases)


class PartialResults(Struct, omit_defaults=True):
    """What a hook is told of an utterance that goes on: one request at a time, and of what comes meanwhile only the last."""

    asking: bool = False
    waiting: Phrase | None = None

    def may_send(self, phrase: Phrase) -> bool:
        """Returns whether a result may be sent now; else it waits."""
        if self.asking:
            self.waiting = phrase
            return False
        self.asking = True
        return True

    def answered(self) -> Phrase | None:
        """Notes that the hook has answered, and returns the result that has waited for it."""
        self.asking, waiting, self.waiting = False, self.waiting, None
        return waiting


def speech(phrases: list[Phrase], language: str, channel: int = 1, is_final: bool = True) -> dict[str, Any]:
    """Returns the `speech` of a hook's payload, in jambonz's names: several phrases become one text (jambonz transcription-utils.js)."""
    known = [phrase.confidence for phrase in phrases if phrase.confidence is not None]
    confidence = {"confidence": round(sum(known) / len(known), 4)} if known else {}
    results = [_result(phrase, is_final) for phrase in phrases]
    return {
        "language_code": language,
        "channel_tag": channel,
        "is_final": is_final,
        "alternatives": [{"transcript": transcript(phrases), **confidence}],
        "vendor": {"name": CARRIER, "evt": results[0] if len(results) == 1 else results},
    }


def _result(phrase: Phrase, is_final: bool) -> dict[str, Any]:
    confidence = {} if phrase.confidence is None else {"confidence": phrase.confidence}
    return {"transcript": phrase.transcript, "is_final": is_final, **confidence}


def transcript(phrases: list[Phrase]) -> str:
    """Returns the text of several phrases; between two of them, punctuation is left out."""
    *first, last = [phrase.transcript for phrase in phrases]
    return " ".join([*(PUNCTUATION_AT_END.sub("", one) for one in first), last])


def confidence(phrases: list[Phrase]) -> float | None:
    """Returns how sure the engine is of the least certain phrase; None where it says nothing."""
    return min((phrase.confidence for phrase in phrases if phrase.confidence is not None), default=None)
