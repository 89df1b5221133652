"""`play`: play audio files."""

from typing import Any, ClassVar

from msgspec import field

from verbs._call import Call
from verbs._commands import Play as PlayCommand
from verbs._events import CommandFailed, PlaybackEnded, TimerFired
from verbs._playlist import Loop, Playlist
from verbs._spec import Hook, Spec
from verbs._verb import Verb

SILENCE = "silence_stream://"
BROKEN = ("file_not_found", "failed")
SHORTEST = 0.1
"""Seconds that a silence lasts at the least: one of nothing, for ever, would keep the engine busy."""


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
    waiting: ClassVar[bool] = True
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
            self._fail(call, event.detail or event.status)
        else:
            self._go_on(call)

    def on_command_failed(self, call: Call, event: CommandFailed) -> None:
        self._fail(call, event.title)

    def _fail(self, call: Call, why: str) -> None:
        call.note(f"the carrier could not play {self._url()}: {why}")
        call.finish(reason="playFailed", status="fail")

    def on_timer_fired(self, call: Call, event: TimerFired) -> None:
        if event.name == "silence":
            self._go_on(call)
        else:
            self._end(call)

    def on_interrupted(self, call: Call, reason: str) -> None:
        self._end(call)

    def _url(self) -> str:
        return self.spec.urls[self.playlist.index]

    def _is_silence(self) -> bool:
        return self._url().startswith(SILENCE)

    def _play(self, call: Call) -> None:
        url = self._url()
        if self._is_silence():
            call.timer("silence", max(int(url.removeprefix(SILENCE).partition(",")[0]) / 1000, SHORTEST))
            return
        repeats = self.playlist.repeats(len(self.spec.urls), self.spec.loop)
        call.command(PlayCommand(leg=call.leg.name, url=url, rounds=repeats, carrier=self.spec.carrier))

    def _go_on(self, call: Call) -> None:
        if self.playlist.advance(len(self.spec.urls), self.spec.loop, once=self._is_silence()):
            self._play(call)
        else:
            self._end(call)

    def _end(self, call: Call) -> None:
        """What is still playing dies with the verb: the engine stops it."""
        milliseconds = round((call.at - self.began) * 1000)
        call.finish(reason="playCompleted", playback_seconds=milliseconds // 1000, playback_milliseconds=milliseconds)
