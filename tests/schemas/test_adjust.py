"""What harms nobody is put right: which values, into what, and what is said. What is put right is valid, and nothing else has changed."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callverbs import schemas
from callverbs.schemas.adjust import HOW

TARGET = {"type": "phone", "number": "+14155550100"}
GATHER = {"actionHook": "/menu"}


def dial(**fields: Any) -> dict[str, Any]:
    return {"target": [TARGET], **fields}


@pytest.mark.parametrize(
    ("name", "written", "becomes", "codes"),
    [
        ("verbs/dial", dial(actionHook=None), dial(), ["CV114"]),
        ("verbs/dial", dial(dialMusic="", callerId=""), dial(), ["CV114", "CV114"]),
        ("verbs/dial", dial(target=[{**TARGET, "trunk": ""}]), dial(), ["CV114"]),
        ("verbs/dial", dial(timeout=900), dial(timeout=600), ["CV309"]),
        ("verbs/dial", dial(timeout=-1), dial(), ["CV309"]),
        ("verbs/dial", dial(timeLimit=0), dial(), ["CV310"]),
        ("verbs/dial", dial(timeLimit=14401), dial(timeLimit=14400), ["CV310"]),
        ("verbs/dial", dial(callerName="Caf\u00e9 & Bar"), dial(callerName="Cafe Bar"), ["CV317"]),
        ("verbs/dial", dial(callerName="x" * 129), dial(callerName="x" * 128), ["CV317"]),
        ("verbs/dial", dial(callerName="\u4e2d\u6587"), dial(), ["CV317"]),
        ("verbs/gather", {**GATHER, "minDigits": 0}, GATHER, ["CV115"]),
        ("verbs/gather", {**GATHER, "timeout": -1}, {**GATHER, "timeout": 0}, ["CV406"]),
        ("verbs/gather", {**GATHER, "say": {"text": "a", "loop": None}}, {**GATHER, "say": {"text": "a"}}, ["CV114"]),
        ("verbs/gather", {"actionHook": {"url": "/menu", "methd": "GET", "b": 1}}, {"actionHook": {"url": "/menu"}}, ["CV115"]),
        ("verbs/dial", dial(dialMusic="tone_stream://%(2000,4000,440)"), dial(), ["CV115"]),
        ("verbs/dequeue", {"name": "support", "timeout": -1}, {"name": "support"}, ["CV115"]),
        (
            "verbs/conference",
            {"name": "team", "statusEvents": ["join", "kick", "leave", None]},
            {"name": "team", "statusEvents": ["join", "leave"]},
            ["CV115", "CV115"],
        ),
        ("verbs/play", {"url": "https://x.example/a.mp3", "timeoutSecs": -1}, {"url": "https://x.example/a.mp3"}, ["CV115"]),
    ],
)
def test_what_becomes_of_a_value(name: str, written: Any, becomes: Any, codes: list[str]) -> None:
    before = copy.deepcopy(written)
    value, said = schemas.adjusted(name, written)
    assert value == becomes
    assert [one.code for one in said] == codes
    assert written == before, "the document itself is not changed"
    assert schemas.is_valid(name, value)


@pytest.mark.parametrize(
    ("name", "written", "place"),
    [
        ("verbs/dial", {"target": [{"type": "phone", "number": ""}]}, ("target", 0, "number")),
        ("verbs/dial", {"target": None}, ("target",)),
        ("verbs/play", {"url": ""}, ("url",)),
        ("verbs/gather", {**GATHER, "numDigits": 200}, ("numDigits",)),
        ("verbs/sip_decline", {"status": 200}, ("status",)),
        ("verbs/gather", {**GATHER, "finishOnKey": "12"}, ("finishOnKey",)),
        ("verbs/say", {"text": None}, ("text",)),
    ],
)
def test_what_stays_an_error(name: str, written: Any, place: tuple[str | int, ...]) -> None:
    value, said = schemas.adjusted(name, written)
    assert value == written
    assert said == []
    assert [one.path for one in schemas.diagnose(name, value)] == [place]


def test_what_a_hook_holds_is_not_repeated() -> None:
    _, (said,) = schemas.adjusted("verbs/gather", {"actionHook": {"url": "/menu", "password": "s3cret", "pin": "4711"}})
    assert said.message == "actionHook has no property pin: the rest is used"


def test_half_a_character_is_no_harm() -> None:
    written = {"text": "\ud83d", "loop": "often", "id": ""}
    assert schemas.adjusted("verbs/say", written) == (written, [])


def adjustments(schema: Any) -> list[dict[str, Any]]:
    """Returns every schema in a schema that has `x-adjust`."""
    if isinstance(schema, list):
        return [one for inner in schema for one in adjustments(inner)]
    if not isinstance(schema, dict):
        return []
    return [schema] * ("x-adjust" in schema) + [one for inner in schema.values() for one in adjustments(inner)]


def test_every_adjustment_is_of_a_keyword_beside_it() -> None:
    found = [one for schema in schemas.parts().values() for one in adjustments(schema)]
    assert found
    for one in found:
        for keyword, how in one["x-adjust"].items():
            assert keyword in one, one
            assert how in HOW


@given(st.text(max_size=200))
def test_every_calling_name_can_be_put_right(name: str) -> None:
    value, _ = schemas.adjusted("verbs/dial", dial(callerName=name))
    assert schemas.is_valid("verbs/dial", value)


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(allow_nan=False, allow_infinity=False))
def test_every_time_can_be_put_right(ring: float, limit: float) -> None:
    value, _ = schemas.adjusted("verbs/dial", dial(timeout=ring, timeLimit=limit))
    assert schemas.is_valid("verbs/dial", value)
