"""`Jambonz-Signature` is an HMAC-SHA256 over timestamp, full stop and body; it agrees with an independent implementation."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callverbs.interpreter.hooks.signature import sign


def hmac_sha256(key: bytes, message: bytes) -> str:
    """Returns the HMAC of a message by the definition in RFC 2104: two hashes around two pads, in blocks of 64 bytes."""
    if len(key) > 64:
        key = hashlib.sha256(key).digest()
    key = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key) + message).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in key) + inner).hexdigest()


def test_hmac_sha256_agrees_with_the_rfc() -> None:
    """RFC 4231, test cases 2 and 6."""
    known = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert hmac_sha256(b"Jefe", b"what do ya want for nothing?") == known
    known = "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    assert hmac_sha256(b"\xaa" * 131, b"Test Using Larger Than Block-Size Key - Hash Key First") == known


def test_a_signature() -> None:
    """Made with `printf '1700000000.{"call_sid":"x"}' | openssl dgst -sha256 -hmac wh_secret_abc`."""
    expected = "t=1700000000,v1=6946e3bc5bcf37dce93dd70a1c1ec2d172f78a8ef1cd46394ca61c7ba47256c6"
    assert sign("wh_secret_abc", b'{"call_sid":"x"}', 1_700_000_000.9) == expected


@given(st.text(min_size=1), st.binary(), st.integers(0, 2**33))
def test_signatures(secret: str, body: bytes, now: int) -> None:
    assert sign(secret, body, now) == f"t={now},v1={hmac_sha256(secret.encode(), f'{now}.'.encode() + body)}"


@pytest.mark.parametrize("body", [b"", b"{}", '{"a":"é"}'.encode()])
def test_every_input_changes_the_signature(body: bytes) -> None:
    assert sign("s", body, 1) != sign("s", body + b" ", 1)
    assert sign("s", body, 1) != sign("s", body, 2)
    assert sign("s", body, 1) != sign("S", body, 1)
