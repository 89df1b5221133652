"""The parts are schemas, the two validators agree on them, and what is refused is explained."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from jsonschema import Draft202012Validator

from callverbs import schemas, verbs
from callverbs.schemas import _explain
from tests.oracles.facts import published

ROOT = Path(__file__).parents[2]
CORPUS = published("corpus")
REPLACEMENTS: tuple[Any, ...] = (None, True, 0, -1, 2.0, 2.5, 10**9, "", "x y", "1\n", "https://example.com/a", [], ["x"], {}, {"x": 1})
"""Values that replace others in a mutant."""
MAX_ALIKE = 3
"""How often the same is changed in another value of the same name."""


@cache
def documents() -> list[Any]:
    """Returns published documents, the examples of the linter, the samples, and the documents of the transcripts."""
    paths = [*CORPUS.glob("*.json"), *(ROOT / "tests" / "lint").glob("*/*.json"), *(ROOT / "samples").glob("*/flow.json")]
    found = []
    for path in sorted(paths):
        try:
            found.append(json.loads(path.read_text(encoding="utf-8-sig")))
        except (ValueError, RecursionError):
            continue  # an example of what cannot be read
    for path in sorted((ROOT / "tests" / "transcripts").glob("*/*.yaml")):
        transcript = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        found += [transcript["document"]] if "document" in transcript else []
    return found


def mutants(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """Yields a value with one thing in it removed, added, or replaced, and what it is and where, in a list as one of its length."""
    if isinstance(value, dict):
        for key in value:
            yield f"{at}/{key} removed", {name: part for name, part in value.items() if name != key}
            yield from ((f"{at}/{key} = {replacement!r}", {**value, key: replacement}) for replacement in REPLACEMENTS)
            yield from ((what, {**value, key: inner}) for what, inner in mutants(value[key], f"{at}/{key}"))
        yield f"{at} unknown", {**value, "unknown": 1}
    elif isinstance(value, list):
        many = f"one of {len(value)}"
        for index, part in enumerate(value):
            yield f"{at}/{many} removed", value[:index] + value[index + 1 :]
            items = [*((f"{at}/{many} = {replacement!r}", replacement) for replacement in REPLACEMENTS[:3]), *mutants(part, f"{at}/{many}")]
            yield from ((what, [*value[:index], inner, *value[index + 1 :]]) for what, inner in items)
        yield f"{at} {many} twice", [*value, *value]


def mutated(values: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Yields the mutants of named values: of those that change the same thing under the same name, the first few."""
    found: Counter[tuple[str, str]] = Counter()
    for name, value in values:
        for what, mutant in mutants(value):
            found[name, what] += 1
            if found[name, what] <= MAX_ALIKE:
                yield name, mutant


@cache
def bodies() -> list[tuple[str, Any]]:
    """Returns the verbs of the documents with their parts, each once, and then their mutants."""
    found = {}
    for document in documents():
        for item in verbs.items(document)[0]:
            found[json.dumps([part(item), item.body])] = (part(item), item.body)
    return [*found.values(), *mutated(found.values())]


def part(item: verbs.Item) -> str:
    """Returns the name of the part that a verb is checked against."""
    return f"verbs/{item.name.replace(':', '_')}"


@pytest.mark.parametrize("uri", schemas.parts())
def test_every_part_is_a_schema(uri: str) -> None:
    schema = schemas.parts()[uri]
    assert schema["$id"] == uri
    Draft202012Validator.check_schema(schema)
    assert jsonschema_rs.meta.is_valid(schema)


@pytest.mark.parametrize("name", [f"verbs/{name}" for name in schemas.names("verbs")])
def test_the_two_validators_agree(name: str) -> None:
    python_validator = _explain._validator(name)
    values = [body for one, body in bodies() if one == name]
    assert values
    for value in values:
        assert python_validator.is_valid(value) == schemas.is_valid(name, value), value


