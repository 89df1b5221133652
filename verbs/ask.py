"""`ask`: find out values by talking. The carrier's assistant asks, and reports what it has understood."""

from collections.abc import Iterable
from typing import Any, Literal

from msgspec import field

from callverbs.schemas import Diagnostic, did_you_mean
from callverbs.verbs.language import commands
from callverbs.verbs.language.context import VerbContext
from callverbs.verbs.language.events import CommandFailed, ConversationEnded, FieldsGathered, FieldsUpdated
from callverbs.verbs.language.spec import Hook, Spec, Synthesizer
from callverbs.verbs.language.verb import Verb

END_SECONDS = 1.0
"""The values and the end of the conversation come in two webhooks, in any order: the second is waited for so long."""

Result = Literal["completed", "incomplete", "failed", "timeLimit", "hangup", "stopped"]


class AskSpec(Spec):
    """An ask as written. Times in seconds."""

    fields: dict[str, Any]
    required: list[str] | None = None
    greeting: str = ""
    closing: str = ""
    instructions: str = ""
    model: str = ""
    synthesizer: Synthesizer = Synthesizer()
    interruptible: bool = True
    timeout: float = 10.0
    time_limit: float = 600.0
    partial_result_hook: Hook | None = None
    action_hook: Hook | None = None
    carrier: dict[str, Any] = {}

    @property
    def parameters(self) -> dict[str, Any]:
        """The JSON Schema of an object with all values."""
        properties = {name: {"type": "string", "description": one} if isinstance(one, str) else one for name, one in self.fields.items()}
        return {"type": "object", "properties": properties, "required": list(self.fields) if self.required is None else self.required}


class Ask(Verb[AskSpec], needs_answer=True, command="gather_using_ai"):
    """asking → the values are there, or the conversation has ended → both, or END_SECONDS later: over.

    What was understood so far is reported however the verb ends.
    """

    values: dict[str, Any] = field(default_factory=dict)
    messages: list[dict[str, str]] = field(default_factory=list)
    result: Result | Literal[""] = ""
    """How it ends, as soon as one of the two webhooks says so."""
    reason: str = ""

    @classmethod
    def diagnose(cls, spec: AskSpec) -> Iterable[Diagnostic]:
        for index, name in enumerate(spec.required or ()):
            if name not in spec.fields:
                guess = did_you_mean(name, list(spec.fields))
                yield Diagnostic(("required", index), "CV111", f"there is no field {name}{guess}")

    def start(self, call: VerbContext) -> None:
        spec = self.spec
        call.start_timer(self.on_limit_timer, spec.time_limit)
        call.command(
            commands.AskForFields(
                leg=call.leg.name,
                schema=spec.parameters,
                voice=call.voice(spec.synthesizer),
                greeting=spec.greeting,
                closing=spec.closing,
                instructions=spec.instructions,
                model=spec.model,
                interruptions=spec.interruptible,
                timeout=spec.timeout,
                carrier=spec.carrier,
            )
        )

    def on_fields_updated(self, call: VerbContext, event: FieldsUpdated) -> None:
        if self.result in ("completed", "incomplete"):  # it comes late: all values are there
            return
        self.values = {**self.values, **event.values}
        if self.spec.partial_result_hook:
            label = {"verb_id": self.label} if self.label else {}
            call.notify(self.spec.partial_result_hook, extra={"ask_result": "partial", "fields": self.values, **label})

    def on_fields_gathered(self, call: VerbContext, event: FieldsGathered) -> None:
        ended = bool(self.result)
        self.result = "completed" if event.valid else "incomplete"
        self.values, self.messages = event.values or self.values, event.messages
        if ended:
            self._finish(call, self.result)
        else:
            call.start_timer(self.on_end_timer, END_SECONDS)

    def on_conversation_ended(self, call: VerbContext, event: ConversationEnded) -> None:
        if self.result:
            self._finish(call, self.result)
        else:
            self.result, self.reason = "failed", event.reason
            call.start_timer(self.on_end_timer, END_SECONDS)

    def on_end_timer(self, call: VerbContext) -> None:
        self._finish(call, self.result or "failed")

    def on_command_failed(self, call: VerbContext, event: CommandFailed) -> None:
        self.reason = event.title
        self._finish(call, "failed")

    def on_limit_timer(self, call: VerbContext) -> None:
        self._finish(call, "timeLimit")

    def on_interrupted(self, call: VerbContext) -> None:
        self._finish(call, "hangup" if call.leg.gone else "stopped")

    def _finish(self, call: VerbContext, result: Result) -> None:
        reason = {"ask_reason": self.reason} if self.reason and result == "failed" else {}
        messages = {"messages": self.messages} if self.messages else {}
        call.finish(ask_result=result, fields=self.values, **reason, **messages)
