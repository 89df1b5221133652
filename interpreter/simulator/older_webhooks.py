"""Webhooks of version 1: the older envelope and names of those of version 2, signed with a secret.

How the signature is laid out is not documented: this is the guess of `telnyx/v1_signature.py`.
"""

import base64
import hashlib
import hmac

from callverbs.interpreter.simulator.refusals import Body
from callverbs.interpreter.telnyx.v1 import EVENT_TYPES
from callverbs.interpreter.telnyx.v1_signature import SignatureLayout

LAYOUT = SignatureLayout()
OLDER_NAMES = {newer: older for older, newer in EVENT_TYPES.items()}


def older(body: Body) -> Body:
    """Returns the body of version 1 of a webhook. A type that has no documented name gets one like the others."""
    data = body["data"]
    payload = data["payload"]
    event_type = data["event_type"]
    occurred_at = data.get("occurred_at") or payload.get("occurred_at")
    return {
        "record_type": "event",
        "id": data["id"],
        "event_type": OLDER_NAMES.get(event_type) or event_type.removeprefix("call.").replace(".", "_"),
        "created_at": occurred_at,
        "payload": {**payload, "occurred_at": occurred_at},
    }


def headers(raw: bytes, now: float, secret: str) -> dict[str, str]:
    """Returns the header of a signed webhook."""
    timestamp = str(int(now))
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + raw, hashlib.sha256).digest()
    signature = base64.b64encode(digest).decode()
    return {LAYOUT.signature_header: f"{LAYOUT.timestamp_field}={timestamp}{LAYOUT.separator}{LAYOUT.signature_field}={signature}"}
