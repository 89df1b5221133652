"""The bundle for editors accepts the same documents as the parts, and refers to nothing outside."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from jsonschema import Draft202012Validator

from callverbs import schemas, verbs
from callverbs.schemas import _bundle
from tests.schemas.test_parts import documents, mutated, part

BUNDLE = schemas.bundle()
PYTHON_VALIDATOR = Draft202012Validator(BUNDLE)
RUST_VALIDATOR = jsonschema_rs.Draft202012Validator(BUNDLE)


def is_accepted(document: Any) -> bool:
    """Returns whether a call would run a document as it is written, verb by verb."""
    items, diagnostics = verbs.items(document)
    return not diagnostics and all(not item.adjusted and schemas.is_valid(part(item), item.body) for item in items)


def references(value: Any) -> Iterator[str]:
    """Yields every `$ref` in a schema."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for part in value.values():
            yield from references(part)
    elif isinstance(value, list):
        for part in value:
            yield from references(part)


def test_the_file_holds_the_bundle() -> None:
    written = json.dumps(BUNDLE, indent=2, ensure_ascii=False) + "\n"
    assert _bundle.DOCUMENT_FILE.read_text(encoding="utf-8") == written, "the parts have changed: run `python -m callverbs.schemas._bundle`"


def test_the_bundle_refers_to_nothing_outside() -> None:
    Draft202012Validator.check_schema(BUNDLE)
    assert BUNDLE["$id"] == "https://callverbs.dev/schemas/document.schema.json"
    assert all(reference.startswith("#/$defs/") for reference in references(BUNDLE))
    text = json.dumps(BUNDLE)
    assert text.count('"$id"') == 1
    assert '"x-' not in text


def test_every_verb_is_in_the_bundle() -> None:
    written = BUNDLE["$defs"]["verb"]
    names = {*verbs.REGISTRY, *verbs.SYNONYMS}
    assert set(written["then"]["properties"]["verb"]["enum"]) == names == set(written["else"]["properties"])


def test_the_bundle_accepts_what_the_parts_accept_and_nothing_else() -> None:
    verb_by_verb = [("verbs " + item.name, [{item.name: item.body}]) for document in documents() for item in verbs.items(document)[0]]
    short = [("document", document) for document in documents() if len(json.dumps(document)) < 5000]
    values = [*documents(), *(value for _, value in mutated([*verb_by_verb, *short]))]
    assert len(values) > 10_000
    for index, value in enumerate(values):
        expected = is_accepted(value)
        assert RUST_VALIDATOR.is_valid(value) == expected, value
        if index % 25 == 0:
            assert PYTHON_VALIDATOR.is_valid(value) == expected, value


@pytest.mark.parametrize(
    ("document", "paths"),
    [
        ([{"verb": "say", "text": 5}], [[0, "text"]]),
        ([{"say": {"text": 5}}], [[0, "say", "text"]]),
        ([{"verb": "answer"}, {"verb": "sey", "text": "a"}], [[1, "verb"]]),
        ([{"sey": {"text": "a"}}], [[0]]),
        ([{"verb": "gather", "say": {"text": "a"}, "numDigits": 0, "actionHook": {}}], [[0, "actionHook"], [0, "numDigits"]]),
        ([{"verb": "dial", "target": [{"type": "phone"}]}], [[0, "target", 0]]),
        ([{"verb": "dial", "target": [{"type": "user", "name": "a"}], "carrier": {"to": "b"}}], [[0, "carrier", "to"]]),
        ([{}], [[0]]),
        ([1], [[0]]),
        ({"verb": "say"}, [[]]),
    ],
)
def test_an_editor_reports_the_property_that_is_wrong(document: Any, paths: list[list[str | int]]) -> None:
    assert sorted((list(error.absolute_path) for error in PYTHON_VALIDATOR.iter_errors(document)), key=str) == paths


def test_our_keywords_become_those_of_editors() -> None:
    say = BUNDLE["$defs"]["verbs.say"]["properties"]
    assert say["earlyMedia"]["deprecationMessage"] == schemas.load("verbs/say")["properties"]["earlyMedia"]["x-unsupported"]
    assert "repeated" in BUNDLE["$defs"]["commands.speak.carrier"]["properties"]["command_id"]["errorMessage"]


# --------------------------------------------------------------------------- settings


def test_the_schema_of_the_settings_refers_to_nothing_outside() -> None:
    settings = schemas.bundle_settings()
    Draft202012Validator.check_schema(settings)
    assert all(reference.startswith("#/$defs/") for reference in references(settings))
    text = json.dumps(settings)
    assert text.count('"$id"') == 1
    assert '"x-' not in text


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"lint": {"profile": "strict", "overrides": [{"files": ["a"], "severity": {"CV302": "info"}}]}},
        {"lint": {"profile": "lax"}},
        {"lint": {"overrides": [{"severity": {}}]}},
        {"lint": {"overrides": [{"files": ["a"], "base_url": "example.com"}]}},
        {"applications": {"a": {"app": "flow.yaml", "voice": {"vendor": "aws", "engine": "loud"}}}},
        {"server": {"port": "a"}},
    ],
)
def test_the_schema_of_the_settings_refuses_what_its_parts_do(value: dict[str, Any]) -> None:
    assert Draft202012Validator(schemas.bundle_settings()).is_valid(value) == schemas.is_valid("components/settings", value)
