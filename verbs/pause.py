"""`pause`: wait."""

from callverbs.verbs.language.context import VerbContext
from callverbs.verbs.language.spec import Spec
from callverbs.verbs.language.verb import Verb


class PauseSpec(Spec):
    """A pause as written. `length` is in seconds."""

    length: float


class Pause(Verb[PauseSpec], screening=True, waiting=True, queueing=True):
    """A timer, and nothing else: an unanswered call goes on ringing."""

    def start(self, call: VerbContext) -> None:
        call.start_timer(self.on_length_timer, self.spec.length)

    def on_length_timer(self, call: VerbContext) -> None:
        call.finish()
