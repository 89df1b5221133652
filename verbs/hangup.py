"""`hangup`: end the call."""

from typing import Any, ClassVar

from verbs._call import Call
from verbs._spec import Spec
from verbs._target import texts
from verbs._verb import Verb


class HangupSpec(Spec, frozen=True, kw_only=True, tag="hangup"):
    """A hangup as written."""

    headers: dict[str, Any] = {}
    carrier: dict[str, Any] = {}


class Hangup(Verb, kw_only=True, tag="hangup"):
    """Ends the leg it runs on, and stays until the carrier says that it is over; nothing after it runs."""

    name: ClassVar[str] = "hangup"
    Spec: ClassVar[type[Spec]] = HangupSpec
    screening: ClassVar[bool] = True
    ends_call: ClassVar[bool] = True
    command: ClassVar[str] = "hangup"

    spec: HangupSpec

    def start(self, call: Call) -> None:
        if self.spec.headers and call.leg.can_be_rejected:
            call.note("the call has not been answered: it is rejected, and the carrier sends no headers with that")
        call.hang_up(call.leg.name, texts(self.spec.headers), self.spec.carrier)
