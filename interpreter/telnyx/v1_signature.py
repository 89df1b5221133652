"""The signature on webhooks of version 1: HMAC-SHA256 under a shared secret. Whatever is missing, twice there or unreadable is refused.

The header's name (X-Telnyx-Signature) and the algorithm are documented; how the header is laid out and which bytes are signed is
NOT. The defaults of `Layout` are a guess, `t=1700000000,h=<base64>` over the time, a full stop and the raw body, never tried
against the live service. With a wrong layout every webhook is refused; the right one is a matter of settings, not of code.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from typing import Literal

from msgspec import Struct

from interpreter.telnyx.signature import WINDOW, SignatureError

BODY, TIMESTAMP = "{body}", "{timestamp}"
SECONDS = re.compile(r"[0-9]{1,15}")


class Layout(Struct, frozen=True, kw_only=True):
    """Where a webhook carries its signature and its time, and what is signed."""

    signature_header: str = "X-Telnyx-Signature"
    signature_field: str = "h"
    """Name of the part of the header; empty where the whole header is the value."""
    timestamp_header: str = "X-Telnyx-Signature"
    timestamp_field: str = "t"
    separator: str = ","
    """Between the parts of a header; each is written name=value."""
    encoding: Literal["base64", "hex"] = "base64"
    signed: str = "{timestamp}.{body}"
    """What the HMAC is made of: the time as the header has it, and the raw body."""

    @property
    def fault(self) -> str:
        """Why nothing could be trusted by it; empty where that is not so. A time that is not signed keeps no repeat out."""
        wrong = [place for place in (BODY, TIMESTAMP) if self.signed.count(place) != 1]
        return f"signed must hold {' and '.join(wrong)} exactly once, not {self.signed}" if wrong else ""


DECODERS: dict[str, Callable[[str], bytes]] = {
    "base64": lambda text: base64.b64decode(text, validate=True),
    "hex": binascii.unhexlify,
}


class Verifier:
    """Checks webhooks against the shared secret. Raises ValueError where the secret is empty, or the layout protects nothing."""

    def __init__(self, secret: str, layout: Layout) -> None:
        if not secret:
            raise ValueError("the secret of the carrier's webhook signatures is empty")
        if layout.fault:
            raise ValueError(layout.fault)
        self._secret = secret.encode()
        self._layout = layout
        self._decode = DECODERS[layout.encoding]

    def verify(self, body: bytes, headers: Mapping[bytes, bytes], now: float) -> None:
        """Raises SignatureError unless the body is signed, and was at most 300 s ago. Names of `headers` are in lower case."""
        layout = self._layout
        timestamp = self._part(headers, layout.timestamp_header, layout.timestamp_field)
        given = self._part(headers, layout.signature_header, layout.signature_field)
        if not SECONDS.fullmatch(timestamp):
            raise SignatureError(f"the time in {layout.timestamp_header} is not a number of seconds")
        age = abs(now - int(timestamp))
        if age > WINDOW:
            raise SignatureError(f"the webhook was signed {age:.0f} s away from now; {WINDOW:.0f} are allowed")
        try:
            signature = self._decode(given)
        except (binascii.Error, ValueError):
            raise SignatureError(f"the signature in {layout.signature_header} is not {layout.encoding}") from None
        if not hmac.compare_digest(signature, self._digest(timestamp, body)):
            raise SignatureError("the signature does not match the body")

    def _part(self, headers: Mapping[bytes, bytes], name: str, field: str) -> str:
        """One part of a header, or all of it."""
        value = headers.get(name.lower().encode(), b"").decode("latin-1").strip()
        if field:
            parts = [part.strip().partition("=") for part in value.split(self._layout.separator)]
            found = [text for key, _, text in parts if key == field]
            value = found[0] if len(found) == 1 else ""
        if not value:
            raise SignatureError(f"the header {name} is missing" + (f", or has not one part {field}" if field else ""))
        return value

    def _digest(self, timestamp: str, body: bytes) -> bytes:
        before, _, after = self._layout.signed.replace(TIMESTAMP, timestamp).partition(BODY)
        return hmac.new(self._secret, before.encode() + body + after.encode(), hashlib.sha256).digest()
