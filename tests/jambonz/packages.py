"""jambonz's own packages, run by Node: small scripts that read JSON a line and write JSON a line. `make test` installs them."""

import json
import shutil
import subprocess
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Self

import pytest

HERE = Path(__file__).parent
PACKAGES = HERE / "node_modules" / "@jambonz"
NODE = shutil.which("node") or ""

needed = pytest.mark.skipif(
    not (NODE and PACKAGES.is_dir()), reason="Node or jambonz's packages are missing: install Node, then run make test"
)
"""For tests that compare with them."""


class Script(AbstractContextManager["Script"]):
    """A script that runs while a test uses it."""

    def __init__(self, name: str, *arguments: str) -> None:
        command = [NODE, str(HERE / name), *arguments]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def read(self) -> Any:
        """Returns the next line that it writes."""
        assert self.process.stdout
        return json.loads(self.process.stdout.readline())

    def ask(self, question: Any) -> Any:
        """Returns its answer to a value."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return self.read()

    def __enter__(self) -> Self:
        self.process.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.process.terminate()
        self.process.__exit__(None, None, None)


def answers(script: str, questions: Iterable[Any]) -> list[Any]:
    """Returns the answers of a script to many values."""
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    done = subprocess.run([NODE, str(HERE / script)], input=lines, capture_output=True, text=True, check=True, timeout=120)
    return [json.loads(line) for line in done.stdout.splitlines()]


EXTENSIONS = ("record", "relay", "ask", "assistant", "assistant_event")
"""Verbs of ours that jambonz does not have, and their hooks."""
