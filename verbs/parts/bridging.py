"""Bridging: the part of a verb that connects its own leg with one that it has called. A refused bridge is tried once more."""

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from callverbs.verbs.language import commands
from callverbs.verbs.language.context import VerbContext
from callverbs.verbs.language.events import LegBridged

BRIDGE_PARAMETERS = ("mute_dtmf",)
"""Parameters in `carrier` that belong to the bridge; the others are those of the call."""
BRIDGE_REPORT_SECONDS = 5.0
"""From the bridge to its webhook; after that the two hear each other all the same."""
BRIDGE_RETRY_SECONDS = 1.0
MAX_ATTEMPTS = 2


class Bridge(Struct, omit_defaults=True):
    """How often it was tried to connect the two, and whether the carrier has reported that they hear each other."""

    attempts: int = 0
    connected: bool = False


class Bridging:
    """The handlers of a verb that bridges its leg with the winner of those whom it has called."""

    __slots__ = ()

    if TYPE_CHECKING:  # fields of the verb, which msgspec would read here too
        spec: Any
        winner: str
        bridge: Bridge

    @property
    def needs_report(self) -> bool:
        """Whether anything is left to be done when the two hear each other."""
        return True

    def two_connected(self, call: VerbContext) -> None:
        """Handles that the two hear each other now."""

    def two_not_connected(self, call: VerbContext) -> None:
        """Handles that the carrier has refused to connect the two."""

    def on_bridge_timer(self, call: VerbContext) -> None:
        """Bridges the two, for the first time or once more."""
        self.bridge.attempts += 1
        call.stop_own_media()
        carrier = {key: value for key, value in self.spec.carrier.items() if key in BRIDGE_PARAMETERS}
        call.command(commands.Bridge(leg=call.leg.name, other=self.winner, carrier=carrier))
        if self.needs_report:
            call.start_timer(self.on_connect_timer, BRIDGE_REPORT_SECONDS)

    def bridge_refused(self, call: VerbContext) -> None:
        """Tries again, or gives up; not where the two were reported to hear each other. The verb calls this from `on_command_failed`."""
        if self.bridge.connected:
            return
        call.stop_timer(self.on_connect_timer)
        if self.bridge.attempts < MAX_ATTEMPTS:
            call.start_timer(self.on_bridge_timer, BRIDGE_RETRY_SECONDS)
        else:
            self.two_not_connected(call)

    def on_leg_bridged(self, call: VerbContext, event: LegBridged) -> None:
        let_go = call.legs[event.leg].ending  # in the same moment: that one is not reached
        if self.bridge.attempts and event.leg == self.winner and not let_go:
            self.on_connect_timer(call)

    def on_connect_timer(self, call: VerbContext) -> None:
        call.stop_timer(self.on_connect_timer)
        if not self.bridge.connected:
            self.bridge.connected = True
            self.two_connected(call)
