"""`gather` as written, and what its counts and times mean for the carrier's collection."""

from typing import Any

from callverbs.verbs.language import commands
from callverbs.verbs.language.slow_hook import FillerNoiseSpec, HookDelaySpec
from callverbs.verbs.language.spec import Hook, Recognizer, Spec
from callverbs.verbs.parts.playlist import rounds
from callverbs.verbs.parts.prompt import Prompted
from callverbs.verbs.parts.silence import silence_seconds
from callverbs.verbs.parts.speech import utterances
from callverbs.verbs.play import PlaySpec
from callverbs.verbs.say import SaySpec

CARRIER_MAX_DIGITS = 128
COLLECTION_SECONDS = 120.0
"""One collection, where the author waits for ever: then the next one begins."""
CARRIER_MARGIN_SECONDS = 5.0
"""The carrier waits so much longer than our own clock where its times are not jambonz's, so that ours ends the input."""


class GatherSpec(Prompted, Spec):
    """A gather as written. Times in seconds; `timeout` runs from the end of the prompt."""

    input: tuple[str, ...] = ("digits",)
    sensitive: bool = False
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
    bargein: bool = False
    min_bargein_word_count: int = 1
    speech_timeout: float | None = None
    partial_result_hook: Hook | None = None
    recognizer: Recognizer | None = None
    action_hook: Hook | None = None
    action_hook_delay_action: HookDelaySpec | None = None
    filler_noise: FillerNoiseSpec | None = None
    carrier: dict[str, Any] = {}

    @property
    def ends_with_command(self) -> bool:
        """Whether the last utterance is the prompt of the carrier's command, which the first key stops without a round trip to us."""
        prompt = self.prompt
        if self.wants_speech or not (self.wants_keys and self.dtmf_bargein and self.listen_during_prompt) or prompt is None:
            return False
        if rounds(prompt.loop) == commands.FOREVER:
            return False
        if isinstance(prompt, SaySpec):
            return not silence_seconds(utterances(prompt.text)[-1])
        return not (prompt.timeout_secs or silence_seconds(prompt.urls[-1]))

    @property
    def tries(self) -> int:
        """How often the carrier itself gives the prompt: once, or as `carrier.maximum_tries` says."""
        return int(self.carrier.get("maximum_tries", 1)) if self.ends_with_command else 1

    @property
    def wants_keys(self) -> bool:
        return "digits" in self.input

    @property
    def wants_speech(self) -> bool:
        return "speech" in self.input

    @property
    def most_digits(self) -> int:
        return min(self.num_digits or CARRIER_MAX_DIGITS, self.max_digits or CARRIER_MAX_DIGITS)

    @property
    def least_digits(self) -> int:
        return min(self.num_digits or self.min_digits or 1, self.most_digits)

    @property
    def has_own_clock(self) -> bool:
        """Whether our timers end the input, because the carrier's are not jambonz's.

        The carrier's time between keys counts from the first key, jambonz's after minDigits. After a prompt, the carrier knows no time
        for the whole input, only one to the first key and one between keys.
        """
        if self.most_digits == 1 or self.tries > 1:
            return False
        if self.inter_digit_timeout and self.min_digits:
            return self.min_digits > 1
        return self.ends_with_command and bool(self.timeout)

    @property
    def carrier_inter_digit_timeout(self) -> float:
        """Jambonz counts the time between keys only after minDigits, and not at all without: then it is 0."""
        if self.has_own_clock:
            return (self.timeout or COLLECTION_SECONDS) + CARRIER_MARGIN_SECONDS
        return self.inter_digit_timeout if self.inter_digit_timeout and self.min_digits else 0.0
