"""Every command that a transcript or a sample sends is one that the carrier takes."""

from collections import Counter
from pathlib import Path

import pytest

from interpreter.telnyx.commands import TABLE, Wire, request
from tests.oracles.commands import judge
from tests.oracles.runs import SAMPLES, SCENARIOS, scenario, transcripts
from verbs._commands import Command

LEGS = {f"b{n}": f"v3:leg/{n}" for n in range(1, 20)} | {"a": "v3:leg/a"}


def test_every_command_of_every_transcript() -> None:
    seen: Counter[str] = Counter()
    for _, entries in transcripts().values():
        for entry in entries:
            if isinstance(entry.wish, Command):
                sent = request(entry.wish, Wire("S", entry.n, LEGS))
                judge(sent.name, sent.method, sent.path, sent.body)
                seen[sent.name] += 1
    assert set(seen) == {name for name, _ in TABLE.values()}


@pytest.mark.parametrize("path", SCENARIOS, ids=[str(path.relative_to(SAMPLES).parent) for path in SCENARIOS])
def test_every_command_of_a_sample(path: Path) -> None:
    commands = [line for line in scenario(path).lines if line.kind == "command"]
    assert commands
    for line in commands:
        judge(line.name, line.method, line.path, line.body)


def test_there_are_samples() -> None:
    assert len(SCENARIOS) >= 10
