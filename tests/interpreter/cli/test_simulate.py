"""`callverbs simulate` prints a ladder or JSON, and its exit code tells whether the call was as expected."""

import json
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.interpreter.cli.terminal import Terminal

HEAD = "     time  leg  carrier callverbs    application"


def test_a_flow_gives_a_ladder(callverbs: Terminal, folder: Path) -> None:
    result = callverbs("simulate", "flow.yaml")
    assert (result.code, result.err) == (0, "")
    rows = result.out.splitlines()
    assert rows[0] == HEAD
    assert re.search(r"over: completed, by callverbs, after [0-9.]+ s$", rows[-1])
    assert any(row.endswith("the scenario has no answer for /menu: it gets 204") for row in rows)


def test_two_runs_are_the_same_byte_for_byte(callverbs: Terminal, folder: Path) -> None:
    assert callverbs("simulate", "flow.yaml", "--format", "json") == callverbs("simulate", "flow.yaml", "--format", "json")


def test_keys_are_pressed_one_item_for_one_question(callverbs: Terminal, folder: Path) -> None:
    one, two, three = (f"- gather: {{numDigits: {most}, timeout: 3, say: {{text: Number {most}.}}}}\n" for most in (1, 2, 3))
    (folder / "flow.yaml").write_text(one + two + three)
    lines = [
        json.loads(row) for row in callverbs("simulate", "flow.yaml", "--press", "1", "--press", "23", "--format", "json").out.splitlines()
    ]
    ended = [line["body"]["data"]["payload"] for line in lines if line["name"] == "call.gather.ended"]
    assert [(one["digits"], one["status"]) for one in ended] == [("1", "valid"), ("23", "valid"), ("", "timeout")]


def test_keys_that_cannot_be_pressed(callverbs: Terminal, folder: Path) -> None:
    result = callverbs("simulate", "flow.yaml", "--press", "x")
    assert result.code == 2
    assert '"x" cannot be typed' in result.err


def test_a_scenario_brings_its_flow_and_is_judged(callverbs: Terminal, folder: Path) -> None:
    result = callverbs("simulate", "--scenario", "scenario.yaml")
    assert (result.code, result.err) == (0, "")
    (folder / "scenario.yaml").write_text(
        (folder / "scenario.yaml").read_text().replace("say: This is sales.}]", "say: This is support.}]")
    )
    result = callverbs("simulate", "--scenario", "scenario.yaml")
    assert result.code == 1
    assert result.out.startswith(HEAD)
    assert result.err.startswith("\nnot as expected:\n  expected  say: This is support.\n  came ")


def test_a_scenario_from_another_folder(callverbs: Terminal, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    assert callverbs("simulate", "--scenario", folder / "scenario.yaml").code == 0


def test_a_scenario_with_another_flow(callverbs: Terminal, folder: Path) -> None:
    (folder / "other.yaml").write_text("- say: {text: Closed.}\n")
    result = callverbs("simulate", "other.yaml", "--scenario", "scenario.yaml")
    assert result.code == 1
    assert 'speak "Closed."' in result.out


def test_strict_makes_a_failure_of_hooks_without_an_answer(callverbs: Terminal, folder: Path) -> None:
    result = callverbs("simulate", "flow.yaml", "--strict")
    assert result.code == 1
    assert "the scenario has no answer for https://application.example/menu" in result.err


@pytest.mark.parametrize(("limit", "ended"), [("3s", "by caller, after 3"), ("500ms", "by caller, after 0.5"), ("1m", "by callverbs")])
def test_the_caller_hangs_up_at_the_limit(callverbs: Terminal, folder: Path, limit: str, ended: str) -> None:
    assert ended in callverbs("simulate", "flow.yaml", "--for", limit).out


def test_a_limit_that_is_no_time(callverbs: Terminal, folder: Path) -> None:
    result = callverbs("simulate", "flow.yaml", "--for", "ever")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith('"ever" is not a duration')


def test_a_dialect_renames(callverbs: Terminal, folder: Path) -> None:
    (folder / "flow.yaml").write_text("- dial: {actionHook: /done, target: [{type: phone, number: '+14155550101'}]}\n")
    assert "dial_call_status=completed" in callverbs("simulate", "flow.yaml").out
    assert "dial_status=completed" in callverbs("simulate", "flow.yaml", "--dialect", "cognigy").out


def test_a_flow_with_an_error_is_not_run(callverbs: Terminal, folder: Path) -> None:
    (folder / "flow.yaml").write_text("- sey: {text: Hello.}\n")
    result = callverbs("simulate", "flow.yaml")
    assert (result.code, result.out) == (1, "")
    assert "flow.yaml:1:3: error CV101 unknown-verb" in result.err


def test_a_flow_with_a_warning_is_run(callverbs: Terminal, folder: Path) -> None:
    (folder / "flow.yaml").write_text("- say: {text: Hello., earlyMedia: true}\n")
    assert callverbs("simulate", "flow.yaml").code == 0


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((), "there is no flow"),
        (("--scenario", "people.yaml"), "there is no flow"),
        (("--app", "foo"), "foo is no URL that can be asked: write http:// or https://, and a host"),
        (("flow.yaml", "--app", "foo"), "foo is no URL that can be asked"),
        (("--app", "ftp://x/call"), "ftp://x/call is no URL that can be asked: hooks are asked over http or https, not over ftp:"),
        (("--app", "http://"), "http:// is no URL that can be asked: the name of the host is missing"),
        (("--scenario", "ftp.yaml"), "ftp.yaml:1:6: ftp://x is no URL that can be asked"),
        (("--scenario", "short.yaml"), "short.yaml:1:6: a call lasts longer than 0 s"),
        (("flow.yaml", "--for", "0"), "a call lasts longer than 0 s"),
        (("flow.yaml", "--press", ""), "say which keys: 0-9 A-D * #, with w for half a second and W for one"),
        (("nowhere.yaml",), "nowhere.yaml: No such file or directory"),
        (("folder",), "folder: Is a directory"),
        (("--scenario", "nowhere.yaml"), "nowhere.yaml: No such file or directory"),
        (("--scenario", "bad.yaml"), "bad.yaml:1:1: there is no property peeple"),
        (("flow.yaml", "--dialect", "twilio"), "'twilio' is not one of"),
        (("flow.yaml", "--jump"), "No such option"),
    ],
)
def test_wrong_usage(callverbs: Terminal, folder: Path, arguments: tuple[str, ...], error: str) -> None:
    (folder / "folder").mkdir()
    (folder / "people.yaml").write_text("people: {b1: busy}\n")
    (folder / "bad.yaml").write_text("peeple: {}\n")
    (folder / "ftp.yaml").write_text("app: ftp://x\n")
    (folder / "short.yaml").write_text("for: 0s\nflow: flow.yaml\n")
    result = callverbs("simulate", *arguments)
    assert (result.code, result.out) == (2, "")
    assert error in result.err


