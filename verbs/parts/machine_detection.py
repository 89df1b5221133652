"""Answering machine detection: the part of a verb that calls somebody and tells a hook whether a machine has answered.

The carrier reports one result and, for machines, one end of the greeting; jambonz has more words. Every result that ends the
detection is followed by amd_stopped (jambonz amd-utils.js); after that only speech is reported. The carrier does not report
speech before its result, so a silence is known when the result is overdue.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from callverbs.schemas import Diagnostic
from callverbs.verbs.language import commands
from callverbs.verbs.language.context import Reply, VerbContext
from callverbs.verbs.language.events import GreetingEnded, MachineDetected
from callverbs.verbs.language.spec import Amd, AmdTimers

DETECTION_MODE, DETECTION_CONFIG = "answering_machine_detection", "answering_machine_detection_config"
"""Parameters of the carrier with which an author chooses the mode and the thresholds of the detection."""
WITHOUT_GREETING = "detect"
"""The mode that says nothing of the end of a greeting (Telnyx dial: answering_machine_detection)."""
ONLY_BEEP = "detect_beep"
"""The mode that reports a beep, and nothing where there is none."""
BEEP_SEARCH_SECONDS = 31.0
"""The carrier waits for a beep for 30 s (knowledge base, answering machine detection)."""
WORDS_PER_SECOND = 2.5
"""How fast people talk to callers: 150 words a minute."""
NO_SPEECH = "amd_no_speech_detected"
STOPPED = "amd_stopped"
RESULT_WORDS: dict[str, list[str]] = {
    "human": ["amd_human_detected", STOPPED],
    "machine": ["amd_machine_detected"],
    "fax": ["amd_machine_detected"],
    "silence": [NO_SPEECH, STOPPED],
    "not_sure": ["amd_decision_timeout", STOPPED],
}
RESULTS_WITH_SPEECH = (RESULT_WORDS["human"], RESULT_WORDS["machine"])
REASON_OF_RESULT = {"human": "short greeting", "machine": "long greeting"}
"""Why, in jambonz' words (amd-utils.js): the carrier counts the words of the greeting, as jambonz does."""
WORDS_WITH_REASON = ("amd_human_detected", "amd_machine_detected")
GREETING_WORDS: dict[str, list[str]] = {
    "beep_detected": ["amd_tone_detected", "amd_machine_stopped_speaking", STOPPED],
    "ended": ["amd_machine_stopped_speaking", STOPPED],
}
COGNIGY_WORDS: dict[str, dict[str, str]] = {
    "amd_human_detected": {"event": "amd", "amd_type": "human"},
    "amd_machine_detected": {"event": "amd", "amd_type": "machine"},
    "amd_tone_detected": {"event": "beep"},
    "amd_machine_stopped_speaking": {"event": "silence"},
    NO_SPEECH: {"event": "silence"},
}
"""Cognigy has no word for a stop or a decision that timed out; these are not reported to it."""


def detection(amd: Amd | None) -> commands.Detection | None:
    """Returns what the carrier is told. From `thresholdWordCount` words on it is a machine; the carrier counts those below."""
    if amd is None:
        return None
    return commands.Detection(
        max_words=amd.threshold_word_count - 1,
        decision=amd.timers.decision_timeout_ms / 1000,
        silence=amd.timers.greeting_completion_timeout_ms / 1000,
    )


