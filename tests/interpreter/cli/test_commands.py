"""The short commands: help, version, lint, compile, schema, carrier. And what all commands have in common."""

import io
import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from callverbs import schemas
from callverbs.interpreter.cli import command_group, main
from callverbs.interpreter.simulator.commands import COMMAND_HANDLERS
from callverbs.interpreter.simulator.live_carrier import seed_of
from callverbs.interpreter.telnyx.signature import Signer
from tests.interpreter.cli.terminal import Terminal

COMMANDS = (
    "carrier",
    "compile",
    "explain",
    "graph",
    "ladder",
    "lint",
    "lsp",
    "replay",
    "rules",
    "schema",
    "serve",
    "simulate",
    "store",
    "test",
)


def test_every_module_is_a_command(callverbs: Terminal) -> None:
    result = callverbs("--help")
    assert result.code == 0
    assert re.findall(r"^  (\w+)  ", result.out.partition("Commands:")[2], re.MULTILINE) == list(COMMANDS)


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_the_help_shows_examples_line_by_line(callverbs: Terminal, command: str) -> None:
    result = callverbs(*filter(None, [command, "--help"]))
    assert result.code == 0
    assert "\\b" not in result.out
    examples = re.findall(r"^  (?:\w+=\S+ )*(?:callverbs|curl) ", result.out, re.MULTILINE)
    assert len(examples) >= (1 if command == "schema" else 2)


def test_the_version(callverbs: Terminal) -> None:
    assert re.fullmatch(r"callverbs, version [0-9]+[.][0-9]+[.][0-9]+\n", callverbs("--version").out)


@pytest.mark.parametrize("arguments", [("jump",), ("_group",), ("lint",), ("--jump",)])
def test_wrong_usage(callverbs: Terminal, arguments: tuple[str, ...]) -> None:
    result = callverbs(*arguments)
    assert (result.code, result.out) == (2, "")
    assert "Usage: callverbs" in result.err


@pytest.mark.parametrize(
    ("word", "advice"),
    [("lnt", "did you mean lint?"), ("validate", "did you mean lint?"), ("Run", "did you mean simulate?"), ("xyz", "there are carrier, ")],
)
def test_a_misspelt_command(callverbs: Terminal, word: str, advice: str) -> None:
    result = callverbs(word, "flow.yaml")
    assert result.code == 2
    assert f"there is no command {word}; {advice}" in result.err