@pytest.mark.parametrize(("environment", "painted"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colours_are_for_terminals(callverbs: Terminal, folder: Path, environment: dict[str, str], painted: bool) -> None:
    assert "\x1b[" not in callverbs("simulate", "flow.yaml").out
    callverbs.use_terminal(**environment)
    assert ("\x1b[" in callverbs("simulate", "flow.yaml").out) is painted


# --------------------------------------------------------------------------- a real application


REPLIES: dict[str, tuple[int, str]] = {
    "/call": (200, '[{"verb": "gather", "numDigits": 1, "actionHook": "/menu", "say": {"text": "Press a key."}}]'),
    "/invalid": (200, '[{"verb": "sey", "text": "Hello."}]'),
    "/broken": (500, "[]"),
    "/page": (200, "<html>It works!</html>"),
    "/list": (200, "[]"),
}


@pytest.fixture
def application() -> Iterator[str]:
    """An application over a real socket: its first hook gathers, any other one says what was pressed."""

    class Application(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            payload = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            pressed = [{"verb": "say", "text": f"You have pressed {payload.get('digits', 'nothing')}."}]
            status, reply = REPLIES.get(self.path, (200, json.dumps(pressed)))
            body = reply.encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html" if reply.startswith("<") else "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is called there
            """Writes no log."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Application) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_real_application_is_asked_while_the_clock_stands_still(callverbs: Terminal, application: str) -> None:
    result = callverbs("simulate", "--app", f"{application}/call", "--press", "7")
    assert (result.code, result.err) == (0, "")
    assert "POST /call call_status=trying" in result.out
    assert 'speak "You have pressed 7."' in result.out


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/invalid", "application: /0/verb: there is no verb sey; did you mean say? (/invalid:1:11)"),
        ("/broken", "application: the hook has answered 500"),
        ("/page", "application: the first hook has given no verbs"),
        ("/list", "application: the first hook has given no verbs"),
    ],
)
def test_a_first_reply_that_is_no_document_is_a_finding(callverbs: Terminal, application: str, path: str, error: str) -> None:
    result = callverbs("simulate", "--app", application + path)
    assert result.code == 1
    assert "reject CALL_REJECTED" in result.out
    assert f"\nnot as expected:\n  the first hook has given nothing that can be run\n  came      {error}" in result.err


def test_an_application_that_is_not_there_is_a_finding(callverbs: Terminal) -> None:
    result = callverbs("simulate", "--app", "http://127.0.0.1:1/call")
    assert result.code == 1
    assert "· application: no connection: " in result.out
    assert "reject CALL_REJECTED" in result.out
    assert "came      application: no connection: " in result.err


def test_a_flow_is_tried_with_a_real_application(callverbs: Terminal, folder: Path, application: str) -> None:
    """The flow is the first document; its relative hooks are the application's."""
    result = callverbs("simulate", "flow.yaml", "--app", f"{application}/begin", "--press", "7")
    assert (result.code, result.err) == (0, "")
    assert "POST flow.yaml" in result.out
    assert "POST /menu digits=7" in result.out
    assert "/begin" not in result.out
    assert 'speak "You have pressed 7."' in result.out


def test_what_a_scenario_answers_is_not_asked(callverbs: Terminal, folder: Path, application: str) -> None:
    """Whatever its hooks do not answer, the application does; its origin wins over the scenario's."""
    other = "settings: {base_url: https://other.example}\nhooks:\n"
    (folder / "scenario.yaml").write_text((folder / "scenario.yaml").read_text().replace("hooks:\n", other))
    stubbed = callverbs("simulate", "--scenario", "scenario.yaml", "--app", application)
    assert (stubbed.code, stubbed.err) == (0, "")
    assert 'speak "This is sales."' in stubbed.out
    (folder / "scenario.yaml").write_text((folder / "scenario.yaml").read_text().replace("presses: 1", "presses: 2"))
    asked = callverbs("simulate", "--scenario", "scenario.yaml", "--app", application)
    assert 'speak "You have pressed 2."' in asked.out
    assert asked.code == 1
