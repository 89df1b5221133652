"""`tag`: data of your own, on every hook from now on."""

from typing import Any

from callverbs.verbs.language.context import VerbContext
from callverbs.verbs.language.spec import Spec
from callverbs.verbs.language.state_commands import UpdateClientState
from callverbs.verbs.language.verb import Verb


class TagSpec(Spec):
    """A tag as written."""

    data: dict[str, Any]
    carrier: dict[str, Any] = {}


class Tag(Verb[TagSpec], screening=True, queueing=True, command="client_state_update"):
    """Replaces the leg's customerData, and is over at once. A client_state of the author's is set at the carrier."""

    def start(self, call: VerbContext) -> None:
        call.set_customer_data(self.spec.data)
        if self.spec.carrier:
            call.command(UpdateClientState(leg=call.leg.name, carrier=self.spec.carrier))
        call.finish()
