"""`Jambonz-Signature` on what we post: HMAC-SHA256 over the time, a point, and the body as sent, byte for byte."""

import hashlib
import hmac

HEADER = "Jambonz-Signature"


def sign(secret: str, body: bytes, now: float) -> str:
    """The header's value: `t=<unix seconds>,v1=<hex>` (jambonz @jambonz/node-client webhook signatures)."""
    moment = int(now)
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"
