"""`say`: speak text."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from msgspec import field

from schemas import Fault
from verbs._call import Call
from verbs._commands import Speak
from verbs._events import SpeakEnded
from verbs._playlist import Loop, Playlist
from verbs._spec import Spec, Synthesizer
from verbs._speech import is_ssml, losses, utterances
from verbs._verb import Verb


class SaySpec(Spec, frozen=True, kw_only=True, tag="say"):
    """A say as written."""

    text: str | list[str] = ""
    loop: Loop = 1
    synthesizer: Synthesizer = Synthesizer()
    carrier: dict[str, Any] = {}


def conflicts(spec: SaySpec) -> Iterator[Fault]:
    """What the carrier's basic voices do not do (Telnyx speak: service_level)."""
    if spec.carrier.get("service_level") != "basic":
        return
    texts = [spec.text] if isinstance(spec.text, str) else spec.text
    for index, text in enumerate(texts):
        if is_ssml(text):
            path = ("text",) if isinstance(spec.text, str) else ("text", index)
            yield Fault(path, "CV106", "service_level basic speaks plain text only, no SSML")
    if spec.synthesizer.language not in ("default", "en-US"):
        yield Fault(("synthesizer", "language"), "CV106", "service_level basic speaks en-US only")


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

    @classmethod
    def faults(cls, spec: SaySpec) -> Iterable[Fault]:
        return conflicts(spec)

    def start(self, call: Call) -> None:
        for why in losses(self.spec.text):
            call.note(why)
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
