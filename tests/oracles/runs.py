"""Calls of other tests, for tests that look at what was sent in them: transcripts of verbs, and scenarios of samples."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from callverbs.interpreter.engine.session import OutboxEntry
from callverbs.interpreter.simulator import trial
from callverbs.interpreter.simulator.trial import Trial
from callverbs.interpreter.text.source import Source
from callverbs.verbs.language.events import Event
from tests.verbs.player import Player, steps_of
from tests.verbs.test_transcripts import FOLDER, TRANSCRIPTS

SAMPLES = Path(__file__).parents[2] / "samples"
SCENARIOS = trial.find_scenarios([SAMPLES])


class Recorder(Player):
    """Plays a transcript without expecting anything, and keeps every outbox entry."""

    def __init__(self, written: dict[str, Any]) -> None:
        self.entries: list[OutboxEntry] = []
        super().__init__(written, "straight")

    def take(self, event: Event) -> list[OutboxEntry]:
        came = super().take(event)
        self.entries += came
        return came

    def expect(self, where: str, wanted: list[Any], came: list[OutboxEntry]) -> None:
        """Expects nothing: the test of the transcript does."""


@cache
def transcripts() -> dict[str, tuple[dict[str, Any], list[OutboxEntry]]]:
    """Returns every transcript as it is written, by its name, with the outbox entries that it led to."""
    return dict(_transcripts())


def _transcripts() -> Iterator[tuple[str, tuple[dict[str, Any], list[OutboxEntry]]]]:
    for path in TRANSCRIPTS:
        written: Any = Source.read(path).value
        recorder = Recorder(written)
        for step in steps_of(written):
            recorder.step(path.name, {key: value for key, value in step.items() if key in ("when", "after")})
        yield str(path.relative_to(FOLDER)), (written, recorder.entries)


@cache
def scenario(path: Path) -> Trial:
    """Returns a sample's call, simulated once."""
    return trial.try_scenario(path)
