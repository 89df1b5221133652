"""`callverbs serve`: what keeps it from starting is said at once; where it listens, and that it stops when it is told."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interpreter.cli.terminal import Terminal

VARIABLES = (
    "TELNYX_API_KEY",
    "TELNYX_PUBLIC_KEY",
    "TELNYX_BASE_URL",
    "CALLVERBS_CONNECTION_ID",
    "CALLVERBS_TOKEN",
    "CALLVERBS_HOOK_SECRET",
)


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def test_everything_that_is_missing_is_said_at_once(callverbs: Terminal, folder: Path) -> None:
    result = callverbs("serve")
    assert (result.code, result.out) == (2, "")
    assert [row.startswith("callverbs serve: ") for row in result.err.splitlines()] == [True, True, True]
    assert "set TELNYX_API_KEY, or try --carrier simulated" in result.err
    assert "set TELNYX_PUBLIC_KEY" in result.err
    assert "give --app URL or --app FILE" in result.err


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ("[servr]\n", "callverbs.toml"),
        ("[server]\nport = 'x'\n", "server.port"),
        ("[applications.a]\n", "app"),
        ("[applications.a\n", "callverbs.toml is not TOML"),
        ("[applications.a]\napp = 'nowhere.yaml'\n", "the application a cannot be read"),
        ("[applications.a]\napp = 'bad.yaml'\n", "bad.yaml:1:3: CV101 there is no verb sey"),
        ("[applications.a]\napp = 'flow.yaml'\n", "CV605"),
        ("[applications.a]\napp = 'https://a.example/'\n[applications.b]\napp = 'https://b.example/'\n", "a and b both take every call"),
    ],
)
def test_settings_that_cannot_be_served(callverbs: Terminal, folder: Path, settings: str, complaint: str) -> None:
    (folder / "bad.yaml").write_text("- sey: {text: Hello.}\n")
    (folder / "callverbs.toml").write_text(settings)
    result = callverbs("serve", "--carrier", "simulated", "--store", "memory:")
    assert (result.code, result.out) == (2, "")
    assert complaint in result.err


def test_an_address_that_somebody_has(callverbs: Terminal, folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = callverbs("serve", "--app", "https://a.example/", "--carrier", "simulated", "--store", "memory:", "--port", port)
    assert (result.code, result.out) == (2, "")
    assert f"127.0.0.1:{port} cannot be listened on" in result.err


@pytest.fixture
def served(folder: Path) -> Iterator[tuple[str, str, subprocess.Popen[str]]]:
    """A server with its simulated carrier: both addresses, and the process."""
    (folder / "hello.yaml").write_text("- say: {text: Hello.}\n")
    command = [
        sys.executable,
        "-m",
        "interpreter",
        "serve",
        "--app",
        "hello.yaml",
        "--carrier",
        "simulated",
        "--port",
        "0",
        "--store",
        "memory:",
    ]
    environment = {
        "PYTHONPATH": str(Path(__file__).parents[3]),
        "PATH": os.environ.get("PATH", ""),
        "PYTHONUNBUFFERED": "1",
        "CALLVERBS_TOKEN": "secret",
    }
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder, env=environment) as process:
        try:
            assert process.stdout
            address = process.stdout.readline().removeprefix("callverbs serves on ").strip()
            carrier = process.stdout.readline().removeprefix("a simulated carrier is on ").partition(": ")[0]
            yield address, carrier, process
        finally:
            process.kill()


def test_it_serves_and_stops_when_it_is_told(served: tuple[str, str, subprocess.Popen[str]]) -> None:
    address, carrier, process = served
    with urllib.request.urlopen(f"{address}/healthz", timeout=5) as response:
        assert json.load(response)["status"] == "ok"
    placed = urllib.request.Request(f"{carrier}/_sim/calls", json.dumps({"from": "+14155550100", "to": "+14155550199"}).encode())
    with urllib.request.urlopen(placed, timeout=5) as response:
        assert response.status == 201
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
