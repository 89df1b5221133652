"""`sip:decline`: refuse a call that has not been answered."""

from typing import ClassVar

from verbs._call import Call
from verbs._spec import Spec
from verbs._verb import Verb

BUSY = (486, 600)


class DeclineSpec(Spec, frozen=True, kw_only=True, tag="sip:decline"):
    """A decline as written."""

    status: int
    reason: str | None = None


class Decline(Verb, kw_only=True, tag="sip:decline"):
    """Rejects the leg, and stays until the carrier says that it is over; nothing after it runs.

    The carrier has two causes only: busy for 486 and 600, rejected for all others. Hooks are told the status as written.
    """

    name: ClassVar[str] = "sip:decline"
    Spec: ClassVar[type[Spec]] = DeclineSpec
    before_answer: ClassVar[bool] = True
    ends_call: ClassVar[bool] = True

    spec: DeclineSpec

    def start(self, call: Call) -> None:
        call.status(call.leg.name, "failed", self.spec.status, self.spec.reason)
        call.hang_up(call.leg.name, busy=self.spec.status in BUSY)
