"""The signature of webhooks of version 2: Ed25519 over the timestamp, a pipe, and the bytes of the body."""

import base64
import binascii

from nacl.exceptions import BadSignatureError, CryptoError
from nacl.signing import SigningKey, VerifyKey

SIGNATURE_HEADER = "telnyx-signature-ed25519"
TIMESTAMP_HEADER = "telnyx-timestamp"
TIMESTAMP_TOLERANCE_SECONDS = 300.0
"""A webhook's timestamp may differ from now by so much, either way (the constant of the carrier's SDK)."""


class SignatureError(Exception):
    """The webhook is not signed by the carrier, or its timestamp is too far from now."""


class Verifier:
    """Verifies webhooks with the carrier's public key (base64 of 32 bytes). Raises ValueError where the key is not one."""

    def __init__(self, public_key: str) -> None:
        try:
            self._key = VerifyKey(base64.b64decode(public_key, validate=True))
        except (binascii.Error, CryptoError, TypeError, ValueError):
            raise ValueError("the carrier's public key must be the base64 of 32 bytes, as its portal shows it") from None

    def verify(self, body: bytes, signature: str, timestamp: str, now: float) -> None:
        """Raises SignatureError unless the signature is valid and the timestamp at most 300 s from `now`."""
        if not signature or not timestamp:
            raise SignatureError(f"the headers {SIGNATURE_HEADER} and {TIMESTAMP_HEADER} are missing")
        try:
            age = abs(now - int(timestamp))
        except (OverflowError, ValueError):
            raise SignatureError(f"{TIMESTAMP_HEADER} is not a number of seconds") from None
        if age > TIMESTAMP_TOLERANCE_SECONDS:
            raise SignatureError(f"the webhook was signed {age:.0f} s away from now; {TIMESTAMP_TOLERANCE_SECONDS:.0f} are allowed")
        try:
            self._key.verify(timestamp.encode() + b"|" + body, base64.b64decode(signature, validate=True))
        except (BadSignatureError, binascii.Error, ValueError):
            raise SignatureError("the signature does not match the body") from None


class Signer:
    """Signs webhooks as the carrier does. The simulated carrier uses it."""

    def __init__(self, seed: bytes) -> None:
        self._key = SigningKey(seed)

    @property
    def public_key(self) -> str:
        """The public key as the carrier's portal shows it."""
        return base64.b64encode(bytes(self._key.verify_key)).decode()

    def headers(self, body: bytes, now: float) -> dict[str, str]:
        """Returns the two headers of a signed webhook."""
        timestamp = str(int(now))
        signature = self._key.sign(timestamp.encode() + b"|" + body).signature
        return {SIGNATURE_HEADER: base64.b64encode(signature).decode(), TIMESTAMP_HEADER: timestamp}