def test_what_is_refused_is_explained_and_nothing_else() -> None:
    for name, value in bodies()[::3]:
        diagnostics = schemas.diagnose(name, value)
        assert bool(diagnostics) != schemas.is_valid(name, value), value
        assert "CV100" not in {diagnostic.code for diagnostic in diagnostics}, value
        assert len({diagnostic._replace(fix=None) for diagnostic in diagnostics}) == len(diagnostics)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("say", {"text": "a", "txt": 1}, [("CV102", "/txt", "say has no property txt; did you mean text?")]),
        ("say", {}, [("CV103", "", "say needs text")]),
        ("say", {"text": ["a", 5]}, [("CV104", "/text/1", "text[1] must be a string, not 5")]),
        ("play", {"url": ""}, [("CV507", "/url", "url must not be empty")]),
        ("pause", {"length": "1"}, [("CV104", "/length", 'length must be a number, not "1"')]),
        (
            "hangup",
            {"headers": {"a": "b\r\nc: d"}},
            [("CV111", "/headers/a", 'headers.a cannot be "b\\r\\nc: d": The value of a SIP header, on one line.')],
        ),
        ("hangup", {"headers": {"a b": "c"}}, [("CV102", "/headers/a b", '"a b" is not a name that headers can have')]),
        ("dial", {"target": [{"type": "teams"}]},
         [("CV113", "/target/0/type", "target[0].type: the carrier has no Microsoft Teams routing: use phone, sip or user")]),
        ("dial", {"target": [{"type": "sip"}]}, [("CV304", "/target/0", "target[0] needs sipUri")]),
        ("dial", {"target": []}, [("CV301", "/target", "target must not be empty")]),
        ("say", {"text": "a", "carrier": {"command_id": "x"}},
         [("CV112", "/carrier/command_id", "carrier.command_id is set by callverbs: the carrier tells repeated commands by it")]),
        ("transfer", {"mode": "blind", "target": [{"type": "user", "name": "a"}],
                      "disposition": {"onBusy": "voicemail", "onFailure": "voicemail"}},
         [("CV103", "/disposition", "disposition needs voicemailUrl")]),
    ],
)  # fmt: skip
def test_explanations(name: str, value: Any, expected: list[tuple[str, str, str]]) -> None:
    assert [
        (diagnostic.code, diagnostic.pointer, diagnostic.message) for diagnostic in schemas.diagnose(f"verbs/{name}", value)
    ] == expected


def test_without_effect_and_places() -> None:
    value = {
        "input": ["digits"],
        "say": {"text": "a", "earlyMedia": True, "synthesizer": {"vendor": "aws", "label": "x"}},
        "play": {"url": "a", "actionHook": {"url": "/a"}},
        "partialResultHook": "/b",
        "actionHook": "/c",
    }
    diagnostics = schemas.without_effect("verbs/gather", value)
    assert {diagnostic.pointer for diagnostic in diagnostics} == {"/say/earlyMedia", "/say/synthesizer/label"}
    assert all(diagnostic.code == "CV108" and diagnostic.at_key for diagnostic in diagnostics)
    hooks = dict(schemas.places("verbs/gather", value, "components/hook"))
    assert hooks == {("play", "actionHook"): {"url": "/a"}, ("partialResultHook",): "/b", ("actionHook",): "/c"}


@pytest.mark.parametrize(
    ("word", "known", "guess"),
    [
        ("txt", ["text", "loop"], "; did you mean text?"),
        ("sey", ["say", "play"], "; did you mean say?"),
        ("dail", ["dial"], "; did you mean dial?"),
        ("actionhook", ["actionHook"], "; did you mean actionHook?"),
        ("pipeline", ["sip:decline"], ""),
        ("connect", ["redirect", "answer"], ""),
    ],
)
def test_guesses(word: str, known: list[str], guess: str) -> None:
    assert schemas.did_you_mean(word, known) == guess
