"""Tries a flow: lints the document, runs the call of the scenario, and checks its lines."""

import difflib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from callverbs import verbs
from callverbs.interpreter.ladder.drawing import draw
from callverbs.interpreter.ladder.line import Line
from callverbs.interpreter.lint.context import LintContext
from callverbs.interpreter.lint.files import SKIPPED_FOLDERS
from callverbs.interpreter.lint.finding import Finding
from callverbs.interpreter.lint.linter import lint
from callverbs.interpreter.simulator import expectations, scenario
from callverbs.interpreter.simulator.network import HookHandler
from callverbs.interpreter.simulator.scenario import Scenario, ScenarioError
from callverbs.interpreter.simulator.simulation import Simulation
from callverbs.interpreter.text.source import Source
from callverbs.schemas import ValuePath
from callverbs.verbs import DocumentError

SCENARIO_SUFFIX, LADDER_SUFFIX = "scenario.yaml", "ladder.txt"


@dataclass(slots=True)
class Trial:
    """The result of a trial: the lines of the call, the findings of lint, and the failures."""

    name: str
    lines: list[Line] = field(default_factory=list)
    heard: dict[str, list[str]] = field(default_factory=dict)
    """What each party heard, texts and addresses of files, by the name of its leg."""
    findings: list[Finding] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    """What of the scenario was not used, or is missing: it does not fail."""

    @property
    def passed(self) -> bool:
        return not self.failures and not any(finding.severity == "error" for finding in self.findings)

    @property
    def seconds(self) -> float:
        """The length of the call on the virtual clock."""
        return self.lines[-1].at if self.lines else 0.0


def try_flow(
    flow: Source | None,
    loaded: Scenario,
    name: str,
    live: HookHandler | None = None,
    press: tuple[str, ...] = (),
    written: Source | None = None,
) -> Trial:
    """Runs a document in a scenario. A document with errors is not run; one with warnings is. `written` is the scenario's text."""
    trial = Trial(name)
    place = Places(written)
    if flow:
        trial.findings = lint(flow, LintContext(dialect=loaded.dialect))
        if not trial.passed:
            return trial
    simulation = Simulation(loaded, json.dumps(flow.value) if flow else "", live, press)
    simulation.run()
    trial.lines, trial.heard = simulation.lines, simulation.heard()
    trial.failures = simulation.failures + expectations.failures(loaded.expect, simulation.lines)
    trial.failures[:0] = [*_faulty_replies(loaded, simulation, place), *_faulty_unused_replies(loaded, simulation, place)]
    trial.remarks = [place.prefix(path, at_key=True) + text for text, path in simulation.remarks.items()]
    return trial


class Places(NamedTuple):
    """Says where something stands in the text of a scenario, as far as there is a text."""

    written: Source | None

    def name(self, path: ValuePath, at_key: bool = False) -> str:
        """Returns file, line and column of a path."""
        if not self.written:
            return ""
        span = self.written.span(path, at_key)
        return f"{self.written.name}:{span.line}:{span.column}"

    def prefix(self, path: ValuePath, at_key: bool = False) -> str:
        """Returns the place to write before a sentence."""
        return f"{name}: " if (name := self.name(path, at_key)) else ""


def _faulty_replies(loaded: Scenario, simulation: Simulation, places: Places) -> Iterator[str]:
    """Yields a failure for each reply that could not be run, unless the scenario expects that."""
    told: set[tuple[ValuePath | None, str]] = set()
    for line, is_first, path in simulation.reply_problems:
        if (path, line.text) in told or expectations.is_expected(line, loaded.all_expectations):
            continue
        told.add((path, line.text))
        what = "the first hook has given nothing that can be run" if is_first else "a hook has given what cannot be run"
        place = places.name((*path, "reply", *_steps(line.body.get("pointer", "")))) if path else ""
        yield "\n".join([f"  {what}", f"  came      {line.text}", *([f"  written   {place}"] if place else [])])


def _steps(pointer: str) -> ValuePath:
    """Returns the path of a JSON pointer."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    return tuple(int(step) if step.isdecimal() else step for step in steps)


def _faulty_unused_replies(loaded: Scenario, simulation: Simulation, places: Places) -> Iterator[str]:
    """Yields a failure for each fault of the lists of verbs that were never given."""
    for path, stub in loaded.stubs():
        if path in simulation.used_stubs or not isinstance(stub.reply, list):
            continue
        try:
            verbs.read(stub.reply)
        except DocumentError as error:
            for one in error.diagnostics:
                yield f"{places.prefix((*path, 'reply', *one.path), one.at_key)}the reply cannot be run: {one.message}"


def read_flow(loaded: Scenario, folder: Path) -> Source | None:
    """Returns the document that a scenario in that folder names; None where it names none. Raises OSError."""
    return Source.read(folder / loaded.flow) if loaded.flow else None


def try_scenario(path: Path, update: bool = False) -> Trial:
    """Runs a scenario file, and compares the ladder file beside it, or with `update` writes it. Raises ScenarioError."""
    written = scenario.open_source(path)
    loaded = scenario.read_source(written)
    if not loaded.is_complete:
        raise ScenarioError(
            f"{path}: nothing says what the call runs: give flow (a document), app (a URL), or the hook {scenario.FIRST_HOOK_PATH}"
        )
    try:
        flow = read_flow(loaded, path.parent)
    except OSError as error:
        raise ScenarioError(f"{path}: the flow {error.filename} cannot be read: {error.strerror}") from None
    trial = try_flow(flow, loaded, loaded.scenario or str(path), written=written)
    ladder = ladder_path(path)
    drawn = "\n".join(draw(trial.lines)) + "\n"
    if update and trial.passed:
        ladder.write_text(drawn, encoding="utf-8")
    elif ladder.is_file() and trial.lines and (kept := ladder.read_text(encoding="utf-8")) != drawn:
        changed = difflib.unified_diff(kept.splitlines(), drawn.splitlines(), str(ladder), "this call", lineterm="", n=1)
        trial.failures.append("\n".join(["the ladder is not the one that is kept (callverbs test --update keeps this one)", *changed]))
    return trial


def ladder_path(path: Path) -> Path:
    """Returns the path of a scenario file's ladder: `menu.scenario.yaml` has `menu.ladder.txt`."""
    if path.name.endswith(SCENARIO_SUFFIX):
        return path.with_name(path.name.removesuffix(SCENARIO_SUFFIX) + LADDER_SUFFIX)
    return path.with_name(f"{path.stem}.{LADDER_SUFFIX}")


def find_scenarios(paths: list[Path]) -> list[Path]:
    """Returns the scenario files below folders, except in hidden folders and those of packages, and other paths as they are."""
    return list(dict.fromkeys(found for path in paths for found in (sorted(_below(path)) if path.is_dir() else [path])))


def _below(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in SKIPPED_FOLDERS]
        yield from (Path(root, name) for name in names if name.endswith(SCENARIO_SUFFIX))
