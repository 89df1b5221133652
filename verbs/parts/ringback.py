"""Ringback: what a caller hears while somebody is called for them."""

from callverbs.verbs.language import commands
from callverbs.verbs.language.context import VerbContext
from callverbs.verbs.language.events import PlaybackEnded


class Ringback:
    """The handlers of a verb whose own leg hears music or a tone until it stops that."""

    __slots__ = ()

    def play_ringback(self, call: VerbContext, music: str) -> None:
        """Plays a file from its URL, or one of our own sounds by its name, over and over; nothing for neither."""
        if music.startswith(("http:", "https:")):
            call.command(commands.Play(leg=call.leg.name, url=music, rounds=commands.FOREVER))
        elif music:
            call.command(commands.Play(leg=call.leg.name, sound=music, rounds=commands.FOREVER))

    def on_playback_ended(self, call: VerbContext, event: PlaybackEnded) -> None:
        call.note(f"the caller hears no music any longer: {event.detail or event.status}")
