"""Writes the payload of a hook as a body and as a query: byte for byte what a server written in JavaScript would send.

Applications verify `Jambonz-Signature` over `JSON.stringify(JSON.parse(body))` (@jambonz/sdk, verifySignature), so the body has to be
what that gives: 10.0 is 10, 1e16 is 10000000000000000, keys that are numbers come first.
"""

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import msgspec

MAX_EXACT_INTEGER = 2**53
"""JavaScript represents every whole number up to here exactly."""
MAX_PLAIN_DIGITS = 21
"""A number with more digits before the point is written with an exponent (ECMA-262, Number::toString)."""
MAX_ARRAY_INDEX = 2**32 - 2
"""Keys that are whole numbers up to here come first, in numeric order (ECMA-262, OrdinaryOwnPropertyKeys)."""


def encode(payload: Mapping[str, Any]) -> bytes:
    """Returns the body of a POST."""
    return msgspec.json.encode(_json_value(payload))


def _json_value(value: Any) -> Any:
    """Returns a value that msgspec encodes as JavaScript would: its keys in order, its numbers as raw text."""
    if isinstance(value, Mapping):
        return {key: _json_value(value[key]) for key in sorted(value, key=_key_order)}
    if isinstance(value, list | tuple):
        return [_json_value(one) for one in value]
    if isinstance(value, float) or (type(value) is int and abs(value) > MAX_EXACT_INTEGER):
        return msgspec.Raw(_number_text(value).encode())
    return value


def _key_order(key: str) -> tuple[bool, int]:
    """Returns a sort key: indexes come first, in numeric order. A stable sort keeps the order of the other keys."""
    is_index = key.isascii() and key.isdigit() and str(int(key[:11])) == key and int(key) <= MAX_ARRAY_INDEX
    return (False, int(key)) if is_index else (True, 0)


def _number_text(number: float) -> str:
    """Returns a number as JavaScript writes it. Python finds the same digits; only the point and the exponent differ."""
    try:
        value = float(number)
    except OverflowError:
        value = math.inf
    if not value or not math.isfinite(value):
        return "null" if value else "0"
    negative, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    assert isinstance(exponent, int)
    text = "".join(map(str, digits))
    point = len(text) + exponent
    if len(text) <= point <= MAX_PLAIN_DIGITS:
        text += "0" * exponent
    elif 0 < point <= MAX_PLAIN_DIGITS:
        text = f"{text[:point]}.{text[point:]}"
    elif -6 < point <= 0:
        text = f"0.{'0' * -point}{text}"
    else:
        text = f"{text[0]}{'.' if text[1:] else ''}{text[1:]}e{point - 1:+d}"
    return f"-{text}" if negative else text


def url_with_query(url: str, payload: Mapping[str, Any]) -> str:
    """Returns the URL of a GET: its own query unchanged, then the scalar values of the payload whose names are not in that query."""
    own = urlsplit(url).query
    own_names = {name for name, _ in parse_qsl(own, keep_blank_values=True)}
    added = {key: _query_text(value) for key, value in payload.items() if isinstance(value, str | int | float) and key not in own_names}
    return url if not added else f"{url}{'&' if own else '' if url.endswith('?') else '?'}{urlencode(added, quote_via=quote)}"


def _query_text(value: str | float) -> str:
    """Returns a scalar value as JavaScript turns it into text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else _number_text(value)
