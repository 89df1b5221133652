"""What a hook is told, as bytes and as a query: exactly what a server written in JavaScript would send. It knows no call and no network.

Applications verify `Jambonz-Signature` over `JSON.stringify(JSON.parse(body))` (@jambonz/sdk, verifySignature), so the body has to be
what that gives: 10.0 is 10, 1e16 is 10000000000000000, keys that are numbers come first.
"""

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import msgspec

EXACT = 2**53
"""Whole numbers up to here are the same in JavaScript."""
MOST_DIGITS = 21
"""Numbers with more digits before the point have an exponent (ECMA-262, Number::toString)."""
LARGEST_INDEX = 2**32 - 2
"""Keys that are whole numbers up to here come first, in their order (ECMA-262, OrdinaryOwnPropertyKeys)."""


def encode(payload: Mapping[str, Any]) -> bytes:
    """The body of a POST."""
    return msgspec.json.encode(_plain(payload))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(value[key]) for key in sorted(value, key=_order)}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, float) or (type(value) is int and abs(value) > EXACT):
        return msgspec.Raw(_number(value).encode())
    return value


def _order(key: str) -> tuple[bool, int]:
    """Sorting by this keeps the order of all keys that are no index."""
    is_index = key.isascii() and key.isdigit() and str(int(key[:11])) == key and int(key) <= LARGEST_INDEX
    return (False, int(key)) if is_index else (True, 0)


def _number(number: float) -> str:
    """A number as JavaScript writes it: Python finds the same digits, and sets the point otherwise."""
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
    if len(text) <= point <= MOST_DIGITS:
        text += "0" * exponent
    elif 0 < point <= MOST_DIGITS:
        text = f"{text[:point]}.{text[point:]}"
    elif -6 < point <= 0:
        text = f"0.{'0' * -point}{text}"
    else:
        text = f"{text[0]}{'.' if text[1:] else ''}{text[1:]}e{point - 1:+d}"
    return f"-{text}" if negative else text


def query(url: str, payload: Mapping[str, Any]) -> str:
    """The URL of a GET: its own query as it is written, then the plain values of the payload that it does not name itself."""
    own = urlsplit(url).query
    named = {name for name, _ in parse_qsl(own, keep_blank_values=True)}
    told = {key: _word(value) for key, value in payload.items() if isinstance(value, str | int | float) and key not in named}
    return url if not told else f"{url}{'&' if own else '' if url.endswith('?') else '?'}{urlencode(told, quote_via=quote)}"


def _word(value: str | float) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else _number(value)
