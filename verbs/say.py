"""`say`: speak text."""

from typing import Any, ClassVar

from msgspec import field

from verbs._call import Call
from verbs._commands import Speak
from verbs._events import SpeakEnded
from verbs._playlist import Loop, Playlist
from verbs._spec import Spec, Synthesizer
from verbs._speech import utterances
from verbs._verb import Verb


class SaySpec(Spec, frozen=True, kw_only=True, tag="say"):
    """A say as written."""

    text: str | list[str] = ""
    loop: Loop = 1
    synthesizer: Synthesizer = Synthesizer()
    carrier: dict[str, Any] = {}


class Say(Verb, kw_only=True, tag="say"):
    """Speaks one utterance after the other."""

    name: ClassVar[str] = "say"
    Spec: ClassVar[type[Spec]] = SaySpec
    needs_answer: ClassVar[bool] = True
    screening: ClassVar[bool] = True
    waiting: ClassVar[bool] = True
    command: ClassVar[str] = "speak"

    spec: SaySpec
    playlist: Playlist = field(default_factory=Playlist)

    def start(self, call: Call) -> None:
        if utterances(self.spec.text):
            self._speak(call)
        else:
            call.finish()

    def on_speak_ended(self, call: Call, event: SpeakEnded) -> None:
        if self.playlist.advance(len(utterances(self.spec.text)), self.spec.loop):
            self._speak(call)
        else:
            call.finish()

    def _speak(self, call: Call) -> None:
        texts = utterances(self.spec.text)
        call.command(
            Speak(
                leg=call.leg.name,
                text=texts[self.playlist.index],
                voice=self.spec.synthesizer.over(call.app.synthesizer),
                rounds=self.playlist.repeats(len(texts), self.spec.loop),
                carrier=self.spec.carrier,
            )
        )
