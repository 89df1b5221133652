"""What was found about who answered: in the order of jambonz's words, each told once, and nothing after the stop."""

from itertools import permutations

import pytest

from verbs._amd import COGNIGY, FINDINGS, GREETINGS, STOPPED, Amd, Timers, Watch

HUMAN = ["amd_human_detected", STOPPED]
SILENT = ["amd_no_speech_detected", STOPPED]
MACHINE = ["amd_machine_detected"]
BEEP = ["amd_tone_detected", "amd_machine_stopped_speaking", STOPPED]


def told(*results: tuple[str, str], dialect: str = "jambonz") -> list[str]:
    watch = Watch()
    words: list[str] = []
    for what, result in results:
        getattr(watch, what)(*([] if what == "silent" else [result]))
        words += [str(news.get("type") or news) for news in watch.news(dialect)]
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
    assert told(*results) == words


def test_cognigy_is_told_in_its_own_words() -> None:
    assert told(("detected", "human"), dialect="cognigy") == [str({"event": "amd", "amd_type": "human"})]
    words = told(("detected", "machine"), ("greeting_ended", "beep_detected"), dialect="cognigy")
    assert words == [str({"event": "amd", "amd_type": "machine"}), str({"event": "beep"}), str({"event": "silence"})]


def test_the_stop_is_the_last_word_in_any_order() -> None:
    every = [("detected", result) for result in FINDINGS] + [("greeting_ended", result) for result in GREETINGS] + [("silent", "")]
    for some in permutations(every, 3):
        words = told(*some)
        words = words[2:] if words[:2] == SILENT else words  # somebody may speak after all
        assert words.count(STOPPED) <= 1
        assert STOPPED not in words[:-1]
        assert len(words) == len(set(words))


def test_every_word_of_cognigy_is_one_of_ours() -> None:
    ours = {word for words in (*FINDINGS.values(), *GREETINGS.values()) for word in words}
    assert set(COGNIGY) <= ours
    assert ours - set(COGNIGY) == {STOPPED, "amd_decision_timeout"}


def test_options() -> None:
    amd = Amd("/amd", threshold_word_count=5, timers=Timers(4000, 8000, 1000))
    assert (amd.detection.words, amd.detection.decision, amd.detection.silence, amd.no_speech) == (4, 8, 1, 8)
    usual = Amd("/amd")
    assert (usual.detection.words, usual.detection.decision, usual.detection.silence, usual.no_speech) == (8, 15, 2, 15)


def test_nobody_has_spoken_when_a_finding_is_overdue_and_not_before_the_author_wants_to_know() -> None:
    assert Amd("/amd", timers=Timers(no_speech_timeout_ms=20_000)).no_speech == 20


def test_a_silence_that_nobody_was_told_of_is_forgotten_when_somebody_speaks() -> None:
    watch = Watch()
    watch.silent()
    watch.detected("human")
    assert [news["type"] for news in watch.news("jambonz")] == HUMAN
