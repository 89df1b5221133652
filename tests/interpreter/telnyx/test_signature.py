"""Only a body that the carrier has signed within 300 s is accepted, by our own check and by that of the carrier's SDK."""

import base64
import time

import pytest
import telnyx
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey
from telnyx.lib import webhook_verification
from telnyx.lib.webhook_verification import WebhookVerificationError, verify_webhook_signature

from callverbs.interpreter.telnyx.signature import (
    SIGNATURE_HEADER,
    TIMESTAMP_HEADER,
    TIMESTAMP_TOLERANCE_SECONDS,
    SignatureError,
    Signer,
    Verifier,
)

NOW = 1_700_000_000.0
SEED = bytes(range(32))
BODY = '{"data":{"id":"é","event_type":"call.answered"}}'.encode()
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    ),
]
"""Seeds and their public keys (section 7.1, tests 1 to 3)."""


def check(body: bytes, headers: dict[str, str], now: float = NOW, seed: bytes = SEED) -> None:
    Verifier(Signer(seed).public_key).verify(body, headers.get(SIGNATURE_HEADER, ""), headers.get(TIMESTAMP_HEADER, ""), now)


@pytest.mark.parametrize(("seed", "public_key"), RFC_8032)
def test_keys(seed: str, public_key: str) -> None:
    assert base64.b64decode(Signer(bytes.fromhex(seed)).public_key).hex() == public_key


def test_the_message_is_time_pipe_body() -> None:
    headers = Signer(SEED).headers(BODY, NOW + 0.9)
    assert headers[TIMESTAMP_HEADER] == "1700000000"
    SigningKey(SEED).verify_key.verify(b"1700000000|" + BODY, base64.b64decode(headers[SIGNATURE_HEADER]))


@given(st.binary(min_size=0, max_size=200), st.floats(1, 4e9), st.binary(min_size=32, max_size=32))
def test_what_is_signed_is_accepted(body: bytes, now: float, seed: bytes) -> None:
    check(body, Signer(seed).headers(body, now), now, seed)


@pytest.mark.parametrize("seconds", [0, 299, 300, -299, -300])
def test_within_the_tolerance(seconds: float) -> None:
    assert TIMESTAMP_TOLERANCE_SECONDS == webhook_verification.TIMESTAMP_TOLERANCE_SECONDS
    check(BODY, Signer(SEED).headers(BODY, NOW), NOW + seconds)


@pytest.mark.parametrize("seconds", [301, -301, 86_400])
def test_outside_the_tolerance(seconds: float) -> None:
    with pytest.raises(SignatureError, match="s away from now; 300 are allowed"):
        check(BODY, Signer(SEED).headers(BODY, NOW), NOW + seconds)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({SIGNATURE_HEADER: ""}, "are missing"),
        ({TIMESTAMP_HEADER: ""}, "are missing"),
        ({TIMESTAMP_HEADER: "soon"}, "is not a number of seconds"),
        ({TIMESTAMP_HEADER: "1700000000.5"}, "is not a number of seconds"),
        ({TIMESTAMP_HEADER: "9" * 400}, "is not a number of seconds"),
        ({TIMESTAMP_HEADER: "9" * 5000}, "is not a number of seconds"),
        ({TIMESTAMP_HEADER: "1700000001"}, "does not match"),
        ({TIMESTAMP_HEADER: " 1700000000"}, "does not match"),
        ({SIGNATURE_HEADER: "x"}, "does not match"),
        ({SIGNATURE_HEADER: "ü"}, "does not match"),
        ({SIGNATURE_HEADER: base64.b64encode(b"short").decode()}, "does not match"),
        ({SIGNATURE_HEADER: base64.b64encode(bytes(64)).decode()}, "does not match"),
        ({SIGNATURE_HEADER: base64.b64encode(bytes(65)).decode()}, "does not match"),
        (Signer(bytes(32)).headers(BODY, NOW), "does not match"),
        (Signer(SEED).headers(BODY + b" ", NOW), "does not match"),
        (Signer(SEED).headers(BODY.replace("é".encode(), b"\\u00e9"), NOW), "does not match"),
    ],
)
def test_what_is_not_signed_is_refused(changed: dict[str, str], sentence: str) -> None:
    with pytest.raises(SignatureError, match=sentence):
        check(BODY, {**Signer(SEED).headers(BODY, NOW), **changed})


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_one_changed_byte_is_refused(index: int, mask: int) -> None:
    changed = bytearray(BODY)
    changed[index] ^= mask
    with pytest.raises(SignatureError, match="does not match"):
        check(bytes(changed), Signer(SEED).headers(BODY, NOW))


@given(st.text(max_size=100), st.text(max_size=30))
def test_any_other_header_is_refused(signature: str, timestamp: str) -> None:
    with pytest.raises(SignatureError):
        check(BODY, {SIGNATURE_HEADER: signature, TIMESTAMP_HEADER: timestamp})


@pytest.mark.parametrize(
    "key", ["", "x", "ü", base64.b64encode(bytes(31)).decode(), base64.b64encode(bytes(33)).decode(), Signer(SEED).public_key + "\n"]
)
def test_what_is_not_a_public_key_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="the base64 of 32 bytes"):
        Verifier(key)


# --------------------------------------------------------------------------- the SDK's own check


@pytest.mark.parametrize("seconds", [0, -290, 290])
def test_the_sdk_accepts_what_we_sign(seconds: float) -> None:
    now = time.time() + seconds
    headers = Signer(SEED).headers(BODY, now)
    verify_webhook_signature(BODY, headers, Signer(SEED).public_key)
    check(BODY, headers, now)
    event = telnyx.Telnyx(api_key="x").webhooks.unwrap(BODY.decode(), headers=headers, key=Signer(SEED).public_key)
    assert "call.answered" in str(event)


@pytest.mark.parametrize(
    ("body", "changed", "seconds"),
    [
        (BODY + b" ", {}, 0),
        (BODY, {SIGNATURE_HEADER: base64.b64encode(bytes(64)).decode()}, 0),
        (BODY, {SIGNATURE_HEADER: "x"}, 0),
        (BODY, {TIMESTAMP_HEADER: "soon"}, 0),
        (BODY, {TIMESTAMP_HEADER: ""}, 0),
        (BODY, {SIGNATURE_HEADER: ""}, 0),
        (BODY, {}, 310),
        (BODY, {}, -310),
        (BODY, Signer(bytes(32)).headers(BODY, time.time()), 0),
    ],
)
def test_both_refuse_the_same(body: bytes, changed: dict[str, str], seconds: float) -> None:
    headers = {**Signer(SEED).headers(BODY, time.time() + seconds), **changed}
    with pytest.raises(WebhookVerificationError):
        verify_webhook_signature(body, headers, Signer(SEED).public_key)
    with pytest.raises(SignatureError):
        check(body, headers, time.time())
