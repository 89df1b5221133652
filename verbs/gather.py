"""`gather`: collect keys that the party presses, or what the party says."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec
from msgspec import field

from callverbs.schemas import Diagnostic
from callverbs.verbs.language import commands
from callverbs.verbs.language.context import VerbContext
from callverbs.verbs.language.events import CommandFailed, GatherEnded, KeyPressed, ProgramEnded
from callverbs.verbs.language.slow_hook import SlowHook
from callverbs.verbs.language.verb import Verb
from callverbs.verbs.parts import listening, repeated_prompt, slow_hook
from callverbs.verbs.parts.dtmf_capture import Key
from callverbs.verbs.parts.gather_spec import CARRIER_MARGIN_SECONDS, COLLECTION_SECONDS, GatherSpec
from callverbs.verbs.parts.listening import Listening
from callverbs.verbs.parts.speech import losses, utterances
from callverbs.verbs.parts.utterance import PartialResults, Utterance
from callverbs.verbs.play import PlaySpec
from callverbs.verbs.say import SaySpec, basic_voice_conflicts

COLLECTION_MIN_SECONDS = 1.0
"""With less time left, another collection is not worth its while."""
REPORT_SECONDS = 2.0
"""For the end of a collection to be reported that we have stopped; then what we have heard of it ourselves counts."""


class Gather(Listening, Verb[GatherSpec], needs_answer=True, screening=True, programs=("say", "play"), command="gather"):
    """Prompt, then keys or speech. The carrier collects keys, and the last utterance of the prompt is part of its command.

    prompting: what comes before that utterance is a program of ours, and we hear its keys ourselves. Then collecting: the carrier
    has the keys and reports how it ended; or listening: who has heard the first key of an input hears the others too. Stopping: the
    time is over by our own clock, and the carrier, whose keys count, has not reported yet what was pressed.
    With speech the whole prompt is ours, and so are the keys: the first of a key and a complete utterance decides what the input is.
    """

    phase: Literal["prompting", "collecting", "listening", "stopping"] = "collecting"
    keys: list[Key] = field(default_factory=list)
    """What we have heard in this phase, in the order in which it was pressed."""
    utterance: Utterance = field(default_factory=Utterance)
    """With speech: what was said so far."""
    partial: PartialResults = field(default_factory=PartialResults)
    digits: str = ""
    """Collecting: what the carrier's earlier collections have brought."""
    finished: bool = False
    """Collecting: the key that ends the input was pressed."""
    last_key_at: float = 0.0
    """Collecting: when the last key was pressed, by the carrier's clock."""
    voice_failed: bool = False
    """Collecting: the carrier has refused the voice of the prompt, and its fallback speaks."""
    until: float = 0.0
    """Collecting: when the time is over, in UTC seconds; 0 while a prompt goes on, or where there is no end."""

    @classmethod
    def diagnose(cls, spec: GatherSpec) -> Iterable[Diagnostic]:
        yield from slow_hook.diagnose(spec.action_hook_delay_action)
        if spec.say:
            yield from (one.under("say") for one in basic_voice_conflicts(spec.say))

    @classmethod
    def without_effect(cls, body: Mapping[str, Any]) -> Iterable[Diagnostic]:
        if "say" in body and "play" in body:
            yield Diagnostic(("play",), "CV109", "say is heard, and play is not: write one of them, or play before the gather", at_key=True)
        yield from listening.without_effect(body)
        yield from slow_hook.without_effect(body)
        yield from repeated_prompt.without_effect(body)

    @property
    def slow_hook(self) -> SlowHook:
        return SlowHook(self.spec.action_hook_delay_action, self.spec.filler_noise)

    def start(self, call: VerbContext) -> None:
        self.spec = msgspec.structs.replace(self.spec, recognizer=call.recognizer(self.spec.recognizer))
        for loss in losses(self.spec.say.text if self.spec.say else []):
            call.note(loss)
        if before := self.spec.prompt_before():
            self.phase = "prompting"
            if self.spec.listen_during_prompt:
                self.start_listening(call)
            call.run(call.leg.name, before)
        elif self.spec.wants_speech:
            self._listen(call)
        else:
            self._collect(call, self.spec.prompt)

    def on_program_ended(self, call: VerbContext, event: ProgramEnded) -> None:
        if self.keys or self.spec.wants_speech:
            self._listen(call)
        else:
            self._collect(call, self.spec.prompt if self.spec.ends_with_command else None)

    def on_key_pressed(self, call: VerbContext, event: KeyPressed) -> None:
        if self.phase == "collecting" and self.spec.tries > 1:
            return  # the carrier judges the keys of each try
        if self.phase == "collecting":
            self._note_key(call, event)
            self._run_clock(call)
        elif self.phase == "stopping":
            self._note_key(call, event)
        elif self.phase == "prompting" and not self.spec.listen_during_prompt:
            return
        elif self.end_speech_by_key(call, event.digit):
            call.stop_timer(self.on_time_timer)
        elif self.spec.wants_keys:
            self._add_key(call, event)

    def _finish(self, call: VerbContext, digits: str) -> None:
        call.finish(reason="dtmfDetected", digits=digits)

    def _time_out(self, call: VerbContext, digits: str) -> None:
        """Too few digits, or digits of which nobody said how many are enough, are not reported (jambonz gather.js)."""
        if self._are_enough(digits):
            self._finish(call, digits)
        else:
            call.finish(reason="timeout")

    def _are_enough(self, digits: str) -> bool:
        return self.spec.min_digits is not None and len(digits) >= self.spec.min_digits

    # ------------------------------------------------------------- we hear the keys

    def _add_key(self, call: VerbContext, event: KeyPressed) -> None:
        spec = self.spec
        if self.stop_listening(call) and self.phase == "listening":
            call.start_timer(self.on_time_timer, spec.timeout or COLLECTION_SECONDS)
        call.stop_timer(self.on_between_timer)
        self._hear(event)
        digits = self._heard()
        if event.digit == spec.finish_on_key or len(digits) >= spec.most_digits:
            self._finish(call, digits)
            return
        if self.phase == "prompting" and spec.dtmf_bargein:
            call.stop(call.leg.name)
            self._listen(call)
        if spec.inter_digit_timeout and self._are_enough(digits):
            call.stop_timer(self.on_time_timer)
            call.start_timer(self.on_between_timer, spec.inter_digit_timeout)

    def _hear(self, event: KeyPressed) -> None:
        if event.digit != self.spec.finish_on_key and len(self.keys) < self.spec.most_digits:
            self.keys = sorted([*self.keys, Key(event.occurred_at, event.digit)], key=lambda key: key.at)

    def _heard(self) -> str:
        return "".join(key.digit for key in self.keys)

    def _listen(self, call: VerbContext) -> None:
        self.phase = "listening"
        if not self.waits_for_silence:
            call.start_timer(self.on_time_timer, self.spec.timeout or COLLECTION_SECONDS)
        self.start_listening(call)

    def on_between_timer(self, call: VerbContext) -> None:
        if self.phase == "collecting":
            self._stop(call)
        else:
            self._finish(call, self._heard())

    def on_time_timer(self, call: VerbContext) -> None:
        if self.phase == "collecting":
            self._stop(call)
        elif self.utterance.phrases:
            self.on_silence_timer(call)
        elif self.phase == "listening" and not self.spec.timeout:
            self._listen(call)
        else:
            self._time_out(call, self._heard())

    # ------------------------------------------------------------- we hear what is said

    def speech_began(self, call: VerbContext) -> None:
        """Stops the prompt with enough words, and gives the party the time anew."""
        enough = self.utterance.word_count >= self.spec.min_bargein_word_count
        if self.phase == "prompting" and self.spec.bargein and enough:
            call.stop(call.leg.name)
            self.phase = "listening"
        if self.phase == "listening":
            call.stop_timer(self.on_time_timer)
            self._listen(call)

    def speech_ended(self, call: VerbContext, reason: str, words: dict[str, Any]) -> None:
        call.finish(reason=reason, **words)

    # ------------------------------------------------------------- the carrier collects the keys

    def _collect(self, call: VerbContext, prompt: SaySpec | PlaySpec | None) -> None:
        spec = self.spec
        self.phase = "collecting"
        self.keys = []
        if prompt is None and not self.until:
            self.until = call.at + spec.timeout
        timeout = spec.timeout if prompt or not spec.timeout else self.until - call.at
        if self.last_key_at and spec.has_own_clock:
            timeout += CARRIER_MARGIN_SECONDS
        keys: dict[str, Any] = {
            "leg": call.leg.name,
            "min_digits": max(1, spec.least_digits - len(self.digits)),
            "max_digits": spec.most_digits - len(self.digits),
            "finish_on": spec.finish_on_key or "",
            "timeout": timeout or COLLECTION_SECONDS,
            "inter_digit_timeout": spec.carrier_inter_digit_timeout,
            "carrier": {**(prompt.carrier if prompt else {}), **spec.carrier},
            "tries": spec.tries if prompt else 1,
        }
        if isinstance(prompt, SaySpec):
            text = utterances(prompt.text)[-1]
            call.command(commands.GatherUsingSpeak(text=text, voice=call.voice(prompt.synthesizer, self.voice_failed), **keys))
        elif isinstance(prompt, PlaySpec):
            call.command(commands.GatherUsingAudio(url=prompt.urls[-1], **keys))
        else:
            call.command(commands.Gather(**keys))

    def _note_key(self, call: VerbContext, event: KeyPressed) -> None:
        """Notes a key that the carrier has, too. The first one ends the prompt, so the time begins with it."""
        if self.spec.has_own_clock and not self.finished:
            self._hear(event)
        self.finished = self.finished or event.digit == self.spec.finish_on_key
        self.last_key_at = max(self.last_key_at, event.occurred_at)
        self.until = self.until or (call.at + self.spec.timeout if self.spec.timeout else 0.0)

    def _run_clock(self, call: VerbContext) -> None:
        """Keeps jambonz's time: `timeout` for the whole input, and from minDigits on `interDigitTimeout` after each key instead."""
        spec, digits = self.spec, self.digits + self._heard()
        if not spec.has_own_clock or self.finished or len(digits) >= spec.most_digits:
            return
        if spec.inter_digit_timeout and self._are_enough(digits):
            call.stop_timer(self.on_time_timer)
            call.start_timer(self.on_between_timer, spec.inter_digit_timeout)
        elif self.until:
            call.start_timer(self.on_time_timer, max(self.until - call.at, 0.0))

    def _stop(self, call: VerbContext) -> None:
        """Ends the collection. A key of the last moment is in the carrier's report, even if it is pressed while we ask for the end."""
        self.phase = "stopping"
        call.command(commands.StopGather(leg=call.leg.name))
        call.start_timer(self.on_report_timer, REPORT_SECONDS)

    def on_report_timer(self, call: VerbContext) -> None:
        self._end(call, self.digits + self._heard())

    def _end(self, call: VerbContext, digits: str) -> None:
        if self.finished:
            self._finish(call, digits)
        else:
            self._time_out(call, digits)

    def on_gather_ended(self, call: VerbContext, event: GatherEnded) -> None:
        if self.spec.tries > 1 and not self.until:
            self._end_of_tries(call, event)
            return
        self.digits += event.digits.removesuffix(self.spec.finish_on_key or " ")
        waited = bool(self.spec.inter_digit_timeout) and self._are_enough(self.digits)
        if waited or len(self.digits) >= self.spec.most_digits or self._ended_by_key(event):
            self._finish(call, self.digits)
        elif self.phase != "stopping" and event.status != "lost" and self._has_time(call):
            self._collect(call, None)
        else:
            self._time_out(call, self.digits)

    def _end_of_tries(self, call: VerbContext, event: GatherEnded) -> None:
        """The carrier has repeated the prompt as often as the author wanted: what it calls valid counts, and nothing else."""
        if event.status == "valid" and event.digits:
            self._finish(call, event.digits.removesuffix(self.spec.finish_on_key or " "))
        else:
            call.finish(reason="timeout")

    def _ended_by_key(self, event: GatherEnded) -> bool:
        """Returns whether finishOnKey has ended the collection: the webhook of that key may come later than that of the end.

        An end that comes sooner after the last key than the wait between keys, or with no key at all, is no expiry.
        """
        if self.finished or not self.spec.finish_on_key or event.status not in ("valid", "invalid"):
            return self.finished
        wait = self.spec.carrier_inter_digit_timeout or self.spec.timeout or COLLECTION_SECONDS
        return not event.digits or not self.last_key_at or event.occurred_at - self.last_key_at < wait - COLLECTION_MIN_SECONDS / 2

    def _has_time(self, call: VerbContext) -> bool:
        return not self.spec.timeout or self.until - call.at > COLLECTION_MIN_SECONDS

    def on_command_failed(self, call: VerbContext, event: CommandFailed) -> None:
        """A prompt that cannot be heard is over, unless its voice has a fallback; keys that cannot be collected end the verb.

        What cannot be stopped has ended by itself.
        """
        if event.command == "start_transcription" and self.spec.wants_keys:
            self.listening_failed(call)
        elif event.command in ("gather", "start_transcription"):
            call.finish(reason="error", details=event.title)
        elif event.command == "gather_using_speak" and self._has_fallback(call):
            self.voice_failed = True
            call.note("the fallback of the voice speaks: the carrier has refused the first")
            self._collect(call, self.spec.prompt)
        elif self.phase != "stopping":
            self._collect(call, None)

    def _has_fallback(self, call: VerbContext) -> bool:
        prompt = self.spec.prompt
        return isinstance(prompt, SaySpec) and not self.voice_failed and call.voice(prompt.synthesizer).fallback is not None
