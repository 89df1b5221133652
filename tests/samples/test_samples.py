"""Every sample is a flow, a scenario that holds, and the ladder that it gives; between them, they show every verb."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from callverbs import verbs
from callverbs.interpreter.cli import command_group
from callverbs.interpreter.ladder.drawing import draw
from callverbs.interpreter.lint.context import LintContext
from callverbs.interpreter.lint.linter import lint
from callverbs.interpreter.simulator import scenario
from callverbs.interpreter.simulator.trial import Trial, try_flow, try_scenario
from callverbs.interpreter.text.source import Source

FOLDER = Path(__file__).parents[2] / "samples"
SAMPLES = sorted(path.parent for path in FOLDER.glob("*/scenario.yaml"))
FILES = ({"flow.json"}, {"flow.yaml"})
FIELDS = {
    "webhook": {"at", "kind", "leg", "name", "body"},
    "command": {"at", "kind", "leg", "name", "method", "path", "body"},
    "hook": {"at", "kind", "leg", "name", "method", "url", "body"},
    "reply": {"at", "kind", "leg", "name", "url"},
    "note": {"at", "kind", "leg", "name", "text"},
}
"""What a line of each kind always has as JSON; empty fields may be left out."""

every_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)


def flow_of(sample: Path) -> Source:
    (file,) = sample.glob("flow.*")
    return Source.read(file)


def written(value: Any) -> Iterator[str]:
    """Yields the verbs of a value, at any depth."""
    if isinstance(value, list):
        found, _ = verbs.items(value)
        yield from (item.name for item in found)
    for inside in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from written(inside)


def tried(sample: Path, document: Any = None) -> Trial:
    """Tries the scenario with another document."""
    wanted = scenario.read(sample / "scenario.yaml")
    return try_flow(Source("flow.json", json.dumps(document), []), wanted, sample.name)


def test_there_are_samples() -> None:
    assert len(SAMPLES) >= 12


@every_sample
def test_a_sample_has_its_four_files(sample: Path) -> None:
    names = {path.name for path in sample.iterdir()}
    assert names - {"scenario.yaml", "ladder.txt", "README.md"} in FILES


@every_sample
def test_the_flow_has_no_mistakes(sample: Path) -> None:
    context = LintContext(dialect=scenario.read(sample / "scenario.yaml").dialect)
    assert [finding for finding in lint(flow_of(sample), context) if finding.severity == "error"] == []


@every_sample
def test_the_scenario_holds_and_the_ladder_is_the_same(sample: Path) -> None:
    trial = try_scenario(sample / "scenario.yaml")
    assert trial.failures == []
    assert (sample / "ladder.txt").read_text(encoding="utf-8") == "\n".join(draw(trial.lines)) + "\n"


@every_sample
def test_nothing_goes_wrong_within_callverbs(sample: Path) -> None:
    lines = try_scenario(sample / "scenario.yaml").lines
    assert not [line.text for line in lines if line.name == "problem" and line.body["whose"] == "callverbs"]
    assert not [line.text for line in lines if "was never asked" in line.text or "has no answer for" in line.text]


@every_sample
def test_the_scenario_fails_with_another_flow(sample: Path) -> None:
    wanted = scenario.read(sample / "scenario.yaml")
    assert wanted.script
    assert wanted.expect
    assert tried(sample, [{"verb": "hangup"}]).failures
    assert tried(sample, [{"verb": "say", "text": "Something else."}]).failures


@every_sample
def test_the_page_says_how_to_run_it(sample: Path) -> None:
    page = (sample / "README.md").read_text(encoding="utf-8")
    assert f"callverbs simulate --scenario samples/{sample.name}/scenario.yaml" in page
    shown = set(written(flow_of(sample).value)) | set(written(Source.read(sample / "scenario.yaml").value.get("hooks")))
    named = page.partition("\nVerbs:")[2]
    assert [name for name in verbs.REGISTRY if f"[{name}]" in named] == [name for name in verbs.REGISTRY if name in shown]


def test_every_verb_is_in_a_sample() -> None:
    values = [value for sample in SAMPLES for value in (flow_of(sample).value, Source.read(sample / "scenario.yaml").value)]
    assert {name for value in values for name in written(value)} == set(verbs.REGISTRY)


@every_sample
def test_as_json_every_line_is_an_object_with_what_went_over_the_wire(sample: Path) -> None:
    result = CliRunner().invoke(
        command_group, ["simulate", "--scenario", str(sample / "scenario.yaml"), "--format", "json"], standalone_mode=False
    )
    assert result.return_value == 0, result.output
    lines = [json.loads(row) for row in result.stdout.splitlines()]
    drawn = (sample / "ladder.txt").read_text(encoding="utf-8").splitlines()[1:]
    assert [f"{line['at']:9.3f}" for line in lines] == [row[:9] for row in drawn]
    for line in lines:
        assert FIELDS[line["kind"]] <= set(line), line
        if line["kind"] == "webhook":
            assert line["body"]["data"]["event_type"] == line["name"]
        elif line["kind"] == "command":
            other = line["path"].startswith(("/queues/", "/conferences", "/messages")) or line["name"] == "retrieve_call"
            assert other or line["path"] == "/calls" or line["path"].endswith(f"/actions/{line['name']}")
        elif line["kind"] == "hook":
            assert line["name"].split()[0] == line["method"]
            assert line["body"].get("call_sid") or set(line["body"]) == {"sender", "message"}  # the latter is rasa's own
