"""`sip:decline`: refuse a call that has not been answered."""

from typing import Any

from callverbs.verbs.language.context import VerbContext
from callverbs.verbs.language.spec import Spec
from callverbs.verbs.language.verb import Verb

BUSY_STATUSES = (486, 600)


class SipDeclineSpec(Spec):
    """A decline as written."""

    status: int
    reason: str | None = None
    carrier: dict[str, Any] = {}


class SipDecline(Verb[SipDeclineSpec], before_answer=True, ends_call=True, command="reject"):
    """Rejects the leg, and stays until the carrier says that it is over; nothing after it runs.

    The carrier has two causes only: busy for 486 and 600, rejected for all others. Hooks are told the status as written.
    """

    def start(self, call: VerbContext) -> None:
        call.set_status(call.leg.name, "failed", self.spec.status, self.spec.reason)
        call.hang_up(call.leg.name, carrier=self.spec.carrier, busy=self.spec.status in BUSY_STATUSES)
