"""Every command that a transcript or a sample sends is accepted by the oracles of the carrier's API."""

from pathlib import Path

import msgspec
import pytest

from callverbs.interpreter.telnyx.commands import REQUESTS, RequestContext, build_request
from callverbs.verbs.language.commands import Command
from tests.oracles.commands import judge
from tests.oracles.runs import SAMPLES, SCENARIOS, scenario, transcripts

LEGS = {f"b{n}": f"v3:leg/{n}" for n in range(1, 20)} | {"a": "v3:leg/a"}


def test_every_command_of_every_transcript() -> None:
    sent = {msgspec.json.encode(entry.message): entry for _, entries in transcripts().values() for entry in entries}
    seen = set()
    for entry in sent.values():
        if isinstance(entry.message, Command):
            request = build_request(entry.message, RequestContext("S", entry.n, LEGS))
            judge(request.name, request.method, request.path, request.body)
            seen.add(request.name)
    assert seen == {name for name, _ in REQUESTS.values()}


@pytest.mark.parametrize("path", SCENARIOS, ids=[str(path.relative_to(SAMPLES).parent) for path in SCENARIOS])
def test_every_command_of_a_sample(path: Path) -> None:
    commands = [line for line in scenario(path).lines if line.kind == "command"]
    assert commands
    for line in commands:
        judge(line.name, line.method, line.path, line.body)


def test_there_are_samples() -> None:
    assert len(SCENARIOS) >= 10
