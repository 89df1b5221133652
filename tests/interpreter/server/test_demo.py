"""`make demo` in a fresh clone: three programs, a whole call over real sockets, and its ladder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from callverbs.interpreter.cli import command_group

HOUSE = Path(__file__).parents[3]
CALLED = {"b1": "+14155550101", "b2": "+14155550102", "b3": "+14155550103"}


def test_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HOUSE)
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(HOUSE), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, str(HOUSE / "samples" / "application" / "demo.py")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, env=environment, cwd=HOUSE, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    head, *rows = done.stdout.splitlines()
    assert head == "+14155550100 calls +14155550199: the caller presses 1, and three phones of sales ring."
    over = rows.index("The call is over: completed.")
    assert rows[over + 2] == "Try next:"
    for row in rows[over + 3 :]:
        program, *arguments = row.split()
        assert program == ".venv/bin/callverbs"
        assert CliRunner().invoke(command_group, arguments).exit_code == 0, row
    rows = rows[: over + 1]
    ladder = [" ".join(row.split()[1:]) for row in rows[2:-2]]
    dials = [row for row in ladder if "◀──● dial" in row]
    assert dials == [f"{leg} ◀──● dial {number} from +14155550100 20 s" for leg, number in CALLED.items()]
    assert [row.split()[0] for row in ladder if "call.bridged" in row] in (["a", "b3"], ["b3", "a"])
    assert [row for row in ladder if "bridge with" in row] == ["a ◀──● bridge with b3"]
    asked = [row.split("POST ")[1].split()[0] for row in ladder if "●──▶ POST" in row]
    assert asked == ["/call", "/menu", "/screen", "/screen", "/accept", "/dialed"]
    assert "a ●──▶ POST /dialed dial_call_status=completed dial_sip_status=200 call_status=in-progress" in ladder
    assert [row for row in ladder if "answered 4" in row or "answered 5" in row or "refuses" in row] == []
    assert "a ●──▶ call.hangup hangup_cause=normal_clearing sip_hangup_cause=200" in ladder[-2:]
