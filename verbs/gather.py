"""`gather`: collect keys that the party presses."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Literal

from msgspec import field

from schemas import Fault
from verbs._call import Call
from verbs._capture import Key
from verbs._commands import FOREVER, GatherUsingAudio, GatherUsingSpeak
from verbs._commands import Gather as Collect
from verbs._events import CommandFailed, GatherEnded, KeyPressed, ProgramEnded, TimerFired
from verbs._playlist import rounds
from verbs._spec import Hook, Spec
from verbs._speech import losses, utterances
from verbs._verb import Verb
from verbs.play import SILENCE, PlaySpec
from verbs.say import SaySpec, conflicts

MOST = 128
"""Keys that the carrier collects at the most."""
PATIENCE = 120.0
"""Seconds of one collection, where the author waits for ever: then the next one begins."""
SLACK = 1.0
"""Seconds before the end of the time in which another collection is not worth its while."""


class GatherSpec(Spec, frozen=True, kw_only=True, tag="gather"):
    """A gather as written. Times in seconds; `timeout` runs from the end of the prompt."""

    input: tuple[str, ...] = ("digits",)
    num_digits: int | None = None
    min_digits: int | None = None
    max_digits: int | None = None
    finish_on_key: str | None = None
    inter_digit_timeout: float | None = None
    timeout: float = 15.0
    say: SaySpec | None = None
    play: PlaySpec | None = None
    dtmf_bargein: bool = True
    listen_during_prompt: bool = True
    action_hook: Hook | None = None
    carrier: dict[str, Any] = {}

    @property
    def prompt(self) -> SaySpec | PlaySpec | None:
        return self.say if self.say and utterances(self.say.text) else self.play

    @property
    def ends_with_command(self) -> bool:
        """Whether the last utterance is the carrier's prompt, which the first key stops with no way to us and back."""
        prompt = self.prompt
        if not (self.wants_keys and self.dtmf_bargein and self.listen_during_prompt) or prompt is None or rounds(prompt.loop) == FOREVER:
            return False
        return isinstance(prompt, SaySpec) or not (prompt.timeout_secs or prompt.urls[-1].startswith(SILENCE))

    def prompt_before(self) -> list[Spec]:
        """What of the prompt is heard before the carrier's collection begins."""
        prompt = self.prompt
        if prompt is None:
            return []
        heard = utterances(prompt.text) if isinstance(prompt, SaySpec) else prompt.urls
        if not self.ends_with_command:
            return [_quiet(prompt, heard, prompt.loop)]
        whole, last = rounds(prompt.loop) - 1, heard[:-1]
        return [_quiet(prompt, heard, whole)] * (whole > 0) + [_quiet(prompt, last, 1)] * (last != [])

    @property
    def wants_keys(self) -> bool:
        return "digits" in self.input

    @property
    def most(self) -> int:
        return min(self.num_digits or MOST, self.max_digits or MOST)

    @property
    def least(self) -> int:
        return min(self.num_digits or self.min_digits or 1, self.most)

    @property
    def between(self) -> float:
        """Jambonz counts the time between keys only after minDigits, and not at all without: then it is 0."""
        return self.inter_digit_timeout if self.inter_digit_timeout and self.min_digits else 0.0


