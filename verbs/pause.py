"""`pause`: wait."""

from typing import ClassVar

from verbs._call import Call
from verbs._events import TimerFired
from verbs._spec import Spec
from verbs._verb import Verb


class PauseSpec(Spec, frozen=True, kw_only=True, tag="pause"):
    """A pause as written. `length` is in seconds."""

    length: float


class Pause(Verb, kw_only=True, tag="pause"):
    """A timer, and nothing else: an unanswered call goes on ringing."""

    name: ClassVar[str] = "pause"
    Spec: ClassVar[type[Spec]] = PauseSpec
    screening: ClassVar[bool] = True
    waiting: ClassVar[bool] = True

    spec: PauseSpec

    def start(self, call: Call) -> None:
        call.timer("length", self.spec.length)

    def on_timer_fired(self, call: Call, event: TimerFired) -> None:
        call.finish()
