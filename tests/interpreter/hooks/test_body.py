"""The body of a hook is, byte for byte, what a server written in JavaScript would send."""

import json
import math
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callverbs.interpreter.hooks import body

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3) | st.from_regex(r"[0-9]{1,11}", fullmatch=True), inner),
    max_leaves=20,
)
PAYLOADS = st.dictionaries(st.text(max_size=5), JSON)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-5.0, "-5"),
        (10.0, "10"),
        (1.5, "1.5"),
        (0.1, "0.1"),
        (1e-6, "0.000001"),
        (1.5e-6, "0.0000015"),
        (1e-7, "1e-7"),
        (1.5e-7, "1.5e-7"),
        (1e16, "10000000000000000"),
        (1.2345678901234567e20, "123456789012345670000"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (1.5e300, "1.5e+300"),
        (5e-324, "5e-324"),
        (9007199254740992, "9007199254740992"),
        (9007199254740993, "9007199254740992"),
        (-9007199254740993, "-9007199254740992"),
        (12345678901234567890, "12345678901234567000"),
        (10**21, "1e+21"),
        (10**400, "null"),
        (math.inf, "null"),
        (math.nan, "null"),
        ("Grüß 👋", '"Grüß 👋"'),
        ('"\\/\b\f\n\r\t', '"\\"\\\\/\\b\\f\\n\\r\\t"'),
        ("\x00\x1f\x7f\u2028", '"\\u0000\\u001f\x7f\u2028"'),
        ([1.0, [2.0]], "[1,[2]]"),
        ({"b": 1, "a": 2}, '{"b":1,"a":2}'),
        ({"b": 1, "10": 2, "9": 3, "-1": 4, "01": 5, "a": 6}, '{"9":3,"10":2,"b":1,"-1":4,"01":5,"a":6}'),
        ({"4294967295": 1, "4294967294": 2}, '{"4294967294":2,"4294967295":1}'),
        ({"٣": 1, "1": 2, "": 3}, '{"1":2,"٣":1,"":3}'),
    ],
)
def test_values(value: Any, text: str) -> None:
    assert body.encode({"customerData": value}) == f'{{"customerData":{text}}}'.encode()


def test_fields_keep_their_order() -> None:
    assert body.encode({"call_sid": "x", "to": "y", "from": "z"}) == b'{"call_sid":"x","to":"y","from":"z"}'
    assert body.encode({}) == b"{}"


def with_doubles(value: Any) -> Any:
    """Returns a value with every number as a double, which is all that JavaScript has."""
    if isinstance(value, dict):
        return {key: with_doubles(one) for key, one in value.items()}
    if isinstance(value, list):
        return [with_doubles(one) for one in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


@given(PAYLOADS)
def test_a_payload_is_read_back_unchanged(payload: dict[str, Any]) -> None:
    written = body.encode(payload)
    assert with_doubles(json.loads(written)) == with_doubles(payload)
    assert body.encode(msgspec.json.decode(written)) == written


# --------------------------------------------------------------------------- GET


@pytest.mark.parametrize(
    ("url", "payload", "expected"),
    [
        ("https://x.example/a", {"digits": "12"}, "https://x.example/a?digits=12"),
        ("https://x.example", {"digits": "12"}, "https://x.example?digits=12"),
        ("https://x.example/a?", {"digits": "12"}, "https://x.example/a?digits=12"),
        ("https://x.example/a?b=1&flag", {"digits": "12"}, "https://x.example/a?b=1&flag&digits=12"),
        ("https://x.example/a?b=%2F+x&b=2", {"digits": "12"}, "https://x.example/a?b=%2F+x&b=2&digits=12"),
        ("https://x.example/a?digits=mine", {"digits": "12", "to": "y"}, "https://x.example/a?digits=mine&to=y"),
        ("https://x.example/a?to", {"to": "y"}, "https://x.example/a?to"),
        ("https://x.example/a", {}, "https://x.example/a"),
        ("https://x.example/a", {"from": "+14155550100"}, "https://x.example/a?from=%2B14155550100"),
        ("https://x.example/a", {"name": "Zoë & Co / 1"}, "https://x.example/a?name=Zo%C3%AB%20%26%20Co%20%2F%201"),
        ("https://x.example/a", {"a": True, "b": False, "c": 0, "d": 1.0, "e": ""}, "https://x.example/a?a=true&b=false&c=0&d=1&e="),
        ("https://x.example/a", {"a": None, "sip": {"method": "INVITE"}, "list": [1]}, "https://x.example/a"),
    ],
)
def test_queries(url: str, payload: dict[str, Any], expected: str) -> None:
    assert body.url_with_query(url, payload) == expected


@given(st.dictionaries(st.text(min_size=1, max_size=5), st.text(max_size=5)))
def test_a_query_is_read_back_unchanged(payload: dict[str, str]) -> None:
    found = parse_qs(urlsplit(body.url_with_query("https://x.example/a", payload)).query, keep_blank_values=True)
    assert found == {key: [value] for key, value in payload.items()}