def without_effect(body: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """Yields what of a verb's machine detection, as written, has no effect: without `amd`, or because the time for the result is over."""
    amd: dict[str, Any] = body.get("amd", {})
    for key in () if amd else (DETECTION_MODE, DETECTION_CONFIG):
        if key in body.get("carrier", {}):
            yield Diagnostic(
                ("carrier", key),
                "CV109",
                f"without amd, no hook hears what the carrier finds out: write amd, or leave out {key}",
                at_key=True,
            )
    if amd and body.get("carrier", {}).get(DETECTION_MODE) == "disabled":
        why = "amd has no effect where carrier.answering_machine_detection is disabled: leave out one of them"
        yield Diagnostic(("amd",), "CV109", why, at_key=True)
    timers: dict[str, Any] = amd.get("timers", {})
    decision = timers.get("decisionTimeoutMs", AmdTimers().decision_timeout_ms)
    if timers.get("noSpeechTimeoutMs", decision) < decision:
        why = "the carrier says nothing of speech before its finding, so decisionTimeoutMs counts"
        yield Diagnostic(("amd", "timers", "noSpeechTimeoutMs"), "CV109", f"noSpeechTimeoutMs: {why}", at_key=True)
    words = amd.get("thresholdWordCount", 0)
    if words / WORDS_PER_SECOND * 1000 > decision:
        why = f"so many words take about {words / WORDS_PER_SECOND:g} s, and the time for the finding is {decision / 1000:g} s"
        yield Diagnostic(("amd", "thresholdWordCount"), "CV109", f"thresholdWordCount: {why} (decisionTimeoutMs)", at_key=True)


class Findings(Struct, omit_defaults=True):
    """What was found out about one leg so far, in jambonz' words."""

    words: list[str] = field(default_factory=list)
    reason: str = ""
    reported: int = 0

    @property
    def is_silence(self) -> bool:
        """Nobody has spoken so far."""
        return self.words == RESULT_WORDS["silence"]

    @property
    def is_machine(self) -> bool:
        return "amd_machine_detected" in self.words

    @property
    def is_stopped(self) -> bool:
        return self.words[-1:] == [STOPPED]

    def add_result(self, result: str, last: bool = False) -> None:
        """Adds the carrier's result; the first one counts. A person or a machine counts after a silence too.

        With `last`, nothing follows it, not even for a machine.
        """
        if self.is_silence and RESULT_WORDS.get(result) in RESULTS_WITH_SPEECH:
            self._discard_unreported()
        elif self.words:
            return
        self.words += RESULT_WORDS.get(result, RESULT_WORDS["not_sure"])
        self.reason = REASON_OF_RESULT.get(result, "")
        if last and not self.is_stopped:
            self.words.append(STOPPED)

    def add_greeting_end(self, result: str) -> None:
        """Adds the end of a machine's greeting. It can come without a result (premium: the beep came first)."""
        if not self.words or self.is_silence:
            self._discard_unreported()
            self.words += RESULT_WORDS["machine"]
        elif self.is_stopped:
            return
        self.words += GREETING_WORDS.get(result, [STOPPED])

    def _discard_unreported(self) -> None:
        """Discards a silence that was not reported."""
        if not self.reported:
            self.words = []

    def take_pending(self, dialect: str) -> list[dict[str, Any]]:
        """Returns what has not been reported yet, as parts of the hook's payload, and marks it as reported."""
        pending, self.reported = self.words[self.reported :], len(self.words)
        if dialect == "cognigy":
            return [dict(COGNIGY_WORDS[word]) for word in pending if word in COGNIGY_WORDS]
        return [{"type": word} | ({"reason": self.reason} if self.reason and word in WORDS_WITH_REASON else {}) for word in pending]


class MachineDetection:
    """The handlers of a verb whose spec has an `amd`. The verb says when a leg is watched, and when a finding may be reported."""

    __slots__ = ()

    if TYPE_CHECKING:  # fields of the verb, which msgspec would read here too
        n: int
        spec: Any
        findings: dict[str, Findings]

    def watch_for_machine(self, call: VerbContext, leg: str) -> None:
        """Starts to wait for the result: the party has answered."""
        amd: Amd | None = self.spec.amd
        if amd and self.detects and not self._findings(leg).words:
            analysis = self.spec.carrier.get(DETECTION_CONFIG, {}).get("total_analysis_time_millis", 0)
            milliseconds = max(amd.timers.no_speech_timeout_ms, amd.timers.decision_timeout_ms, analysis)
            call.start_timer(self.on_speech_timer, milliseconds / 1000, leg)

    @property
    def detects(self) -> bool:
        """Whether the carrier looks for machines."""
        return bool(self.spec.amd) and self._mode != "disabled"

    @property
    def _mode(self) -> str:
        mode: str = self.spec.carrier.get(DETECTION_MODE, "")
        return mode

    def may_report_machine(self, call: VerbContext, leg: str) -> bool:
        """Returns whether the hook may hear of a finding now; else it is kept."""
        return call.legs[leg].answered

    def report_machine(self, call: VerbContext, leg: str) -> None:
        """Tells the hook what is known of a leg and was not reported yet, if it may hear it now."""
        if self.spec.amd and self.may_report_machine(call, leg):
            for words in self._findings(leg).take_pending(call.app.dialect):
                call.ask(self.spec.amd.action_hook, self.on_amd_reply, ordering_key=f"amd {self.n}", extra=words)

    def on_machine_detected(self, call: VerbContext, event: MachineDetected) -> None:
        call.stop_timer(self.on_speech_timer, event.leg)
        findings = self._findings(event.leg)
        findings.add_result(event.result, last=self._mode == WITHOUT_GREETING)
        if self._mode == ONLY_BEEP and not findings.is_stopped:
            call.start_timer(self.on_beep_timer, BEEP_SEARCH_SECONDS, event.leg)
        self.report_machine(call, event.leg)

    def on_beep_timer(self, call: VerbContext, leg: str) -> None:
        """There was no beep, and the carrier does not say so."""
        self._findings(leg).add_greeting_end("no_beep_detected")
        self.report_machine(call, leg)

    def on_greeting_ended(self, call: VerbContext, event: GreetingEnded) -> None:
        call.stop_timer(self.on_speech_timer, event.leg)
        call.stop_timer(self.on_beep_timer, event.leg)
        self._findings(event.leg).add_greeting_end(event.result)
        self.report_machine(call, event.leg)

    def on_speech_timer(self, call: VerbContext, leg: str) -> None:
        """The result is overdue: nobody has spoken."""
        self._findings(leg).add_result("silence")
        self.report_machine(call, leg)

    def on_amd_reply(self, call: VerbContext, leg: str, reply: Reply) -> None:
        if reply.verbs:
            call.replace_root(reply.verbs)

    def _findings(self, leg: str) -> Findings:
        return self.findings.setdefault(leg, Findings())
