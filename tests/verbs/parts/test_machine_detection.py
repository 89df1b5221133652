"""What is found out about who answered: in the order of jambonz's words, each reported once, and nothing after the stop."""

from itertools import permutations

import pytest

from callverbs.interpreter.engine.roots import Outgoing
from callverbs.verbs.language import effects
from callverbs.verbs.language.app import App
from callverbs.verbs.language.call_request import CallSpec
from callverbs.verbs.language.commands import Detection
from callverbs.verbs.language.context import VerbContext
from callverbs.verbs.language.leg import Leg
from callverbs.verbs.language.spec import Amd, AmdTimers
from callverbs.verbs.language.target import Target
from callverbs.verbs.parts.machine_detection import COGNIGY_WORDS, GREETING_WORDS, RESULT_WORDS, STOPPED, Findings, detection

HUMAN = ["amd_human_detected", STOPPED]
SILENT = ["amd_no_speech_detected", STOPPED]
MACHINE = ["amd_machine_detected"]
BEEP = ["amd_tone_detected", "amd_machine_stopped_speaking", STOPPED]


def reported(*results: tuple[str, str], dialect: str = "jambonz") -> list[str]:
    """Returns the words that are reported, where each is reported at once."""
    findings = Findings()
    words: list[str] = []
    for what, result in results:
        if what == "greeting_ended":
            findings.add_greeting_end(result)
        else:
            findings.add_result("silence" if what == "silent" else result)
        words += [str(one.get("type") or one) for one in findings.take_pending(dialect)]
    return words


@pytest.mark.parametrize(
    ("results", "words"),
    [
        ([("detected", "human")], HUMAN),
        ([("detected", "machine")], MACHINE),
        ([("detected", "fax")], MACHINE),
        ([("detected", "silence")], SILENT),
        ([("detected", "not_sure")], ["amd_decision_timeout", STOPPED]),
        ([("detected", "")], ["amd_decision_timeout", STOPPED]),
        ([("silent", "")], SILENT),
        ([("detected", "machine"), ("greeting_ended", "beep_detected")], [*MACHINE, *BEEP]),
        ([("detected", "machine"), ("greeting_ended", "ended")], [*MACHINE, "amd_machine_stopped_speaking", STOPPED]),
        ([("detected", "machine"), ("greeting_ended", "not_sure")], [*MACHINE, STOPPED]),
        ([("detected", "machine"), ("greeting_ended", "no_beep_detected")], [*MACHINE, STOPPED]),
        ([("greeting_ended", "beep_detected")], [*MACHINE, *BEEP]),
        ([("greeting_ended", "beep_detected"), ("detected", "machine")], [*MACHINE, *BEEP]),
        ([("detected", "human"), ("greeting_ended", "beep_detected")], HUMAN),
        ([("silent", ""), ("detected", "machine"), ("greeting_ended", "beep_detected")], [*SILENT, *MACHINE, *BEEP]),
        ([("silent", ""), ("greeting_ended", "beep_detected")], [*SILENT, *MACHINE, *BEEP]),
        ([("silent", ""), ("detected", "human"), ("greeting_ended", "beep_detected")], [*SILENT, *HUMAN]),
        ([("silent", ""), ("detected", "not_sure")], SILENT),
        ([("silent", ""), ("detected", "silence"), ("silent", "")], SILENT),
        ([("detected", "not_sure"), ("silent", ""), ("detected", "human")], ["amd_decision_timeout", STOPPED]),
        ([("detected", "machine"), ("silent", "")], MACHINE),
    ],
)
def test_words(results: list[tuple[str, str]], words: list[str]) -> None:
    assert reported(*results) == words


def test_cognigy_gets_its_own_words() -> None:
    assert reported(("detected", "human"), dialect="cognigy") == [str({"event": "amd", "amd_type": "human"})]
    words = reported(("detected", "machine"), ("greeting_ended", "beep_detected"), dialect="cognigy")
    assert words == [str({"event": "amd", "amd_type": "machine"}), str({"event": "beep"}), str({"event": "silence"})]


def test_the_stop_is_the_last_word_in_any_order() -> None:
    every = [("detected", result) for result in RESULT_WORDS] + [("greeting_ended", result) for result in GREETING_WORDS] + [("silent", "")]
    for some in permutations(every, 3):
        words = reported(*some)
        words = words[2:] if words[:2] == SILENT else words  # the party may speak after all
        assert words.count(STOPPED) <= 1
        assert STOPPED not in words[:-1]
        assert len(words) == len(set(words))


def test_every_word_of_cognigy_is_one_of_ours() -> None:
    ours = {word for words in (*RESULT_WORDS.values(), *GREETING_WORDS.values()) for word in words}
    assert set(COGNIGY_WORDS) <= ours
    assert ours - set(COGNIGY_WORDS) == {STOPPED, "amd_decision_timeout"}


def result_seconds(amd: Amd) -> float:
    """Returns after how many seconds without a result the party counts as silent."""
    verb = Outgoing(spec=CallSpec(to=Target(type="phone", number="+14155550101"), amd=amd))
    leg = Leg(name="a", direction="outbound", from_="", to="")
    call = VerbContext(at=0.0, app=App(), leg=leg, legs={"a": leg}, verb=1, next_leg=1)
    verb.watch_for_machine(call, "a")
    (timer,) = call.effects
    assert isinstance(timer, effects.StartTimer)
    assert (timer.name, timer.leg) == ("speech", "a")
    return timer.seconds


def test_options() -> None:
    timers = AmdTimers(no_speech_timeout_ms=4000, decision_timeout_ms=8000, greeting_completion_timeout_ms=1000)
    amd = Amd(action_hook="/amd", threshold_word_count=5, timers=timers)
    assert detection(amd) == Detection(max_words=4, decision=8, silence=1)
    assert result_seconds(amd) == 8
    usual = Amd(action_hook="/amd")
    assert detection(usual) == Detection(max_words=8, decision=15, silence=2)
    assert result_seconds(usual) == 15
    assert detection(None) is None


def test_a_silence_is_known_when_the_result_is_overdue_and_not_before_the_author_s_own_time() -> None:
    assert result_seconds(Amd(action_hook="/amd", timers=AmdTimers(no_speech_timeout_ms=20_000))) == 20


def test_a_silence_that_was_not_reported_is_discarded_when_the_party_speaks() -> None:
    findings = Findings()
    findings.add_result("silence")
    findings.add_result("human")
    assert [one["type"] for one in findings.take_pending("jambonz")] == HUMAN
