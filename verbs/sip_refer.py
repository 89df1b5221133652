"""`sip:refer`: ask the far end to call somebody itself."""

import re
from typing import Any

from msgspec import field

from callverbs.verbs.language import commands
from callverbs.verbs.language.context import VerbContext
from callverbs.verbs.language.events import CommandFailed
from callverbs.verbs.language.spec import Hook, Spec
from callverbs.verbs.language.target import REALM, header_values
from callverbs.verbs.language.verb import Verb
from callverbs.verbs.parts.referring import UNAVAILABLE, Referral, Referring

ACCEPTED, TIMEOUT = 202, 408
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


class SipRefer(Referring, Verb[SipReferSpec], needs_answer=True, connects=True, command="refer"):
    """Refers the far end, and is over when it has reported how its call went, or for too long has not."""

    referral: Referral = field(default_factory=Referral)

    def start(self, call: VerbContext) -> None:
        spec = self.spec
        headers = header_values(spec.headers)
        self.refer(call, commands.Refer(leg=call.leg.name, to=spec.address, headers=headers, carrier=spec.carrier))

    def refer_ended(self, call: VerbContext, sip_status: int) -> None:
        if not self.referral.accepted:
            call.finish(refer_status=sip_status or TIMEOUT)
        elif sip_status:
            call.finish(refer_status=ACCEPTED, final_referred_call_status=sip_status)
        else:
            call.finish(refer_status=ACCEPTED)

    def on_command_failed(self, call: VerbContext, event: CommandFailed) -> None:
        call.finish(refer_status=UNAVAILABLE)
