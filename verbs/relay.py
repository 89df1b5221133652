"""`relay`: let the party talk with the author's own agent, whose socket the carrier gives text and takes text from."""

from typing import Any, Literal

from callverbs.verbs.language import commands
from callverbs.verbs.language.context import VerbContext
from callverbs.verbs.language.events import CommandFailed, ConversationEnded
from callverbs.verbs.language.spec import Hook, Spec, Synthesizer
from callverbs.verbs.language.target import header_values
from callverbs.verbs.language.verb import Verb
from callverbs.verbs.parts.calling import CALL_MAX_SECONDS
from callverbs.verbs.parts.conversation import Interruptible, handed_over, interruption

Result = Literal["completed", "disconnected", "failed", "timeLimit", "hangup", "stopped"]


class RelaySpec(Spec):
    """A relay as written. `time_limit` is in seconds."""

    url: str
    greeting: str = ""
    synthesizer: Synthesizer = Synthesizer()
    interruptible: Interruptible = True
    greeting_interruptible: Interruptible | None = None
    dtmf: bool = False
    custom_parameters: dict[str, Any] = {}
    time_limit: float | None = None
    action_hook: Hook | None = None
    carrier: dict[str, Any] = {}


class Relay(Verb[RelaySpec], needs_answer=True, command="conversation_relay_start"):
    """The carrier opens the agent's socket and reports how the conversation ends; whatever happens to the agent, the call goes on.

    What is said does not pass callverbs, so an agent that is connected and silent is ended by the time limit alone.
    """

    began: float = 0.0

    def start(self, call: VerbContext) -> None:
        self.began = call.at
        spec = self.spec
        greeting_interruptible = spec.interruptible if spec.greeting_interruptible is None else spec.greeting_interruptible
        call.start_timer(self.on_limit_timer, spec.time_limit or CALL_MAX_SECONDS)
        call.command(
            commands.StartRelay(
                leg=call.leg.name,
                socket=spec.url,
                greeting=spec.greeting,
                voice=call.voice(spec.synthesizer),
                interruptible=interruption(spec.interruptible),
                greeting_interruptible=interruption(greeting_interruptible),
                dtmf=spec.dtmf,
                parameters=header_values(spec.custom_parameters),
                carrier=spec.carrier,
            )
        )

    def on_conversation_ended(self, call: VerbContext, event: ConversationEnded) -> None:
        self._finish(call, RESULTS.get(event.status, "failed"), event.reason, event.handoff)

    def on_command_failed(self, call: VerbContext, event: CommandFailed) -> None:
        self._finish(call, "failed", event.title)

    def on_limit_timer(self, call: VerbContext) -> None:
        self._finish(call, "timeLimit")

    def on_interrupted(self, call: VerbContext) -> None:
        self._finish(call, "hangup" if call.leg.gone else "stopped")

    def _finish(self, call: VerbContext, result: Result, reason: str = "", handoff: str = "") -> None:
        said = {"relay_reason": reason} if reason else {}
        call.finish(relay_result=result, relay_seconds=int(call.at - self.began), **said, **handed_over(handoff))


RESULTS: dict[str, Result] = {"completed": "completed", "disconnected": "disconnected"}
"""The result of a relay by the status of its end; every other one is a failure."""
