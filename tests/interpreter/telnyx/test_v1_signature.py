"""The HMAC of webhooks of version 1: a valid one is accepted, and every other header is refused."""

import base64
import hashlib
import hmac
from typing import Any

import msgspec
import pytest

from callverbs.interpreter.telnyx.signature import SignatureError
from callverbs.interpreter.telnyx.v1_signature import HmacVerifier, SignatureLayout

NOW = 1_795_255_200.0
SECRET = "s3cr3t-ü"
BODY = '{"event_type": "call_answered", "note": "{body} {timestamp} ü"}'.encode()
HEADER = "x-telnyx-signature"


def hmac_of(*parts: str | bytes, secret: str = SECRET) -> bytes:
    made = hmac.new(secret.encode(), digestmod=hashlib.sha256)
    for part in parts:
        made.update(part.encode() if isinstance(part, str) else part)
    return made.digest()


def base64_of(signature: bytes) -> str:
    return base64.b64encode(signature).decode()


def verify(headers: dict[str, str], layout: SignatureLayout | None = None, body: bytes = BODY, secret: str = SECRET) -> None:
    raw = {name.encode(): value.encode("latin-1") for name, value in headers.items()}
    HmacVerifier(secret, layout or SignatureLayout()).verify(body, raw, NOW)


TIME = str(int(NOW))
SIGNATURE = base64_of(hmac_of(TIME, ".", BODY))
TOO_EARLY, TOO_LATE = str(int(NOW) - 301), str(int(NOW) + 301)


@pytest.mark.parametrize(
    "header",
    [f"t={TIME},h={SIGNATURE}", f"h={SIGNATURE},t={TIME}", f" t={TIME} , h={SIGNATURE} ", f"v=1,t={TIME},h={SIGNATURE}"],
)
def test_a_good_signature(header: str) -> None:
    verify({HEADER: header})


@pytest.mark.parametrize("seconds", [-300, 300])
def test_the_edge_of_the_tolerance(seconds: int) -> None:
    then = str(int(NOW) + seconds)
    verify({HEADER: f"t={then},h={base64_of(hmac_of(then, '.', BODY))}"})


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({}, "X-Telnyx-Signature is missing"),
        ({HEADER: ""}, "is missing"),
        ({HEADER: "  "}, "is missing"),
        ({"x-telnyx": f"t={TIME},h={SIGNATURE}"}, "is missing"),
        ({HEADER: SIGNATURE}, "has not one part t"),
        ({HEADER: f"h={SIGNATURE}"}, "has not one part t"),
        ({HEADER: f"t={TIME}"}, "has not one part h"),
        ({HEADER: f"t=,h={SIGNATURE}"}, "has not one part t"),
        ({HEADER: f"t={TIME},h="}, "has not one part h"),
        ({HEADER: f"T={TIME},H={SIGNATURE}"}, "has not one part t"),
        ({HEADER: f"t={TIME};h={SIGNATURE}"}, "has not one part h"),
        ({HEADER: f"t={TIME},t={TIME},h={SIGNATURE}"}, "has not one part t"),
        ({HEADER: f"t={TIME},h=AAAA,h={SIGNATURE}"}, "has not one part h"),
        ({HEADER: f"t=now,h={SIGNATURE}"}, "is not a number of seconds"),
        ({HEADER: f"t=+{TIME},h={SIGNATURE}"}, "is not a number of seconds"),
        ({HEADER: f"t={TIME}.0,h={SIGNATURE}"}, "is not a number of seconds"),
        ({HEADER: f"t=²{TIME},h={SIGNATURE}"}, "is not a number of seconds"),
        ({HEADER: f"t={'9' * 400},h={SIGNATURE}"}, "is not a number of seconds"),
        ({HEADER: f"t={'9' * 5000},h={SIGNATURE}"}, "is not a number of seconds"),
        ({HEADER: f"t={TOO_EARLY},h={base64_of(hmac_of(TOO_EARLY, '.', BODY))}"}, "301 s away from now; 300 are allowed"),
        ({HEADER: f"t={TOO_LATE},h={base64_of(hmac_of(TOO_LATE, '.', BODY))}"}, "301 s away from now; 300 are allowed"),
        ({HEADER: f"t={TIME}000,h={SIGNATURE}"}, "away from now"),
        ({HEADER: f"t={TIME},h={SIGNATURE[:-4]}"}, "does not match"),
        ({HEADER: f"t={TIME},h={SIGNATURE}é"}, "is not base64"),
        ({HEADER: f"t={TIME},h={SIGNATURE} x"}, "is not base64"),
        ({HEADER: f"t={TIME},h={SIGNATURE[:-1]}"}, "is not base64"),
        ({HEADER: f"t={TIME},h={hmac_of(TIME, '.', BODY).hex()}"}, "does not match"),
        ({HEADER: f"t={TIME},h={base64_of(hmac_of(TIME, '.', BODY, secret='other'))}"}, "does not match"),
        ({HEADER: f"t={TIME},h={base64_of(hmac_of(BODY))}"}, "does not match"),
        ({HEADER: f"t={TIME},h={base64_of(hmac_of(TIME, '|', BODY))}"}, "does not match"),
        ({HEADER: f"t={TIME},h={base64_of(hmac_of(TIME, '.', BODY + b' '))}"}, "does not match"),
        ({HEADER: f"t={int(TIME) + 1},h={SIGNATURE}"}, "does not match"),
    ],
)
def test_everything_else_is_refused(headers: dict[str, str], reason: str) -> None:
    with pytest.raises(SignatureError) as caught:
        verify(headers)
    assert reason in str(caught.value)
    assert SIGNATURE not in str(caught.value)


