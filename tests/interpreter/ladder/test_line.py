"""The lines of a call as plain values: problems, URLs as they are shown, and JSON."""

import json

import pytest

from callverbs.interpreter.engine.session import Problem
from callverbs.interpreter.ladder.line import Line, problem_line, shown_url, to_json

ORIGIN = "https://application.example"


def test_a_problem_names_its_origin_and_its_hook() -> None:
    line = problem_line(3.0, Problem(1_700_000_003.0, "application", "no answer within 10 s", f"{ORIGIN}/menu"), ORIGIN)
    assert (line.at, line.kind, line.name) == (3.0, "note", "problem")
    assert line.text == "application: no answer within 10 s (/menu)"
    assert line.body["url"] == f"{ORIGIN}/menu"
    assert problem_line(3.0, Problem(0.0, "carrier", "dial b1: no answer"), ORIGIN).text == "carrier: dial b1: no answer"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (f"{ORIGIN}/menu", "/menu"),
        (f"{ORIGIN}/menu?a=1", "/menu?a=1"),
        (ORIGIN, "/"),
        ("https://other.example/menu", "https://other.example/menu"),
        ("http://application.example/menu", "http://application.example/menu"),
        ("file:///srv/flows/flow.json", "flow.json"),
        ("file:flow.json", "flow.json"),
    ],
)
def test_a_hook_of_the_application_goes_by_its_path(url: str, shown: str) -> None:
    assert shown_url(url, ORIGIN) == shown


def test_as_json_a_line_has_what_went_over_the_wire() -> None:
    body = {"data": {"event_type": "call.dtmf.received", "payload": {"digit": "1"}}}
    line = Line(1.5, "webhook", "a", "call.dtmf.received", body=body)
    assert json.loads(to_json(line)) == {
        "at": 1.5,
        "kind": "webhook",
        "leg": "a",
        "name": "call.dtmf.received",
        "body": body,
    }
    assert json.loads(to_json(Line(0.0, "note", "", "note", text="x"))) == {
        "at": 0.0,
        "kind": "note",
        "leg": "",
        "name": "note",
        "text": "x",
    }
    reply = json.loads(to_json(Line(1.0, "reply", "a", "/menu", url=f"{ORIGIN}/menu", status=503, text="why")))
    assert (reply["status"], reply["text"], reply["url"]) == (503, "why", f"{ORIGIN}/menu")
