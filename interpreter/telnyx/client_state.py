"""The `client_state` of a leg, which the carrier returns in webhooks: the session, and our name of the leg.

It has to be base64, belongs to the leg and not to a command, and may come back as null (Telnyx: client_state).
"""

import base64
import binascii
from typing import NamedTuple

PREFIX = "cv1"
"""Tells a client_state of ours, in this format, from any other."""


class Address(NamedTuple):
    """A session and a leg of it. Both are empty where the carrier returned no client_state, or one that is not ours."""

    session: str = ""
    leg: str = ""


def write(session: str, leg: str, own: str = "") -> str:
    """Returns the client_state of a leg. `own` is the author's, in base64: it rides inside, and whoever reads webhooks finds it there."""
    parts = (PREFIX, session, leg, own) if own else (PREFIX, session, leg)
    return base64.b64encode(":".join(parts).encode()).decode()


def read(state: str | None) -> Address:
    """Returns the address in a client_state; an empty one where the client_state is not ours."""
    try:
        prefix, session, leg, *_ = base64.b64decode(state or "", validate=True).decode().split(":", 3)
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return Address()
    return Address(session, leg) if prefix == PREFIX else Address()
