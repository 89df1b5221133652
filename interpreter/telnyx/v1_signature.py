"""The signature of webhooks of version 1: HMAC-SHA256 with a shared secret. What is missing, there twice or unreadable is refused.

The header's name (X-Telnyx-Signature) and the algorithm are documented; how the header is laid out and which bytes are signed is
NOT. The defaults of `SignatureLayout` are a guess, `t=1700000000,h=<base64>` over the time, a full stop and the raw body, never tried
against the live service. With a wrong layout every webhook is refused; the settings can give another one.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from typing import Literal

from msgspec import Struct

from callverbs.interpreter.telnyx.signature import TIMESTAMP_TOLERANCE_SECONDS, SignatureError

BODY_PLACEHOLDER, TIMESTAMP_PLACEHOLDER = "{body}", "{timestamp}"
SECONDS_PATTERN = re.compile(r"[0-9]{1,15}")


class SignatureLayout(Struct, frozen=True, kw_only=True):
    """Where a webhook carries its signature and its time, and what is signed."""

    signature_header: str = "X-Telnyx-Signature"
    signature_field: str = "h"
    """The name of the field in the header; empty where the whole header is the value."""
    timestamp_header: str = "X-Telnyx-Signature"
    timestamp_field: str = "t"
    separator: str = ","
    """Between the fields of a header; each is written name=value."""
    encoding: Literal["base64", "hex"] = "base64"
    signed: str = "{timestamp}.{body}"
    """The message of the HMAC. The placeholders are the time as the header has it, and the raw body."""

    @property
    def problem(self) -> str:
        """Why this layout protects nothing; empty where it does. Without a signed time, old webhooks could be repeated."""
        wrong = [placeholder for placeholder in (BODY_PLACEHOLDER, TIMESTAMP_PLACEHOLDER) if self.signed.count(placeholder) != 1]
        return f"signed must hold {' and '.join(wrong)} exactly once, not {self.signed}" if wrong else ""


DECODERS: dict[str, Callable[[str], bytes]] = {
    "base64": lambda text: base64.b64decode(text, validate=True),
    "hex": binascii.unhexlify,
}


class HmacVerifier:
    """Verifies webhooks with the shared secret. Raises ValueError where the secret is empty, or the layout protects nothing."""

    def __init__(self, secret: str, layout: SignatureLayout) -> None:
        if not secret:
            raise ValueError("the secret of the carrier's webhook signatures is empty")
        if layout.problem:
            raise ValueError(layout.problem)
        self._secret = secret.encode()
        self._layout = layout
        self._decode = DECODERS[layout.encoding]

    def verify(self, body: bytes, headers: Mapping[bytes, bytes], now: float) -> None:
        """Raises SignatureError unless the signature is valid and the time at most 300 s from `now`. Header names are in lower case."""
        layout = self._layout
        timestamp = self._field(headers, layout.timestamp_header, layout.timestamp_field)
        encoded = self._field(headers, layout.signature_header, layout.signature_field)
        if not SECONDS_PATTERN.fullmatch(timestamp):
            raise SignatureError(f"the time in {layout.timestamp_header} is not a number of seconds")
        age = abs(now - int(timestamp))
        if age > TIMESTAMP_TOLERANCE_SECONDS:
            raise SignatureError(f"the webhook was signed {age:.0f} s away from now; {TIMESTAMP_TOLERANCE_SECONDS:.0f} are allowed")
        try:
            signature = self._decode(encoded)
        except (binascii.Error, ValueError):
            raise SignatureError(f"the signature in {layout.signature_header} is not {layout.encoding}") from None
        if not hmac.compare_digest(signature, self._digest(timestamp, body)):
            raise SignatureError("the signature does not match the body")

    def _field(self, headers: Mapping[bytes, bytes], name: str, field: str) -> str:
        """Returns one field of a header, or the whole header where `field` is empty. Raises SignatureError where it is missing."""
        value = headers.get(name.lower().encode(), b"").decode("latin-1").strip()
        if field:
            fields = [part.strip().partition("=") for part in value.split(self._layout.separator)]
            found = [text for key, _, text in fields if key == field]
            value = found[0] if len(found) == 1 else ""
        if not value:
            raise SignatureError(f"the header {name} is missing" + (f", or has not one part {field}" if field else ""))
        return value

    def _digest(self, timestamp: str, body: bytes) -> bytes:
        """Returns the HMAC of the message that the layout describes."""
        before, _, after = self._layout.signed.replace(TIMESTAMP_PLACEHOLDER, timestamp).partition(BODY_PLACEHOLDER)
        return hmac.new(self._secret, before.encode() + body + after.encode(), hashlib.sha256).digest()
