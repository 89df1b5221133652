"""`listen`: stream the call's audio to a WebSocket."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from callverbs.schemas import Diagnostic
from callverbs.verbs.language import commands
from callverbs.verbs.language.context import VerbContext
from callverbs.verbs.language.events import CommandFailed, KeyPressed, PlaybackEnded, StreamEnded, StreamStarted
from callverbs.verbs.language.verb import Verb
from callverbs.verbs.parts import transcribing
from callverbs.verbs.parts.media_stream import CONNECT_SECONDS, NO_REASON, ListenSpec, start_stream, stream_result
from callverbs.verbs.parts.transcribing import CallTranscription

BEEP = "beep"
"""Name of our own sound."""
HANGUP_SECONDS = 0.5
"""For the hangup of the party to arrive after the end of its stream: the carrier does not say why a stream was stopped."""


class Listen(Verb[ListenSpec], needs_answer=True, synonyms=("stream",), command="streaming_start"):
    """A beep, where it is wanted; then the carrier connects; then it streams until somebody ends it: a party, a key or the time."""

    phase: Literal["beeping", "connecting", "streaming", "ended"] = "connecting"
    began: float = 0.0
    """When the stream began, in UTC seconds."""

    @classmethod
    def without_effect(cls, body: Mapping[str, Any]) -> Iterable[Diagnostic]:
        if "channel" in body:
            yield Diagnostic(
                ("channel",), "CV109", "channel chooses the party of a dial whose audio is streamed: here there is one", at_key=True
            )
        if "transcribe" in body:
            yield from transcribing.without_effect(body["transcribe"], "transcribe")

    def start(self, call: VerbContext) -> None:
        if self.spec.play_beep:
            self.phase = "beeping"
            call.command(commands.Play(leg=call.leg.name, sound=BEEP))
        else:
            self._connect(call)

    def on_playback_ended(self, call: VerbContext, event: PlaybackEnded) -> None:
        self._connect(call)

    def on_command_failed(self, call: VerbContext, event: CommandFailed) -> None:
        if self.phase == "beeping":
            self._connect(call)
        else:
            self._fail(call, event.title)

    def _connect(self, call: VerbContext) -> None:
        self.phase = "connecting"
        if self.spec.transcribe and self.spec.transcribe.enable:
            call.accompany(CallTranscription(spec=self.spec.transcribe))
        call.command(start_stream(self.spec, call.app, call.leg.name))
        call.start_timer(self.on_connect_timer, CONNECT_SECONDS)

    def on_stream_started(self, call: VerbContext, event: StreamStarted) -> None:
        if self.phase != "connecting":
            return
        self.phase, self.began = "streaming", call.at
        call.stop_timer(self.on_connect_timer)
        if self.spec.max_length:
            call.start_timer(self.on_length_timer, self.spec.max_length)

    def on_connect_timer(self, call: VerbContext) -> None:
        self._fail(call, f"the carrier has not reported a connection within {CONNECT_SECONDS:g} s")

    def on_stream_ended(self, call: VerbContext, event: StreamEnded) -> None:
        """Ends the verb; a stream that was stopped may be the first sign of a hangup, and then no other verb is to run."""
        if event.status == "failed":
            self._fail(call, event.detail or NO_REASON)
            return
        self.phase = "ended"
        call.stop_timer(self.on_connect_timer)
        call.stop_timer(self.on_length_timer)
        call.start_timer(self.on_hangup_timer, HANGUP_SECONDS)

    def on_hangup_timer(self, call: VerbContext) -> None:
        self._finish(call, "streamEnded")

    def on_key_pressed(self, call: VerbContext, event: KeyPressed) -> None:
        if self.phase == "streaming" and event.digit == self.spec.finish_on_key:
            self._finish(call, "dtmfDetected", digits=event.digit)

    def on_length_timer(self, call: VerbContext) -> None:
        self._finish(call, "maxLength")

    def on_interrupted(self, call: VerbContext) -> None:
        self._finish(call, "interrupted")

    def _fail(self, call: VerbContext, why: str) -> None:
        call.note(f"the carrier could not stream to {self.spec.url}: {why}")
        self._finish(call, "streamFailed", details=why)

    def _finish(self, call: VerbContext, reason: str, **more: str) -> None:
        """Ends the verb. The engine stops the stream, if there still is one."""
        call.finish(**stream_result(reason, self.began, call.at, **more))
