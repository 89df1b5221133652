"""Referring: the part of a verb that asks the far end of its leg to call somebody itself (SIP REFER)."""

from typing import TYPE_CHECKING

from msgspec import Struct

from callverbs.verbs.language import commands
from callverbs.verbs.language.context import VerbContext
from callverbs.verbs.language.events import ReferCompleted, ReferFailed, ReferStarted
from callverbs.verbs.parts.event_hook import EventReports

REFER_SECONDS = 32.0
"""For a far end to take up a REFER (RFC 3261 timer F)."""
NOTIFY_SECONDS = 15.0
"""For it to report how the call went (jambonz sip-refer.js)."""
OK, UNAVAILABLE = 200, 503


class Referral(Struct, omit_defaults=True):
    """Whether the far end has taken up the REFER."""

    accepted: bool = False


class Referring(EventReports):
    """The handlers of a verb that sends a REFER. Its eventHook is told every status that the far end reports."""

    __slots__ = ()

    if TYPE_CHECKING:  # a field of the verb, which msgspec would read here too
        referral: Referral

    def refer_ended(self, call: VerbContext, sip_status: int) -> None:
        """Handles what came of the REFER: the last status that was reported; 0 where the far end has not reported any in time."""

    def refer(self, call: VerbContext, command: commands.Refer) -> None:
        """Sends the REFER."""
        call.command(command)
        call.start_timer(self.on_refer_timer, REFER_SECONDS)

    def on_refer_started(self, call: VerbContext, event: ReferStarted) -> None:
        if not self.referral.accepted:
            self._accept(call)
            call.start_timer(self.on_notify_timer, NOTIFY_SECONDS)
            self._report(call, event.sip_status)

    def on_refer_completed(self, call: VerbContext, event: ReferCompleted) -> None:
        self._accept(call)
        self._end(call, event.sip_status or OK)

    def on_refer_failed(self, call: VerbContext, event: ReferFailed) -> None:
        self._end(call, event.sip_status or UNAVAILABLE)

    def _accept(self, call: VerbContext) -> None:
        self.referral.accepted = True
        call.stop_timer(self.on_refer_timer)

    def _end(self, call: VerbContext, sip_status: int) -> None:
        """The far end has reported the end of its call, or refuses the REFER."""
        if self.referral.accepted:
            self._report(call, sip_status)
        self.refer_ended(call, sip_status)

    def _report(self, call: VerbContext, sip_status: int) -> None:
        if sip_status:
            self.report_event(call, "transfer-status", call_status=sip_status)

    def on_refer_timer(self, call: VerbContext) -> None:
        self.refer_ended(call, 0)

    def on_notify_timer(self, call: VerbContext) -> None:
        self.refer_ended(call, 0)