class Gather(Verb, kw_only=True, tag="gather"):
    """Prompt, then keys. The carrier collects them, and the last utterance of the prompt is part of its command.

    prompting: what comes before that utterance is a program of ours, and we hear its keys ourselves. Then collecting: the
    carrier has the keys and says how it ended; or listening: who has heard the first key of an input hears the others too.
    """

    name: ClassVar[str] = "gather"
    Spec: ClassVar[type[Spec]] = GatherSpec
    needs_answer: ClassVar[bool] = True
    screening: ClassVar[bool] = True
    programs: ClassVar[tuple[str, ...]] = ("say", "play")
    command: ClassVar[str] = "gather"

    spec: GatherSpec
    phase: Literal["prompting", "collecting", "listening"] = "collecting"
    keys: list[Key] = field(default_factory=list)
    """Prompting, listening: what we have heard, in the order in which it was pressed."""
    digits: str = ""
    """Collecting: what the carrier's earlier collections have brought."""
    finished: bool = False
    """Collecting: the key that ends the input was pressed."""
    last: float = 0.0
    """Collecting: when the last key was pressed, by the carrier's clock."""
    until: float = 0.0
    """Collecting: when the time is over, in UTC seconds; 0 while a prompt goes on, or where there is no end."""

    @classmethod
    def remarks(cls, body: Mapping[str, Any]) -> Iterable[Fault]:
        if "say" in body and "play" in body:
            yield Fault(("play",), "CV109", "say is heard, and play is not: write one of them, or play before the gather", at_key=True)

    @classmethod
    def faults(cls, spec: GatherSpec) -> Iterable[Fault]:
        return (fault.under("say") for fault in conflicts(spec.say)) if spec.say else ()

    def start(self, call: Call) -> None:
        if "speech" in self.spec.input:
            call.note("speech input is not built yet: only keys are heard" if self.spec.wants_keys else "speech input is not built yet")
        for why in losses(self.spec.say.text if self.spec.say else []):
            call.note(why)
        if before := self.spec.prompt_before():
            self.phase = "prompting"
            call.run(call.leg.name, before)
        else:
            self._collect(call, self.spec.prompt)

    def on_program_ended(self, call: Call, event: ProgramEnded) -> None:
        if self.keys:
            self._listen(call)
        else:
            self._collect(call, self.spec.prompt if self.spec.ends_with_command else None)

    def on_key_pressed(self, call: Call, event: KeyPressed) -> None:
        if self.phase == "collecting":
            self._watch(call, event)
        elif self.spec.wants_keys and self.spec.listen_during_prompt:
            self._hear(call, event)

    def _done(self, call: Call, digits: str) -> None:
        call.finish(reason="dtmfDetected", digits=digits)

    def _time_is_over(self, call: Call, digits: str) -> None:
        """Digits that are too few, or that nobody said how many there have to be of, are not told (jambonz gather.js)."""
        if self._are_enough(digits):
            self._done(call, digits)
        else:
            call.finish(reason="timeout")

    def _are_enough(self, digits: str) -> bool:
        return self.spec.min_digits is not None and len(digits) >= self.spec.min_digits

    # ------------------------------------------------------------- we hear the keys

    def _hear(self, call: Call, event: KeyPressed) -> None:
        spec = self.spec
        call.stop_timer("between")
        if event.digit != spec.finish_on_key:
            self.keys = sorted([*self.keys, Key(event.occurred_at, event.digit)], key=lambda key: key.at)
        digits = self._heard()
        if event.digit == spec.finish_on_key or len(digits) >= spec.most:
            self._done(call, digits)
            return
        if self.phase == "prompting" and spec.dtmf_bargein:
            call.stop(call.leg.name)
            self._listen(call)
        if spec.inter_digit_timeout and self._are_enough(digits):
            call.stop_timer("time")
            call.timer("between", spec.inter_digit_timeout)

    def _heard(self) -> str:
        return "".join(key.digit for key in self.keys)

    def _listen(self, call: Call) -> None:
        self.phase = "listening"
        call.timer("time", self.spec.timeout or PATIENCE)

    def on_timer_fired(self, call: Call, event: TimerFired) -> None:
        if event.name == "between":
            self._done(call, self._heard())
        elif self.phase == "listening" and not self.spec.timeout:
            self._listen(call)
        else:
            self._time_is_over(call, self._heard())

    # ------------------------------------------------------------- the carrier collects the keys

    def _collect(self, call: Call, prompt: SaySpec | PlaySpec | None) -> None:
        spec = self.spec
        self.phase = "collecting"
        if not spec.wants_keys:
            call.timer("time", spec.timeout or PATIENCE)
            return
        if prompt is None and not self.until:
            self.until = call.at + spec.timeout
        timeout = spec.timeout if prompt or not spec.timeout else self.until - call.at
        keys: dict[str, Any] = {
            "leg": call.leg.name,
            "least": max(1, spec.least - len(self.digits)),
            "most": spec.most - len(self.digits),
            "finish_on": spec.finish_on_key or "",
            "timeout": timeout or PATIENCE,
            "between": spec.between,
            "carrier": {**(prompt.carrier if prompt else {}), **spec.carrier},
        }
        if isinstance(prompt, SaySpec):
            text = utterances(prompt.text)[-1]
            call.command(GatherUsingSpeak(text=text, voice=prompt.synthesizer.over(call.app.synthesizer), **keys))
        elif isinstance(prompt, PlaySpec):
            call.command(GatherUsingAudio(url=prompt.urls[-1], **keys))
        else:
            call.command(Collect(**keys))

    def _watch(self, call: Call, event: KeyPressed) -> None:
        """The first key ends the prompt, so the time begins with it."""
        self.finished = self.finished or event.digit == self.spec.finish_on_key
        self.last = max(self.last, event.occurred_at)
        self.until = self.until or (call.at + self.spec.timeout if self.spec.timeout else 0.0)

    def on_gather_ended(self, call: Call, event: GatherEnded) -> None:
        self.digits += event.digits.removesuffix(self.spec.finish_on_key or " ")
        waited = bool(self.spec.inter_digit_timeout) and self._are_enough(self.digits)
        if waited or len(self.digits) >= self.spec.most or self._finished_by_key(event):
            self._done(call, self.digits)
        elif event.status != "lost" and self._has_time(call):
            self._collect(call, None)
        else:
            self._time_is_over(call, self.digits)

    def _finished_by_key(self, event: GatherEnded) -> bool:
        """Whether finishOnKey has ended the collection: the news of that key may come later than the end itself.

        An end that comes sooner after the last key than the wait between keys, or with no key at all, is no expiry.
        """
        if self.finished or not self.spec.finish_on_key or event.status not in ("valid", "invalid"):
            return self.finished
        wait = self.spec.between or self.spec.timeout or PATIENCE
        return not event.digits or not self.last or event.occurred_at - self.last < wait - SLACK / 2

    def _has_time(self, call: Call) -> bool:
        return not self.spec.timeout or self.until - call.at > SLACK

    def on_command_failed(self, call: Call, event: CommandFailed) -> None:
        """A prompt that cannot be heard is over; keys that cannot be collected are the end of the verb."""
        if event.command == "gather":
            call.finish(reason="error", details=event.title)
        else:
            self._collect(call, None)


def _quiet(prompt: SaySpec | PlaySpec, heard: list[str], loop: int | str) -> Spec:
    """A part of the prompt as a verb of its own. A prompt asks no hook: jambonz lets it replace the gather, which is a bug there."""
    if isinstance(prompt, SaySpec):
        return SaySpec(text=heard, loop=loop, synthesizer=prompt.synthesizer, carrier=prompt.carrier)
    return PlaySpec(url=heard, loop=loop, timeout_secs=prompt.timeout_secs, carrier=prompt.carrier)
