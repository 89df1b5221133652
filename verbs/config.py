"""`config`: defaults for the verbs after it."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from callverbs.schemas import Diagnostic
from callverbs.verbs.language.context import VerbContext
from callverbs.verbs.language.defaults import Defaults
from callverbs.verbs.language.slow_hook import FillerNoiseSpec, HookDelaySpec
from callverbs.verbs.language.spec import Recognizer, Spec, Synthesizer
from callverbs.verbs.language.verb import Verb
from callverbs.verbs.listen import Listen
from callverbs.verbs.parts import barge_in, call_recording, slow_hook, transcribing
from callverbs.verbs.parts.barge_in import BargeIn, BargeInInput, BargeInSpec
from callverbs.verbs.parts.call_recording import RecordOptions
from callverbs.verbs.parts.media_stream import ListenSpec
from callverbs.verbs.parts.transcribing import CallTranscription, TranscribeSpec

RESETTABLE = ("synthesizer", "recognizer")
"""What `reset` can name (jambonz config.js); anything else is not looked at."""


class ConfigSpec(Spec):
    """A config as written."""

    synthesizer: Synthesizer | None = None
    recognizer: Recognizer | None = None
    reset: str | list[str] = []
    on_hold_music: str | None = None
    barge_in: BargeInSpec | None = None
    listen: dict[str, Any] | None = None
    transcribe: TranscribeSpec | None = None
    record: RecordOptions | None = None
    action_hook_delay_action: HookDelaySpec | None = None
    filler_noise: FillerNoiseSpec | None = None

    @property
    def resets(self) -> list[str]:
        return [self.reset] if isinstance(self.reset, str) else self.reset


class Config(Verb[ConfigSpec], screening=True):
    """Sets defaults, and is over at once. What is reset is reset first, as in jambonz config.js."""

    @classmethod
    def diagnose(cls, spec: ConfigSpec) -> Iterable[Diagnostic]:
        yield from slow_hook.diagnose(spec.action_hook_delay_action)
        if spec.listen and spec.listen["enable"] and "url" not in spec.listen:
            yield Diagnostic(("listen",), "CV103", "listen needs url: the WebSocket that hears the call")

    @classmethod
    def without_effect(cls, body: Mapping[str, Any]) -> Iterable[Diagnostic]:
        if not set(body) - {"verb", "id", "_"}:
            yield Diagnostic((), "CV109", "this config sets nothing: write what it is to set, or remove it")
        reset = body.get("reset", [])
        for index, name in enumerate([reset] if isinstance(reset, str) else reset):
            if name not in RESETTABLE:
                path = ("reset",) if isinstance(reset, str) else ("reset", index)
                yield Diagnostic(path, "CV109", f"{name} cannot be reset: only {' and '.join(RESETTABLE)} can")

        yield from barge_in.without_effect(body)
        yield from slow_hook.without_effect(body)
        yield from call_recording.without_effect(body)
        if "transcribe" in body:
            yield from transcribing.without_effect(body["transcribe"], "transcribe")

    @classmethod
    def answers(cls, spec: ConfigSpec) -> bool:
        return any(
            (
                spec.listen is not None and bool(spec.listen["enable"]),
                spec.transcribe is not None and spec.transcribe.enable,
                spec.barge_in is not None and spec.barge_in.enable,
                spec.record is not None and spec.record.starts,
            )
        )

    def start(self, call: VerbContext) -> None:
        defaults = self._defaults(call)
        call.set_defaults(defaults)
        self._barge_in(call, defaults)
        self._listen(call)
        self._transcribe(call)
        if self.spec.record:
            call_recording.carry_out(call, self.spec.record)
        call.finish()

    def _barge_in(self, call: VerbContext, defaults: Defaults) -> None:
        wanted = self.spec.barge_in
        if wanted is None:
            return
        if call.leg.parent:
            call.note("bargeIn is of the caller: it is ignored while a callee is screened")
        elif wanted.enable:
            call.start_background(BargeIn(spec=BargeInInput(**msgspec.structs.asdict(wanted), recognizer=defaults.recognizer)))
        else:
            call.stop_background("barge_in")

    def _listen(self, call: VerbContext) -> None:
        written = self.spec.listen
        if written is None:
            return
        if written["enable"]:
            call.start_background(Listen(spec=msgspec.convert(written, ListenSpec)))
        else:
            call.stop_background("listen")

    def _transcribe(self, call: VerbContext) -> None:
        """Transcribes from now on; what a callee who is screened says replaces nothing."""
        if self.spec.transcribe is None:
            return
        if self.spec.transcribe.enable:
            call.start_background(CallTranscription(spec=self.spec.transcribe, replaces=not call.leg.parent))
        else:
            call.stop_background("call_transcription")

    def _defaults(self, call: VerbContext) -> Defaults:
        """Returns the defaults with what this config sets; what it does not name stays."""
        spec, before = self.spec, call.leg.defaults
        voice = None if "synthesizer" in spec.resets else before.synthesizer
        heard = None if "recognizer" in spec.resets else before.recognizer
        return Defaults(
            synthesizer=spec.synthesizer.over(voice or call.app.synthesizer) if spec.synthesizer else voice,
            recognizer=spec.recognizer.over(heard) if spec.recognizer and heard else spec.recognizer or heard,
            on_hold_music=spec.on_hold_music or before.on_hold_music,
            hook_delay=spec.action_hook_delay_action or before.hook_delay,
            filler_noise=spec.filler_noise.over(before.filler_noise) if spec.filler_noise else before.filler_noise,
        )
