"""Fixtures: a terminal, a folder with a flow and its scenario, and a server that runs."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interpreter.cli.terminal import ServerProcess, Terminal

FLOW = """
- gather: {numDigits: 1, timeout: 5, actionHook: /menu, say: {text: Press 1 for sales.}}
- say: {text: Goodbye.}
"""
SCENARIO = """
scenario: sales
flow: flow.yaml
hooks:
  /menu: {when: {digits: 1}, reply: [{say: {text: This is sales.}}]}
caller: {presses: 1}
expect: [{say: This is sales.}]
"""


@pytest.fixture
def callverbs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(monkeypatch, capsys)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Returns the working folder, with a flow and its scenario."""
    (tmp_path / "flow.yaml").write_text(FLOW)
    (tmp_path / "scenario.yaml").write_text(SCENARIO)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def served(folder: Path) -> Iterator[ServerProcess]:
    """Yields a server with its simulated carrier, which have no settings but a token."""
    (folder / "hello.yaml").write_text("- say: {text: Hello.}\n")
    command = [
        sys.executable,
        "-m",
        "callverbs",
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
            yield ServerProcess(address, carrier, process)
        finally:
            process.kill()
