"""`tag`: data of your own, on every hook from now on."""

from typing import Any

from callverbs.verbs.language.context import VerbContext
from callverbs.verbs.language.spec import Spec
from callverbs.verbs.language.verb import Verb


class TagSpec(Spec):
    """A tag as written."""

    data: dict[str, Any]


class Tag(Verb[TagSpec], screening=True, queueing=True):
    """Replaces the leg's customerData, and is over at once."""

    def start(self, call: VerbContext) -> None:
        call.set_customer_data(self.spec.data)
        call.finish()
