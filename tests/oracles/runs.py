"""Calls that were tried elsewhere, for whoever wants to look at what was sent in them: transcripts of verbs, and scenarios of samples."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from interpreter.session import Entry
from interpreter.simulator import trial
from interpreter.simulator.trial import Trial
from interpreter.text.source import Source
from tests.verbs.test_transcripts import FOLDER, TRANSCRIPTS, Player
from verbs._events import Event

SAMPLES = Path(__file__).parents[2] / "samples"
SCENARIOS = trial.find([SAMPLES])


class Listener(Player):
    """Plays a transcript without expecting anything, and keeps every wish."""

    def __init__(self, written: dict[str, Any]) -> None:
        self.entries: list[Entry] = []
        super().__init__(written, "straight")

    def take(self, event: Event) -> list[Entry]:
        came = super().take(event)
        self.entries += came
        return came

    def expect(self, where: str, wanted: list[Any], came: list[Entry]) -> None:
        """Whoever wrote the transcript expects it."""


@cache
def transcripts() -> dict[str, tuple[dict[str, Any], list[Entry]]]:
    """Every transcript as it is written, by its name, with the wishes that it led to."""
    return dict(_transcripts())


def _transcripts() -> Iterator[tuple[str, tuple[dict[str, Any], list[Entry]]]]:
    for path in TRANSCRIPTS:
        written: Any = Source.read(path).value
        listener = Listener(written)
        steps = list(written["steps"])
        if "document" in written:
            steps[0] = {"when": {"hook": "/call", "verbs": written["document"]}, **steps[0]}
        for step in steps:
            listener.step(path.name, {key: value for key, value in step.items() if key in ("when", "after")})
        yield str(path.relative_to(FOLDER)), (written, listener.entries)


@cache
def scenario(path: Path) -> Trial:
    """A sample's call, simulated once."""
    return trial.try_scenario(path)
