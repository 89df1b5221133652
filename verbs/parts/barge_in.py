"""Barge-in: keys that are collected beside the verbs of a leg, and whose hook may replace them (`bargeIn` of config).

It runs in the background of its leg until config ends it, or the leg does. The key that barges in ends the say or the play that is
heard, and the program waits until the input is complete and the hook has answered.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from msgspec import field

from callverbs.schemas import Diagnostic
from callverbs.verbs.language.context import Reply, VerbContext
from callverbs.verbs.language.events import KeyPressed
from callverbs.verbs.language.spec import Hook
from callverbs.verbs.language.verb import RunningVerb
from callverbs.verbs.language.word import Word
from callverbs.verbs.parts.dtmf_capture import Key

MOST_KEYS = 128
"""The most keys of one input, as in gather."""
KEY_GAP_SECONDS = 5.0
"""Without a key for so long, keys that are no input yet are dropped, and the program goes on: it has waited for them."""


class BargeInSpec(Word, rename="camel"):
    """A bargeIn as written. `inter_digit_timeout` is in seconds."""

    enable: bool
    sticky: bool = False
    input: tuple[str, ...] = ("speech",)
    action_hook: Hook | None = None
    num_digits: int | None = None
    min_digits: int | None = None
    max_digits: int | None = None
    finish_on_key: str | None = None
    inter_digit_timeout: float | None = None
    dtmf_bargein: bool = True

    @property
    def wants_keys(self) -> bool:
        return "digits" in self.input

    @property
    def most_digits(self) -> int:
        return min(self.num_digits or MOST_KEYS, self.max_digits or MOST_KEYS)


KEYS_ONLY = ("numDigits", "minDigits", "maxDigits", "finishOnKey", "interDigitTimeout", "dtmfBargein")
"""Properties about keys."""


def without_effect(body: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """Yields what of a verb's `bargeIn`, as written, has no effect beside the rest of it."""
    written: dict[str, Any] = body.get("bargeIn", {})
    if not written.get("enable"):
        for name in sorted(set(written) - {"enable"}):
            yield Diagnostic(("bargeIn", name), "CV109", f"{name}: bargeIn is off here", at_key=True)
        return
    wanted = written.get("input", ["speech"])
    if "speech" in wanted:
        path = ("bargeIn", "input", wanted.index("speech")) if "input" in written else ("bargeIn",)
        yield Diagnostic(path, "CV108", "bargeIn does not listen to speech yet: what is said is not heard", at_key="input" not in written)
    if "digits" not in wanted:
        for name in sorted(set(written) & set(KEYS_ONLY)):
            yield Diagnostic(("bargeIn", name), "CV109", f'{name}: keys are not collected; write "input": ["digits"]', at_key=True)
    elif "interDigitTimeout" in written and "minDigits" not in written:
        yield Diagnostic(("bargeIn", "interDigitTimeout"), "CV109", "interDigitTimeout has an effect only with minDigits", at_key=True)


class BargeIn(RunningVerb, yields_to=("gather",)):
    """Waiting for a key; typing, from the first key on; asking, when the input is complete and its hook has not answered."""

    spec: BargeInSpec
    phase: Literal["waiting", "typing", "asking"] = "waiting"
    keys: list[Key] = field(default_factory=list)

    @property
    def holds_program(self) -> bool:
        return self.phase == "asking" or (self.phase == "typing" and self.spec.dtmf_bargein)

    def start(self, call: VerbContext) -> None:
        """Only listens: keys come as events, without a command."""

    def on_key_pressed(self, call: VerbContext, event: KeyPressed) -> None:
        if not self.spec.wants_keys or self.phase == "asking":
            return
        if self.phase == "waiting" and self.spec.dtmf_bargein:
            call.skip_heard()
        self.phase = "typing"
        if event.digit != self.spec.finish_on_key:
            self.keys = sorted([*self.keys, Key(event.occurred_at, event.digit)], key=lambda key: key.at)
        if event.digit == self.spec.finish_on_key or len(self.keys) >= self.spec.most_digits:
            self._complete(call)
        else:
            call.start_timer(self.on_gap_timer, self._gap())

    def _gap(self) -> float:
        """Returns how long to wait for the next key: as the author says from minDigits on, as in gather."""
        return self.spec.inter_digit_timeout or KEY_GAP_SECONDS if self._are_enough() else KEY_GAP_SECONDS

    def _are_enough(self) -> bool:
        return self.spec.min_digits is not None and len(self.keys) >= self.spec.min_digits

    def on_gap_timer(self, call: VerbContext) -> None:
        if self._are_enough():
            self._complete(call)
        else:
            call.note(f"{len(self.keys)} of the keys of bargeIn came, and no other: they are dropped")
            self._begin_again()

    def _complete(self, call: VerbContext) -> None:
        call.stop_timer(self.on_gap_timer)
        self.phase = "asking"
        if self.spec.action_hook:
            digits = "".join(key.digit for key in self.keys)
            call.ask(self.spec.action_hook, self.on_action_reply, action=True, extra={"reason": "dtmfDetected", "digits": digits})
        else:
            self._end(call)

    def on_action_reply(self, call: VerbContext, leg: str, reply: Reply) -> None:
        """Verbs replace the whole program; without any it goes on with the verb after the one that was stopped."""
        if reply.verbs:
            call.replace_root(reply.verbs)
        self._end(call)

    def _end(self, call: VerbContext) -> None:
        """Listens again if it is sticky."""
        if self.spec.sticky:
            self._begin_again()
        else:
            call.finish()

    def _begin_again(self) -> None:
        self.phase, self.keys = "waiting", []
