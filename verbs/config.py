"""`config`: defaults for the verbs after it."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from callverbs.schemas import Diagnostic
from callverbs.verbs.language.context import VerbContext
from callverbs.verbs.language.spec import Spec, Synthesizer
from callverbs.verbs.language.verb import Verb
from callverbs.verbs.parts import barge_in
from callverbs.verbs.parts.barge_in import BargeIn, BargeInSpec

RESETTABLE = ("synthesizer", "recognizer")
"""What `reset` can name (jambonz config.js); anything else is not looked at."""


class ConfigSpec(Spec):
    """A config as written."""

    synthesizer: Synthesizer | None = None
    reset: str | list[str] = []
    on_hold_music: str | None = None
    barge_in: BargeInSpec | None = None

    @property
    def resets(self) -> list[str]:
        return [self.reset] if isinstance(self.reset, str) else self.reset


class Config(Verb[ConfigSpec], screening=True):
    """Sets defaults, and is over at once. What is reset is reset first, as in jambonz config.js."""

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

    @classmethod
    def answers(cls, spec: ConfigSpec) -> bool:
        return spec.barge_in is not None and spec.barge_in.enable

    def start(self, call: VerbContext) -> None:
        spec, defaults = self.spec, call.leg.defaults
        if "synthesizer" in spec.resets:
            defaults = msgspec.structs.replace(defaults, synthesizer=None)
        if spec.synthesizer:
            before = defaults.synthesizer or call.app.synthesizer
            defaults = msgspec.structs.replace(defaults, synthesizer=spec.synthesizer.over(before))
        if spec.on_hold_music:
            defaults = msgspec.structs.replace(defaults, on_hold_music=spec.on_hold_music)
        call.set_defaults(defaults)
        self._barge_in(call)
        call.finish()

    def _barge_in(self, call: VerbContext) -> None:
        wanted = self.spec.barge_in
        if wanted is None:
            return
        if call.leg.parent:
            call.note("bargeIn is of the caller: it is ignored while a callee is screened")
        elif wanted.enable:
            call.start_background(BargeIn(spec=wanted))
        else:
            call.stop_background("barge_in")
