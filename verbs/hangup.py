"""`hangup`: end the call."""

from typing import Any

from callverbs.verbs.language.context import VerbContext
from callverbs.verbs.language.spec import Spec
from callverbs.verbs.language.target import header_values
from callverbs.verbs.language.verb import Verb


class HangupSpec(Spec):
    """A hangup as written."""

    headers: dict[str, Any] = {}
    carrier: dict[str, Any] = {}


class Hangup(Verb[HangupSpec], screening=True, ends_call=True, command="hangup"):
    """Ends the leg it runs on, and stays until the carrier says that it is over; nothing after it runs."""

    def start(self, call: VerbContext) -> None:
        if self.spec.headers and call.leg.can_be_rejected:
            call.note("the call has not been answered: it is rejected, and the carrier sends no headers with that")
        call.hang_up(call.leg.name, header_values(self.spec.headers), self.spec.carrier)
