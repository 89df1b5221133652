"""A call as it is drawn, line by line."""

from typing import Any

import pytest

from callverbs.interpreter.engine.session import Problem
from callverbs.interpreter.ladder.drawing import SUMMARY_MAX_CHARACTERS, draw, summary
from callverbs.interpreter.ladder.line import Line, problem_line


def webhook(name: str, leg: str = "a", **payload: Any) -> Line:
    return Line(1.5, "webhook", leg, name, body={"data": {"event_type": name, "payload": payload}})


def command(name: str, leg: str = "a", **body: Any) -> Line:
    return Line(1.5, "command", leg, name, method="POST", path=f"/calls/v3%3A1/actions/{name}", body=body)


def test_nothing_that_is_said_moves_the_cursor() -> None:
    lines = [
        webhook("call.initiated", **{"from": "+1\x1b[2J", "to": "a\nb"}),
        Line(1.5, "note", "a", "note", text="x\r\nover: completed\u202e"),
        command("speak", payload="\x1b]0;title\x07", loop=1),
    ]
    rows = list(draw(lines))
    assert all(row.isprintable() for row in rows)
    assert rows[1].endswith("from=+1␛[2J to=a␊b")


KEYS: dict[str, Any] = {"minimum_digits": 1, "maximum_digits": 4, "terminating_digit": "#", "timeout_millis": 7500}
CALLED: dict[str, Any] = {"to": "+14155550101", "from": "+14155550100", "timeout_secs": 20}


@pytest.mark.parametrize(
    ("line", "row"),
    [
        (webhook("call.answered"), "    1.500  a    ●──▶    call.answered"),
        (webhook("call.initiated", "b1", **{"from": "+1", "to": "+2"}), "    1.500  b1   ●──▶    call.initiated from=+1 to=+2"),
        (
            webhook("call.hangup", hangup_cause="user_busy", sip_hangup_cause="486"),
            "    1.500  a    ●──▶    call.hangup hangup_cause=user_busy sip_hangup_cause=486",
        ),
        (
            Line(0.02, "webhook", "a", "call_hangup", body={"event_type": "call_hangup", "payload": {}}),
            "    0.020  a    ●──▶    call_hangup",
        ),
        (command("answer"), "    1.500  a    ◀──●    answer"),
        (command("reject", cause="USER_BUSY"), "    1.500  a    ◀──●    reject USER_BUSY"),
        (command("speak", payload="Hello\n  there", loop=1), '    1.500  a    ◀──●    speak "Hello there"'),
        (command("speak", payload="Hello", loop="infinity"), '    1.500  a    ◀──●    speak "Hello" ×infinity'),
        (
            command("playback_start", audio_url="https://a.example/b.mp3", loop=2),
            "    1.500  a    ◀──●    playback_start https://a.example/b.mp3 ×2",
        ),
        (command("playback_start", playback_content="AAAA"), "    1.500  a    ◀──●    playback_start (our own tone)"),
        (command("gather", **KEYS), "    1.500  a    ◀──●    gather 1..4 keys until # 7.5 s"),
        (
            command("gather_using_speak", **{**KEYS, "maximum_digits": 1, "terminating_digit": ""}, payload="Press 1"),
            '    1.500  a    ◀──●    gather_using_speak 1 key 7.5 s "Press 1"',
        ),
        (
            command("gather_using_audio", **{**KEYS, "minimum_digits": 4}, audio_url="https://a"),
            "    1.500  a    ◀──●    gather_using_audio 4 keys until # 7.5 s https://a",
        ),
        (command("dial", "b1", **CALLED), "    1.500  b1   ◀──●    dial +14155550101 from +14155550100 20 s"),
        (
            command("dial", "b1", **CALLED, answering_machine_detection="greeting_end"),
            "    1.500  b1   ◀──●    dial +14155550101 from +14155550100 20 s amd",
        ),
        (
            command("transfer", **CALLED, answering_machine_detection="disabled"),
            "    1.500  a    ◀──●    transfer +14155550101 from +14155550100 20 s",
        ),
        (command("refer", sip_address="sip:a@b"), "    1.500  a    ◀──●    refer sip:a@b"),
        (command("bridge", call_control_id="v3:9"), "    1.500  a    ◀──●    bridge with v3:9"),
        (
            Line(2, "hook", "a", "POST /menu", body={"call_status": "in-progress", "digits": "1", "reason": "dtmfDetected"}),
            "    2.000  a                     ●──▶  POST /menu digits=1 reason=dtmfDetected call_status=in-progress",
        ),
        (
            Line(2, "reply", "a", "/menu", status=200, body=[{"verb": "say"}, {"dial": {}}]),
            "    2.000  a                     ◀──●  /menu 200 [say, dial]",
        ),
        (Line(2, "reply", "a", "/menu", status=204), "    2.000  a                     ◀──●  /menu 204"),
        (Line(2, "reply", "a", "/menu", status=200, body="hello"), '    2.000  a                     ◀──●  /menu 200 "hello"'),
        (
            Line(2, "reply", "a", "/menu", text="no answer within 10 s"),
            "    2.000  a                     ◀──●  /menu no answer within 10 s",
        ),
        (Line(2, "reply", "a", "/x", status=200, body={"verb": "say"}), '    2.000  a                     ◀──●  /x 200 {"verb":"say"}'),
        (Line(2, "note", "", "note", text="something"), "    2.000                · something"),
    ],
)
def test_a_line(line: Line, row: str) -> None:
    assert list(draw([line])) == ["     time  leg  carrier callverbs    application", row]


def test_the_column_of_the_leg_is_as_wide_as_the_longest_name() -> None:
    drawn = list(draw([command("answer", "second"), command("answer")]))
    assert drawn == [
        "     time  leg    carrier callverbs    application",
        "    1.500  second ◀──●    answer",
        "    1.500  a      ◀──●    answer",
    ]


def test_a_bridge_names_the_leg() -> None:
    lines = [webhook("call.answered", "b2", call_control_id="v3:9"), command("bridge", call_control_id="v3:9")]
    assert list(draw(lines))[-1].endswith("bridge with b2")


def test_long_texts_are_cut() -> None:
    row = summary(command("speak", payload="word " * 40, loop=1))
    assert len(row) == SUMMARY_MAX_CHARACTERS == 72
    assert row.endswith("…")


def test_colours_are_painted_when_they_are_wanted() -> None:
    plain, painted = list(draw([command("answer")])), list(draw([command("answer")], colour=True))
    assert painted == [f"\x1b[1m{plain[0]}\x1b[0m", f"\x1b[32m{plain[1]}\x1b[0m"]


def test_a_problem_is_drawn_as_a_note() -> None:
    problem = Problem(1_700_000_003.0, "application", "no answer within 10 s", "https://application.example/menu")
    row = list(draw([problem_line(3.0, problem, "https://application.example")]))[-1]
    assert row == "    3.000                · application: no answer within 10 s (/menu)"
