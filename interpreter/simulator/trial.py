"""Tries a flow: reads the document and the scenario, checks both, lets the call happen, and judges it."""

import difflib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from callverbs.interpreter.ladder.drawing import draw
from callverbs.interpreter.ladder.line import Line
from callverbs.interpreter.lint.context import LintContext
from callverbs.interpreter.lint.files import SKIPPED_FOLDERS
from callverbs.interpreter.lint.finding import Finding
from callverbs.interpreter.lint.linter import lint
from callverbs.interpreter.simulator import expectations, scenario
from callverbs.interpreter.simulator.network import Application
from callverbs.interpreter.simulator.scenario import Scenario, ScenarioError
from callverbs.interpreter.simulator.simulation import Simulation
from callverbs.interpreter.text.source import Source

SCENARIO, LADDER = "scenario.yaml", "ladder.txt"


@dataclass(slots=True)
class Trial:
    """What came of it: the lines of the call, and everything that was not as expected."""

    name: str
    lines: list[Line] = field(default_factory=list)
    heard: dict[str, list[str]] = field(default_factory=dict)
    """What each party heard, by the name of its leg."""
    findings: list[Finding] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return not self.failures and not any(finding.severity == "error" for finding in self.findings)

    @property
    def seconds(self) -> float:
        """How long the call lasted, on the virtual clock."""
        return self.lines[-1].at if self.lines else 0.0


def try_flow(flow: Source | None, wanted: Scenario, name: str, live: Application | None = None, press: tuple[str, ...] = ()) -> Trial:
    """Let a call happen. A document with errors is not run; one that only has doubtful spots is."""
    trial = Trial(name)
    if flow:
        trial.findings = lint(flow, LintContext(dialect=wanted.dialect))
        if not trial.passed:
            return trial
    simulation = Simulation(wanted, json.dumps(flow.value) if flow else "", live, press)
    simulation.run()
    trial.lines, trial.heard = simulation.lines, simulation.heard()
    trial.failures = simulation.failures + expectations.judge(wanted.expect, simulation.lines)
    if simulation.unrunnable and not expectations.foreseen(wanted.expected, simulation.unrunnable):
        trial.failures.insert(0, f"  the first hook has given nothing that can be run\n  came      {simulation.unrunnable.text}")
    return trial


def flow_of(wanted: Scenario, folder: Path) -> Source | None:
    """Returns the document that a scenario names, if it does, relative to its folder. Raises OSError."""
    return Source.read(folder / wanted.flow) if wanted.flow else None


def try_scenario(path: Path, update: bool = False) -> Trial:
    """A scenario file by itself; the ladder beside it is compared, or written. Raises ScenarioError."""
    wanted = scenario.read(path)
    if not wanted.is_complete:
        raise ScenarioError(f"{path}: nothing says what the call runs: give flow (a document), app (a URL), or the hook {scenario.FIRST}")
    try:
        flow = flow_of(wanted, path.parent)
    except OSError as error:
        raise ScenarioError(f"{path}: the flow {error.filename} cannot be read: {error.strerror}") from None
    trial = try_flow(flow, wanted, wanted.scenario or str(path))
    ladder = ladder_of(path)
    drawn = "\n".join(draw(trial.lines)) + "\n"
    if update and trial.passed:
        ladder.write_text(drawn, encoding="utf-8")
    elif ladder.is_file() and trial.lines and (kept := ladder.read_text(encoding="utf-8")) != drawn:
        changed = difflib.unified_diff(kept.splitlines(), drawn.splitlines(), str(ladder), "this call", lineterm="", n=1)
        trial.failures.append("\n".join(["the ladder is not the one that is kept (callverbs test --update keeps this one)", *changed]))
    return trial


def ladder_of(path: Path) -> Path:
    """Where the ladder of a scenario file is kept: `menu.scenario.yaml` has `menu.ladder.txt`."""
    return path.with_name(path.name.removesuffix(SCENARIO) + LADDER if path.name.endswith(SCENARIO) else f"{path.stem}.{LADDER}")


def find(paths: list[Path]) -> list[Path]:
    """The scenario files below folders, those of packages and hidden folders left out; files as they are."""
    return list(dict.fromkeys(found for path in paths for found in (sorted(_below(path)) if path.is_dir() else [path])))


def _below(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in SKIPPED_FOLDERS]
        yield from (Path(root, name) for name in names if name.endswith(SCENARIO))
