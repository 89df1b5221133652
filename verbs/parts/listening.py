"""Listening to speech: the part of a verb that takes what a party says as its input, and finds out when that is complete.

Without `asrTimeout` the first final result is the input; with it, everything until a silence of that time (jambonz gather.js).
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from callverbs.schemas import Diagnostic
from callverbs.verbs.language.context import Reply, VerbContext
from callverbs.verbs.language.events import SpeechTranscribed
from callverbs.verbs.language.spec import Recognizer, Synthesizer
from callverbs.verbs.parts.utterance import PartialResults, Phrase, Utterance, confidence, speech

TERMINATION_SECONDS = 1.0
"""From the key that ends speech to the result: what was said last may still come (jambonz gather.js)."""


FOR_SPEECH = ("bargein", "minBargeinWordCount", "speechTimeout", "partialResultHook", "recognizer")
"""Properties that have an effect with speech only."""


def without_effect(body: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """Yields properties of a verb with `input` that have no effect together with it."""
    listens = isinstance(body.get("input"), list) and "speech" in body["input"]
    for key in () if listens else FOR_SPEECH:
        if body.get(key):
            yield Diagnostic((key,), "CV109", f"{key} is about speech, and input has none: add speech to it", at_key=True)
    if listens and "carrier" in body:
        yield Diagnostic(("carrier",), "CV109", "with speech, callverbs collects the keys itself: no gather is sent", at_key=True)


def recognizer_for(call: VerbContext, written: Recognizer | None) -> Recognizer:
    """Returns a recognizer as written, with the language of the voice where it names none."""
    recognizer = written or Recognizer()
    if recognizer.language not in ("", "default"):
        return recognizer
    return msgspec.structs.replace(recognizer, language=call.voice(Synthesizer()).language)


class Listening:
    """The handlers of a verb whose spec has a `recognizer`. The verb says what else a result does, and what becomes of the input."""

    __slots__ = ()

    if TYPE_CHECKING:  # fields of the verb, which msgspec would read here too
        spec: Any
        utterance: Utterance
        partial: PartialResults

    def speech_began(self, call: VerbContext) -> None:
        """Hears that the party is speaking: there is a new result, and the input is not complete."""

    def speech_ended(self, call: VerbContext, reason: str, words: dict[str, Any]) -> None:
        """Hears that the input is complete."""

    @property
    def waits_for_silence(self) -> bool:
        """Something was said, and a silence will end it."""
        return bool(self.utterance.phrases and self._silence_seconds)

    def start_listening(self, call: VerbContext) -> None:
        """Begins to listen to the party on the verb's leg, if speech is wanted, still counts, and we don't listen yet."""
        spec = self.spec
        if "speech" not in spec.input or self.utterance.closed or call.listens_to_speech:
            return
        interim = bool(spec.partial_result_hook or spec.bargein or spec.timeout or self._silence_seconds)  # as in jambonz gather.js
        call.listen_to_speech(recognizer_for(call, spec.recognizer), interim=interim)

    def stop_listening(self, call: VerbContext) -> bool:
        """Listens no more, and forgets what was said. Returns whether a silence would have ended the input."""
        waited = self.waits_for_silence
        call.ignore_speech()
        self.utterance.close()
        call.stop_timer(self.on_silence_timer)
        return waited

    def listening_failed(self, call: VerbContext) -> None:
        """Goes on without speech: the carrier does not transcribe."""
        self.utterance.close()
        call.note("what is said is not recognised: only keys are heard")

    def on_speech_transcribed(self, call: VerbContext, event: SpeechTranscribed) -> None:
        if self.utterance.closed or not self.utterance.add(event):
            return
        if not event.is_final:
            self._report(call, Phrase.of(event))
        if (event.is_final and not self._continuous) or self.utterance.is_full:
            self.on_silence_timer(call)
            return
        if self.waits_for_silence:
            call.start_timer(self.on_silence_timer, self._silence_seconds)
        self.speech_began(call)

    def on_silence_timer(self, call: VerbContext) -> None:
        """Nothing was said for long enough: what was heard is the input, whether the engine has called it final or not."""
        phrases = self.utterance.phrases
        least = self.spec.recognizer.min_confidence if self.spec.recognizer else None
        sure = confidence(phrases)
        reason = "stt-low-confidence" if least and sure is not None and sure < least else "speechDetected"
        self.speech_ended(call, reason, {"speech": self._speech(call, phrases)})

    def end_speech_by_key(self, call: VerbContext, digit: str) -> bool:
        """Returns whether a key ends the speech that was heard; the result follows soon."""
        recognizer: Recognizer | None = self.spec.recognizer
        if not (self._continuous and self.utterance.phrases and recognizer and digit == recognizer.asr_dtmf_termination_digit):
            return False
        call.start_timer(self.on_silence_timer, TERMINATION_SECONDS)
        return True

    def _report(self, call: VerbContext, phrase: Phrase) -> None:
        """Tells the hook of a partial result; while it has not answered the one before, the last one waits."""
        hook = self.spec.partial_result_hook
        if hook and self.partial.may_send(phrase):
            words = self._speech(call, [phrase], is_final=False)
            call.notify(hook, self.on_partial_reply, extra={"speech": words})

    def on_partial_reply(self, call: VerbContext, leg: str, reply: Reply) -> None:
        if (phrase := self.partial.answered()) and not self.utterance.closed:
            self._report(call, phrase)

    def _speech(self, call: VerbContext, phrases: list[Phrase], is_final: bool = True) -> dict[str, Any]:
        return speech(phrases, recognizer_for(call, self.spec.recognizer).language, is_final=is_final)

    @property
    def _continuous(self) -> bool:
        return bool(self.spec.recognizer and self.spec.recognizer.asr_timeout)

    @property
    def _silence_seconds(self) -> float:
        """How long a silence is that ends the input; 0 where only a final result does."""
        recognizer: Recognizer = self.spec.recognizer or Recognizer()
        return recognizer.asr_timeout or recognizer.fast_recognition_timeout or self.spec.speech_timeout or 0.0
