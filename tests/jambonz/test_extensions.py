"""What jambonz does not have is marked as ours (`x-extension`), and nothing else is: the table of the language says so."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from callverbs import schemas
from callverbs.verbs import REGISTRY, schema_name
from tests.jambonz.packages import PACKAGES, needed

pytestmark = needed
OURS = {"verb", "_", "carrier"}
NAMES = {"sip_refer": "sip-refer", "sip_decline": "sip-decline", "sip_request": "sip-request"}
"""By our name of a schema, theirs."""


def properties(schema: dict[str, Any]) -> Iterator[str]:
    """Yields the properties of one of their schemas, and of what it is composed of."""
    yield from schema.get("properties", {})
    for part in schema.get("allOf", ()):
        yield from properties(published(f"verbs/{part['$ref']}") if "$ref" in part else part)


def published(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((PACKAGES / "schema" / f"{name}.schema.json").resolve().read_text(encoding="utf-8"))
    return found


ONLY_IN_SPECS = ("rasa",)
"""Verbs of which they publish no schema."""


def theirs(verb: str) -> set[str]:
    """Returns the properties that one of their two packages has for a verb."""
    specs = json.loads((PACKAGES / "verb-specifications" / "specs.json").read_text(encoding="utf-8"))
    name = schema_name(verb).removeprefix("verbs/")
    newer = () if verb in ONLY_IN_SPECS else properties(published(f"verbs/{NAMES.get(name, name)}"))
    return {*specs.get(verb, {}).get("properties", ()), *newer}


@pytest.mark.parametrize("verb", [one for one in REGISTRY if not schemas.load(schema_name(one)).get("x-extension")])
def test_what_is_ours_is_marked(verb: str) -> None:
    written = schemas.load(schema_name(verb))["properties"]
    marked = {name for name, one in written.items() if one.get("x-extension")}
    assert set(written) - theirs(verb) - OURS == marked


def test_verbs_of_ours_are_theirs_in_no_package() -> None:
    known = {path.name.removesuffix(schemas.FILE_SUFFIX) for path in (PACKAGES / "schema" / "verbs").iterdir()}
    assert not known & {verb for verb in REGISTRY if schemas.load(schema_name(verb)).get("x-extension")}
