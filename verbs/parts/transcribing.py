"""Transcribing: the part of a verb that tells a hook what a party says, and the transcription that runs beside other verbs."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from callverbs.schemas import Diagnostic
from callverbs.verbs.language.context import Reply, VerbContext
from callverbs.verbs.language.events import CommandFailed, SpeechTranscribed
from callverbs.verbs.language.spec import Hook, Recognizer, Spec
from callverbs.verbs.language.verb import RunningVerb
from callverbs.verbs.parts.listening import recognizer_for
from callverbs.verbs.parts.utterance import Phrase, speech

MAX_WAITING = 100
"""Results that wait for the hook's answer; of more, the oldest are lost."""
CALLER_CHANNEL, CALLEE_CHANNEL = 1, 2
"""Within a dial: whose speech it is (jambonz transcribe.js)."""


class TranscribeSpec(Spec):
    """A transcribe as written, alone or within another verb. `channel` chooses a party of a dial."""

    transcription_hook: Hook | None = None
    recognizer: Recognizer | None = None
    enable: bool = True
    channel: float | None = None


class Result(Struct, omit_defaults=True):
    """A result that the hook is told of."""

    phrase: Phrase
    language: str
    is_final: bool


class Reports(Struct, omit_defaults=True):
    """The results that a hook is told of, one request at a time, in their order."""

    asking: bool = False
    waiting: list[Result] = field(default_factory=list)

    def add(self, result: Result) -> None:
        self.waiting = [*self.waiting, result][-MAX_WAITING:]

    def take(self) -> Result | None:
        """Returns the result that the hook is to be told of now; None while it has not answered, and where there is none."""
        if self.asking or not self.waiting:
            return None
        result, *self.waiting = self.waiting
        self.asking = True
        return result


class Transcribing:
    """The handlers of a verb whose spec is a TranscribeSpec."""

    __slots__ = ()

    if TYPE_CHECKING:  # fields of the verb, which msgspec would read here too
        spec: TranscribeSpec
        reports: Reports

    def tell(self, call: VerbContext, hook: Hook, result: Result) -> None:
        """Tells the hook of a result; its answer comes to `on_transcription_reply`."""
        raise NotImplementedError

    def replied(self, call: VerbContext, reply: Reply) -> None:
        """Hears that the hook has answered, or failed."""

    def start_transcribing(self, call: VerbContext) -> None:
        """Begins: what is said from now on is told. The verb calls this."""
        recognizer = recognizer_for(call, call.recognizer(self.spec.recognizer))
        call.listen_to_speech(recognizer, interim=recognizer.interim)

    def on_speech_transcribed(self, call: VerbContext, event: SpeechTranscribed) -> None:
        phrase = Phrase.of(event)
        if phrase.transcript:
            self.reports.add(Result(phrase, event.language, event.is_final))
            self._tell_next(call)

    def _tell_next(self, call: VerbContext) -> None:
        hook = self.spec.transcription_hook
        if hook and (result := self.reports.take()):
            self.tell(call, hook, result)

    def on_transcription_reply(self, call: VerbContext, leg: str, reply: Reply) -> None:
        self.reports.asking = False
        self.replied(call, reply)
        self._tell_next(call)

    def on_command_failed(self, call: VerbContext, event: CommandFailed) -> None:
        call.note("what is said is not recognised")
        call.finish()


class CallTranscription(Transcribing, RunningVerb):
    """Transcribes beside the verbs of its leg, or beside the one that has brought it. Of a callee, the caller's hook is told."""

    spec: TranscribeSpec
    reports: Reports = field(default_factory=Reports)
    channel: int = CALLER_CHANNEL
    replaces: bool = False
    """Verbs of a reply replace the program of the call; else nobody reads them."""

    def start(self, call: VerbContext) -> None:
        self.start_transcribing(call)

    def tell(self, call: VerbContext, hook: Hook, result: Result) -> None:
        words = {"speech": words_of(result, self.channel)}
        if self.replaces:
            call.ask(hook, self.on_transcription_reply, extra=words)
        else:
            leg = call.leg.parent if self.channel == CALLEE_CHANNEL else call.leg.name
            call.notify(hook, self.on_transcription_reply, leg=leg, extra=words)

    def replied(self, call: VerbContext, reply: Reply) -> None:
        if reply.verbs:
            call.replace_root(reply.verbs)


def words_of(result: Result, channel: int = CALLER_CHANNEL) -> dict[str, object]:
    """Returns the `speech` of a hook's payload."""
    return speech([result.phrase], result.language, channel, is_final=result.is_final)


def without_effect(written: Mapping[str, Any], *path: str | int, parties: int = 1) -> Iterator[Diagnostic]:
    """Yields what of a transcription, as written at a path of the verb, has no effect."""
    if "transcriptionHook" not in written and written.get("enable") is not False:
        yield Diagnostic(path, "CV109", "nobody is told what is said: write a transcriptionHook", at_key=bool(path))
    if "channel" in written and parties == 1:
        why = "channel chooses the party of a dial that is transcribed: here there is one"
        yield Diagnostic((*path, "channel"), "CV109", why, at_key=True)


def transcribe_conversation(call: VerbContext, spec: TranscribeSpec, callee: str) -> None:
    """Transcribes what both of two who are connected say, or the one of the spec's channel, until the verb is over."""
    legs = {CALLER_CHANNEL: call.leg.name, CALLEE_CHANNEL: callee}
    for channel, leg in legs.items():
        if spec.enable and (spec.channel == channel or spec.channel not in legs):
            call.accompany(CallTranscription(spec=spec, channel=channel), leg)
