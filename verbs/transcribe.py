"""`transcribe`: tell a hook what the party says, until the call is over."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import field

from callverbs.schemas import Diagnostic
from callverbs.verbs.language.context import Reply, VerbContext
from callverbs.verbs.language.spec import Hook
from callverbs.verbs.language.verb import Verb
from callverbs.verbs.parts import transcribing
from callverbs.verbs.parts.calling import CALL_MAX_SECONDS
from callverbs.verbs.parts.transcribing import Reports, Result, TranscribeSpec, Transcribing, words_of


class Transcribe(Transcribing, Verb[TranscribeSpec], needs_answer=True):
    """Tells the hook of what is said. Verbs of a reply replace the rest of the program, and end the transcription."""

    reports: Reports = field(default_factory=Reports)

    @classmethod
    def answers(cls, spec: TranscribeSpec) -> bool:
        return spec.enable

    @classmethod
    def without_effect(cls, body: Mapping[str, Any]) -> Iterable[Diagnostic]:
        return transcribing.without_effect(body)

    def start(self, call: VerbContext) -> None:
        if not self.spec.enable:
            call.finish()
            return
        self.start_transcribing(call)
        call.start_timer(self.on_limit_timer, CALL_MAX_SECONDS)

    def tell(self, call: VerbContext, hook: Hook, result: Result) -> None:
        call.ask(hook, self.on_transcription_reply, extra={"speech": words_of(result)})

    def replied(self, call: VerbContext, reply: Reply) -> None:
        if reply.verbs:
            call.replace_rest(reply.verbs)

    def on_limit_timer(self, call: VerbContext) -> None:
        call.finish()
