"""`assistant`: let the party talk with an assistant of the carrier's, which runs its model, its voice and its tools."""

from typing import Any, Literal

from msgspec import field

from callverbs.verbs.language import commands
from callverbs.verbs.language.context import Reply, VerbContext
from callverbs.verbs.language.events import CommandFailed, ConversationEnded, MessagesUpdated
from callverbs.verbs.language.spec import Hook, Spec
from callverbs.verbs.language.verb import Verb
from callverbs.verbs.parts.calling import CALL_MAX_SECONDS

HANGUP_SECONDS = 0.5
"""For the hangup of the party to arrive after the end of its conversation: the carrier does not say which of the two was first."""

Result = Literal["completed", "failed", "timeLimit", "hangup", "stopped"]


class AssistantSpec(Spec):
    """An assistant as written. `time_limit` is in seconds."""

    assistant: str
    instructions: str = ""
    model: str = ""
    api_key_ref: str = ""
    external_llm: dict[str, Any] = {}
    fallback: dict[str, Any] = {}
    tools: list[dict[str, Any]] | None = None
    mcp_servers: list[dict[str, Any]] = []
    greeting: str = ""
    dynamic_variables: dict[str, Any] = {}
    message_history: list[dict[str, Any]] = []
    interruptible: bool | None = None
    time_limit: float | None = None
    action_hook: Hook | None = None
    event_hook: Hook | None = None
    carrier: dict[str, Any] = {}


class Assistant(Verb[AssistantSpec], needs_answer=True, command="ai_assistant_start"):
    """talking → the conversation has ended → HANGUP_SECONDS later, if the party is still there: over.

    Whatever happens to the assistant, the call goes on. What is said does not pass callverbs, so one that is silent is ended by the
    time limit alone.
    """

    began: float = 0.0
    reason: str = ""
    """The carrier's own word for the end."""
    telling: bool = False
    """The event hook has not answered yet."""
    messages: list[dict[str, str]] = field(default_factory=list)
    """Then: what it is to be told next."""

    def start(self, call: VerbContext) -> None:
        self.began = call.at
        spec = self.spec
        call.start_timer(self.on_limit_timer, spec.time_limit or CALL_MAX_SECONDS)
        call.command(
            commands.StartAssistant(
                leg=call.leg.name,
                assistant=spec.assistant,
                instructions=spec.instructions,
                model=spec.model,
                api_key_ref=spec.api_key_ref,
                external_llm=spec.external_llm,
                fallback=spec.fallback,
                tools=spec.tools,
                mcp_servers=spec.mcp_servers,
                greeting=spec.greeting,
                variables=spec.dynamic_variables,
                history=spec.message_history,
                interruptions=spec.interruptible,
                tells_messages=spec.event_hook is not None,
                carrier=spec.carrier,
            )
        )

    def on_messages_updated(self, call: VerbContext, event: MessagesUpdated) -> None:
        """Tells the hook; while it has not answered, the newest messages wait, which hold all that was said before."""
        if self.telling:
            self.messages = event.messages
        else:
            self._tell(call, event.messages)

    def on_messages_reply(self, call: VerbContext, leg: str, reply: Reply) -> None:
        self.telling, messages, self.messages = False, self.messages, []
        if messages:
            self._tell(call, messages)

    def _tell(self, call: VerbContext, messages: list[dict[str, str]]) -> None:
        if self.spec.event_hook:
            self.telling = True
            label = {"verb_id": self.label} if self.label else {}
            call.notify(self.spec.event_hook, self.on_messages_reply, extra={"event": "messages", "messages": messages, **label})

    def on_conversation_ended(self, call: VerbContext, event: ConversationEnded) -> None:
        self.reason = event.reason
        if event.status == "failed":
            self._finish(call, "failed")
        else:
            call.start_timer(self.on_hangup_timer, HANGUP_SECONDS)

    def on_hangup_timer(self, call: VerbContext) -> None:
        self._finish(call, "completed")

    def on_command_failed(self, call: VerbContext, event: CommandFailed) -> None:
        self.reason = event.title
        self._finish(call, "failed")

    def on_limit_timer(self, call: VerbContext) -> None:
        self._finish(call, "timeLimit")

    def on_interrupted(self, call: VerbContext) -> None:
        self._finish(call, "hangup" if call.leg.gone else "stopped")

    def _finish(self, call: VerbContext, result: Result) -> None:
        reason = {"assistant_reason": self.reason} if self.reason else {}
        call.finish(assistant_result=result, assistant_seconds=int(call.at - self.began), **reason)
