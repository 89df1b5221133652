"""`message`: send a text message, or one with media."""

from collections.abc import Iterable, Mapping
from typing import Any

from callverbs.schemas import Diagnostic
from callverbs.verbs.language.context import VerbContext
from callverbs.verbs.language.events import CommandFailed
from callverbs.verbs.language.message_commands import SendMessage
from callverbs.verbs.language.phone_number import e164
from callverbs.verbs.language.query_answers import MessageSent
from callverbs.verbs.language.spec import Hook, Spec
from callverbs.verbs.language.verb import Verb

CARRIER = "telnyx"
ANSWER_SECONDS = 60.0
"""For the carrier to take the message or refuse it, repeats after a fault included."""


class MessageSpec(Spec, rename={"from_": "from", "action_hook": "actionHook"}):
    """A message as written. `carrier` may be jambonz's name of a carrier, which says nothing here."""

    to: str
    from_: str
    text: str = ""
    media: str | list[str] = []
    message_sid: str | None = None
    action_hook: Hook | None = None
    carrier: str | dict[str, Any] = {}

    @property
    def media_urls(self) -> list[str]:
        return [self.media] if isinstance(self.media, str) else self.media


class Message(Verb[MessageSpec], command="send_message"):
    """Sends the message, and tells the hook whether the carrier has taken it. It does not answer the call."""

    @classmethod
    def without_effect(cls, body: Mapping[str, Any]) -> Iterable[Diagnostic]:
        if not (body.get("text") or body.get("media")):
            yield Diagnostic((), "CV109", "a message without text and without media is refused by the carrier: write text, or media")

    def start(self, call: VerbContext) -> None:
        spec = self.spec
        call.command(
            SendMessage(
                leg=call.leg.name,
                to=e164(spec.to) or spec.to,
                from_=e164(spec.from_) or spec.from_,
                text=spec.text,
                files=spec.media_urls,
                carrier=spec.carrier if isinstance(spec.carrier, dict) else {},
            )
        )
        call.start_timer(self.on_answer_timer, ANSWER_SECONDS)

    def on_message_sent(self, call: VerbContext, event: MessageSent) -> None:
        self._finish(call, "success", carrier=CARRIER, carrier_message_id=event.message_id)

    def on_command_failed(self, call: VerbContext, event: CommandFailed) -> None:
        reason = ": ".join(filter(None, [event.title, event.detail])) + (f" ({event.code})" if event.code else "")
        self._finish(call, "failure" if event.status or event.code else "system error", message_failure_reason=reason)

    def on_answer_timer(self, call: VerbContext) -> None:
        self._finish(call, "system error", message_failure_reason="the carrier has not answered")

    def _finish(self, call: VerbContext, status: str, **detail: str) -> None:
        call.finish(message_sid=self.spec.message_sid or f"{call.leg.call_leg_id}:{self.n}", message_status=status, **detail)
