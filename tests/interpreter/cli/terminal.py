"""The command line as a shell sees it: what it prints, where, and with which exit code; and a server that it has started."""

import subprocess
import sys
from typing import NamedTuple

import pytest

from interpreter.cli import main


class Result(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str


class Served(NamedTuple):
    """A server that was started, and the simulated carrier in its process: their addresses."""

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

    def is_a_terminal(self, **environment: str) -> None:
        """From now on, somebody looks at it."""
        self._monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        self._monkeypatch.delenv("NO_COLOR", raising=False)
        for name, value in environment.items():
            self._monkeypatch.setenv(name, value)
