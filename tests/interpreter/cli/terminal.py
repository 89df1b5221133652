"""Runs the command line in a test and returns its output and exit code; describes a server that runs as a process."""

import subprocess
import sys
from typing import NamedTuple

import pytest

from callverbs.interpreter.cli import main


class Result(NamedTuple):
    """The result of a command."""

    code: int
    out: str
    err: str


class ServerProcess(NamedTuple):
    """A server that was started as a process, and the addresses of it and of the simulated carrier in it."""

    address: str
    carrier: str
    process: subprocess.Popen[str]


class Terminal:
    """Runs `callverbs` in this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *arguments: object) -> Result:
        self._monkeypatch.setattr(sys, "argv", ["callverbs", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            main()
        out, err = self._capsys.readouterr()
        assert isinstance(stop.value.code, int)
        return Result(stop.value.code, out, err)

    def use_terminal(self, **environment: str) -> None:
        """Makes the output a terminal from now on."""
        self._monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        self._monkeypatch.delenv("NO_COLOR", raising=False)
        for name, value in environment.items():
            self._monkeypatch.setenv(name, value)
