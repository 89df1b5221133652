"""Hold: the part of a verb that lets whoever is held hear what a hook replies, until the other party is back."""

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from callverbs.verbs.language.context import Reply, VerbContext
from callverbs.verbs.language.events import LegHeld, LegUnheld, ProgramEnded
from callverbs.verbs.play import PlaySpec

MIN_SECONDS_BETWEEN_REQUESTS = 1.0


class RequestLoop(Struct, omit_defaults=True):
    """How it stands with a hook that is asked what somebody hears, over and over."""

    asking: bool = False
    """The hook was asked what is to be heard, and has not answered."""
    asked_at: float = 0.0
    """Our own time of that, in UTC seconds."""

    def begin_request(self, now: float) -> bool:
        """Notes that the hook is asked, and returns whether it should be: not while a request is open."""
        if self.asking:
            return False
        self.asking, self.asked_at = True, now
        return True

    def end_request(self) -> None:
        """Notes that the hook has answered."""
        self.asking = False

    def seconds_to_next_request(self, now: float) -> float:
        """Returns how long to wait: what takes no time to hear is not asked for without end."""
        return max(0.0, round(self.asked_at + MIN_SECONDS_BETWEEN_REQUESTS - now, 3))


class Hold(RequestLoop, omit_defaults=True):
    """What one party last did: it holds the other, or is back. `at` is the carrier's time of that, in UTC seconds.

    The webhooks of it come twice and in any order; the carrier's time decides.
    """

    on: bool = False
    at: float = 0.0

    def switch(self, on: bool, at: float) -> bool:
        """Takes an event, and returns whether it changed anything."""
        if at < self.at:
            return False
        changed = self.on != on
        self.on, self.at = on, at
        return changed


class HoldMusic:
    """The handlers of a verb that connects two parties, and whose spec has an `on_hold_hook`."""

    __slots__ = ()

    if TYPE_CHECKING:  # fields of the verb, which msgspec would read here too
        n: int
        spec: Any
        holds: dict[str, Hold]  # by the leg that holds the other one

    def held_leg(self, call: VerbContext, holder: str) -> str:
        """Returns the leg that hears the music while another one holds it; nothing where nobody is connected."""
        return ""

    def on_leg_held(self, call: VerbContext, event: LegHeld) -> None:
        self._switch(call, event.leg, event.occurred_at, on=True)

    def on_leg_unheld(self, call: VerbContext, event: LegUnheld) -> None:
        self._switch(call, event.leg, event.occurred_at, on=False)

    def _switch(self, call: VerbContext, holder: str, at: float, on: bool) -> None:
        music = self.spec.on_hold_hook or call.leg.defaults.on_hold_music
        if not (music and self.held_leg(call, holder)):
            return
        if self.holds.setdefault(holder, Hold()).switch(on, at):
            call.stop_timer(self.on_hold_timer, holder)
            self.on_hold_timer(call, holder)

    def on_hold_timer(self, call: VerbContext, leg: str) -> None:
        """Asks the hook what the held party hears, over and over; stops the music when the holder is back.

        Without a hook it is the music that config has set.
        """
        hold, holder = self.holds[leg], call.legs[leg]
        if not hold.on:
            call.stop(self.held_leg(call, leg))
        elif not self.spec.on_hold_hook:
            hold.asked_at = call.at
            call.run(self.held_leg(call, leg), [PlaySpec(url=call.leg.defaults.on_hold_music, loop="forever")])
        elif hold.begin_request(call.at):
            detail = {"from": holder.from_, "to": holder.to}
            call.ask(
                self.spec.on_hold_hook,
                self.on_hold_reply,
                about=leg,
                allowed="waiting",
                ordering_key=f"hold {self.n}",
                extra={"hold_detail": detail},
            )

    def on_hold_reply(self, call: VerbContext, leg: str, reply: Reply) -> None:
        hold, held = self.holds[leg], self.held_leg(call, leg)
        hold.end_request()
        if hold.on and reply.verbs and not call.legs[held].ending:
            call.run(held, reply.verbs)

    def hold_music_ended(self, call: VerbContext, event: ProgramEnded) -> None:
        """Asks again when the music of a held leg was heard to its end. The verb calls this from `on_program_ended`."""
        holder = next((leg for leg in self.holds if self.held_leg(call, leg) == event.leg), "")
        if not holder or event.result != "completed":
            return
        if wait := self.holds[holder].seconds_to_next_request(call.at):
            call.start_timer(self.on_hold_timer, wait, holder)
        else:
            self.on_hold_timer(call, holder)
