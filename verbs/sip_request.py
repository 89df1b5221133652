"""`sip:request`: send the far end a SIP request within the call. The carrier sends INFO, and no other."""

from collections.abc import Iterable, Mapping
from typing import Any

from callverbs.schemas import Diagnostic
from callverbs.verbs.language import commands
from callverbs.verbs.language.context import VerbContext
from callverbs.verbs.language.events import CommandFailed
from callverbs.verbs.language.query_answers import InfoSent
from callverbs.verbs.language.spec import Hook, Spec
from callverbs.verbs.language.target import header_values
from callverbs.verbs.language.verb import Verb

CONTENT_TYPE = "content-type"
PLAIN_TEXT = "text/plain"
MAX_BYTES = 1_400
"""The longest body, of which the carrier says so; with the line break that ends it."""
ANSWER_SECONDS = 60.0
"""For the carrier to take the request or refuse it, repeats after a fault included."""


class SipRequestSpec(Spec):
    """A request as written."""

    method: str
    body: str
    headers: dict[str, Any] = {}
    action_hook: Hook | None = None
    carrier: dict[str, Any] = {}

    @property
    def content(self) -> str:
        """The body as it is sent: with a line break behind it (jambonz sip_request.js)."""
        return f"{self.body}\n"

    @property
    def content_type(self) -> str:
        """What the body is, by the header that says so."""
        headers = {name.lower(): value for name, value in header_values(self.headers).items()}
        return headers.get(CONTENT_TYPE, PLAIN_TEXT)


class SipRequest(Verb[SipRequestSpec], needs_answer=True, command="send_sip_info"):
    """Sends the INFO, and tells the hook whether the carrier has taken it. What the far end answers, nobody learns."""

    @classmethod
    def diagnose(cls, spec: SipRequestSpec) -> Iterable[Diagnostic]:
        size = len(spec.body.encode())
        if size >= MAX_BYTES:
            yield Diagnostic(("body",), "CV111", f"an INFO carries {MAX_BYTES - 1:,} bytes at the most: this has {size:,}")

    @classmethod
    def without_effect(cls, body: Mapping[str, Any]) -> Iterable[Diagnostic]:
        for name in body.get("headers", {}):
            if name.lower() != CONTENT_TYPE:
                why = f"the carrier sends no {name} with an INFO: only Content-Type is read"
                yield Diagnostic(("headers", name), "CV109", why, at_key=True)

    def start(self, call: VerbContext) -> None:
        spec = self.spec
        call.command(commands.SendInfo(leg=call.leg.name, body=spec.content, content_type=spec.content_type, carrier=spec.carrier))
        call.start_timer(self.on_answer_timer, ANSWER_SECONDS)

    def on_info_sent(self, call: VerbContext, event: InfoSent) -> None:
        call.finish(result="success")

    def on_command_failed(self, call: VerbContext, event: CommandFailed) -> None:
        call.finish(result="failed", err=": ".join(filter(None, [event.title, event.detail])) or "the carrier has refused it")

    def on_answer_timer(self, call: VerbContext) -> None:
        call.finish(result="failed", err="the carrier has not answered")
