"""Log lines: one for each thing, as text or JSON, masked, bounded, and not more of a kind than a disk can take."""

import json
import logging
import sys
from typing import Any

import pytest

from callverbs.interpreter.server.log import LINES_PER_SECOND, MAX_LINE_CHARACTERS, LineFormatter, RateLimit

AT = 1_700_000_000.25


def record(message: str, *args: Any, at: float = AT, fields: dict[str, Any] | None = None, exc_info: Any = None) -> logging.LogRecord:
    made = logging.LogRecord("callverbs", logging.WARNING, "x.py", 1, message, args, exc_info)
    made.created = at
    if fields is not None:
        made.fields = fields
    return made


def test_a_line_of_text() -> None:
    found = LineFormatter().format(record("problem", fields={"call": "17", "text": "no answer", "status": 500, "url": ""}))
    assert found == '2023-11-14T22:13:20.250Z WARNING problem call=17 text="no answer" status=500 url=""'


def test_a_line_of_json() -> None:
    found = json.loads(LineFormatter("json").format(record("call %s ended", "17", fields={"seconds": 2.5, "to": "+14155550199"})))
    assert found == {
        "time": "2023-11-14T22:13:20.250Z",
        "level": "warning",
        "message": "call 17 ended",
        "seconds": 2.5,
        "to": "+14155550199",
    }


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_nobody_should_read_is_hidden(form: Any) -> None:
    fields = {"url": "https://us:pass@app.example/x?digits=1234", "digits": "1234"}
    found = LineFormatter(form).format(record("card %s", "4111 1111 1111 1111", fields=fields))
    assert not any(secret in found for secret in ("pass@", "1234", "4111 1111 1111 1111"))
    assert "1111" in found


def test_callers_write_no_lines_of_their_own() -> None:
    found = LineFormatter().format(record("from %s", "x\n2023 ERROR the server is down\x1b[2J", fields={"name": "a\r\nb"}))
    assert found.isprintable()


def test_a_line_has_an_end() -> None:
    assert len(LineFormatter().format(record("x" * 100_000, fields={"a": "y" * 100_000}))) == MAX_LINE_CHARACTERS
    assert len(json.loads(LineFormatter("json").format(record("x" * 100_000)))["message"]) == MAX_LINE_CHARACTERS


@pytest.mark.parametrize("form", ["text", "json"])
def test_an_error_of_ours_has_its_trace(form: Any) -> None:
    try:
        raise ValueError("what\x1b")
    except ValueError:
        found = LineFormatter(form).format(record("it failed", exc_info=sys.exc_info()))
    assert "ValueError" in found
    assert "\x1b" not in found
    assert form == "text" or found.count("\n") == 0


def test_a_flood_is_cut_and_counted() -> None:
    """Just as many as may pass do; one more does not. The first of the next second says how many were left out."""
    limit = RateLimit()
    passed = [limit.filter(record("refused: %s", n)) for n in range(LINES_PER_SECOND + 3)]
    assert passed == [True] * LINES_PER_SECOND + [False] * 3
    assert limit.filter(record("something else"))
    following = record("refused: %s", "x", at=AT + 1)
    assert limit.filter(following)
    assert "refused: x (and 3 more like it)" in LineFormatter().format(following)
