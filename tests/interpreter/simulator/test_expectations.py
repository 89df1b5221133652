"""What an expectation matches, what it does not, and which ones are refused."""

from pathlib import Path
from typing import Any

import pytest

from callverbs.interpreter.ladder.line import Line
from callverbs.interpreter.simulator.expectations import CALL_CHECKS, SELECTORS, ExpectationError, failures, line_predicate, matches

ORIGIN = "https://application.example"
SPEAK = Line(1.0, "command", "a", "speak", method="POST", path="/calls/a/actions/speak", body={"payload": "Hello there", "loop": 1})
ASKS = Line(
    2.0,
    "command",
    "b1",
    "gather_using_speak",
    body={"payload": "Press 1", "minimum_digits": 1, "maximum_digits": 1, "timeout_millis": 5000},
)
PLAYS = Line(3.0, "command", "a", "playback_start", body={"audio_url": "https://media.example/a.mp3", "loop": "infinity"})
DIALS = Line(
    4.0, "command", "b1", "dial", body={"to": "+14155550101", "timeout_secs": 20, "custom_headers": [{"name": "X-A", "value": "1"}]}
)
CANCELS = Line(5.0, "command", "b2", "hangup", body={})
BRIDGED = Line(6.0, "webhook", "b1", "call.bridged", body={"data": {"event_type": "call.bridged", "payload": {"call_control_id": "v3:1"}}})
PRESSED = Line(7.0, "webhook", "a", "call.dtmf.received", body={"data": {"payload": {"digit": "1"}}})
HOOK = Line(
    8.0, "hook", "a", "POST /menu", method="POST", url=f"{ORIGIN}/menu?x=1", body={"digits": "1", "dial_sip_status": 486, "ok": True}
)
REPLY = Line(9.0, "reply", "a", "/menu", url=f"{ORIGIN}/menu", status=503, text="no")
NOTE = Line(10.0, "note", "", "note", text="the caller hears no music")
PROBLEM = Line(
    11.0, "note", "", "problem", body={"whose": "application", "text": "no answer within 10 s", "url": f"{ORIGIN}/menu"}, text="a problem"
)
ENDED = Line(12.0, "note", "a", "ended", body={"status": "completed", "by": "caller", "seconds": 12.0, "answered": True}, text="over")
LINES = [SPEAK, ASKS, PLAYS, DIALS, CANCELS, BRIDGED, PRESSED, HOOK, REPLY, NOTE, PROBLEM, ENDED]


@pytest.mark.parametrize(
    ("wanted", "seen"),
    [
        ("speak", [SPEAK]),
        ({"speak": None}, [SPEAK]),
        ({"speak": {"payload": "Hello there"}}, [SPEAK]),
        ({"speak": {"payload": "Hello"}}, []),
        ("say", [SPEAK, ASKS]),
        ({"say": "Hello there"}, [SPEAK]),
        ({"say": {"contains": "HELLO"}}, [SPEAK]),
        ({"say": {"matches": "^press [0-9]$"}}, [ASKS]),
        ({"say": {"leg": "b1"}}, [ASKS]),
        ({"say": {"leg": "a", "contains": "press"}}, []),
        ("play", [PLAYS]),
        ({"play": {"contains": "a.mp3"}}, [PLAYS]),
        ({"playback_start": {"loop": "infinity"}}, [PLAYS]),
        ("gather", [ASKS]),
        ({"gather": {"maximum_digits": 1}}, [ASKS]),
        ({"gather": {"maximum_digits": 2}}, []),
        ({"dial": {"to": "+14155550101", "leg": "b1"}}, [DIALS]),
        ({"dial": {"custom_headers": [{"name": "X-A"}]}}, [DIALS]),
        ({"dial": {"custom_headers": []}}, []),
        ("cancelled", [CANCELS]),
        ({"cancelled": "b2"}, [CANCELS]),
        ({"cancelled": "b1"}, []),
        ({"bridged": "b1"}, [BRIDGED]),
        ({"bridged": {"leg": "b1"}}, [BRIDGED]),
        ({"bridged": "a"}, []),
        ("webhook", [BRIDGED, PRESSED]),
        ({"webhook": "call.bridged"}, [BRIDGED]),
        ({"webhook": {"name": "call.dtmf.received", "payload": {"digit": 1}}}, [PRESSED]),
        ({"hook": "/menu"}, [HOOK]),
        ({"hook": "menu"}, [HOOK]),
        ({"hook": "/other"}, []),
        ({"hook": {"path": "menu", "method": "POST", "leg": "a", "json": {"digits": 1}}}, [HOOK]),
        ({"hook": {"url": f"{ORIGIN}/menu?x=1"}}, [HOOK]),
        ({"hook": {"json": {"digits": "2"}}}, []),
        ({"hook": {"json": {"nothing": 1}}}, []),
        ({"reply": {"status": 503}}, [REPLY]),
        ({"reply": "/menu"}, [REPLY]),
        ({"note": {"contains": "music"}}, [NOTE]),
        ("problem", [PROBLEM]),
        ({"problem": {"whose": "application", "text": {"contains": "10 s"}}}, [PROBLEM]),
        ({"problem": {"contains": "x"}}, None),
        ({"ended": "completed"}, [ENDED]),
        ({"ended": {"by": "caller", "answered": True}}, [ENDED]),
        ({"ended": {"by": "callverbs"}}, []),
    ],
)
def test_what_matches(wanted: Any, seen: list[Line] | None) -> None:
    if seen is None:
        with pytest.raises(ExpectationError):
            line_predicate(wanted)
    else:
        assert [line for line in LINES if line_predicate(wanted)(line)] == seen


