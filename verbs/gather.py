"""`gather`: collect keys that the party presses."""

from typing import Any, ClassVar

from verbs._call import Call
from verbs._commands import FOREVER, GatherUsingAudio, GatherUsingSpeak
from verbs._commands import Gather as Collect
from verbs._events import GatherEnded, KeyPressed, ProgramEnded, TimerFired
from verbs._playlist import rounds
from verbs._spec import Hook, Spec
from verbs._speech import utterances
from verbs._verb import Verb
from verbs.play import SILENCE, PlaySpec
from verbs.say import SaySpec

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
    timeout: float = 15
    say: SaySpec | None = None
    play: PlaySpec | None = None
    dtmf_bargein: bool = True
    listen_during_prompt: bool = True
    action_hook: Hook | None = None
    carrier: dict[str, Any] = {}

    @property
    def prompt(self) -> SaySpec | PlaySpec | None:
        return self.say or self.play

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
        """Jambonz counts the time between keys only after minDigits, and not at all without."""
        return self.inter_digit_timeout if self.inter_digit_timeout and self.min_digits else self.timeout or PATIENCE


class Gather(Verb, kw_only=True, tag="gather"):
    """Prompt, then keys. The carrier collects them, and the last utterance of the prompt is part of its command.

    prompting: what comes before that utterance is a program of ours; keys are heard one by one.
    collecting: the carrier has the keys, and says how it ended.
    """

    name: ClassVar[str] = "gather"
    Spec: ClassVar[type[Spec]] = GatherSpec
    needs_answer: ClassVar[bool] = True
    screening: ClassVar[bool] = True
    programs: ClassVar[tuple[str, ...]] = ("say", "play")
    command: ClassVar[str] = "gather"

    spec: GatherSpec
    digits: str = ""
    """Keys that were heard before the carrier's collection, or in an earlier one."""
    prompting: bool = False
    ended_by_key: bool = False
    until: float = 0.0
    """When the time is over, in UTC seconds; 0 where the end of the prompt is not known to us, or there is no end."""

    def start(self, call: Call) -> None:
        if "speech" in self.spec.input:
            call.note("speech input is not built yet: only keys are heard" if self.spec.wants_keys else "speech input is not built yet")
        before = self._before()
        if before is None:
            self._collect(call, with_prompt=True)
        else:
            self.prompting = True
            call.run(call.leg.name, [before])

    def on_program_ended(self, call: Call, event: ProgramEnded) -> None:
        self.prompting = False
        self._collect(call, with_prompt=self._ends_with_command())

    def on_key_pressed(self, call: Call, event: KeyPressed) -> None:
        if not self.prompting:
            self.ended_by_key = self.ended_by_key or event.digit == self.spec.finish_on_key
            return
        if not self.spec.wants_keys or not self.spec.listen_during_prompt:
            return
        if event.digit == self.spec.finish_on_key:
            call.finish(reason="dtmfDetected", digits=self.digits)
            return
        self.digits += event.digit
        if len(self.digits) >= self.spec.most:
            call.finish(reason="dtmfDetected", digits=self.digits)
        elif self.spec.dtmf_bargein:
            self.prompting = False
            call.stop(call.leg.name)
            self._collect(call, with_prompt=False)

    def on_gather_ended(self, call: Call, event: GatherEnded) -> None:
        self.digits += event.digits.removesuffix(self.spec.finish_on_key or " ")
        enough = self.spec.min_digits is not None and len(self.digits) >= self.spec.min_digits
        if event.status == "valid" or self.ended_by_key or len(self.digits) >= self.spec.most:
            call.finish(reason="dtmfDetected", digits=self.digits)
        elif event.status != "lost" and self._has_time(call):
            self._collect(call, with_prompt=False)
        elif enough:
            call.finish(reason="dtmfDetected", digits=self.digits)
        else:
            call.finish(reason="timeout")

    def on_timer_fired(self, call: Call, event: TimerFired) -> None:
        call.finish(reason="timeout")

    # ------------------------------------------------------------- the prompt

    def _ends_with_command(self) -> bool:
        """Whether the last utterance is the carrier's prompt, which the first key stops with no way to us and back."""
        spec = self.spec
        if not spec.wants_keys or not spec.dtmf_bargein or not spec.listen_during_prompt:
            return False
        if spec.prompt is None or rounds(spec.prompt.loop) == FOREVER:
            return False
        return not (isinstance(spec.prompt, PlaySpec) and spec.prompt.urls[-1].startswith(SILENCE))

    def _before(self) -> SaySpec | PlaySpec | None:
        """What of the prompt is heard before the carrier's collection begins."""
        prompt = self.spec.prompt
        if prompt is None or (isinstance(prompt, SaySpec) and not prompt.text):
            return None
        if not self._ends_with_command():
            return self._quiet(prompt, _heard(prompt), prompt.loop)
        everything = _heard(prompt) * rounds(prompt.loop)
        return self._quiet(prompt, everything[:-1], 1) if everything[1:] else None

    def _quiet(self, prompt: SaySpec | PlaySpec, heard: list[str], loop: int | str) -> SaySpec | PlaySpec:
        """A part of the prompt as a verb of its own. A prompt asks no hook: jambonz lets it replace the gather, which is a bug there."""
        if isinstance(prompt, SaySpec):
            return SaySpec(text=heard, loop=loop, synthesizer=prompt.synthesizer, carrier=prompt.carrier)
        return PlaySpec(url=heard, loop=loop, timeout_secs=prompt.timeout_secs, carrier=prompt.carrier)

    # ------------------------------------------------------------- the keys

    def _has_time(self, call: Call) -> bool:
        return not self.spec.timeout or self.until - call.at > SLACK

    def _collect(self, call: Call, with_prompt: bool) -> None:
        spec, leg = self.spec, call.leg.name
        if not spec.wants_keys:
            call.timer("speech", spec.timeout or PATIENCE)
            return
        prompt = spec.prompt if with_prompt else None
        if prompt is None and not self.until:
            self.until = call.at + spec.timeout
        timeout = spec.timeout if prompt or not spec.timeout else self.until - call.at
        keys: dict[str, Any] = {
            "leg": leg,
            "least": max(1, spec.least - len(self.digits)),
            "most": spec.most - len(self.digits),
            "finish_on": spec.finish_on_key or "",
            "timeout": timeout or PATIENCE,
            "between": spec.between,
            "carrier": {**(prompt.carrier if prompt else {}), **spec.carrier},
        }
        if isinstance(prompt, SaySpec) and prompt.text:
            text = _heard(prompt)[-1]
            call.command(GatherUsingSpeak(text=text, voice=prompt.synthesizer.over(call.app.synthesizer), **keys))
        elif isinstance(prompt, PlaySpec):
            call.command(GatherUsingAudio(url=_heard(prompt)[-1], **keys))
        else:
            call.command(Collect(**keys))


def _heard(prompt: SaySpec | PlaySpec) -> list[str]:
    return utterances(prompt.text) if isinstance(prompt, SaySpec) else prompt.urls
