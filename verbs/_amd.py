"""Answering machine detection: what the carrier finds, in the words that hooks are told.

The carrier has one finding and, for machines, one end of the greeting; jambonz has more words. Every finding that ends the
detection is followed by amd_stopped (jambonz amd-utils.js), and after that nothing more is said, unless somebody speaks after
all. The carrier says nothing of speech before its finding, so that nobody has spoken is known when that is overdue.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct, field

from schemas import Fault
from verbs._commands import Detection
from verbs._spec import Hook

WORDS_A_SECOND = 2.5
"""How fast people talk to callers: 150 words a minute."""
NO_SPEECH = "amd_no_speech_detected"
STOPPED = "amd_stopped"
FINDINGS: dict[str, list[str]] = {
    "human": ["amd_human_detected", STOPPED],
    "machine": ["amd_machine_detected"],
    "fax": ["amd_machine_detected"],
    "silence": [NO_SPEECH, STOPPED],
    "not_sure": ["amd_decision_timeout", STOPPED],
}
SPOKEN = (FINDINGS["human"], FINDINGS["machine"])
"""Findings that say that somebody has spoken."""
GREETINGS: dict[str, list[str]] = {
    "beep_detected": ["amd_tone_detected", "amd_machine_stopped_speaking", STOPPED],
    "ended": ["amd_machine_stopped_speaking", STOPPED],
}
COGNIGY: dict[str, dict[str, str]] = {
    "amd_human_detected": {"event": "amd", "amd_type": "human"},
    "amd_machine_detected": {"event": "amd", "amd_type": "machine"},
    "amd_tone_detected": {"event": "beep"},
    "amd_machine_stopped_speaking": {"event": "silence"},
    NO_SPEECH: {"event": "silence"},
}
"""Cognigy's words; it has none for a stop or a decision that timed out, and is not told of those."""


class Timers(Struct, frozen=True, omit_defaults=True, rename="camel"):
    """Time limits as written, in milliseconds."""

    no_speech_timeout_ms: float = 5000
    decision_timeout_ms: float = 15000
    greeting_completion_timeout_ms: float = 2000


class Amd(Struct, frozen=True, omit_defaults=True, rename="camel"):
    """The property as written."""

    action_hook: Hook
    threshold_word_count: int = 9
    timers: Timers = Timers()

    @property
    def detection(self) -> Detection:
        """What the carrier is told. From `thresholdWordCount` words on it is a machine; the carrier counts those below."""
        return Detection(
            words=self.threshold_word_count - 1,
            decision=self.timers.decision_timeout_ms / 1000,
            silence=self.timers.greeting_completion_timeout_ms / 1000,
        )

    @property
    def no_speech(self) -> float:
        """Seconds without a finding after which nobody has spoken. A machine that talks is found within the time for the finding."""
        return max(self.timers.no_speech_timeout_ms, self.timers.decision_timeout_ms) / 1000


def remarks(written: Mapping[str, Any]) -> Iterator[Fault]:
    """Of a verb as written, what of its `amd` can have no effect: the time for the finding is over first."""
    amd: dict[str, Any] = written.get("amd", {})
    timers: dict[str, Any] = amd.get("timers", {})
    decision = timers.get("decisionTimeoutMs", Timers().decision_timeout_ms)
    if timers.get("noSpeechTimeoutMs", decision) < decision:
        why = "the carrier says nothing of speech before its finding, so decisionTimeoutMs counts"
        yield Fault(("amd", "timers", "noSpeechTimeoutMs"), "CV109", f"noSpeechTimeoutMs: {why}", at_key=True)
    words = amd.get("thresholdWordCount", 0)
    if words / WORDS_A_SECOND * 1000 > decision:
        why = f"so many words take about {words / WORDS_A_SECOND:g} s, and the time for the finding is {decision / 1000:g} s"
        yield Fault(("amd", "thresholdWordCount"), "CV109", f"thresholdWordCount: {why} (decisionTimeoutMs)", at_key=True)


class Watch(Struct, omit_defaults=True):
    """What was found on one leg so far."""

    found: list[str] = field(default_factory=list)
    told: int = 0

    @property
    def silence(self) -> bool:
        """Nobody has spoken so far."""
        return self.found == FINDINGS["silence"]

    def _break_silence(self) -> None:
        """Of a silence that nobody has been told of, nobody needs to hear."""
        if not self.told:
            self.found = []

    @property
    def stopped(self) -> bool:
        return self.found[-1:] == [STOPPED]

    def detected(self, result: str) -> None:
        """The carrier's finding; the first one counts. A person or a machine counts after a silence too."""
        if self.silence and FINDINGS.get(result) in SPOKEN:
            self._break_silence()
        elif self.found:
            return
        self.found += FINDINGS.get(result, FINDINGS["not_sure"])

    def greeting_ended(self, result: str) -> None:
        """The end of a machine's greeting. It can come without a finding (premium: the beep came first)."""
        if not self.found or self.silence:
            self._break_silence()
            self.found += FINDINGS["machine"]
        elif self.stopped:
            return
        self.found += GREETINGS.get(result, [STOPPED])

    def silent(self) -> None:
        """Nobody has said anything in time."""
        self.detected("silence")

    def news(self, dialect: str) -> list[dict[str, Any]]:
        """What has not been told yet, as parts of the hook's payload."""
        new, self.told = self.found[self.told :], len(self.found)
        if dialect == "cognigy":
            return [dict(COGNIGY[word]) for word in new if word in COGNIGY]
        return [{"type": word} for word in new]
