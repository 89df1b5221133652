"""What nobody should read is hidden, and nothing else is."""

from typing import Any

import pytest

from callverbs.interpreter.text.masking import hidden, masked, masked_text

CARD = "4111111111111111"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"my card is {CARD}.", "my card is ••••••••••••1111."),
        ("4111-1111 1111-1111", "••••-•••• ••••-1111"),
        ("378282246310005", "•••••••••••0005"),
        ("6011000990139424", "••••••••••••9424"),
        ("4111111111111112", "4111111111111112"),  # its check digit is wrong
        ("+4111111111111111", "+4111111111111111"),  # a telephone number
        ("1684641123236054244", "1684641123236054244"),  # a connection of the carrier
        ("f4111111111111111", "f4111111111111111"),
        ("411111111111", "411111111111"),
        ("https://us:pass@app.example/x", "https://us:•••@app.example/x"),
        ("https://us@app.example/x?at=a:b@c", "https://us@app.example/x?at=a:b@c"),
        ("GET https://a.example/menu?step=1&digits=1234&x=2#rc=1", "GET https://a.example/menu?step=1&digits=•••&x=2#rc=1"),
        ("+14155550100 pressed 5", "+14155550100 pressed 5"),
        ("", ""),
    ],
)
def test_texts(text: str, shown: str) -> None:
    assert masked_text(text) == shown


HEARD: dict[str, Any] = {"digits": "1234", "call_sid": "x", "speech": {"alternatives": [{"transcript": "four"}]}, "reason": "dtmfDetected"}


@pytest.mark.parametrize(
    ("value", "keys", "shown"),
    [
        ({"digit": "5", "digits": "12", "dtmf": "*"}, True, {"digit": "•", "digits": "••", "dtmf": "•"}),
        ({"digit": "5", "digits": "12"}, False, {"digit": "5", "digits": "12"}),
        ({"input": ["digits"], "digits": 5}, True, {"input": ["digits"], "digits": 5}),
        ({"auth": {"username": "us", "password": "pass"}}, False, {"auth": {"username": "us", "password": "•••"}}),
        ([{"text": f"it is {CARD}"}], False, [{"text": "it is ••••••••••••1111"}]),
        (
            {"verb": "gather", "spec": {"sensitive": True}, "keys": [{"digit": "5"}]},
            False,
            {"verb": "gather", "spec": {"sensitive": True}, "keys": [{"digit": "•"}]},
        ),
        ({"sensitive": True, "payload": HEARD}, False, {"sensitive": True, "payload": {**HEARD, "digits": "••••", "speech": "•••"}}),
        ({"payload": HEARD}, True, {"payload": {**HEARD, "digits": "••••"}}),
        (None, True, None),
    ],
)
def test_values(value: Any, keys: bool, shown: Any) -> None:
    assert masked(value, keys=keys) == shown


def test_what_a_sensitive_verb_has_heard() -> None:
    assert hidden({"payload": HEARD, "transcript": ""}) == {"payload": {**HEARD, "digits": "••••", "speech": "•••"}, "transcript": ""}
