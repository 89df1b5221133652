"""The HMAC on webhooks of version 1: good, and everything else is refused."""

import base64
import hashlib
import hmac
from typing import Any

import msgspec
import pytest

from interpreter.telnyx.signature import SignatureError
from interpreter.telnyx.v1_signature import Layout, Verifier

NOW = 1_795_255_200.0
SECRET = "s3cr3t-ü"
BODY = '{"event_type": "call_answered", "note": "{body} {timestamp} ü"}'.encode()
HEADER = "x-telnyx-signature"


def mac(*parts: str | bytes, secret: str = SECRET) -> bytes:
    made = hmac.new(secret.encode(), digestmod=hashlib.sha256)
    for part in parts:
        made.update(part.encode() if isinstance(part, str) else part)
    return made.digest()


def base(signature: bytes) -> str:
    return base64.b64encode(signature).decode()


def verify(headers: dict[str, str], layout: Layout | None = None, body: bytes = BODY, secret: str = SECRET) -> None:
    raw = {name.encode(): value.encode("latin-1") for name, value in headers.items()}
    Verifier(secret, layout or Layout()).verify(body, raw, NOW)


T = str(int(NOW))
GOOD = base(mac(T, ".", BODY))
OLD, AHEAD = str(int(NOW) - 301), str(int(NOW) + 301)


@pytest.mark.parametrize("header", [f"t={T},h={GOOD}", f"h={GOOD},t={T}", f" t={T} , h={GOOD} ", f"v=1,t={T},h={GOOD}"])
def test_a_good_signature(header: str) -> None:
    verify({HEADER: header})


@pytest.mark.parametrize("seconds", [-300, 300])
def test_the_edge_of_the_window(seconds: int) -> None:
    then = str(int(NOW) + seconds)
    verify({HEADER: f"t={then},h={base(mac(then, '.', BODY))}"})


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({}, "X-Telnyx-Signature is missing"),
        ({HEADER: ""}, "is missing"),
        ({HEADER: "  "}, "is missing"),
        ({"x-telnyx": f"t={T},h={GOOD}"}, "is missing"),
        ({HEADER: GOOD}, "has not one part t"),
        ({HEADER: f"h={GOOD}"}, "has not one part t"),
        ({HEADER: f"t={T}"}, "has not one part h"),
        ({HEADER: f"t=,h={GOOD}"}, "has not one part t"),
        ({HEADER: f"t={T},h="}, "has not one part h"),
        ({HEADER: f"T={T},H={GOOD}"}, "has not one part t"),
        ({HEADER: f"t={T};h={GOOD}"}, "has not one part h"),
        ({HEADER: f"t={T},t={T},h={GOOD}"}, "has not one part t"),
        ({HEADER: f"t={T},h=AAAA,h={GOOD}"}, "has not one part h"),
        ({HEADER: f"t=now,h={GOOD}"}, "is not a number of seconds"),
        ({HEADER: f"t=+{T},h={GOOD}"}, "is not a number of seconds"),
        ({HEADER: f"t={T}.0,h={GOOD}"}, "is not a number of seconds"),
        ({HEADER: f"t=²{T},h={GOOD}"}, "is not a number of seconds"),
        ({HEADER: f"t={'9' * 400},h={GOOD}"}, "is not a number of seconds"),
        ({HEADER: f"t={'9' * 5000},h={GOOD}"}, "is not a number of seconds"),
        ({HEADER: f"t={OLD},h={base(mac(OLD, '.', BODY))}"}, "301 s away from now; 300 are allowed"),
        ({HEADER: f"t={AHEAD},h={base(mac(AHEAD, '.', BODY))}"}, "301 s away from now; 300 are allowed"),
        ({HEADER: f"t={T}000,h={GOOD}"}, "away from now"),
        ({HEADER: f"t={T},h={GOOD[:-4]}"}, "does not match"),
        ({HEADER: f"t={T},h={GOOD}é"}, "is not base64"),
        ({HEADER: f"t={T},h={GOOD} x"}, "is not base64"),
        ({HEADER: f"t={T},h={GOOD[:-1]}"}, "is not base64"),
        ({HEADER: f"t={T},h={mac(T, '.', BODY).hex()}"}, "does not match"),
        ({HEADER: f"t={T},h={base(mac(T, '.', BODY, secret='other'))}"}, "does not match"),
        ({HEADER: f"t={T},h={base(mac(BODY))}"}, "does not match"),
        ({HEADER: f"t={T},h={base(mac(T, '|', BODY))}"}, "does not match"),
        ({HEADER: f"t={T},h={base(mac(T, '.', BODY + b' '))}"}, "does not match"),
        ({HEADER: f"t={int(T) + 1},h={GOOD}"}, "does not match"),
    ],
)
def test_everything_else_is_refused(headers: dict[str, str], reason: str) -> None:
    with pytest.raises(SignatureError) as caught:
        verify(headers)
    assert reason in str(caught.value)
    assert GOOD not in str(caught.value)


