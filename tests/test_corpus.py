"""Documents that others published, and that jambonz's validators accept, run in the simulated carrier to their end.

Only verbs that callverbs does not have keep one from running. The folder of documents is not part of this project (tests/oracles/facts.py).
"""

import json
from functools import cache
from typing import Any

import pytest

from callverbs import lint, simulate, verbs
from tests.oracles.facts import published

CORPUS = published("corpus")
MISSING: dict[str, str] = {
    "dialogflow": "the carrier takes no credentials of the bot",
    "dub": "the carrier mixes a file over another file only, never over speech or a conversation",
    "google_s2s": "the carrier takes no key of a model's vendor; assistant, relay and ask are what it has",
    "llm": "the carrier takes no key of a model's vendor; assistant, relay and ask are what it has",
    "openai_s2s": "the carrier takes no key of a model's vendor; assistant, relay and ask are what it has",
}
"""Verbs that some of the documents have and callverbs does not, and why."""


def accepted() -> list[str]:
    """Returns the names of the files that both validators of jambonz accept."""
    if not CORPUS.is_dir():
        return []
    manifest = json.loads((CORPUS / "manifest.json").read_text(encoding="utf-8"))
    return [one["file"] for one in manifest if one["jambonz_schema_valid"] and one["jambonz_verb_specifications_valid"]]


@cache
def document(name: str) -> Any:
    return json.loads((CORPUS / name).read_text(encoding="utf-8"))


def refusals(name: str) -> list[str]:
    """Returns the codes for which a document is refused, with the verb for one that is missing."""
    refused = verbs.diagnose(document(name))
    return [f"{one.code} {one.message.partition(' ')[0]}" if one.code == "CV701" else one.code for one in refused]


@pytest.mark.parametrize("name", accepted())
def test_it_runs_to_its_end(name: str) -> None:
    if missing := refusals(name):
        assert {one.partition(" ")[2] for one in missing} <= set(MISSING), missing
        return
    call = simulate(document(name))
    problems = [line.text for line in call.lines if line.name == "problem" and line.text.startswith("callverbs:")]
    assert problems == []
    assert call.failures == []
    assert call.lines[-1].name == "ended", call.ladder


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of published documents is not here")
def test_what_is_missing_is_said() -> None:
    found = {one.partition(" ")[2] for name in accepted() for one in refusals(name)}
    assert found == set(MISSING)
    assert all(any(one.code == "CV701" for one in lint(document(name))) for name in accepted() if refusals(name))
