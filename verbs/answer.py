"""`answer`: pick up an inbound call."""

from typing import Any

from callverbs.verbs.language import commands
from callverbs.verbs.language.context import VerbContext
from callverbs.verbs.language.events import CommandFailed, LegAnswered
from callverbs.verbs.language.spec import Spec
from callverbs.verbs.language.verb import Verb


class AnswerSpec(Spec):
    """An answer as written."""

    carrier: dict[str, Any] = {}


class Answer(Verb[AnswerSpec], screening=True, command="answer"):
    """Sends the answer and waits until it is through. Where the call is answered already there is nothing to do."""

    def start(self, call: VerbContext) -> None:
        if call.leg.can_be_rejected:
            call.command(commands.Answer(leg=call.leg.name, carrier=self.spec.carrier))
        else:
            call.finish()

    def on_leg_answered(self, call: VerbContext, event: LegAnswered) -> None:
        call.finish()

    def on_command_failed(self, call: VerbContext, event: CommandFailed) -> None:
        call.end_program()  # what cannot be answered cannot be heard either