def test_every_byte_of_the_body_counts() -> None:
    for index in range(len(BODY)):
        changed = BODY[:index] + bytes([BODY[index] ^ 1]) + BODY[index + 1 :]
        with pytest.raises(SignatureError, match="does not match"):
            verify({HEADER: f"t={T},h={GOOD}"}, body=changed)


@pytest.mark.parametrize(
    ("written", "headers"),
    [
        ({"encoding": "hex"}, {HEADER: f"t={T},h={mac(T, '.', BODY).hex()}"}),
        ({"signed": "{timestamp}|{body}"}, {HEADER: f"t={T},h={base(mac(T, '|', BODY))}"}),
        ({"signed": "{body}{timestamp}"}, {HEADER: f"t={T},h={base(mac(BODY, T))}"}),
        ({"signed": "v0:{timestamp}:{body}:ü"}, {HEADER: f"t={T},h={base(mac('v0:', T, ':', BODY, ':ü'))}"}),
        ({"separator": ";", "signature_field": "v1"}, {HEADER: f"t={T};v1={GOOD}"}),
        (
            {"timestamp_header": "Telnyx-Timestamp", "timestamp_field": "", "signature_field": ""},
            {HEADER: GOOD, "telnyx-timestamp": T},
        ),
        ({"signature_header": "X-Hmac", "signature_field": "", "encoding": "hex"}, {"x-hmac": mac(T, ".", BODY).hex(), HEADER: f"t={T}"}),
    ],
)
def test_another_layout_is_a_matter_of_settings(written: dict[str, Any], headers: dict[str, str]) -> None:
    layout = msgspec.convert(written, Layout)
    verify(headers, layout)
    with pytest.raises(SignatureError):
        verify(headers)
    for name in headers:
        with pytest.raises(SignatureError):
            verify({key: value for key, value in headers.items() if key != name}, layout)
        with pytest.raises(SignatureError):
            verify({**headers, name: headers[name] + "0"}, layout)


@pytest.mark.parametrize("text", ["0x" + "00" * 31, "0" * 63, "zz" * 32, " ".join(["00"] * 32)])
def test_hexadecimal_is_read_strictly(text: str) -> None:
    with pytest.raises(SignatureError, match="is not hex"):
        verify({HEADER: f"t={T},h={text}"}, Layout(encoding="hex"))


@pytest.mark.parametrize("signed", ["", "{body}", "{timestamp}", "{timestamp}.{body}.{body}", "{timestamp}{timestamp}{body}", "{Body}"])
def test_a_layout_that_protects_nothing_is_refused(signed: str) -> None:
    assert Layout(signed=signed).fault
    with pytest.raises(ValueError, match="exactly once"):
        Verifier(SECRET, Layout(signed=signed))


def test_there_is_no_empty_secret() -> None:
    with pytest.raises(ValueError, match="empty"):
        Verifier("", Layout())
    assert Layout().fault == ""
