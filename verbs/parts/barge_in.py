"""Barge-in: keys and speech that are collected beside the verbs of a leg, and whose hook may replace them (`bargeIn` of config).

It runs in the background of its leg until config ends it, or the leg does. Whoever barges in ends the say or the play that is heard,
and the program waits until the input is complete and the hook has answered.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from msgspec import field

from callverbs.schemas import Diagnostic
from callverbs.verbs.language.context import Reply, VerbContext
from callverbs.verbs.language.events import CommandFailed, KeyPressed
from callverbs.verbs.language.spec import Hook, Recognizer
from callverbs.verbs.language.verb import RunningVerb
from callverbs.verbs.language.word import Word
from callverbs.verbs.parts.dtmf_capture import Key
from callverbs.verbs.parts.listening import Listening
from callverbs.verbs.parts.utterance import PartialResults, Utterance

MOST_KEYS = 128
"""The most keys of one input, as in gather."""
DIALECT_HOOKS = {"cognigy": "voice"}
"""By dialect, the actionHook that is asked where none is written (Cognigy: config)."""
GAP_SECONDS = 5.0
"""Without a key or a word for so long, an input that has begun is over: the program waits for it."""


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
    min_bargein_word_count: int = 1

    @property
    def wants_keys(self) -> bool:
        return "digits" in self.input

    @property
    def most_digits(self) -> int:
        return min(self.num_digits or MOST_KEYS, self.max_digits or MOST_KEYS)


class BargeInInput(BargeInSpec):
    """The same, as it runs: with what a gather has besides. There is no time for the first key or word (jambonz config.js)."""

    recognizer: Recognizer | None = None
    bargein: bool = True
    timeout: float = 0.0
    speech_timeout: float | None = None
    partial_result_hook: Hook | None = None


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
    if "speech" not in wanted and "minBargeinWordCount" in written:
        why = 'minBargeinWordCount is about speech; write "input": ["speech"]'
        yield Diagnostic(("bargeIn", "minBargeinWordCount"), "CV109", why, at_key=True)
    if "digits" not in wanted:
        for name in sorted(set(written) & set(KEYS_ONLY)):
            yield Diagnostic(("bargeIn", name), "CV109", f'{name}: keys are not collected; write "input": ["digits"]', at_key=True)
    elif "interDigitTimeout" in written and "minDigits" not in written:
        yield Diagnostic(("bargeIn", "interDigitTimeout"), "CV109", "interDigitTimeout has an effect only with minDigits", at_key=True)


class BargeIn(Listening, RunningVerb, yields_to=("gather",)):
    """Waiting for a key or a word; typing or speaking, from the first one on; asking, when the input is complete and its hook is asked.

    While a gather in the program listens, what is said is for that.
    """

    spec: BargeInInput
    phase: Literal["waiting", "typing", "speaking", "asking"] = "waiting"
    keys: list[Key] = field(default_factory=list)
    utterance: Utterance = field(default_factory=Utterance)
    partial: PartialResults = field(default_factory=PartialResults)

    @property
    def holds_program(self) -> bool:
        return self.phase in ("asking", "speaking") or (self.phase == "typing" and self.spec.dtmf_bargein)

    def start(self, call: VerbContext) -> None:
        """Keys come as events, without a command; speech is recognised by the carrier."""
        self.start_listening(call)

    def on_command_failed(self, call: VerbContext, event: CommandFailed) -> None:
        if event.command == "start_transcription":
            self.listening_failed(call)

    # ------------------------------------------------------------- keys

    def on_key_pressed(self, call: VerbContext, event: KeyPressed) -> None:
        if self.phase == "asking" or self.end_speech_by_key(call, event.digit) or not self.spec.wants_keys:
            return
        self.stop_listening(call)
        if self.phase == "waiting" and self.spec.dtmf_bargein:
            call.skip_heard()
        self.phase = "typing"
        if event.digit != self.spec.finish_on_key:
            self.keys = sorted([*self.keys, Key(event.occurred_at, event.digit)], key=lambda key: key.at)
        if event.digit == self.spec.finish_on_key or len(self.keys) >= self.spec.most_digits:
            self._complete_keys(call)
        else:
            call.start_timer(self.on_gap_timer, self._gap())

    def _gap(self) -> float:
        """Returns how long to wait for the next key: as the author says from minDigits on, as in gather."""
        return self.spec.inter_digit_timeout or GAP_SECONDS if self._are_enough() else GAP_SECONDS

    def _are_enough(self) -> bool:
        return self.spec.min_digits is not None and len(self.keys) >= self.spec.min_digits

    def on_gap_timer(self, call: VerbContext) -> None:
        if self.utterance.phrases:
            self.on_silence_timer(call)
        elif self._are_enough():
            self._complete_keys(call)
        else:
            call.note(f"{len(self.keys)} of the keys of bargeIn came, and no other: they are dropped")
            self._begin_again(call)

    def _complete_keys(self, call: VerbContext) -> None:
        self._complete(call, {"reason": "dtmfDetected", "digits": "".join(key.digit for key in self.keys)})

    # ------------------------------------------------------------- speech

    def speech_began(self, call: VerbContext) -> None:
        """Barges in with enough words. What is never called final is complete after a silence all the same."""
        if self.phase == "waiting" and self.utterance.word_count >= self.spec.min_bargein_word_count:
            self.phase = "speaking"
            call.skip_heard()
        if not self.waits_for_silence:
            call.start_timer(self.on_gap_timer, GAP_SECONDS)

    def speech_ended(self, call: VerbContext, reason: str, words: dict[str, Any]) -> None:
        if self.phase == "waiting":
            call.skip_heard()
        self._complete(call, {"reason": reason, **words})

    # ------------------------------------------------------------- the input is complete

    def _complete(self, call: VerbContext, result: dict[str, Any]) -> None:
        call.stop_timer(self.on_gap_timer)
        call.stop_timer(self.on_silence_timer)
        self.phase = "asking"
        self.utterance.close()
        hook = self.spec.action_hook or call.app.default_hook(DIALECT_HOOKS)
        if hook:
            call.ask(hook, self.on_action_reply, action=True, extra=result)
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
            self._begin_again(call)
        else:
            call.finish()

    def _begin_again(self, call: VerbContext) -> None:
        self.phase, self.keys, self.utterance = "waiting", [], Utterance()
        self.start_listening(call)
