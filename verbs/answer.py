"""`answer`: pick up an inbound call."""

from typing import Any, ClassVar

from verbs._call import Call
from verbs._commands import Answer as AnswerCommand
from verbs._events import CommandFailed, LegAnswered
from verbs._spec import Spec
from verbs._verb import Verb


class AnswerSpec(Spec, frozen=True, kw_only=True, tag="answer"):
    """An answer as written."""

    carrier: dict[str, Any] = {}


class Answer(Verb, kw_only=True, tag="answer"):
    """Sends the answer and waits until it is through. Where the call is answered already there is nothing to do."""

    name: ClassVar[str] = "answer"
    Spec: ClassVar[type[Spec]] = AnswerSpec
    screening: ClassVar[bool] = True
    command: ClassVar[str] = "answer"

    spec: AnswerSpec

    def start(self, call: Call) -> None:
        if call.leg.can_be_rejected:
            call.command(AnswerCommand(leg=call.leg.name, carrier=self.spec.carrier))
        else:
            call.finish()

    def on_leg_answered(self, call: Call, event: LegAnswered) -> None:
        call.finish()

    def on_command_failed(self, call: Call, event: CommandFailed) -> None:
        call.end()  # what cannot be answered cannot be heard either
