"""`say`: speak text."""

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import field

from callverbs.schemas import Diagnostic
from callverbs.verbs.language import commands
from callverbs.verbs.language.context import VerbContext
from callverbs.verbs.language.events import CommandFailed, SpeakEnded
from callverbs.verbs.language.spec import Spec, Synthesizer
from callverbs.verbs.language.verb import Verb
from callverbs.verbs.parts.playlist import Loop, Playlist
from callverbs.verbs.parts.silence import silence_seconds
from callverbs.verbs.parts.speech import is_ssml, losses, utterances


class SaySpec(Spec):
    """A say as written."""

    text: str | list[str] = ""
    loop: Loop = 1
    synthesizer: Synthesizer = Synthesizer()
    carrier: dict[str, Any] = {}


def basic_voice_conflicts(spec: SaySpec) -> Iterator[Diagnostic]:
    """Yields what the carrier's basic voices cannot speak (Telnyx speak: service_level)."""
    if spec.carrier.get("service_level") != "basic":
        return
    texts = [spec.text] if isinstance(spec.text, str) else spec.text
    for index, text in enumerate(texts):
        if is_ssml(text):
            path = ("text",) if isinstance(spec.text, str) else ("text", index)
            yield Diagnostic(path, "CV106", "service_level basic speaks plain text only, no SSML")
    if spec.synthesizer.language not in ("default", "en-US"):
        yield Diagnostic(("synthesizer", "language"), "CV106", "service_level basic speaks en-US only")


class Say(Verb[SaySpec], needs_answer=True, screening=True, waiting=True, queueing=True, heard=True, command="speak"):
    """Speaks one utterance after the other. A silence among them is a timer of ours."""

    playlist: Playlist = field(default_factory=Playlist)
    voice_failed: bool = False
    """The carrier has refused the voice, and its fallback speaks."""

    @classmethod
    def diagnose(cls, spec: SaySpec) -> Iterable[Diagnostic]:
        return basic_voice_conflicts(spec)

    def start(self, call: VerbContext) -> None:
        for loss in losses(self.spec.text):
            call.note(loss)
        if utterances(self.spec.text):
            self._speak(call)
        else:
            call.finish()

    def on_speak_ended(self, call: VerbContext, event: SpeakEnded) -> None:
        self._advance(call)

    def on_command_failed(self, call: VerbContext, event: CommandFailed) -> None:
        """Lets the fallback speak what could not be spoken; without one, nothing more is."""
        if self.voice_failed or not call.voice(self.spec.synthesizer).fallback:
            call.finish()
        else:
            self.voice_failed = True
            call.note("the fallback of the voice speaks: the carrier has refused the first")
            self._speak(call)

    def on_silence_timer(self, call: VerbContext) -> None:
        self._advance(call)

    def _advance(self, call: VerbContext) -> None:
        texts = utterances(self.spec.text)
        if self.playlist.advance(len(texts), self.spec.loop, once=silence_seconds(texts[self.playlist.index]) > 0):
            self._speak(call)
        else:
            call.finish()

    def _speak(self, call: VerbContext) -> None:
        texts = utterances(self.spec.text)
        if seconds := silence_seconds(texts[self.playlist.index]):
            call.start_timer(self.on_silence_timer, seconds)
            return
        call.command(
            commands.Speak(
                leg=call.leg.name,
                text=texts[self.playlist.index],
                voice=call.voice(self.spec.synthesizer, self.voice_failed),
                rounds=self.playlist.repeats(len(texts), self.spec.loop),
                carrier=self.spec.carrier,
            )
        )
