"""`play`: play audio files."""

from typing import Any, ClassVar

from msgspec import field

from verbs._call import Call
from verbs._commands import Play as PlayCommand
from verbs._events import PlaybackEnded, TimerFired
from verbs._playlist import Loop, Playlist
from verbs._spec import Hook, Spec
from verbs._verb import Verb

SILENCE = "silence_stream://"
BROKEN = ("file_not_found", "failed")


class PlaySpec(Spec, frozen=True, kw_only=True, tag="play"):
    """A play as written. `timeout_secs` is in seconds."""

    url: str | list[str]
    loop: Loop = 1
    timeout_secs: float | str | None = None
    action_hook: Hook | None = None
    carrier: dict[str, Any] = {}

    @property
    def urls(self) -> list[str]:
        return [self.url] if isinstance(self.url, str) else self.url


class Play(Verb, kw_only=True, tag="play"):
    """Plays one file after the other. A silence is a timer of ours: the carrier has no such file."""

    name: ClassVar[str] = "play"
    Spec: ClassVar[type[Spec]] = PlaySpec
    needs_answer: ClassVar[bool] = True
    screening: ClassVar[bool] = True
    command: ClassVar[str] = "playback_start"

    spec: PlaySpec
    playlist: Playlist = field(default_factory=Playlist)
    began: float = 0.0

    def start(self, call: Call) -> None:
        self.began = call.at
        if self.spec.timeout_secs is not None:
            call.timer("limit", float(self.spec.timeout_secs))
        self._play(call)

    def on_playback_ended(self, call: Call, event: PlaybackEnded) -> None:
        if event.status in BROKEN:
            call.note(f"the carrier could not play {self._url()}: {event.detail or event.status}")
            call.finish(reason="playFailed", status="fail")
        else:
            self._go_on(call)

    def on_timer_fired(self, call: Call, event: TimerFired) -> None:
        if event.name == "silence":
            self._go_on(call)
        else:
            self._end(call)

    def on_interrupted(self, call: Call, reason: str) -> None:
        self._end(call)

    def _url(self) -> str:
        return self.spec.urls[self.playlist.index]

    def _play(self, call: Call) -> None:
        url = self._url()
        if url.startswith(SILENCE):
            call.timer("silence", int(url.removeprefix(SILENCE).partition(",")[0]) / 1000)
            return
        repeats = self.playlist.repeats(len(self.spec.urls), self.spec.loop)
        call.command(PlayCommand(leg=call.leg.name, url=url, rounds=repeats, carrier=self.spec.carrier))

    def _go_on(self, call: Call) -> None:
        if self.playlist.advance(len(self.spec.urls), self.spec.loop):
            self._play(call)
        else:
            self._end(call)

    def _end(self, call: Call) -> None:
        """What is still playing dies with the verb: the engine stops it."""
        milliseconds = round((call.at - self.began) * 1000)
        call.finish(reason="playCompleted", playback_seconds=milliseconds // 1000, playback_milliseconds=milliseconds)
