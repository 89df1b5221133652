"""`sip:refer`: ask the far end to call somebody itself."""

import re
from typing import Any

from callverbs.verbs.language import commands
from callverbs.verbs.language.context import Reply, VerbContext
from callverbs.verbs.language.events import CommandFailed, ReferCompleted, ReferFailed, ReferStarted
from callverbs.verbs.language.spec import Hook, Spec
from callverbs.verbs.language.target import REALM, header_values
from callverbs.verbs.language.verb import Verb

START_SECONDS = 32.0
"""For a far end to take up a REFER (RFC 3261 timer F)."""
NOTIFY_SECONDS = 15.0
"""For it to report how the call went (jambonz sip-refer.js)."""
ACCEPTED, TIMEOUT, UNAVAILABLE = 202, 408, 503
ADDRESS = re.compile(r'(?:"[^"]*"\s*)?<?(?P<uri>[^<>]+?)>?\s*')
"""An address as in a SIP header: with a display name and angle brackets, or without."""


class SipReferSpec(Spec):
    """A REFER as written."""

    refer_to: str
    headers: dict[str, Any] = {}
    action_hook: Hook | None = None
    event_hook: Hook | None = None
    carrier: dict[str, Any] = {}

    @property
    def address(self) -> str:
        """The SIP URI to call: that of the author, or a number or user at the carrier."""
        match = ADDRESS.fullmatch(self.refer_to)
        uri = match["uri"] if match else self.refer_to
        scheme, colon, rest = uri.partition(":")
        if colon and scheme.lower() in ("sip", "sips"):
            return uri
        name = rest if colon and scheme.lower() == "tel" else uri
        return f"sip:{name}" if "@" in name else f"sip:{name}@{REALM}"


class SipRefer(Verb[SipReferSpec], needs_answer=True, connects=True, command="refer"):
    """Refers the far end, and is over when it has reported how its call went, or for too long has not."""

    accepted: bool = False
    """The far end has taken up the REFER."""

    def start(self, call: VerbContext) -> None:
        spec = self.spec
        headers = header_values(spec.headers)
        call.command(commands.Refer(leg=call.leg.name, to=spec.address, headers=headers, carrier=spec.carrier))
        call.start_timer(self.on_start_timer, START_SECONDS)

    def on_refer_started(self, call: VerbContext, event: ReferStarted) -> None:
        if not self.accepted:
            self.accepted = True
            call.stop_timer(self.on_start_timer)
            call.start_timer(self.on_notify_timer, NOTIFY_SECONDS)
            self._report(call, event.sip_status)

    def on_refer_completed(self, call: VerbContext, event: ReferCompleted) -> None:
        self.accepted = True
        self._end(call, event.sip_status or 200)

    def on_refer_failed(self, call: VerbContext, event: ReferFailed) -> None:
        self._end(call, event.sip_status or UNAVAILABLE)

    def _end(self, call: VerbContext, sip_status: int) -> None:
        """The far end has reported the end of its call, or refuses the REFER."""
        if self.accepted:
            self._report(call, sip_status)
            call.finish(refer_status=ACCEPTED, final_referred_call_status=sip_status)
        else:
            call.finish(refer_status=sip_status)

    def _report(self, call: VerbContext, sip_status: int) -> None:
        if self.spec.event_hook and sip_status:
            told = {"event": "transfer-status", "call_status": sip_status}
            call.ask(self.spec.event_hook, self.on_event_reply, ordering_key=f"refer {self.n}", extra=told)

    def on_event_reply(self, call: VerbContext, leg: str, reply: Reply) -> None:
        """Nobody reads it (jambonz sip-refer.js)."""

    def on_start_timer(self, call: VerbContext) -> None:
        call.finish(refer_status=TIMEOUT)

    def on_notify_timer(self, call: VerbContext) -> None:
        call.finish(refer_status=ACCEPTED)

    def on_command_failed(self, call: VerbContext, event: CommandFailed) -> None:
        call.finish(refer_status=UNAVAILABLE)
