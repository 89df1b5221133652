"""The schema of scenarios accepts every sample, and describes every part."""

from pathlib import Path

import jsonschema
import msgspec
import pytest

from callverbs.interpreter.simulator.scenario import Scenario, Stub
from callverbs.interpreter.simulator.scenario_schema import PARTS, STUB_PARTS, bundle_scenario
from callverbs.interpreter.text.source import Source

SAMPLES = sorted((Path(__file__).parents[3] / "samples").rglob("*scenario.yaml"))


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(bundle_scenario())


def test_every_part_has_its_sentence() -> None:
    assert set(PARTS) == {field.encode_name for field in msgspec.structs.fields(Scenario)}
    assert set(STUB_PARTS) == {field.encode_name for field in msgspec.structs.fields(Stub)}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.parent.name)
def test_samples_are_valid(validator: jsonschema.Draft202012Validator, path: object) -> None:
    assert [error.message for error in validator.iter_errors(Source.read(str(path)).value)] == []


@pytest.mark.parametrize("text", ["flwo: a.yaml", "hooks: {/m: {stats: 1}}", "dialect: twilio", "strict: maybe"])
def test_mistakes_are_not(validator: jsonschema.Draft202012Validator, text: str) -> None:
    assert not validator.is_valid(Source.read("a.yaml", text).value)
