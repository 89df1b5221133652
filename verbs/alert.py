"""`alert`: write a message of the author's own into the record of the call."""

from callverbs.verbs.language.context import VerbContext
from callverbs.verbs.language.spec import Spec
from callverbs.verbs.language.verb import Verb


class AlertSpec(Spec):
    """An alert as written."""

    message: str


class Alert(Verb[AlertSpec]):
    """Records the message, and is over at once."""

    def start(self, call: VerbContext) -> None:
        call.note(f"alert: {self.spec.message}")
        call.finish()
