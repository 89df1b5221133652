"""Every transcript, played straight, with a JSON round trip after every event, and with every event twice."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from interpreter.lint.source import Source
from interpreter.outcome import Outcome
from interpreter.simulator.expectations import fits
from tests.verbs.stage import Stage, fields_of, words_of
from verbs._events import Event, KeyPressed, LegEvent

FOLDER = Path(__file__).parent.parent / "transcripts"
TRANSCRIPTS = sorted(FOLDER.rglob("*.yaml"))


def play(path: Path, how: str) -> None:
    """Play a transcript: `straight`, `json`, `twice` (the same id again) or `again` (under a new id)."""
    written: Any = Source.read(path).value
    stage = Stage(written.get("app"), written.get("call"))
    take(stage, stage.first, how)
    steps = list(written["steps"])
    if "document" in written:
        steps.insert(0, {"when": {"hook": "/call", "verbs": written["document"]}, "then": steps.pop(0)["then"]})
    for number, step in enumerate(steps, 1):
        stage.now += float(step.get("after", 1))
        stage.notes.clear()
        came = take(stage, stage.event(step["when"]), how)
        expect(f"{path.name} step {number}, {step['when']}", step.get("then", []), came)
        for note in step.get("notes", []):
            assert any(note in one for one in stage.notes), (note, stage.notes)
    if written.get("over", True):
        finish(stage)
        assert stage.session.ended, f"the call goes on: {stage.snapshot.decode()}"


def take(stage: Stage, event: Event, how: str) -> Outcome:
    before = stage.snapshot
    outcome = stage.take(event)
    assert not [problem for problem in outcome.problems if problem.whose == "callverbs"], outcome.problems
    if how == "json":
        stage.snapshot = msgspec.json.encode(msgspec.json.decode(stage.snapshot))
    elif how == "twice":
        assert not stage.take(event).changed
    elif how == "again" and isinstance(event, LegEvent) and not isinstance(event, KeyPressed):
        repeated = stage.take(msgspec.structs.replace(event, id=event.id + "-again"))
        assert not repeated.new, f"the second {event} has led to {[words_of(entry) for entry in repeated.new]}"
    assert before != stage.snapshot or not outcome.changed
    return outcome


def expect(where: str, wanted: list[Any], came: Outcome) -> None:
    assert len(wanted) == len(came.new), f"{where}: expected {wanted}, came {[words_of(entry) for entry in came.new]}"
    for one, entry in zip(wanted, came.new, strict=True):
        if isinstance(one, str):
            words, fields = one, {}
        else:
            ((name, what), *rest) = one.items()
            words, fields = f"{name} {what}", dict(rest)
        assert words == words_of(entry), f"{where}: expected {words}, came {words_of(entry)}"
        assert fits(fields, fields_of(entry)), f"{where}: expected {fields}, came {fields_of(entry)}"


def finish(stage: Stage) -> None:
    """Let the hooks that are still open reply, so that the call can end."""
    for entry in stage.session.outbox:
        words = words_of(entry)
        if words.startswith("ask ") and not entry.sent:
            stage.take(stage.event({"hook": words.removeprefix("ask ")}))


@pytest.mark.parametrize("how", ["straight", "json", "twice", "again"])
@pytest.mark.parametrize("path", TRANSCRIPTS, ids=[str(path.relative_to(FOLDER)) for path in TRANSCRIPTS])
def test_transcript(path: Path, how: str) -> None:
    play(path, how)