def test_every_byte_of_the_body_counts() -> None:
    for index in range(len(BODY)):
        changed = BODY[:index] + bytes([BODY[index] ^ 1]) + BODY[index + 1 :]
        with pytest.raises(SignatureError, match="does not match"):
            verify({HEADER: f"t={TIME},h={SIGNATURE}"}, body=changed)


@pytest.mark.parametrize(
    ("written", "headers"),
    [
        ({"encoding": "hex"}, {HEADER: f"t={TIME},h={hmac_of(TIME, '.', BODY).hex()}"}),
        ({"signed": "{timestamp}|{body}"}, {HEADER: f"t={TIME},h={base64_of(hmac_of(TIME, '|', BODY))}"}),
        ({"signed": "{body}{timestamp}"}, {HEADER: f"t={TIME},h={base64_of(hmac_of(BODY, TIME))}"}),
        ({"signed": "v0:{timestamp}:{body}:ü"}, {HEADER: f"t={TIME},h={base64_of(hmac_of('v0:', TIME, ':', BODY, ':ü'))}"}),
        ({"separator": ";", "signature_field": "v1"}, {HEADER: f"t={TIME};v1={SIGNATURE}"}),
        (
            {"timestamp_header": "Telnyx-Timestamp", "timestamp_field": "", "signature_field": ""},
            {HEADER: SIGNATURE, "telnyx-timestamp": TIME},
        ),
        (
            {"signature_header": "X-Hmac", "signature_field": "", "encoding": "hex"},
            {"x-hmac": hmac_of(TIME, ".", BODY).hex(), HEADER: f"t={TIME}"},
        ),
    ],
)
def test_another_layout(written: dict[str, Any], headers: dict[str, str]) -> None:
    layout = msgspec.convert(written, SignatureLayout)
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
        verify({HEADER: f"t={TIME},h={text}"}, SignatureLayout(encoding="hex"))


@pytest.mark.parametrize("signed", ["", "{body}", "{timestamp}", "{timestamp}.{body}.{body}", "{timestamp}{timestamp}{body}", "{Body}"])
def test_a_layout_that_protects_nothing_is_refused(signed: str) -> None:
    assert SignatureLayout(signed=signed).problem
    with pytest.raises(ValueError, match="exactly once"):
        HmacVerifier(SECRET, SignatureLayout(signed=signed))


def test_an_empty_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        HmacVerifier("", SignatureLayout())
    assert SignatureLayout().problem == ""