@pytest.mark.parametrize("word", SELECTORS)
def test_every_word_can_stand_alone(word: str) -> None:
    test = line_predicate(word)
    assert not test(Line(0.0, "webhook", "a", "call.something", body={"data": {"payload": {}}})) or word == "webhook"


@pytest.mark.parametrize(
    ("wanted", "complaint"),
    [
        ({"dail": {}}, "did you mean dial?"),
        ({"nevr": "say"}, "did you mean never?"),
        ({"dial": {"too": 1}}, "dial has no condition too; did you mean to?"),
        ({"say": {"contain": "x"}}, "did you mean contains?; it has contains, matches, leg"),
        ({"hook": {"pth": "/x"}}, "did you mean path?"),
        ({"ended": {"secs": 1}}, "ended has no condition secs"),
        ({"dial": "x"}, "dial needs its conditions as an object"),
        ({"say": {"matches": "("}}, "is not a regular expression"),
        ({"hook": {"json": {"digits": {"matches": "["}}}}, "is not a regular expression"),
        ({"say": "a", "play": "b"}, "one word"),
        (["say"], "one word"),
        (5, "one word"),
        ({"never": {"dail": {}}}, "did you mean dial?"),
        ({"count": {"dail": 2}}, "did you mean dial?"),
        ({"count": {"dial": "two"}}, "count says how often of what"),
        ({"count": 2}, "count says how often of what"),
    ],
)
def test_what_cannot_match_is_refused(wanted: Any, complaint: str) -> None:
    with pytest.raises(ExpectationError, match=complaint.replace("?", "[?]")):
        failures([wanted], [])


@pytest.mark.parametrize(
    ("wanted", "came", "verdict"),
    [
        (1, "1", True),
        ("1", 1, True),
        (1, 1, True),
        (1, "01", False),
        (True, True, True),
        (True, 1, False),
        (1, True, False),
        ("true", True, False),
        ([1, 2], [1, 2], True),
        ([1], [1, 2], False),
        ({"a": {"contains": "b"}}, {"a": "abc", "d": 1}, True),
        ({"a": {}}, {"a": {"b": 1}}, True),
        ({"a": 1}, {}, False),
        ({"contains": "x"}, {"contains": "x"}, True),
        ({}, "anything", True),
        (None, None, True),
        (None, "x", False),
    ],
)
def test_what_fits(wanted: Any, came: Any, verdict: bool) -> None:
    assert matches(wanted, came) is verdict


def test_a_whole_call_is_judged() -> None:
    assert failures(["speak", {"never": {"say": {"contains": "bye"}}}, {"count": {"say": 2, "dial": 1, "reject": 0}}], LINES) == []
    assert set(CALL_CHECKS) == {"never", "count"}


def test_what_did_not_hold_is_reported_with_what_came() -> None:
    (missing,) = failures([{"say": {"contains": "bye"}}], LINES)
    assert missing.splitlines() == [
        "  expected  say {contains: bye}",
        '  came      1.000  a    ◀──●    speak "Hello there"',
        '  came      2.000  b1   ◀──●    gather_using_speak 1 key 5 s "Press 1"',
    ]
    (unwanted,) = failures([{"never": {"dial": {"to": "+14155550101"}}}], LINES)
    assert unwanted.splitlines()[0] == "  expected  never {dial {to: +14155550101}}"
    assert "dial +14155550101" in unwanted.splitlines()[1]
    assert failures([{"count": {"say": 3}}], LINES) == ["  expected  3 × say\n  came      2"]
    assert failures(["reject"], []) == ["  expected  reject\n  came      nothing"]


def test_where_nothing_alike_came_the_last_lines_are_shown() -> None:
    (missing,) = failures(["reject"], LINES)
    assert len(missing.splitlines()) == 6
    assert "over" in missing


def test_the_page_has_every_word() -> None:
    page = (Path(__file__).parents[3] / "docs" / "scenarios.md").read_text(encoding="utf-8")
    section = page.partition("\n## Expectations\n")[2].partition("\n## ")[0] + page.partition("\n## expect\n")[2].partition("\n## ")[0]
    assert [word for word in (*SELECTORS, *CALL_CHECKS) if f"`{word}`" not in section and f"`{word}: " not in section] == []
