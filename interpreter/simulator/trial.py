"""Tries a flow: reads the document and the scenario, checks both, lets the call happen, and judges it."""

import difflib
import json
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from interpreter.lint.finding import Finding
from interpreter.lint.linter import lint
from interpreter.lint.source import Source
from interpreter.simulator import expectations, scenario
from interpreter.simulator.expectations import ExpectationError
from interpreter.simulator.ladder import Line, draw
from interpreter.simulator.people import PeopleError
from interpreter.simulator.scenario import Scenario, ScenarioError
from interpreter.simulator.simulation import Application, Simulation

LADDER = "ladder.txt"


@dataclass(slots=True)
class Trial:
    """What came of it: the lines of the call, and everything that was not as expected."""

    name: str
    lines: list[Line] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return not self.failures and not any(finding.severity == "error" for finding in self.findings)

    @property
    def seconds(self) -> float:
        """How long the call lasted, on the virtual clock."""
        return self.lines[-1].at if self.lines else 0.0


def try_flow(
    flow: Source | None, wanted: Scenario, name: str, application: Application | None = None, press: tuple[str, ...] = ()
) -> Trial:
    """Let a call happen. Raises ScenarioError where the scenario makes no sense."""
    trial = Trial(name)
    if flow:
        trial.findings = lint(flow, dialect=wanted.dialect)
        if not trial.passed:
            return trial
    try:
        simulation = Simulation(wanted, json.dumps(flow.value) if flow else "", application, press)
        simulation.run()
        trial.lines = simulation.lines
        trial.failures = simulation.failures + expectations.judge(wanted.expect, simulation.lines)
    except (ExpectationError, PeopleError, msgspec.ValidationError) as error:
        raise ScenarioError(f"{name}: {error}") from None
    return trial


def try_scenario(path: Path, update: bool = False) -> Trial:
    """A scenario file by itself; the ladder beside it is compared, or written. Raises ScenarioError."""
    wanted = scenario.read(path)
    flow = None
    if wanted.flow:
        file = path.parent / wanted.flow
        try:
            flow = Source.read(file)
        except OSError as error:
            raise ScenarioError(f"{path}: the flow {file} cannot be read: {error.strerror}") from None
    trial = try_flow(flow, wanted, wanted.scenario or str(path))
    ladder = path.parent / LADDER
    drawn = "\n".join(draw(trial.lines)) + "\n"
    if update and trial.passed:
        ladder.write_text(drawn, encoding="utf-8")
    elif ladder.is_file() and trial.lines and (kept := ladder.read_text(encoding="utf-8")) != drawn:
        changed = difflib.unified_diff(kept.splitlines(), drawn.splitlines(), str(ladder), "this call", lineterm="", n=1)
        trial.failures.append("\n".join(["the ladder is not the one that is kept (callverbs test --update keeps this one)", *changed]))
    return trial


def find(paths: list[Path]) -> list[Path]:
    """The scenario files below folders; files as they are."""
    found: list[Path] = []
    for path in paths:
        found += sorted(path.rglob("*scenario.yaml")) if path.is_dir() else [path]
    return list(dict.fromkeys(found))