@pytest.mark.parametrize("command", ["lint", "compile", "graph", "simulate"])
def test_a_dash_is_the_standard_input(callverbs: Terminal, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    piped = io.TextIOWrapper(io.BytesIO(b"- say: {text: Hello from the pipe.}\n"))
    monkeypatch.setattr(sys, "stdin", piped)
    result = callverbs(command, "-")
    assert (result.code, result.err) == (0, "")
    assert "nothing found" in result.out if command == "lint" else "Hello from the pipe" in result.out


def test_an_internal_error_says_that_it_is_one(callverbs: Terminal, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    def fails(**arguments: object) -> int:
        raise ZeroDivisionError("division by zero")

    command = command_group.get_command(None, "lint")  # type: ignore[arg-type]
    assert command
    monkeypatch.setattr(command, "callback", fails)
    result = callverbs("lint", "flow.yaml")
    assert (result.code, result.out) == (4, "")
    assert result.err.startswith("callverbs has failed: ZeroDivisionError: division by zero (CALLVERBS_DEBUG=1 shows where")
    monkeypatch.setenv("CALLVERBS_DEBUG", "1")
    monkeypatch.setattr(sys, "argv", ["callverbs", "lint", "flow.yaml"])
    with pytest.raises(ZeroDivisionError):
        main()


# --------------------------------------------------------------------------- lint


def test_lint_prints_positions(callverbs: Terminal, folder: Path) -> None:
    (folder / "flow.yaml").write_text("- verb: gather\n  numDigit: 1\n")
    result = callverbs("lint", "flow.yaml")
    assert (result.code, result.err) == (1, "")
    assert "flow.yaml:2:3: error CV102 unknown-property gather has no property numDigit; did you mean numDigits?" in result.out
    report = json.loads(callverbs("lint", "flow.yaml", "--format", "json").out)
    assert ("CV102", 2, 3) in [(one["code"], one["line"], one["column"]) for one in report["findings"]]


@pytest.mark.parametrize(
    ("text", "code"),
    [("- say: {text: Hello.}\n", 0), ("- play: {url: 'silence_stream://100'}\n", 0), ("- say: {text: a, earlyMedia: true}\n", 1)],
)
def test_information_alone_does_not_fail(callverbs: Terminal, folder: Path, text: str, code: int) -> None:
    (folder / "flow.yaml").write_text(text)
    assert callverbs("lint", ".").code == code


def test_lint_skips_scenarios(callverbs: Terminal, folder: Path) -> None:
    assert "in 1 file" in callverbs("lint", ".").out


def test_lint_of_nothing(callverbs: Terminal, tmp_path: Path) -> None:
    assert callverbs("lint", tmp_path).code == 3
    assert callverbs("lint", tmp_path / "nowhere.yaml").code == 2


def test_lint_takes_options_for_its_rules(callverbs: Terminal, folder: Path) -> None:
    (folder / "flow.yaml").write_text("- gather: {numDigits: 1}\n- redirect: {actionHook: /a}\n")
    only = ("lint", "flow.yaml", "--format", "concise", "--select", "CV401, CV605")
    assert "CV605" not in callverbs(*only).out
    assert "CV605" in callverbs(*only, "--base-url=").out
    assert "CV605" not in callverbs(*only, "--base-url", "https://example.com").out
    assert callverbs(*only, "--severity", "gather-without-hook=info,CV6=info").code == 0
    assert callverbs(*only, "--exit-zero").code == 0
    assert "CV401" not in callverbs("lint", "flow.yaml", "--ignore", "CV4", "--profile", "strict").out


@pytest.mark.parametrize(
    ("option", "error"),
    [
        (("--base-url", "example.com"), "base_url is an http or https URL"),
        (("--number", "0199"), "a number of ours is in E.164"),
        (("--severity", "CV401=loud"), "write a rule and its severity"),
        (("--select", "CV4O1"), "there is no rule CV4O1; did you mean CV401?"),
        (("--profile", "lax"), "'lax' is not one of"),
    ],
)
def test_wrong_usage_of_lint(callverbs: Terminal, folder: Path, option: tuple[str, ...], error: str) -> None:
    result = callverbs("lint", "flow.yaml", *option)
    assert (result.code, result.out) == (2, "")
    assert error in result.err


# --------------------------------------------------------------------------- compile


def test_compile_shows_the_commands_of_each_verb(callverbs: Terminal, folder: Path) -> None:
    (folder / "flow.json").write_text('[{"verb": "say", "text": "Hello."}, {"verb": "tag", "data": {}}, {"verb": "hangup"}]')
    result = callverbs("compile", "flow.json")
    assert result.code == 0
    assert result.out.splitlines() == [
        "/0     say",
        '       a   speak                "Hello."',
        "/1     tag",
        "       (no command: callverbs does it by itself)",
        "/2     hangup",
        "       a   hangup",
    ]


def test_compile_as_json(callverbs: Terminal, folder: Path) -> None:
    report = json.loads(callverbs("compile", "flow.yaml", "--format", "json").out)
    assert report["version"] == 1
    assert [(verb["pointer"], verb["verb"]) for verb in report["verbs"]] == [("/0", "gather"), ("/1", "say")]
    (command,) = report["verbs"][1]["commands"]
    assert (command["name"], command["body"]["payload"]) == ("speak", "Goodbye.")


def test_compile_shows_what_the_carrier_refuses(callverbs: Terminal, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lint knows nearly everything that the carrier refuses; this carrier speaks before the answer only."""
    monkeypatch.setitem(COMMAND_HANDLERS, "speak", COMMAND_HANDLERS["reject"])
    (folder / "flow.json").write_text('[{"say": {"text": "Hello."}}, {"tag": {"data": {}}}]')
    refusal = "speak a: Bad Request: only an inbound call that has not been answered can be rejected (10015)"
    result = callverbs("compile", "flow.json")
    assert result.code == 1
    assert result.out.splitlines() == [
        "/0     say",
        '       a   speak                "Hello."',
        f"       refused: {refusal}",
        "/1     tag",
        "       (no command: callverbs does it by itself)",
    ]
    result = callverbs("compile", "flow.json", "--format", "json")
    assert result.code == 1
    assert [verb["refusals"] for verb in json.loads(result.out)["verbs"]] == [[refusal], []]


def test_compile_needs_a_flow_without_errors(callverbs: Terminal, folder: Path) -> None:
    (folder / "flow.json").write_text('[{"verb": "sey"}]')
    result = callverbs("compile", "flow.json")
    assert (result.code, result.out) == (1, "")
    assert "CV101" in result.err
    assert callverbs("compile", "nowhere.json").code == 2


# --------------------------------------------------------------------------- schema


def test_schema_prints_the_schema(callverbs: Terminal) -> None:
    result = callverbs("schema")
    assert (result.code, json.loads(result.out)) == (0, schemas.bundle())


def test_schema_prints_the_schema_of_the_settings_too(callverbs: Terminal) -> None:
    result = callverbs("schema", "--settings")
    assert (result.code, json.loads(result.out)) == (0, schemas.bundle_settings())


# --------------------------------------------------------------------------- carrier, and the console script itself


def test_a_carrier_prints_its_address_and_stops_at_a_signal(tmp_path: Path) -> None:
    (tmp_path / "people.yaml").write_text("people: {'+14155550101': busy}\nmedia: {https://media.example/a.mp3: 2s}\n")
    command = [
        sys.executable,
        "-m",
        "callverbs",
        "carrier",
        "--port",
        "0",
        "--webhook",
        "http://127.0.0.1:1/",
        "--scenario",
        "people.yaml",
        "--account",
        "account.yaml",
        "--seed",
        "stable",
        "--api-key",
        "KEY",
    ]
    (tmp_path / "account.yaml").write_text("applications: {sales: {id: '10'}}\nnumbers: {'+14155550199': sales}\n")
    root = Path(__file__).parents[3]
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=environment) as process:
        assert process.stdout
        address = process.stdout.readline().removeprefix("callverbs carrier on ").strip()
        assert process.stdout.readline().strip() == f"TELNYX_BASE_URL={address}/v2"
        key = process.stdout.readline().strip().removeprefix("TELNYX_PUBLIC_KEY=")
        assert key == Signer(seed_of("stable")).public_key
        with urllib.request.urlopen(f"{address}/_sim/public_key", timeout=5) as response:
            assert json.load(response) == {"public_key": key}
        call = json.dumps({"from": "anonymous", "to": "+14155550199"}).encode()
        with urllib.request.urlopen(f"{address}/_sim/calls", call, timeout=5) as response:
            assert response.status == 201
        assert process.stdout.readline().split() == ["time", "leg", "carrier", "application"]
        assert process.stdout.readline().split()[1:] == ["a", "●──▶", "call.initiated", "from=anonymous", "to=+14155550199"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert process.stderr
        assert process.stderr.read() == ""


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("carrier", "--speed", "0"), "0.0 is not in the range 0<x<=1000.0"),
        (("carrier", "--account", "nowhere.yaml"), "nowhere.yaml"),
        (("carrier", "--account", "bad.yaml"), "bad.yaml:1:1: there is no property people"),
        (("carrier", "--webhook", "foo"), "foo is no URL that can be asked: write http:// or https://, and a host"),
        (("carrier", "--webhook", "ftp://x/y"), "ftp://x/y is no URL that can be asked"),
        (("carrier", "--webhook", ""), " is no URL that can be asked"),
        (("carrier", "--webhook", "http://127.0.0.1:1/", "--scenario", "bad.yaml"), "bad.yaml:1:14: bussy is not a way to take a call"),
        (("carrier", "--webhook", "http://127.0.0.1:1/", "--host", "192.0.2.1"), "callverbs carrier: "),
    ],
)
def test_a_carrier_that_cannot_start(callverbs: Terminal, folder: Path, arguments: tuple[str, ...], error: str) -> None:
    (folder / "bad.yaml").write_text("people: {b1: bussy}\n")
    result = callverbs(*arguments)
    assert (result.code, result.out) == (2, "")
    assert error in result.err


def test_an_output_that_cannot_be_written_is_no_internal_error(folder: Path) -> None:
    command_line = [sys.executable, "-m", "callverbs", "rules"]
    environment = {"PYTHONPATH": str(Path(__file__).parents[3])}
    closed = subprocess.run(["sh", "-c", '"$@" >&-', "sh", *command_line], capture_output=True, env=environment, check=False)
    assert (closed.returncode, closed.stderr) == (0, b"")
    with Path("/dev/full").open("wb") as full:
        wrong = subprocess.run(command_line, stdout=full, stderr=subprocess.PIPE, env=environment, check=False)
    assert wrong.returncode == 4
    assert wrong.stderr == b"callverbs has failed: [Errno 28] No space left on device\n"


@pytest.mark.parametrize(
    "command",
    [
        ("simulate", "flow.yaml", "--format", "json"),
        ("lint", "flow.yaml", "--format", "json"),
        ("schema",),
        ("--help",),
        ("lint", "--help"),
    ],
)
def test_a_closed_pipe_is_no_error(folder: Path, command: tuple[str, ...]) -> None:
    environment = {"PYTHONPATH": str(Path(__file__).parents[3])}
    command_line = [sys.executable, "-m", "callverbs", *command]
    with subprocess.Popen(command_line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.wait(20) == 141
        assert process.stderr.read() == b""
