"""`transcribe`: tell a hook what the party says, until the call is over."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, field

from callverbs.schemas import Diagnostic
from callverbs.verbs.language import commands
from callverbs.verbs.language.context import Reply, VerbContext
from callverbs.verbs.language.events import CommandFailed, SpeechTranscribed
from callverbs.verbs.language.spec import Hook, Recognizer, Spec
from callverbs.verbs.language.verb import Verb
from callverbs.verbs.parts.calling import CALL_MAX_SECONDS
from callverbs.verbs.parts.listening import recognizer_for
from callverbs.verbs.parts.utterance import Phrase, speech

MAX_WAITING = 100
"""Results that wait for the hook's answer; of more, the oldest are lost."""


class TranscribeSpec(Spec):
    """A transcribe as written."""

    transcription_hook: Hook | None = None
    recognizer: Recognizer | None = None
    enable: bool = True


class Result(Struct, omit_defaults=True):
    """A result that the hook is told of."""

    phrase: Phrase
    is_final: bool


class Transcribe(Verb[TranscribeSpec], needs_answer=True):
    """Tells the hook of one result after the other. Verbs of a reply replace the rest of the program, and end the transcription."""

    asking: bool = False
    results: list[Result] = field(default_factory=list)

    @classmethod
    def answers(cls, spec: TranscribeSpec) -> bool:
        return spec.enable

    @classmethod
    def without_effect(cls, body: Mapping[str, Any]) -> Iterable[Diagnostic]:
        if "transcriptionHook" not in body and body.get("enable") is not False:
            yield Diagnostic((), "CV109", "nobody is told what is said: write a transcriptionHook")

    def start(self, call: VerbContext) -> None:
        if not self.spec.enable:
            call.finish()
            return
        recognizer = recognizer_for(call, self.spec.recognizer)
        call.command(commands.StartTranscription(leg=call.leg.name, recognizer=recognizer, interim=recognizer.interim))
        call.start_timer(self.on_limit_timer, CALL_MAX_SECONDS)

    def on_speech_transcribed(self, call: VerbContext, event: SpeechTranscribed) -> None:
        phrase = Phrase.of(event)
        wanted = event.is_final or (self.spec.recognizer and self.spec.recognizer.interim)
        if self.spec.transcription_hook and phrase.transcript and wanted:
            self.results = [*self.results, Result(phrase, event.is_final)][-MAX_WAITING:]
            self._tell(call)

    def _tell(self, call: VerbContext) -> None:
        if self.asking or not self.results or not self.spec.transcription_hook:
            return
        result, *self.results = self.results
        self.asking = True
        words = speech([result.phrase], recognizer_for(call, self.spec.recognizer).language, is_final=result.is_final)
        call.ask(self.spec.transcription_hook, self.on_transcription_reply, extra={"speech": words})

    def on_transcription_reply(self, call: VerbContext, leg: str, reply: Reply) -> None:
        self.asking = False
        if reply.verbs:
            call.replace_rest(reply.verbs)
        else:
            self._tell(call)

    def on_command_failed(self, call: VerbContext, event: CommandFailed) -> None:
        call.note("what is said is not recognised: the next verb runs")
        call.finish()

    def on_limit_timer(self, call: VerbContext) -> None:
        call.finish()
