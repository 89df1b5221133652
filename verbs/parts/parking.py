"""Parking: the part of a verb whose own leg waits meanwhile, and hears what a hook replies, over and over."""

from typing import TYPE_CHECKING, Any

from callverbs.verbs.language.context import Reply, VerbContext
from callverbs.verbs.language.events import ProgramEnded
from callverbs.verbs.parts.hold import RequestLoop
from callverbs.verbs.parts.ringback import Ringback


class Parked(RequestLoop, omit_defaults=True):
    """Whether the leg waits, and how it stands with the hook."""

    on: bool = False


class Parking(Ringback):
    """The handlers of a verb whose spec has an `on_hold_hook` for its own leg. Without it, or if it fails, there is music or a ringback."""

    __slots__ = ()

    if TYPE_CHECKING:  # fields of the verb, which msgspec would read here too
        spec: Any
        parked: Parked

    def park(self, call: VerbContext) -> None:
        """Lets the leg wait."""
        self.parked.on = True
        if self.spec.on_hold_hook:
            self.on_park_timer(call)
        else:
            self._play_music(call)

    def unpark(self, call: VerbContext) -> None:
        """Ends the wait, and what is heard in it."""
        self.parked.on = False
        call.stop_timer(self.on_park_timer)
        call.stop(call.leg.name)
        call.stop_own_media()

    def on_park_timer(self, call: VerbContext) -> None:
        if self.parked.begin_request(call.at):
            call.ask(self.spec.on_hold_hook, self.on_park_reply, allowed="waiting")

    def on_park_reply(self, call: VerbContext, leg: str, reply: Reply) -> None:
        self.parked.end_request()
        if not self.parked.on:
            return
        if reply.verbs:
            call.run(leg, reply.verbs)
        else:
            self._play_music(call)

    def park_program_ended(self, call: VerbContext, event: ProgramEnded) -> None:
        """Asks again when what the hook has replied was heard to its end. The verb calls this from `on_program_ended`."""
        if event.leg != call.leg.name or not self.parked.on:
            return
        if event.result == "completed":
            call.start_timer(self.on_park_timer, self.parked.seconds_to_next_request(call.at))
        elif event.result != "gone":
            self._play_music(call)

    def _play_music(self, call: VerbContext) -> None:
        self.play_ringback(call, call.leg.defaults.on_hold_music or call.app.ringback)
