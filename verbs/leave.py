"""`leave`: leave the queue in which the caller waits."""

from callverbs.verbs.language.context import VerbContext
from callverbs.verbs.language.spec import Spec
from callverbs.verbs.language.verb import Verb


class LeaveSpec(Spec):
    """A leave as written."""


class Leave(Verb[LeaveSpec], queueing=True):
    """Ends the verbs that the caller hears while waiting; the `enqueue` that runs them takes the caller out of its queue."""

    def start(self, call: VerbContext) -> None:
        call.leave_program()
