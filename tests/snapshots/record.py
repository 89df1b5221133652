"""Records the calls of all samples for a release: `python -m tests.snapshots.record 0.2.0`. Later versions must do the same with them.

A file has the recorded call as `callverbs replay` reads it; the file beside it has snapshots of moments in the middle of the call.
"""

import json
import sys
from pathlib import Path

from callverbs.interpreter.engine.session import load, view
from callverbs.interpreter.runtime import replay
from callverbs.interpreter.runtime.switchboard import Saved
from callverbs.interpreter.simulator import scenario
from callverbs.interpreter.simulator.simulation import Simulation
from callverbs.interpreter.simulator.trial import read_flow

FOLDER = Path(__file__).parent
SAMPLES = Path(__file__).parents[2] / "samples"
MOMENTS = 3
"""Snapshots that are kept of a call."""


class RecordedSimulation(Simulation):
    """A simulated call whose snapshots are kept."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.snapshots: dict[str, list[tuple[int, bytes]]] = {}
        """By session, how many rows its log had then, and the snapshot."""

    def _on_saved(self, saved: Saved) -> None:
        rows = self._rows(saved.session)
        self.snapshots.setdefault(saved.session, []).append((len(rows), saved.outcome.snapshot))
        super()._on_saved(saved)

    def _rows(self, session: str) -> list[bytes]:
        try:
            self._switchboard.store.log(session).send(None)
        except StopIteration as done:
            rows: list[bytes] = done.value
            return rows
        raise RuntimeError("the store waits")


def recorded(sample: str) -> tuple[bytes, list[tuple[int, bytes]]]:
    """Plays a sample. Returns its recorded call, and its snapshots before the end, each with how many rows the log had then."""
    path = SAMPLES / sample / "scenario.yaml"
    loaded = scenario.read(path)
    flow = read_flow(loaded, path.parent)
    simulation = RecordedSimulation(loaded, json.dumps(flow.value) if flow else "")
    simulation.run()
    session, moments = next(iter(simulation.snapshots.items()))
    call = replay.write(session, view(moments[0][1]).app, simulation._rows(session))
    return call, [(rows, snapshot) for rows, snapshot in moments if not load(snapshot).ended]


def record(release: str) -> None:
    """Writes the calls of all samples."""
    folder = FOLDER / release
    folder.mkdir(exist_ok=True)
    for path in sorted(SAMPLES.glob("*/scenario.yaml")):
        call, moments = recorded(path.parent.name)
        kept = dict(moments[len(moments) * n // (MOMENTS + 1)] for n in range(1, MOMENTS + 1))
        (folder / f"{path.parent.name}.jsonl").write_bytes(call)
        (folder / f"{path.parent.name}.snapshots").write_bytes(b"".join(b"%d %s\n" % moment for moment in kept.items()))


if __name__ == "__main__":
    record(sys.argv[1])
