"""The parts are schemas, the two validators agree on them, and what is refused is explained."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from jsonschema import Draft202012Validator

import schemas
import verbs
from schemas import _explain

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpus"
STRANGE: tuple[Any, ...] = (None, True, 0, -1, 2.0, 2.5, 10**9, "", "x y", "1\n", "https://example.com/a", [], ["x"], {}, {"x": 1})
"""Values that are put in the place of others."""


@cache
def documents() -> list[Any]:
    """Published documents, the examples of the linter, the samples, and the documents of the transcripts."""
    paths = [*CORPUS.glob("*.json"), *(ROOT / "tests" / "lint").glob("*/*.json"), *(ROOT / "samples").glob("*/flow.json")]
    found = []
    for path in sorted(paths):
        try:
            found.append(json.loads(path.read_text(encoding="utf-8-sig")))
        except (ValueError, RecursionError):
            continue  # an example of what cannot be read
    for path in sorted((ROOT / "tests" / "transcripts").glob("*/*.yaml")):
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
        found += [told["document"]] if "document" in told else []
    return found


def mutants(value: Any) -> Iterator[Any]:
    """A value with one thing in it put out, put in, or replaced."""
    if isinstance(value, dict):
        for key in value:
            yield {name: part for name, part in value.items() if name != key}
            yield from ({**value, key: strange} for strange in STRANGE)
            yield from ({**value, key: inner} for inner in mutants(value[key]))
        yield {**value, "stranger": 1}
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield value[:index] + value[index + 1 :]
            yield from ([*value[:index], inner, *value[index + 1 :]] for inner in [*STRANGE[:3], *mutants(part)])
        yield [*value, *value]


@cache
def bodies() -> list[tuple[str, Any]]:
    """Verbs of the documents with their parts, each once, and then their mutants."""
    found = {}
    for document in documents():
        for item in verbs.items(document)[0]:
            found[json.dumps([part(item), item.body])] = (part(item), item.body)
    return [pair for name, body in found.values() for pair in [(name, body), *((name, mutant) for mutant in mutants(body))]]


def part(item: verbs.Item) -> str:
    return f"verbs/{item.name.replace(':', '_')}"


@pytest.mark.parametrize("uri", schemas.parts())
def test_every_part_is_a_schema(uri: str) -> None:
    schema = schemas.parts()[uri]
    assert schema["$id"] == uri
    Draft202012Validator.check_schema(schema)
    assert jsonschema_rs.meta.is_valid(schema)


@pytest.mark.parametrize("name", [f"verbs/{name}" for name in schemas.names("verbs")])
def test_the_two_validators_agree(name: str) -> None:
    slow = _explain._validator(name)
    values = [body for one, body in bodies() if one == name]
    assert values
    for value in values:
        assert slow.is_valid(value) == schemas.is_valid(name, value), value


def test_what_is_refused_is_explained_and_nothing_else() -> None:
    for name, value in bodies()[::3]:
        faults = schemas.faults(name, value)
        assert bool(faults) != schemas.is_valid(name, value), value
        assert "CV100" not in {fault.code for fault in faults}, value
        assert len({fault._replace(fix=None) for fault in faults}) == len(faults)


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
        ("say", {"text": "a", "carrier": {"client_state": "x"}},
         [("CV112", "/carrier/client_state", "carrier.client_state is set by callverbs: callverbs finds the call of a webhook by it")]),
        ("transfer", {"mode": "blind", "target": [{"type": "user", "name": "a"}],
                      "disposition": {"onBusy": "voicemail", "onFailure": "voicemail"}},
         [("CV103", "/disposition", "disposition needs voicemailUrl")]),
    ],
)  # fmt: skip
def test_explanations(name: str, value: Any, expected: list[tuple[str, str, str]]) -> None:
    assert [(fault.code, fault.pointer, fault.message) for fault in schemas.faults(f"verbs/{name}", value)] == expected


def test_remarks_and_places() -> None:
    value = {
        "input": ["digits"],
        "say": {"text": "a", "earlyMedia": True, "synthesizer": {"vendor": "aws", "label": "x"}},
        "play": {"url": "a", "actionHook": {"url": "/a"}},
        "partialResultHook": "/b",
        "actionHook": "/c",
    }
    remarks = schemas.remarks("verbs/gather", value)
    assert {remark.pointer for remark in remarks} == {"/say/earlyMedia", "/say/synthesizer/label", "/partialResultHook"}
    assert all(remark.code == "CV108" and remark.at_key for remark in remarks)
    hooks = dict(schemas.places("verbs/gather", value, "components/hook"))
    assert hooks == {("play", "actionHook"): {"url": "/a"}, ("actionHook",): "/c"}


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
    assert schemas.closest(word, known) == guess
