"""The header `Jambonz-Signature` of a hook request: HMAC-SHA256 over the timestamp, a full stop, and the bytes of the body."""

import hashlib
import hmac

SIGNATURE_HEADER = "Jambonz-Signature"


def sign(secret: str, body: bytes, now: float) -> str:
    """Returns the header's value: `t=<unix seconds>,v1=<hex>` (jambonz @jambonz/node-client webhook signatures)."""
    timestamp = int(now)
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"
