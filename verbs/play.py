"""`play`: play audio files."""

from typing import Any

from msgspec import field

from callverbs.verbs.language import commands
from callverbs.verbs.language.context import VerbContext
from callverbs.verbs.language.events import CommandFailed, PlaybackEnded
from callverbs.verbs.language.spec import Hook, Spec
from callverbs.verbs.language.verb import Verb
from callverbs.verbs.parts.playlist import Loop, Playlist
from callverbs.verbs.parts.silence import silence_seconds

FAILURES = ("file_not_found", "failed")
"""Statuses of a playback that was not heard."""


class PlaySpec(Spec):
    """A play as written. `timeout_secs` is in seconds."""

    url: str | list[str]
    loop: Loop = 1
    timeout_secs: float | str | None = None
    action_hook: Hook | None = None
    carrier: dict[str, Any] = {}

    @property
    def urls(self) -> list[str]:
        return [self.url] if isinstance(self.url, str) else self.url


class Play(Verb[PlaySpec], needs_answer=True, screening=True, waiting=True, queueing=True, heard=True, command="playback_start"):
    """Plays one file after the other. A silence is a timer of ours: the carrier has no such file."""

    playlist: Playlist = field(default_factory=Playlist)
    began: float = 0.0

    def start(self, call: VerbContext) -> None:
        self.began = call.at
        if self.spec.timeout_secs is not None:
            call.start_timer(self.on_limit_timer, float(self.spec.timeout_secs))
        self._play(call)

    def on_playback_ended(self, call: VerbContext, event: PlaybackEnded) -> None:
        if event.status in FAILURES:
            self._fail(call, event.detail or event.status)
        else:
            self._advance(call)

    def on_command_failed(self, call: VerbContext, event: CommandFailed) -> None:
        self._fail(call, event.title)

    def on_silence_timer(self, call: VerbContext) -> None:
        self._advance(call)

    def on_limit_timer(self, call: VerbContext) -> None:
        self._complete(call)

    def on_interrupted(self, call: VerbContext) -> None:
        self._complete(call)

    def _url(self) -> str:
        return self.spec.urls[self.playlist.index]

    def _play(self, call: VerbContext) -> None:
        url = self._url()
        if seconds := silence_seconds(url):
            call.start_timer(self.on_silence_timer, seconds)
            return
        repeats = self.playlist.repeats(len(self.spec.urls), self.spec.loop)
        call.command(commands.Play(leg=call.leg.name, url=url, rounds=repeats, carrier=self.spec.carrier))

    def _advance(self, call: VerbContext) -> None:
        if self.playlist.advance(len(self.spec.urls), self.spec.loop, once=silence_seconds(self._url()) > 0):
            self._play(call)
        else:
            self._complete(call)

    def _fail(self, call: VerbContext, why: str) -> None:
        call.note(f"the carrier could not play {self._url()}: {why}")
        call.finish(reason="playFailed", status="fail")

    def _complete(self, call: VerbContext) -> None:
        """Ends the verb. The engine stops what is still playing."""
        milliseconds = round((call.at - self.began) * 1000)
        call.finish(reason="playCompleted", playback_seconds=milliseconds // 1000, playback_milliseconds=milliseconds)
